"""X-rays against exact line integrals, and left, right, up and down by a phantom of four balls."""

import numpy as np
import pytest
from siddon import exact_integrals, in_shadow

from planner.foundation.errors import GeometryProblem
from planner.geometry.grids import GridGeometry
from planner.imaging.volume import Volume
from planner.simulation.attenuation import AttenuationVolume, attenuation_of, prepare
from planner.simulation.c_arm import CArmPose, mobile_c_arm, view_of
from planner.simulation.xray import Quality, line_integrals, quality_within

BALLS_MM = {"left": (30.0, 0, 0), "back": (0, 22.0, 0), "up": (0, 0, 26.0), "right": (-14.0, 0, 0)}
VALUES = {"left": 1000, "back": 2000, "up": 3000, "right": 4000}
FOUR_VIEWS = {
    "AP": (0.0, 0.0),
    "lateral": (90.0, 0.0),
    "oblique": (30.0, 0.0),
    "cranial": (0.0, 25.0),
}


def grids() -> dict[str, GridGeometry]:
    """The same space on grids that scanners give: along the axes, feet first, on its side."""
    plain = GridGeometry.axis_aligned((100, 90, 40), (-50.0, -45.0, -40.0), (1.0, 1.0, 2.0))
    feet_first = np.diag([-1.0, -1.0, 2.0, 1.0])
    feet_first[:3, 3] = (50.0, 45.0, -40.0)
    sagittal = np.array([[0, 0, 2.0, -50], [1.0, 0, 0, -45], [0, -1.0, 0, 40], [0, 0, 0, 1.0]])
    turned = np.eye(4)
    angle = np.radians(12.0)
    turned[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    turned[:3, 3] = turned[:3, :3] @ (-48.0, -48.0, -40.0)
    return {
        "axial": plain,
        "feet first": GridGeometry((100, 90, 40), feet_first),
        "sagittal": GridGeometry((90, 80, 50), sagittal),
        "turned": GridGeometry((97, 97, 80), turned),
    }


def four_balls(
    grid: GridGeometry, radius_mm: float = 5.0, only: str | None = None
) -> AttenuationVolume:
    i, j, k = grid.shape_ijk
    index = np.stack(np.meshgrid(np.arange(i), np.arange(j), np.arange(k), indexing="ij"), axis=-1)
    lps_mm = grid.lps_of(index)
    values = np.zeros((i, j, k), np.int16)
    for name, centre in BALLS_MM.items():
        if only in {None, name}:
            values[np.linalg.norm(lps_mm - centre, axis=-1) <= radius_mm] = VALUES[name]
    return attenuation_of(np.ascontiguousarray(values.transpose(2, 1, 0)), grid)


def a_view(orbital_deg: float, angular_deg: float, pixels: int = 256):
    pose = CArmPose((0.0, 0.0, 0.0), orbital_deg=orbital_deg, angular_deg=angular_deg)
    return view_of(mobile_c_arm(pixels), pose)


def shadow_centre(image: np.ndarray, near: np.ndarray, reach: int) -> np.ndarray:
    rows, columns = np.mgrid[: len(image), : len(image)]
    weight = image * (np.hypot(columns - near[0], rows - near[1]) <= reach)
    return np.array([(weight * columns).sum(), (weight * rows).sum()]) / weight.sum()


@pytest.mark.parametrize("quality", Quality)
@pytest.mark.parametrize("view_name", FOUR_VIEWS)
@pytest.mark.parametrize("grid_name", grids())
def test_each_ball_is_seen_where_the_formula_puts_it(grid_name, view_name, quality) -> None:
    grid = grids()[grid_name]
    image = line_integrals(four_balls(grid), a_view(*FOUR_VIEWS[view_name]), quality)
    view = a_view(*FOUR_VIEWS[view_name])
    for centre in BALLS_MM.values():
        (expected,) = view.pixels_of(np.array([centre], dtype=float))
        others = view.pixels_of(
            np.array([c for c in BALLS_MM.values() if c != centre], dtype=float)
        )
        if np.linalg.norm(others - expected, axis=1).min() > 24.0:
            seen = shadow_centre(image, expected, 12)
            np.testing.assert_allclose(seen, expected, atol=0.5)


STANDARD_VIEWS = {
    "AP": (0.0, 0.0),
    "lateral": (90.0, 0.0),
    "oblique": (30.0, 0.0),
    "down the barrel": (14.0, -12.0),
}


def by_hand(lps_mm, orbital_deg: float, angular_deg: float, pixels: int) -> np.ndarray:
    """Column and row by similar triangles, from the arm's published numbers alone.

    At 0, 0 the detector is behind the patient and his left on image left; orbital turns the
    detector to his left, angular tilts it to his head.
    """
    x, y, z = lps_mm
    orbital, angular = np.radians(orbital_deg), np.radians(angular_deg)
    to_right = y * np.sin(orbital) - x * np.cos(orbital)
    outwards = y * np.cos(orbital) + x * np.sin(orbital)
    to_detector = outwards * np.cos(angular) + z * np.sin(angular)
    upwards = z * np.cos(angular) - outwards * np.sin(angular)
    larger = 1020.0 / (530.0 + to_detector)
    pixel_mm = 298.0 / pixels
    middle = (pixels - 1) / 2.0
    return np.array([middle + larger * to_right / pixel_mm, middle - larger * upwards / pixel_mm])


@pytest.mark.parametrize("ball", BALLS_MM)
@pytest.mark.parametrize("view_name", STANDARD_VIEWS)
def test_left_right_up_and_down_are_where_a_drawing_by_hand_puts_them(view_name, ball) -> None:
    angles = STANDARD_VIEWS[view_name]
    alone = four_balls(grids()["axial"], only=ball)
    for quality in Quality:
        image = line_integrals(alone, a_view(*angles), quality)
        expected = by_hand(BALLS_MM[ball], *angles, len(image))
        seen = shadow_centre(image, expected, len(image))
        np.testing.assert_allclose(seen, expected, atol=0.5)


def test_on_the_ap_picture_the_patients_left_is_left_and_the_head_is_up() -> None:
    image = line_integrals(four_balls(grids()["axial"]), a_view(0.0, 0.0))
    middle = image.shape[0] // 2
    left, right = image[:, : middle - 40], image[:, middle + 15 :]
    assert left.max() == pytest.approx(10.0, rel=0.1)
    assert right.max() == pytest.approx(40.0, rel=0.1)
    assert image[: middle - 30].max() == pytest.approx(30.0, rel=0.1)
    assert image[middle + 30 :].max() == 0.0


def test_on_the_lateral_picture_the_back_is_right_and_the_head_is_up() -> None:
    image = line_integrals(four_balls(grids()["axial"]), a_view(90.0, 0.0))
    middle = image.shape[0] // 2
    assert image[:, middle + 25 :].max() == pytest.approx(20.0, rel=0.1)
    assert image[:, : middle - 25].max() == 0.0
    assert image[: middle - 30].max() == pytest.approx(30.0, rel=0.1)


@pytest.mark.parametrize("axis", [0, 1])
def test_air_behind_the_last_tissue_is_not_kept_and_changes_no_ray(axis) -> None:
    shape = [60, 60, 40]
    grid = GridGeometry.axis_aligned(tuple(shape), (-29.5, -29.5, -19.5), (1.0, 1.0, 1.0))
    values = np.full(grid.shape_kji, 900, np.int16)
    values[:, 33:, :] = 0
    values[:, :, 37:] = 0
    shape[axis] = 38
    cut = np.ascontiguousarray(values[:, : shape[1], : shape[0]])
    near = GridGeometry.axis_aligned(tuple(shape), (-29.5, -29.5, -19.5), (1.0, 1.0, 1.0))
    whole, tight = attenuation_of(values, grid), attenuation_of(cut, near)
    assert whole.averaged[axis].values.nbytes < 0.75 * values.nbytes / 4
    for view in (a_view(0.0, 0.0), a_view(90.0, 0.0), a_view(50.0, 10.0)):
        image = line_integrals(whole, view, Quality.COARSE)
        expected = line_integrals(tight, view, Quality.COARSE)
        assert image.max() > 20.0
        np.testing.assert_allclose(image, expected, atol=0.05)


def test_water_is_as_thick_as_it_is() -> None:
    grid = GridGeometry.axis_aligned((80, 60, 50), (-39.5, -29.5, -24.5), (1.0, 1.0, 1.0))
    water = attenuation_of(np.full(grid.shape_kji, 1000, np.int16), grid)
    for quality in Quality:
        for orbital_deg, thickness_mm in ((0.0, 60.0), (90.0, 80.0)):
            image = line_integrals(water, a_view(orbital_deg, 0.0), quality)
            assert image[127, 127] == pytest.approx(thickness_mm, rel=0.002)


def a_smooth_body() -> tuple[np.ndarray, GridGeometry]:
    """Tissue with a dense, sharp-edged, tilted plate and an air-filled gap; nothing at the rims."""
    grid = GridGeometry.axis_aligned((224, 200, 90), (-78.05, -69.65, -89.0), (0.7, 0.7, 2.0))
    k, j, i = np.meshgrid(*(np.arange(n) for n in grid.shape_kji), indexing="ij")
    x, y, z = 0.7 * i - 78.05, 0.7 * j - 69.65, 2.0 * k - 89.0
    values = np.where((x / 74.0) ** 2 + (y / 65.0) ** 2 <= 1.0, 1040.0, 0.0)
    values += 600.0 * (np.abs(x + 0.3 * y - 0.4 * z) < 2.5) * (values > 0)
    values[(x - 25.0) ** 2 + y**2 < 100.0] = 0.0
    return values.astype(np.int16), grid


@pytest.mark.parametrize("orbital_deg", [0.0, 20.0, 45.0, 70.0, 90.0, -90.0])
@pytest.mark.parametrize("quality", Quality)
def test_integrals_differ_from_exact_ones_by_one_percent_at_most(orbital_deg, quality) -> None:
    values, grid = a_smooth_body()
    view = a_view(orbital_deg, 10.0, pixels=128)
    exact = exact_integrals(values, grid, view) / 1000.0
    image = line_integrals(attenuation_of(values, grid), view, quality)
    inside = in_shadow(grid, view) & (exact > 0)
    assert inside.mean() > 0.3
    difference = np.sqrt(np.mean((image - exact)[inside] ** 2))
    assert difference / np.sqrt(np.mean(exact[inside] ** 2)) < 0.01


def test_a_ray_beside_the_volume_meets_nothing() -> None:
    view = view_of(mobile_c_arm(16), CArmPose((500.0, 0.0, 0.0)))
    assert not line_integrals(four_balls(grids()["axial"]), view).any()


def test_raw_attenuation_is_the_hounsfield_unit_and_clipped() -> None:
    grid = GridGeometry.axis_aligned((4, 2, 2), (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    voxels = np.tile(np.array([-2048, -1000, 0, 9000], np.int16), (2, 2, 1))
    raw = prepare(Volume(voxels, grid), couch=True, bone=False)
    assert raw.values[0, 0].tolist() == [0, 0, 1000, 5000]


def test_the_couch_is_left_out_and_the_patient_is_not() -> None:
    grid = GridGeometry.axis_aligned((120, 120, 12), (-120.0, -120.0, 0.0), (2.0, 2.0, 5.0))
    _, j, i = np.meshgrid(*(np.arange(n) for n in grid.shape_kji), indexing="ij")
    voxels = np.full(grid.shape_kji, -1000, np.int16)
    voxels[(2.0 * i - 120.0) ** 2 + (2.0 * j - 120.0) ** 2 < 70.0**2] = 40
    voxels[(j == 105) & (np.abs(i - 60) < 50)] = 100
    prepared = prepare(Volume(voxels, grid))
    assert not prepared.values[:, 103:].any()
    assert (prepared.values[:, 60, 60] == 1040).all()
    kept = prepare(Volume(voxels, grid), couch=True)
    assert kept.values[:, 105, 60].min() == 1100


def test_a_lung_cut_open_by_the_edge_of_the_field_stays_a_lung() -> None:
    grid = GridGeometry.axis_aligned((80, 80, 12), (-80.0, -80.0, 0.0), (2.0, 2.0, 5.0))
    voxels = np.full(grid.shape_kji, 40, np.int16)
    voxels[:, 20:60, 50:] = -850
    prepared = prepare(Volume(voxels, grid))
    assert (prepared.values[:, 30:50, 55:75] == 150).all()


def test_a_volume_of_one_slice_is_refused() -> None:
    grid = GridGeometry.axis_aligned((4, 4, 1), (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    with pytest.raises(GeometryProblem, match="two or more"):
        prepare(Volume(np.zeros((1, 4, 4), np.int16), grid))


def test_an_x_ray_takes_at_most_half_as_much_memory_again_as_the_volume_itself() -> None:
    values, grid = a_smooth_body()
    assert attenuation_of(values, grid).bytes <= 1.5 * values.nbytes


def test_a_larger_budget_buys_the_finer_picture() -> None:
    attenuation = four_balls(grids()["axial"])
    assert quality_within(1e-6, attenuation, a_view(0.0, 0.0)) is Quality.COARSE
    assert quality_within(100.0, attenuation, a_view(0.0, 0.0)) is Quality.FULL
