"""The picture of line integrals: bone dark, the same each time, every part switched by itself."""

import attrs
import numpy as np
import pytest

from planner.simulation.detector import DetectorSettings, detector_image

PIXEL_MM = 298.0 / 256
BARE = DetectorSettings(
    grain=False, scatter=False, edges=False, vignette=False, collimator=False, logarithm=True
)


def a_patient_with_a_bone() -> np.ndarray:
    """200 mm of water with a bar of 25 mm more, and a slow slope from left to right."""
    water_mm = np.full((256, 256), 200.0, np.float32) + np.linspace(0, 60, 256, dtype=np.float32)
    water_mm[:, 120:136] += 25.0
    return water_mm


def test_bone_is_dark_and_the_option_turns_it_bright() -> None:
    water_mm = a_patient_with_a_bone()
    dark = detector_image(water_mm, PIXEL_MM, BARE).astype(int)
    assert dark[128, 128] < dark[128, 100] - 20
    bright = detector_image(water_mm, PIXEL_MM, attrs.evolve(BARE, bone_is_dark=False)).astype(int)
    assert bright[128, 128] > bright[128, 100] + 20


def test_the_same_shot_is_the_same_picture_and_another_seed_is_not() -> None:
    water_mm = a_patient_with_a_bone()
    first = detector_image(water_mm, PIXEL_MM, DetectorSettings(seed=5))
    np.testing.assert_array_equal(
        first, detector_image(water_mm, PIXEL_MM, DetectorSettings(seed=5))
    )
    assert (first != detector_image(water_mm, PIXEL_MM, DetectorSettings(seed=6))).mean() > 0.3


def grain_of(dose: float) -> float:
    settings = attrs.evolve(BARE, grain=True, dose=dose)
    water_mm = a_patient_with_a_bone()
    with_grain = detector_image(water_mm, PIXEL_MM, settings).astype(float)
    without = detector_image(water_mm, PIXEL_MM, BARE).astype(float)
    return float((with_grain - without)[:, 20:100].std())


def test_a_quarter_of_the_dose_doubles_the_grain() -> None:
    assert grain_of(1.0) == pytest.approx(2.0 * grain_of(4.0), rel=0.15)


def test_scatter_lays_a_veil_that_is_uneven_beside_bone() -> None:
    water_mm = np.full((256, 256), 200.0, np.float32)
    water_mm[:, 100:156] += 60.0
    linear = attrs.evolve(BARE, logarithm=False)

    def unevenness(scatter: bool) -> float:
        settings = attrs.evolve(linear, scatter=scatter)
        picture = detector_image(water_mm, PIXEL_MM, settings).astype(float)
        return float(picture[128, 40:90].std() + 1.0)

    assert unevenness(scatter=True) > unevenness(scatter=False)


def test_the_collimator_is_black_outside_its_round_field_and_its_blades() -> None:
    water_mm = a_patient_with_a_bone()
    round_field = detector_image(water_mm, PIXEL_MM, attrs.evolve(BARE, collimator=True))
    assert round_field[0, 0] == 0
    assert round_field[128, 4] > 0
    narrow = detector_image(water_mm, PIXEL_MM, attrs.evolve(BARE, opening=0.5))
    assert not narrow[:60].any()
    assert not narrow[:, :60].any()
    assert narrow[70, 70] > 0


def test_sharpened_edges_stand_out_from_their_surroundings() -> None:
    water_mm = a_patient_with_a_bone()

    def step(edges: bool) -> float:
        settings = attrs.evolve(BARE, edges=edges)
        row = detector_image(water_mm, PIXEL_MM, settings)[128].astype(float)
        return float(row[118] - row[122])

    assert step(edges=True) > 1.3 * step(edges=False)


def test_the_vignette_darkens_the_rim_and_not_the_middle() -> None:
    water_mm = np.full((256, 256), 200.0, np.float32)
    water_mm[::2] += 40.0
    plain = detector_image(water_mm, PIXEL_MM, BARE).astype(int)
    shaded = detector_image(water_mm, PIXEL_MM, attrs.evolve(BARE, vignette=True)).astype(int)
    np.testing.assert_allclose(shaded[120:136, 120:136], plain[120:136, 120:136], atol=1)
    assert shaded[:8, :8].max() < plain[:8, :8].max() - 20


def test_a_picture_of_nothing_is_a_picture() -> None:
    picture = detector_image(np.zeros((16, 16), np.float32), PIXEL_MM, DetectorSettings())
    assert picture.shape == (16, 16)
    assert picture.dtype == np.uint8
