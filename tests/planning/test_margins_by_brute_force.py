"""Pedicle margins on a real CT's outline against every distance to a surface made apart."""

from pathlib import Path

import numpy as np
import pytest
from labelled_ct import LUMBAR, labelled_lumbar
from scipy import ndimage
from scipy.spatial import cKDTree

from planner.devices.catalog import device_catalog
from planner.geometry.points import FloatArray
from planner.imaging.volume import VoxelMask
from planner.planning.corridor_search import propose
from planner.planning.gauge_choice import ProposalRequest
from planner.planning.needle_path import pedicle_stretch
from planner.planning.plan import Approach, PlannedNeedle, Procedure
from planner.planning.safety_maps import SafetyMaps, build_safety_maps

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
_FINE = 4
"""Parts that an edge of a voxel is cut into."""


def surface_points(mask: VoxelMask, about_lps_mm: FloatArray, reach_mm: float) -> FloatArray:
    """Return points of the smoothed mask's surface around some points, LPS, shape (n, 3)."""
    grid = mask.geometry
    edge_mm = grid.spacing_ijk_mm[0]
    ijk = grid.ijk_of(about_lps_mm)
    lower = np.maximum(np.floor(ijk.min(axis=0) - reach_mm / edge_mm), 0).astype(int)
    upper = np.minimum(np.ceil(ijk.max(axis=0) + reach_mm / edge_mm) + 1, grid.shape_ijk)
    i, j, k = (slice(int(a), int(b)) for a, b in zip(lower, upper, strict=True))
    smooth = ndimage.gaussian_filter(mask.voxels[k, j, i].astype(float), 0.8)
    fine = ndimage.zoom(smooth, _FINE, order=3, grid_mode=False) - 0.5
    step = (np.array(smooth.shape) - 1) / (np.array(fine.shape) - 1)
    found = []
    for axis in range(3):
        here, there = np.moveaxis(fine, axis, 0)[:-1], np.moveaxis(fine, axis, 0)[1:]
        places = np.argwhere((here > 0.0) != (there > 0.0)).astype(float)
        rows = tuple(places.astype(int).T)
        places[:, 0] += here[rows] / (here[rows] - there[rows])
        found.append(places[:, _order(axis)])
    kji = np.vstack(found) * step
    points: FloatArray = grid.lps_of(kji[:, ::-1] + lower)
    return points


def _order(axis: int) -> list[int]:
    rest = [n for n in range(3) if n != axis]
    return [([axis, *rest]).index(n) for n in range(3)]


def by_brute_force_mm(needle: PlannedNeedle, maps: SafetyMaps) -> float:
    """Return the least distance from the needle's cylinder to the surface, negative outside."""
    pedicle = maps.vertebra.pedicle(needle.side)
    assert pedicle is not None
    stretch = pedicle_stretch(needle.path, pedicle, maps.vertebra)
    along = stretch.distances_mm(0.25)
    axis = np.array([needle.path.point_at(mm) for mm in along])
    direction = np.array(needle.path.direction_lps)
    one = np.cross(direction, [1.0, 0.0, 0.0])
    one /= np.linalg.norm(one)
    turns = np.linspace(0.0, 2.0 * np.pi, 48, endpoint=False)
    out = np.outer(np.cos(turns), one) + np.outer(np.sin(turns), np.cross(direction, one))
    radius_mm = device_catalog().needle(needle.model_id).outer_radius_mm
    around = (axis[:, np.newaxis] + radius_mm * out).reshape(-1, 3)
    away_mm, _ = cKDTree(surface_points(maps.vertebra.whole, axis, 12.0)).query(around)
    inside = maps.bone.at(around) >= 0.0
    return float(np.where(inside, away_mm, -away_mm).min())


@pytest.mark.parametrize("name", ["L2", "L3"])
def test_pedicle_margins_on_a_real_outline_are_those_of_brute_force_to_two_tenths_of_a_millimetre(
    name: str, shared_data: Path
) -> None:
    ct = labelled_lumbar(shared_data)
    maps = build_safety_maps(ct.found(name, LUMBAR[name]), ct.skin, ct.volume)
    request = ProposalRequest(Procedure.VERTEBROPLASTY, Approach.BIPEDICULAR)
    proposals = propose(maps, request, device_catalog())
    for proposal in proposals:
        for needle, measures in zip(proposal.needles, proposal.measures, strict=True):
            wall = measures.margins.pedicle_wall
            assert wall is not None
            brute_mm = by_brute_force_mm(needle, maps)
            print(f"{name} {needle.side.value}: {wall.distance_mm:.2f} {brute_mm:.2f}")  # noqa: T201
            assert wall.distance_mm == pytest.approx(brute_mm, abs=0.2)
