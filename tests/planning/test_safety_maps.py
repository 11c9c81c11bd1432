import time

import attrs
import numpy as np
import pytest
from phantom_vertebra import IN_PLACE, PhantomShape

from planner.anatomy.vertebra import VertebraModel
from planner.imaging.volume import VoxelMask
from planner.planning.safety_maps import SafetyMaps, build_safety_maps

HALF_VOXEL_MM = 0.4


def at(points_mm: list[tuple[float, float, float]]) -> np.ndarray:
    return IN_PLACE.points(np.array(points_mm))


def test_the_endplates_are_as_far_as_the_formula_says(the_maps: SafetyMaps) -> None:
    found = the_maps.between_endplates.at(at([(0, 0, 0), (0, 0, 8), (5, -5, -9), (0, 0, 15)]))
    assert found == pytest.approx([13.0, 5.0, 4.0, -2.0], abs=HALF_VOXEL_MM)


def test_the_endplates_go_on_sideways_so_that_a_rim_is_no_endplate(the_maps: SafetyMaps) -> None:
    found = the_maps.between_endplates.at(at([(13.5, 15.4, 2.0), (21.9, 0.0, 0.0)]))
    assert found == pytest.approx([11.0, 13.0], abs=HALF_VOXEL_MM)


def test_a_lip_that_overhangs_the_canal_is_no_endplate(
    a_phantom_vertebra: VertebraModel, a_phantom_skin: VoxelMask
) -> None:
    grid = a_phantom_vertebra.body.geometry
    k, j, i = np.indices(grid.shape_kji)
    places = IN_PLACE.inverse.points(grid.lps_of(np.stack([i, j, k], axis=-1)).reshape(-1, 3))
    wall_mm = PhantomShape().body_half_depth_mm
    is_under_lip = (places[:, 1] > wall_mm - 3.0) & (places[:, 2] < 3.0)
    body = a_phantom_vertebra.body.voxels & ~is_under_lip.reshape(grid.shape_kji)
    undercut = attrs.evolve(a_phantom_vertebra, body=VoxelMask(body, grid))
    maps = build_safety_maps(undercut, a_phantom_skin)
    in_pedicle_direction = maps.between_endplates.at(at([(12.0, wall_mm - 1.0, 1.0)]))
    assert in_pedicle_direction == pytest.approx([12.0], abs=2 * HALF_VOXEL_MM)


def test_the_anterior_wall_is_the_waisted_surface_not_the_plane(the_maps: SafetyMaps) -> None:
    front_mm = 0.9 * PhantomShape().body_half_depth_mm
    found = the_maps.behind_anterior_wall.at(at([(0, -10, 0), (0, -front_mm, 0), (0, -16, 0)]))
    assert found == pytest.approx([front_mm - 10, 0.0, front_mm - 16], abs=HALF_VOXEL_MM)


def test_a_vertebra_without_neighbours_has_no_map_of_them(
    a_phantom_vertebra: VertebraModel, a_phantom_skin: VoxelMask
) -> None:
    alone = attrs.evolve(
        a_phantom_vertebra,
        other_bone=VoxelMask(
            np.zeros(a_phantom_vertebra.whole.geometry.shape_kji, dtype=bool),
            a_phantom_vertebra.whole.geometry,
        ),
    )
    assert build_safety_maps(alone, a_phantom_skin).other_bone is None


def test_half_the_width_is_the_formulas(the_maps: SafetyMaps) -> None:
    assert the_maps.half_width_mm == pytest.approx(PhantomShape().body_half_width_mm, abs=0.4)


def test_the_maps_of_a_vertebra_take_less_than_a_second(
    a_phantom_vertebra: VertebraModel, a_phantom_skin: VoxelMask
) -> None:
    start = time.process_time()
    build_safety_maps(a_phantom_vertebra, a_phantom_skin)
    assert time.process_time() - start < 2.0  # both cores, so twice the second on the clock
