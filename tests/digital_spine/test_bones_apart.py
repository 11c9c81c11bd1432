"""What a spine's bones may not do: touch each other, close the canal, or fall into pieces."""

import functools
import itertools

import cc3d
import numpy as np
import pytest
from measured_bone import any_bone, bone_of, box_lattice, run_mm
from model_spines import POSTURES, WholeSpine, whole_spine

from planner.anatomy.levels import VertebraLevel
from planner.digital_spine.bone_scene import bone_scene
from planner.digital_spine.lattice import Lattice
from planner.digital_spine.level_table import table_levels
from planner.digital_spine.model_spine import ModelSpine, build_model
from planner.digital_spine.pathology import Fracture
from planner.digital_spine.spine_pose import FacetJoint
from planner.digital_spine.vertebra_field import canal_limbs, tube_field
from planner.geometry.grids import GridGeometry
from planner.geometry.transforms import RigidTransform
from planner.imaging.volume import VoxelMask
from planner.mesh.surface import surface_of_mask

pytestmark = pytest.mark.slow

_COARSE_MM = 1.25
_PROBE_MM = 2.0
LEVELS = table_levels()


@functools.cache
def posed(name: str) -> WholeSpine:
    patient, fractures = POSTURES[name]
    return whole_spine(build_model(patient, fractures, 3), _COARSE_MM)


def owners(spine: WholeSpine) -> np.ndarray:
    """How many bones claim each voxel."""
    count = np.zeros(spine.grid.shape_kji, np.uint8)
    for field in spine.fields:
        count[field.window] += field.bone < 0.0
    return count


@pytest.mark.parametrize("posture", POSTURES)
def test_no_two_vertebrae_overlap(posture: str) -> None:
    count = owners(posed(posture))
    assert count.max() == 1
    assert count.sum() * _COARSE_MM**3 > 500_000


@pytest.mark.parametrize("posture", POSTURES)
def test_each_vertebra_is_one_piece(posture: str) -> None:
    spine = posed(posture)
    for name, field in zip(spine.names[:-1], spine.fields, strict=False):
        _, pieces = cc3d.connected_components(field.bone < 0.0, connectivity=6, return_N=True)
        assert pieces == 1, name


@pytest.mark.parametrize("posture", POSTURES)
def test_no_bone_stands_in_the_canal(posture: str) -> None:
    spine = posed(posture)
    canal = tube_field(canal_limbs(spine.model.spine), spine.lattice)
    for name, field in zip(spine.names, spine.fields, strict=True):
        # The edge between canal and bone is rounded by a millimetre.
        inside = canal[field.window][field.bone < -0.3]
        assert inside.size == 0 or inside.min() > -1.3, name


def test_a_posterior_bulge_stands_in_the_canal_as_far_as_asked(the_mean_model: ModelSpine) -> None:
    level = VertebraLevel.L2
    profiles = []
    for bulge_mm in (0.0, 5.0):
        fracture = Fracture(level, 0.4, 0.3, 0.1, posterior_bulge_mm=bulge_mm)
        model = build_model(the_mean_model.patient, (fracture,), 1)
        frame = model.spine.vertebra(level).lps_from_vertebra
        lattice = box_lattice(frame, (0.0, -4.0, -4.0), (0.0, 32.0, 10.0), 0.2)
        bone = bone_of(model, level, lattice)[:, :, 0]
        profiles.append([run_mm(row, 0, 0.2, inside=True)[1] for row in bone])
    further = np.subtract(profiles[1], profiles[0])
    assert further.max() == pytest.approx(5.0, abs=0.4)
    assert further.min() >= -0.05


def facet_gaps_mm(model: ModelSpine, joint: FacetJoint) -> list[float]:
    """The way from facet to facet at five places of a joint, along its normal."""
    step_mm, reach_mm = 0.1, 5.0
    up, normal = np.asarray(joint.up_lps), np.asarray(joint.normal_lps)
    frame = RigidTransform.from_axes(joint.centre_lps_mm, np.cross(up, normal), up, normal)
    lattice = box_lattice(frame, (-2.0, -2.0, -reach_mm), (2.0, 2.0, reach_mm), (2.0, 2.0, step_mm))
    bone = any_bone(model, lattice)
    at = round(reach_mm / step_mm)
    return [sum(run_mm(bone[:, j, i], at, step_mm, inside=False)) for j, i in np.ndindex(3, 3)]


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_facets_stand_a_joint_apart_neither_fused_nor_a_void(
    the_mean_model: ModelSpine, level: VertebraLevel
) -> None:
    for joint in the_mean_model.spine.vertebra(level).joints_below:
        gaps = facet_gaps_mm(the_mean_model, joint)
        assert min(gaps) >= 1.0, joint.side
        assert float(np.median(gaps)) <= 4.0, joint.side


def clear_way_mm(model: ModelSpine, level: VertebraLevel, sign: float) -> float:
    """The widest probe that passes straight from the canal outwards below a level's pedicle.

    Probes start in the canal at the height of the disc or a little above, and leave to the side,
    up to 15 degrees to the front or back.
    """
    vertebra = model.spine.vertebra(level)
    measures, body = vertebra.anatomy.body, vertebra.body
    below = body.landmarks_before.lower_mm[2]
    start_v = body.half_depth_mm + 2.0
    u = np.arange(0.0, body.half_width_mm + 8.0, 0.5)
    lattice = box_lattice(
        vertebra.lps_from_vertebra,
        (0.0, start_v - 6.0, below - measures.disc_posterior),
        (sign * u[-1], start_v + 14.0, below + 8.0),
        (sign * 0.5, 0.5, 0.5),
    )
    bone = any_bone(model, lattice)
    starts, slopes = np.arange(12, 24), np.tan(np.radians([-15.0, 0.0, 15.0]))
    best = 0.0
    for k, j, slope in itertools.product(range(bone.shape[0]), starts, slopes):
        rows = np.round(j + slope * u / 0.5).astype(int)
        if rows.min() >= 0 and rows.max() < bone.shape[1]:
            best = max(best, float(bone[k, rows, np.arange(len(u))].min()))
    return best


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_foramina_are_open_on_both_sides(the_mean_model: ModelSpine, level: VertebraLevel) -> None:
    for sign in (1.0, -1.0):
        assert clear_way_mm(the_mean_model, level, sign) >= _PROBE_MM


def test_every_part_has_a_watertight_surface(the_mean_spine: WholeSpine) -> None:
    for name, field in zip(the_mean_spine.names, the_mean_spine.fields, strict=True):
        parts = {"whole": field.bone}
        if field.body is not None and field.pedicles is not None:
            parts |= {"body": field.body, "pedicles": field.pedicles}
        for part, values in parts.items():
            mask = the_mean_spine.mask(field, values)
            surface = surface_of_mask(mask)
            assert surface.is_watertight, (name, part)
            assert surface.volume_mm3 == pytest.approx(mask.volume_mm3, rel=0.02), (name, part)


def test_body_and_both_pedicles_are_each_one_piece(the_mean_spine: WholeSpine) -> None:
    for name, field in zip(the_mean_spine.names[:-1], the_mean_spine.fields, strict=False):
        assert field.body is not None
        assert field.pedicles is not None
        for values, pieces in ((field.body, 1), (field.pedicles, 2)):
            _, found = cc3d.connected_components(values < 0.0, connectivity=6, return_N=True)
            assert found == pieces, name
        # Both pedicles join the body: nothing but bone between them.
        joined = (field.body < 0.0) | (field.pedicles < 0.0)
        _, found = cc3d.connected_components(joined, connectivity=6, return_N=True)
        assert found == 1, name


def test_ribs_keep_off_the_vertebrae_and_reach_round_both_sides(the_mean_model: ModelSpine) -> None:
    vertebra = the_mean_model.spine.vertebra(VertebraLevel.T8)
    x, y, z = vertebra.lps_from_vertebra.translation_mm
    grid = GridGeometry.axis_aligned((96, 88, 30), (x - 96, y - 90, z - 30), (2.0, 2.0, 2.0))
    scene = bone_scene(the_mean_model, Lattice.of(grid))
    for field in scene.vertebrae:
        if field is not None:
            assert not ((scene.ribs[field.window] < 0.0) & (field.bone < 0.0)).any()
    ribs = scene.ribs < 0.0
    left, right = ribs[:, :, 49:], ribs[:, :, 47::-1]
    assert left.sum() == pytest.approx(right.sum(), rel=0.05)
    assert left.sum() > 500
    mask = VoxelMask(ribs, grid)
    assert surface_of_mask(mask).is_watertight
