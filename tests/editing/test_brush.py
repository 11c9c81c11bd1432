"""Strokes of the brush against balls and discs of known volume."""

import math

import numpy as np
import pytest

from planner.anatomy.levels import Side
from planner.anatomy.vertebra import VertebraModel
from planner.editing.brush import Brush
from planner.editing.part_labels import OWN_BONE, Part, PartLabels
from planner.editing.stroke import stroke
from planner.geometry.points import as_triple
from planner.imaging.volume import HuArray

RADIUS_MM = 5.0
UP = (0.0, 0.0, 1.0)


def _beside(vertebra: VertebraModel, side: Side) -> tuple[float, float, float]:
    """Return a point of soft tissue in front of the body, left or right of the midline."""
    return as_triple(vertebra.lps_from_vertebra.point((side.sign * 12.0, -18.5, 0.0)))


def _painted_mm3(before: PartLabels, after: PartLabels, *parts: Part) -> float:
    return after.mask(*parts).volume_mm3 - before.mask(*parts).volume_mm3


def test_the_labels_hold_every_mask_of_a_vertebra(
    a_phantom_vertebra: VertebraModel, the_labels: PartLabels
) -> None:
    assert np.array_equal(the_labels.having(*OWN_BONE), a_phantom_vertebra.whole.voxels)
    assert np.array_equal(the_labels.having(Part.BODY), a_phantom_vertebra.body.voxels)
    assert np.array_equal(the_labels.having(Part.CANAL), a_phantom_vertebra.canal.voxels)
    assert np.array_equal(the_labels.having(Part.OTHER), a_phantom_vertebra.other_bone.voxels)


def test_a_ball_in_soft_tissue_adds_its_own_volume_and_nothing_else(
    a_phantom_vertebra: VertebraModel, the_labels: PartLabels, the_densities: HuArray
) -> None:
    at = as_triple(a_phantom_vertebra.lps_from_vertebra.point((30.0, 10.0, 0.0)))
    after = stroke(the_labels, the_densities, Brush(Part.ARCH, RADIUS_MM), (at, at), UP)
    ball_mm3 = 4.0 / 3.0 * math.pi * RADIUS_MM**3
    assert _painted_mm3(the_labels, after, Part.ARCH) == pytest.approx(ball_mm3, rel=0.05)
    assert _painted_mm3(the_labels, after, Part.BODY) == 0.0


def test_a_stroke_on_the_patients_left_paints_on_the_left(
    a_phantom_vertebra: VertebraModel, the_labels: PartLabels, the_densities: HuArray
) -> None:
    at = _beside(a_phantom_vertebra, Side.LEFT)
    after = stroke(the_labels, the_densities, Brush(Part.BODY, 3.0), (at, at), UP)
    new = np.argwhere(after.having(Part.BODY) & ~the_labels.having(Part.BODY))[:, ::-1]
    centre = the_labels.geometry.lps_of(new.mean(axis=0))
    assert centre[0] > a_phantom_vertebra.centre_lps_mm[0] + 8.0


def test_a_drag_leaves_no_gap_between_two_places_of_the_hand(
    a_phantom_vertebra: VertebraModel, the_labels: PartLabels, the_densities: HuArray
) -> None:
    ends = [_beside(a_phantom_vertebra, side) for side in Side]
    after = stroke(the_labels, the_densities, Brush(Part.BODY, 1.5), (ends[0], ends[1]), UP)
    for share in np.linspace(0.0, 1.0, 25):
        at = (1.0 - share) * np.asarray(ends[0]) + share * np.asarray(ends[1])
        assert after.voxels[after.voxel_of(at)] == Part.BODY


@pytest.mark.parametrize("normal", [(0.0, 0.0, 1.0), (0.0, 0.6, 0.8), (0.577, 0.577, 0.577)])
def test_a_flat_brush_paints_a_disc_without_holes_in_its_own_slice_alone(
    a_phantom_vertebra: VertebraModel,
    the_labels: PartLabels,
    the_densities: HuArray,
    normal: tuple[float, float, float],
) -> None:
    at = np.array(a_phantom_vertebra.lps_from_vertebra.point((30.0, 10.0, 0.0)))
    across = np.asarray(normal) / np.linalg.norm(normal)
    brush = Brush(Part.ARCH, RADIUS_MM, is_flat=True)
    after = stroke(the_labels, the_densities, brush, (at, at), across)
    new = after.having(Part.ARCH) & ~the_labels.having(Part.ARCH)
    points = the_labels.geometry.lps_of(np.argwhere(new)[:, ::-1])
    assert np.abs((points - at) @ across).max() <= 0.8
    right = np.cross(across, [1.0, 0.0, 0.1])
    right /= np.linalg.norm(right)
    for angle in np.radians(range(0, 360, 15)):
        along = math.cos(angle) * right + math.sin(angle) * np.cross(across, right)
        assert after.voxels[after.voxel_of(at + (RADIUS_MM - 1.0) * along)] == Part.ARCH


def test_bound_by_density_the_brush_leaves_what_lies_outside_its_range(
    a_phantom_vertebra: VertebraModel, the_labels: PartLabels, the_densities: HuArray
) -> None:
    front = as_triple(a_phantom_vertebra.lps_from_vertebra.point((0.0, -15.5, 0.0)))
    brush = Brush(Part.ARCH, RADIUS_MM, hu_range=(200.0, 500.0))
    after = stroke(the_labels, the_densities, brush, (front, front), UP)
    changed = after.voxels != the_labels.voxels
    assert changed.any()
    assert the_densities[changed].min() >= 200


def test_bone_is_never_painted_into_the_canal(
    a_phantom_vertebra: VertebraModel, the_labels: PartLabels, the_densities: HuArray
) -> None:
    canal = as_triple(a_phantom_vertebra.lps_from_vertebra.point((0.0, 24.0, 0.0)))
    after = stroke(the_labels, the_densities, Brush(Part.BODY, 9.0), (canal, canal), UP)
    assert np.array_equal(after.having(Part.CANAL), the_labels.having(Part.CANAL))


def test_the_canal_can_be_painted_into_bone_on_purpose(
    a_phantom_vertebra: VertebraModel, the_labels: PartLabels, the_densities: HuArray
) -> None:
    edge = as_triple(a_phantom_vertebra.lps_from_vertebra.point((0.0, 14.0, 0.0)))
    after = stroke(the_labels, the_densities, Brush(Part.CANAL, 3.0), (edge, edge), UP)
    assert _painted_mm3(the_labels, after, Part.CANAL) > 0.0
    assert _painted_mm3(the_labels, after, Part.BODY) < 0.0


def test_erasing_bone_leaves_canal_and_neighbours(
    a_phantom_vertebra: VertebraModel, the_labels: PartLabels, the_densities: HuArray
) -> None:
    centre = a_phantom_vertebra.centre_lps_mm
    brush = Brush(Part.BODY, 12.0, erases=True)
    up = np.add(centre, (0.0, 20.0, 20.0))
    after = stroke(the_labels, the_densities, brush, (centre, up), UP)
    assert _painted_mm3(the_labels, after, *OWN_BONE) < -4000.0
    assert np.array_equal(after.having(Part.CANAL), the_labels.having(Part.CANAL))
    assert np.array_equal(after.having(Part.OTHER), the_labels.having(Part.OTHER))


def test_a_stroke_beside_the_grid_changes_nothing(
    the_labels: PartLabels, the_densities: HuArray
) -> None:
    away = the_labels.geometry.corners_lps_mm().max(axis=0) + 40.0
    after = stroke(the_labels, the_densities, Brush(Part.BODY, 8.0), (away, away), UP)
    assert np.array_equal(after.voxels, the_labels.voxels)


def test_the_labels_before_a_stroke_stay_as_they_were(
    a_phantom_vertebra: VertebraModel, the_labels: PartLabels, the_densities: HuArray
) -> None:
    kept = the_labels.voxels.copy()
    at = _beside(a_phantom_vertebra, Side.RIGHT)
    stroke(the_labels, the_densities, Brush(Part.BODY, 6.0), (at, at), UP)
    assert np.array_equal(the_labels.voxels, kept)
