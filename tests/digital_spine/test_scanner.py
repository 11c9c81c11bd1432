"""What the model's scanner does to tissue whose values are known."""

import functools

import attrs
import numpy as np
import pytest
from measured_body import filled_points_mm
from model_spines import MEAN, mean_model
from scipy import ndimage

from planner.anatomy.levels import VertebraLevel
from planner.digital_spine.case_field import CaseField, case_field
from planner.digital_spine.case_spec import CaseSpec
from planner.digital_spine.lattice import Lattice
from planner.digital_spine.model_patient import BoneQuality
from planner.digital_spine.model_spine import ModelSpine, build_model
from planner.digital_spine.pathology import (
    Cement,
    Cleft,
    Fracture,
    Lesion,
    Screws,
    Wall,
    WallHole,
    fracture_of_kind,
)
from planner.digital_spine.scan_settings import ScanSettings
from planner.digital_spine.scanner import scan_hu, scan_mr
from planner.digital_spine.tissues import LOOKS, MrContrast, Tissue
from planner.digital_spine.truth import structure_mask
from planner.geometry.grids import GridGeometry

pytestmark = pytest.mark.slow

L1 = VertebraLevel.L1
QUIET = ScanSettings(spacing_mm=1.0, step_mm=1.0, noise_hu=0.0)


@functools.cache
def scanned(
    settings: ScanSettings = QUIET, *pathologies, field_mm: float = 70.0
) -> tuple[np.ndarray, CaseField, ModelSpine]:
    """Voxels of L1 and its neighbours' halves, where they lie, and the model."""
    model = mean_model(*pathologies)
    spec = CaseSpec(
        "L1", scan=settings, first_level=L1, last_level=L1, focus_level=L1, field_mm=field_mm
    )
    field = case_field(spec, model)
    return scan_hu(model, field.lattice, settings), field, model


def grid_around(model: ModelSpine, half_mm: float, step_mm: float, slices: int) -> GridGeometry:
    """Slices about the middle of L1."""
    x, y, z = model.spine.vertebra(L1).lps_from_vertebra.translation_mm
    across = int(2 * half_mm / step_mm) + 1
    origin = (x - half_mm, y - half_mm + 10.0, z - (slices - 1) / 2.0 * step_mm)
    return GridGeometry.axis_aligned((across, across, slices), origin, (step_mm,) * 3)


def in_body(model: ModelSpine, lattice: Lattice, inside_mm: float) -> np.ndarray:
    vertebra = model.spine.vertebra(L1)
    points = lattice.coordinates(vertebra.lps_from_vertebra)
    away, _ = vertebra.body.distance_mm(*points)
    return away < -inside_mm


def test_spongy_bone_and_cortex_have_the_values_of_the_patients_bone() -> None:
    voxels, field, model = scanned()
    core = in_body(model, field.lattice, 6.0)
    assert voxels[core].mean() == pytest.approx(model.bone.trabecular_hu, rel=0.12)
    assert voxels.max() > 700


@pytest.mark.parametrize("bone", list(BoneQuality), ids=lambda bone: bone.value)
def test_worse_bone_is_darker(bone: BoneQuality) -> None:
    model = build_model(attrs.evolve(MEAN, bone=bone), (), 1)
    grid = grid_around(model, 14.0, 1.0, 7)
    voxels = scan_hu(model, Lattice.of(grid), QUIET)
    core = in_body(model, Lattice.of(grid), 5.0)
    assert voxels[core].mean() == pytest.approx(model.bone.trabecular_hu, rel=0.2)


@pytest.mark.parametrize("asked_hu", [8.0, 30.0])
def test_noise_has_the_spread_that_was_asked_for(asked_hu: float) -> None:
    quiet, *_ = scanned()
    noisy, *_ = scanned(attrs.evolve(QUIET, noise_hu=asked_hu))
    soft = (quiet > -200) & (quiet < 200)
    noise = noisy[soft].astype(float) - quiet[soft]
    assert noise.std() == pytest.approx(asked_hu, rel=0.15)
    assert noise.mean() == pytest.approx(0.0, abs=0.05 * asked_hu)


@pytest.mark.parametrize(("parts", "thickness_mm"), [(4, 4.0), (3, 3.0), (2, 2.0)])
def test_a_thick_slice_is_the_mean_of_the_thin_ones_in_it(parts: int, thickness_mm: float) -> None:
    model = mean_model()
    thin_grid = grid_around(model, 26.0, 1.0, 6 * parts)
    thin = scan_hu(model, Lattice.of(thin_grid), QUIET).astype(float)
    matrix = np.array(thin_grid.lps_from_ijk)
    matrix[2, 2], matrix[2, 3] = parts, matrix[2, 3] + (parts - 1) / 2.0
    k, j, i = thin_grid.shape_kji
    settings = attrs.evolve(QUIET, step_mm=float(parts), thickness_mm=thickness_mm)
    thick = scan_hu(model, Lattice((k // parts, j, i), matrix), settings)
    mean = thin.reshape(k // parts, parts, j, i).mean(axis=1)
    assert np.abs(thick - mean).max() <= 1.5


@pytest.mark.parametrize(
    ("thickness_mm", "shares"),
    [
        (2.0, (0.0, 0.25, 0.5, 0.25, 0.0)),
        (3.0, (0, 1 / 3, 1 / 3, 1 / 3, 0)),
        (4.0, (0.125, 0.25, 0.25, 0.25, 0.125)),
    ],
)
def test_slices_thicker_than_their_step_overlap_by_as_much(
    thickness_mm: float, shares: tuple[float, ...]
) -> None:
    model = mean_model()
    grid = grid_around(model, 26.0, 1.0, 12)
    thin = scan_hu(model, Lattice.of(grid), QUIET).astype(float)
    thick = scan_hu(model, Lattice.of(grid), attrs.evolve(QUIET, thickness_mm=thickness_mm))
    mean = sum(share * thin[n : n + 8] for n, share in enumerate(shares))
    assert np.abs(thick[2:10] - mean).max() <= 1.5


def test_an_endplate_fades_as_slices_thicken() -> None:
    model = mean_model()
    grid = grid_around(model, 12.0, 1.0, 40)
    peaks = []
    for thickness_mm in (1.0, 3.0, 5.0):
        settings = attrs.evolve(QUIET, thickness_mm=thickness_mm)
        voxels = scan_hu(model, Lattice.of(grid), settings).astype(float)
        peaks.append(voxels[:, 2:8, 8:17].mean(axis=(1, 2)).max())
    assert peaks[0] > peaks[1] + 50.0 > peaks[2] + 80.0


def test_a_softer_kernel_blurs_within_the_slice() -> None:
    sharp, *_ = scanned()
    soft, *_ = scanned(attrs.evolve(QUIET, blur_mm=1.2))
    steps = [np.abs(np.diff(v.astype(float), axis=2)).max() for v in (sharp, soft)]
    assert steps[1] < 0.7 * steps[0]


def core_of(mask: np.ndarray) -> np.ndarray:
    """What lies three voxels inside a mask, slice by slice."""
    return ndimage.binary_erosion(mask, np.ones((1, 3, 3)), iterations=3)


def vessel_hu(*, contrast: bool) -> dict[str, float]:
    settings = attrs.evolve(QUIET, contrast=contrast)
    model = mean_model()
    x, y, z = model.spine.vertebra(L1).lps_from_vertebra.translation_mm
    grid = GridGeometry.axis_aligned((90, 50, 3), (x - 45.0, y - 60.0, z), (1.0, 1.0, 1.0))
    lattice = Lattice.of(grid)
    voxels = scan_hu(model, lattice, settings)
    return {
        name: float(voxels[core_of(structure_mask(model, (name,), lattice))].mean())
        for name in ("aorta", "vena-cava")
    }


def test_contrast_is_bright_in_the_aorta() -> None:
    plain, bright = vessel_hu(contrast=False), vessel_hu(contrast=True)
    assert plain["aorta"] == pytest.approx(LOOKS[Tissue.ARTERY].hu, abs=15.0)
    assert bright["aorta"] == pytest.approx(LOOKS[Tissue.ARTERY].contrast_hu, abs=15.0)
    assert bright["vena-cava"] == pytest.approx(LOOKS[Tissue.VEIN].contrast_hu, abs=15.0)


def test_metal_saturates_and_its_streaks_can_be_left_out() -> None:
    with_streaks, field, model = scanned(QUIET, Screws(L1))
    without, *_ = scanned(attrs.evolve(QUIET, metal_streaks=False), Screws(L1))
    assert with_streaks.max() == without.max() == 3071
    change = np.abs(with_streaks.astype(int) - without)
    z = field.lattice.lps_from_ijk[2, 3] + np.arange(len(change))
    level_z = model.spine.vertebra(L1).lps_from_vertebra.translation_mm[2]
    near, far = np.abs(z - level_z) < 8.0, np.abs(z - level_z) > 34.0
    assert change[near].max() > 40
    assert change[far].max() <= 1


def test_without_metal_or_cement_there_are_no_streaks() -> None:
    voxels, *_ = scanned()
    without, *_ = scanned(attrs.evolve(QUIET, metal_streaks=False))
    assert np.array_equal(voxels, without)


def test_a_couch_lies_under_the_skin_with_air_around_it() -> None:
    model = mean_model()
    spec = CaseSpec(
        "wide",
        scan=ScanSettings(spacing_mm=2.0, step_mm=8.0, noise_hu=0.0),
        first_level=L1,
        last_level=L1,
        focus_level=L1,
        field_mm=420.0,
    )
    field = case_field(spec, model)
    voxels = scan_hu(model, field.lattice, spec.scan)
    middle = voxels[len(voxels) // 2, :, voxels.shape[2] // 2]
    # From behind: air, the couch's foam and shell, skin.
    assert middle[-1] < -990
    trunk = np.flatnonzero(middle > -150)
    behind = middle[trunk[-1] + 1 :]
    assert behind.max() > -700
    assert np.any((behind < -900) & (behind > -960))
    assert (middle[: max(trunk[0] - 3, 0)] < -950).all()


def bright_centre_lps(voxels: np.ndarray, lattice: Lattice) -> np.ndarray:
    kji = np.argwhere(voxels > 1400)
    matrix = lattice.lps_from_ijk
    return (kji[:, ::-1] @ matrix[:3, :3].T + matrix[:3, 3]).mean(axis=0)


@pytest.mark.parametrize("tilt_deg", [-20.0, 0.0, 15.0])
def test_a_landmark_is_where_its_truth_says_whatever_the_gantrys_tilt(tilt_deg: float) -> None:
    cement = Cement(L1, 4.0, spongy=0.0)
    settings = attrs.evolve(QUIET, tilt_deg=tilt_deg, metal_streaks=False)
    voxels, field, model = scanned(settings, cement)
    frame = model.spine.vertebra(L1).lps_from_vertebra
    true = frame.points(filled_points_mm(model, cement, 0.9)).mean(axis=0)
    assert bright_centre_lps(voxels, field.lattice) == pytest.approx(true, abs=0.5)


def test_a_left_lesion_lies_to_the_patients_left_in_the_voxels() -> None:
    healthy, field, model = scanned()
    sick, *_ = scanned(QUIET, Lesion(L1, is_lytic=False, diameter_mm=10.0, offset_mm=(10, 0, 0)))
    assert_left(sick, healthy, field, model)


def test_a_hole_in_the_left_wall_lies_on_the_left_in_the_voxels() -> None:
    healthy, field, model = scanned()
    for wall, sign in ((Wall.LEFT, 1.0), (Wall.RIGHT, -1.0)):
        holed, *_ = scanned(QUIET, WallHole(L1, wall, 5.0))
        assert_left(holed, healthy, field, model, sign)


def assert_left(
    changed: np.ndarray,
    healthy: np.ndarray,
    field: CaseField,
    model: ModelSpine,
    sign: float = 1.0,
) -> None:
    weight = np.abs(changed.astype(float) - healthy)
    _, _, i = np.nonzero(weight > 100)
    x = field.lattice.lps_from_ijk[0, 3] + i * field.lattice.lps_from_ijk[0, 0]
    assert len(x) > 5
    centre = model.spine.vertebra(L1).lps_from_vertebra.translation_mm[0]
    assert (sign * (x - centre) > 2.0).all()


def test_crushed_bone_is_condensed_unless_it_has_healed() -> None:
    means = []
    for fracture in (
        Fracture(L1, 0.3, 0.2, 0.0),
        Fracture(L1, 0.3, 0.2, 0.0, is_healed=True),
    ):
        model = mean_model(fracture)
        lattice = Lattice.of(grid_around(model, 24.0, 1.0, 30))
        vertebra = model.spine.vertebra(L1)
        u, v, w = lattice.coordinates(vertebra.lps_from_vertebra)
        under_plate = np.abs(vertebra.body.upper_mm(u, v) - w - 3.5) < 1.5
        band = in_body(model, lattice, 3.0) & under_plate & (v < 0.0)
        means.append(scan_hu(model, lattice, QUIET)[band].mean())
    assert means[0] > means[1] + 50.0


@pytest.mark.parametrize(("holds_gas", "low", "high"), [(True, -1000, -600), (False, -60, 90)])
def test_a_cleft_holds_gas_or_fluid(holds_gas: bool, low: float, high: float) -> None:
    cleft = Cleft(L1, holds_gas=holds_gas, height_mm=6.0)
    voxels, field, model = scanned(QUIET, cleft)
    vertebra = model.spine.vertebra(L1)
    u, v, w = field.lattice.coordinates(vertebra.lps_from_vertebra)
    plate = vertebra.body.landmarks.upper_mm[1]
    core = (np.abs(u) < 4) & (np.abs(v + 3) < 3) & (np.abs(w - (plate - 5.2)) < 1.2)
    assert low < np.median(voxels[core]) < high


def signal_in(contrast: MrContrast, *pathologies) -> float:
    model = mean_model(*pathologies)
    grid = grid_around(model, 22.0, 1.0, 20)
    lattice = Lattice.of(grid)
    return float(scan_mr(model, lattice, contrast)[in_body(model, lattice, 4.0)].mean())


def test_a_fresh_fracture_is_bright_on_stir_and_dark_on_t1_and_a_healed_one_is_neither() -> None:
    fresh = fracture_of_kind(L1, "wedge", 0.25)
    healed = attrs.evolve(fresh, is_healed=True)
    stir = [signal_in(MrContrast.STIR, *p) for p in ((), (fresh,), (healed,))]
    assert stir[1] > 3.0 * stir[0]
    assert stir[2] == pytest.approx(stir[0], rel=0.15)
    t1 = [signal_in(MrContrast.T1, *p) for p in ((), (fresh,), (healed,))]
    assert t1[1] < 0.6 * t1[0]
    assert t1[2] == pytest.approx(t1[0], rel=0.15)


def test_each_kind_of_mr_weighs_water_and_fat_its_own_way() -> None:
    looks = LOOKS
    assert looks[Tissue.CSF].t2 > looks[Tissue.FAT].t2 > looks[Tissue.MUSCLE].t2
    assert looks[Tissue.FAT].t1 > looks[Tissue.MUSCLE].t1 > looks[Tissue.CSF].t1
    assert looks[Tissue.CSF].stir > looks[Tissue.MUSCLE].stir > looks[Tissue.FAT].stir
