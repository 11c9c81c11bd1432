"""Grow, fill, smooth, islands, cut and split on the phantom."""

import numpy as np
import pytest

from planner.anatomy.vertebra import VertebraModel
from planner.editing.brush import Brush
from planner.editing.cut import cut_by_plane, plane_through, split_at_neck
from planner.editing.grow import GrowRange, grown
from planner.editing.part_labels import OWN_BONE, Part, PartLabels
from planner.editing.stroke import stroke
from planner.editing.tidy import filled, smoothed, without_islands
from planner.foundation.errors import AnatomyProblem
from planner.geometry.points import Triple, as_triple
from planner.imaging.volume import HuArray

UP = (0.0, 0.0, 1.0)


def _at(vertebra: VertebraModel, x: float, y: float, z: float) -> Triple:
    return as_triple(vertebra.lps_from_vertebra.point((x, y, z)))


def _blob(labels: PartLabels, hu: HuArray, part: Part, at: Triple, radius_mm: float) -> PartLabels:
    return stroke(labels, hu, Brush(part, radius_mm), (at, at), UP)


def _hole(labels: PartLabels, hu: HuArray, at: Triple, radius_mm: float) -> PartLabels:
    return stroke(labels, hu, Brush(Part.BODY, radius_mm, erases=True), (at, at), UP)


def test_a_hole_in_the_body_is_filled_with_body_and_the_outside_stays(
    a_phantom_vertebra: VertebraModel, the_labels: PartLabels, the_densities: HuArray
) -> None:
    with_hole = _hole(the_labels, the_densities, a_phantom_vertebra.centre_lps_mm, 6.0)
    mended = filled(with_hole, Part.BODY)
    assert with_hole.mask(Part.BODY).volume_mm3 < the_labels.mask(Part.BODY).volume_mm3 - 800.0
    assert np.array_equal(
        mended.having(Part.BODY) & the_labels.having(Part.BODY), the_labels.having(Part.BODY)
    )
    added = mended.mask(Part.BODY).volume_mm3 / the_labels.mask(Part.BODY).volume_mm3
    assert added == pytest.approx(1.0, abs=0.02)


def test_filling_never_closes_the_canal(
    the_labels: PartLabels,
) -> None:
    for part in OWN_BONE:
        mended = filled(the_labels, part)
        assert np.array_equal(mended.having(Part.CANAL), the_labels.having(Part.CANAL))


def test_growing_from_a_point_takes_the_piece_of_bone_it_lies_in_and_stops_at_its_reach(
    a_phantom_vertebra: VertebraModel, the_labels: PartLabels, the_densities: HuArray
) -> None:
    erased = the_labels.changed(the_labels.having(*OWN_BONE), Part.NOTHING)
    seed = a_phantom_vertebra.centre_lps_mm
    grew = grown(erased, the_densities, Part.BODY, seed, GrowRange((200.0, 600.0), 10.0))
    found = grew.having(Part.BODY)
    assert not (found & ~the_labels.having(*OWN_BONE)).any()
    places = the_labels.geometry.lps_of(np.argwhere(found)[:, ::-1])
    assert np.linalg.norm(places - seed, axis=1).max() <= 11.0
    assert grew.mask(Part.BODY).volume_mm3 == pytest.approx(4.0 / 3.0 * np.pi * 1000.0, rel=0.05)


def test_growing_from_soft_tissue_says_its_density_and_what_to_do(
    a_phantom_vertebra: VertebraModel, the_labels: PartLabels, the_densities: HuArray
) -> None:
    beside = _at(a_phantom_vertebra, 30.0, 8.0, 0.0)
    with pytest.raises(AnatomyProblem, match="40 HU, lies outside 200 to 600 HU") as told:
        grown(the_labels, the_densities, Part.BODY, beside, GrowRange((200.0, 600.0)))
    assert told.value.hint


def test_growing_the_arch_leaves_the_body_alone(
    a_phantom_vertebra: VertebraModel, the_labels: PartLabels, the_densities: HuArray
) -> None:
    left = a_phantom_vertebra.left_pedicle
    assert left is not None
    gone = the_labels.having(Part.ARCH)
    erased = the_labels.changed(gone, Part.NOTHING)
    limits = GrowRange((200.0, 600.0), 40.0)
    grew = grown(erased, the_densities, Part.ARCH, left.isthmus_lps_mm, limits)
    assert np.array_equal(grew.having(Part.BODY), the_labels.having(Part.BODY))
    assert (grew.having(Part.ARCH) & gone).sum() > 0.9 * gone.sum()


def test_growing_never_starts_in_a_neighbour(
    a_phantom_vertebra: VertebraModel, the_labels: PartLabels, the_densities: HuArray
) -> None:
    above = _at(a_phantom_vertebra, 0.0, 0.0, 24.0)
    with pytest.raises(AnatomyProblem, match="neighbour"):
        grown(the_labels, the_densities, Part.BODY, above, GrowRange((200.0, 600.0)))


def test_smoothing_takes_a_spike_off_and_keeps_the_volume(
    a_phantom_vertebra: VertebraModel, the_labels: PartLabels, the_densities: HuArray
) -> None:
    spike = _at(a_phantom_vertebra, 0.0, -19.0, 0.0)
    front = _at(a_phantom_vertebra, 0.0, -14.0, 0.0)
    spiked = stroke(the_labels, the_densities, Brush(Part.BODY, 0.6), (front, spike), UP)
    assert spiked.voxels[spiked.voxel_of(spike)] == Part.BODY
    smooth = smoothed(spiked)
    assert smooth.voxels[smooth.voxel_of(spike)] == Part.NOTHING
    ratio = smooth.mask(*OWN_BONE).volume_mm3 / the_labels.mask(*OWN_BONE).volume_mm3
    assert ratio == pytest.approx(1.0, abs=0.03)
    assert np.array_equal(smooth.having(Part.CANAL), the_labels.having(Part.CANAL))


def test_islands_go_and_the_vertebra_stays(
    a_phantom_vertebra: VertebraModel, the_labels: PartLabels, the_densities: HuArray
) -> None:
    away = _at(a_phantom_vertebra, 30.0, 0.0, 0.0)
    strewn = _blob(the_labels, the_densities, Part.BODY, away, 2.0)
    assert np.array_equal(without_islands(strewn).voxels, the_labels.voxels)


def test_body_that_hangs_on_the_arch_alone_becomes_arch(
    a_phantom_vertebra: VertebraModel, the_labels: PartLabels, the_densities: HuArray
) -> None:
    spinous = _at(a_phantom_vertebra, 0.0, 50.0, -3.0)
    strewn = _blob(the_labels, the_densities, Part.BODY, spinous, 2.0)
    tidy = without_islands(strewn)
    assert tidy.voxels[tidy.voxel_of(spinous)] == Part.ARCH


@pytest.mark.parametrize("is_turned", [False, True])
def test_a_cut_takes_what_lies_beyond_the_line_seen_from_the_body_whichever_way_it_is_drawn(
    a_phantom_vertebra: VertebraModel, the_labels: PartLabels, is_turned: bool
) -> None:
    ends = [_at(a_phantom_vertebra, -30.0, 45.0, 0.0), _at(a_phantom_vertebra, 30.0, 45.0, 0.0)]
    if is_turned:
        ends.reverse()
    plane = plane_through(ends[0], ends[1], UP)
    cut = cut_by_plane(the_labels, plane, Part.NOTHING)
    spinous, lamina = (_at(a_phantom_vertebra, 0.0, y, -3.0) for y in (50.0, 40.0))
    assert the_labels.voxels[the_labels.voxel_of(spinous)] == Part.ARCH
    assert cut.voxels[cut.voxel_of(spinous)] == Part.NOTHING
    assert cut.voxels[cut.voxel_of(lamina)] == Part.ARCH
    assert np.array_equal(cut.having(Part.BODY), the_labels.having(Part.BODY))


def test_a_line_beside_the_bone_cuts_nothing_and_says_so(
    a_phantom_vertebra: VertebraModel, the_labels: PartLabels
) -> None:
    plane = plane_through(
        _at(a_phantom_vertebra, -30.0, -40.0, 0.0), _at(a_phantom_vertebra, 30.0, -40.0, 0.0), UP
    )
    with pytest.raises(AnatomyProblem, match="cuts nothing off"):
        cut_by_plane(the_labels, plane, Part.NOTHING)


def test_a_neighbour_joined_by_a_bridge_is_split_off_at_the_bridge(
    a_phantom_vertebra: VertebraModel, the_labels: PartLabels, the_densities: HuArray
) -> None:
    """The body above was taken for the vertebra's own, over a bridge across the disc."""
    above = the_labels.geometry.lps_of(np.argwhere(the_labels.having(Part.OTHER))[:, ::-1])
    own = a_phantom_vertebra.lps_from_vertebra.inverse.points(above)
    leaked = the_labels.having(Part.OTHER).copy()
    leaked[leaked] = own[:, 2] > 0.0
    merged = the_labels.changed(leaked, Part.BODY)
    top, there = (_at(a_phantom_vertebra, 10.0, -8.0, z) for z in (11.0, 23.0))
    bridged = stroke(merged, the_densities, Brush(Part.BODY, 2.5), (top, there), UP)
    split = split_at_neck(bridged, _at(a_phantom_vertebra, 0.0, 0.0, 26.0))
    assert (split.voxels[leaked] == Part.OTHER).mean() > 0.98
    kept = split.having(*OWN_BONE)
    assert (kept & the_labels.having(*OWN_BONE)).sum() > 0.995 * the_labels.having(*OWN_BONE).sum()
    places = the_labels.geometry.lps_of(np.argwhere(kept)[:, ::-1])
    body = np.abs(a_phantom_vertebra.lps_from_vertebra.inverse.points(places)[:, :2] - (10.0, -8.0))
    heights = a_phantom_vertebra.lps_from_vertebra.inverse.points(places)[:, 2]
    on_bridge = (body < 2.0).all(axis=1)
    assert 13.0 < heights[on_bridge].max() < 20.0


def test_a_split_where_there_is_no_neck_is_refused(
    a_phantom_vertebra: VertebraModel, the_labels: PartLabels
) -> None:
    with pytest.raises(AnatomyProblem, match="No narrow place"):
        split_at_neck(the_labels, _at(a_phantom_vertebra, 8.0, -5.0, 3.0))
