"""Bulge, cortex, gas, expected heights and density against formulas."""

import attrs
import numpy as np
import pytest

from planner.anatomy.density_meaning import density_meaning
from planner.anatomy.expected_heights import norm_heights
from planner.anatomy.fracture import ReferenceHeights
from planner.anatomy.gas_cleft import gas_cleft
from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.pedicle_cortex import pedicle_cortex
from planner.anatomy.posterior_bulge import posterior_bulge
from planner.anatomy.vertebra import BodyHeights, HeightLine, Pedicle, VertebraModel
from planner.devices.catalog import device_catalog
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray
from planner.imaging.volume import Volume, VoxelMask
from planner.planning.largest_needle import largest_needle

WALL_Y_MM = 15.5
BULGE_MM = 4.0


def _own_mm(vertebra: VertebraModel) -> FloatArray:
    k, j, i = np.indices(vertebra.whole.voxels.shape)
    lps = vertebra.whole.geometry.lps_of(np.stack([i, j, k], axis=-1))
    return vertebra.lps_from_vertebra.inverse.points(lps)


def _heights(anterior_mm: float, middle_mm: float, posterior_mm: float) -> BodyHeights:
    return BodyHeights(
        *(
            HeightLine((0.0, y, height), (0.0, y, 0.0))
            for y, height in ((-15.0, anterior_mm), (0.0, middle_mm), (15.0, posterior_mm))
        )
    )


@pytest.fixture
def a_body_with_a_straight_back(a_phantom_vertebra: VertebraModel) -> VertebraModel:
    own = _own_mm(a_phantom_vertebra)
    block = (np.abs(own[..., 0]) < 18) & (np.abs(own[..., 1]) < WALL_Y_MM)
    block &= np.abs(own[..., 2]) < 13.0
    return attrs.evolve(a_phantom_vertebra, body=VoxelMask(block, a_phantom_vertebra.body.geometry))


def _bulging(vertebra: VertebraModel, x_mm: float) -> VertebraModel:
    own = _own_mm(vertebra)
    away = np.hypot(own[..., 0] - x_mm, own[..., 2])
    bump = (own[..., 1] >= 0.0) & (
        own[..., 1] < WALL_Y_MM + BULGE_MM * np.cos(np.pi / 2 * np.minimum(away / 6.0, 1.0))
    )
    bump &= away < 6.0
    body = VoxelMask(vertebra.body.voxels | bump, vertebra.body.geometry)
    return attrs.evolve(vertebra, body=body)


def test_a_straight_posterior_wall_bulges_by_nothing(
    a_body_with_a_straight_back: VertebraModel,
) -> None:
    found = posterior_bulge(a_body_with_a_straight_back)
    assert found is not None
    assert found.depth_mm < 0.4


@pytest.mark.parametrize("side", list(Side))
def test_a_bulge_of_four_millimetres_is_found_where_it_is(
    a_body_with_a_straight_back: VertebraModel, side: Side
) -> None:
    found = posterior_bulge(_bulging(a_body_with_a_straight_back, side.sign * 4.0))
    assert found is not None
    assert found.depth_mm == pytest.approx(BULGE_MM, abs=0.5)
    frame = a_body_with_a_straight_back.lps_from_vertebra
    own = frame.inverse.point(found.at_lps_mm)
    assert own[0] == pytest.approx(side.sign * 4.0, abs=2.1)
    assert own[2] == pytest.approx(0.0, abs=2.0)
    assert found.canal_share == pytest.approx(BULGE_MM / (16.0 + BULGE_MM), abs=0.03)


def _tube_volume(vertebra: VertebraModel, pedicle: Pedicle) -> Volume:
    """Return a fine CT of a tube about a pedicle's axis: 1.6 mm cortex medially, 2.8 laterally."""
    centre = np.asarray(pedicle.isthmus_lps_mm)
    step = 0.25
    shape = (160, 160, 80)
    lower = centre - step * np.array(shape) / 2
    grid = GridGeometry.axis_aligned(shape, lower, (step, step, step))
    k, j, i = np.indices(grid.shape_kji)
    offset = grid.lps_of(np.stack([i, j, k], axis=-1)) - centre
    axis = np.asarray(pedicle.axis_lps)
    up = vertebra.lps_from_vertebra.rotation[:, 2]
    across = np.cross(up, axis)
    if across @ vertebra.lps_from_vertebra.rotation[:, 0] * pedicle.side.sign < 0:
        across = -across
    x = offset @ across
    half = pedicle.width_mm / 2
    hu = np.full(grid.shape_kji, 30, np.int16)
    hu[np.abs(x) < half] = 150
    hu[(x < half) & (x > half - 2.8)] = 900
    hu[(x > -half) & (x < -half + 1.6)] = 900
    return Volume(hu, grid)


@pytest.mark.parametrize("side", list(Side))
def test_the_cortex_of_a_pedicle_is_as_thick_as_it_was_drawn_medially_and_laterally(
    a_phantom_vertebra: VertebraModel, side: Side
) -> None:
    pedicle = a_phantom_vertebra.pedicle(side)
    assert pedicle is not None
    volume = _tube_volume(a_phantom_vertebra, pedicle)
    found = pedicle_cortex(a_phantom_vertebra, pedicle, volume)
    assert found.medial_mm == pytest.approx(1.6, abs=0.3)
    assert found.lateral_mm == pytest.approx(2.8, abs=0.3)


def test_a_pedicle_without_a_bright_rim_has_no_thickness_rather_than_a_guess(
    a_phantom_vertebra: VertebraModel,
) -> None:
    pedicle = a_phantom_vertebra.left_pedicle
    assert pedicle is not None
    volume = _tube_volume(a_phantom_vertebra, pedicle)
    flat = attrs.evolve(volume, voxels=np.full_like(volume.voxels, 120))
    found = pedicle_cortex(a_phantom_vertebra, pedicle, flat)
    assert (found.medial_mm, found.lateral_mm) == (None, None)


def test_gas_in_the_body_is_found_with_its_volume_and_place(
    a_phantom_vertebra: VertebraModel,
) -> None:
    own = _own_mm(a_phantom_vertebra)
    hu = np.full(own.shape[:3], 120, np.int16)
    hu[np.linalg.norm(own - (5.0, -4.0, 2.0), axis=-1) < 4.0] = -400
    found = gas_cleft(a_phantom_vertebra, hu)
    assert found is not None
    assert found.volume_ml == pytest.approx(4.0 / 3.0 * np.pi * 64.0 / 1000.0, rel=0.1)
    centre = a_phantom_vertebra.lps_from_vertebra.inverse.point(found.centre_lps_mm)
    assert centre == pytest.approx((5.0, -4.0, 2.0), abs=0.3)


def test_air_that_touches_the_outline_from_outside_is_no_cleft(
    a_phantom_vertebra: VertebraModel,
) -> None:
    own = _own_mm(a_phantom_vertebra)
    hu = np.full(own.shape[:3], 120, np.int16)
    hu[own[..., 2] > 12.3] = -500
    assert gas_cleft(a_phantom_vertebra, hu) is None


def test_a_level_is_expected_as_tall_as_the_mean_adults_at_this_patients_size() -> None:
    levels = [VertebraLevel.T11, VertebraLevel.T12, VertebraLevel.L1, VertebraLevel.L2]
    norms = {
        level: ReferenceHeights(20.0 + n, 19.0 + n, 22.0 + n) for n, level in enumerate(levels)
    }
    size = 1.1
    measured = {
        level: _heights(size * norm.anterior_mm, size * norm.middle_mm, size * norm.posterior_mm)
        for level, norm in norms.items()
    }
    # Two are broken, the one in question among them: the others still tell the size.
    measured[VertebraLevel.L1] = _heights(12.0, 13.0, 20.0)
    found = norm_heights(VertebraLevel.L1, measured, norms)
    assert found is not None
    assert found.anterior_mm == pytest.approx(size * 22.0)
    assert found.posterior_mm == pytest.approx(size * 24.0)


def test_without_two_other_levels_nobody_knows_the_patients_size() -> None:
    norms = {VertebraLevel.L1: ReferenceHeights(25.0, 24.0, 26.0)}
    measured = {VertebraLevel.L1: _heights(20.0, 20.0, 24.0)}
    assert norm_heights(VertebraLevel.L1, measured, norms) is None


@pytest.mark.parametrize(
    ("hu", "words", "is_low"),
    [
        (64.0, "likely: below 100", True),
        (105.0, "likely: below 110", True),
        (135.0, "possible: below 160", True),
        (180.0, "unlikely", False),
        (230.0, "very unlikely: above 200", False),
    ],
)
def test_a_density_reads_as_its_source_says(hu: float, words: str, is_low: bool) -> None:
    meaning = density_meaning(hu)
    assert words in meaning.words
    assert meaning.is_low is is_low


def test_the_widest_needle_fills_at_most_four_fifths_of_the_pedicle(
    a_phantom_vertebra: VertebraModel,
) -> None:
    catalog, pedicle = device_catalog(), a_phantom_vertebra.right_pedicle
    assert pedicle is not None
    widest = largest_needle(pedicle, catalog)
    assert widest is not None
    assert widest.outer_diameter_mm <= 0.8 * pedicle.width_mm
    slim = attrs.evolve(pedicle, width_mm=3.0)
    slimmer = largest_needle(slim, catalog)
    assert slimmer is not None
    assert slimmer.outer_diameter_mm <= 2.4 < widest.outer_diameter_mm
    assert largest_needle(attrs.evolve(pedicle, width_mm=1.0), catalog) is None
