"""The network's box lies in the vertebra's axes and reads back where it was read."""

import attrs
import numpy as np
import pytest

from planner.anatomy.body_block import BodyAxes
from planner.anatomy.outline_box import OutlineBox
from planner.anatomy.outline_network import seen_bone
from planner.anatomy.spine_crop import SpineCrop
from planner.geometry.grids import GridGeometry
from planner.geometry.transforms import RigidTransform

SPACING_MM = 0.8
WHOLE = (slice(None),) * 3
CENTRE_LPS_MM = np.array([12.0, -30.0, 101.0])


@pytest.fixture
def a_crop() -> SpineCrop:
    """A crop whose Hounsfield units rise to the left, the back and the head, each at its pace."""
    shape = (150, 160, 170)
    origin = CENTRE_LPS_MM - SPACING_MM * np.array(shape[::-1]) / 2.0
    grid = GridGeometry.axis_aligned(shape[::-1], origin, (SPACING_MM,) * 3)
    k, j, i = np.indices(shape)
    lps = grid.lps_of(np.stack([i, j, k], axis=-1))
    return SpineCrop(ramp(lps), grid, np.eye(3))


def ramp(lps_mm: np.ndarray) -> np.ndarray:
    return ((lps_mm - CENTRE_LPS_MM) @ [1.0, 2.0, 4.0]).astype(np.float32)


@pytest.fixture
def a_tilted_box() -> OutlineBox:
    """Turned by 20 degrees about the left-right axis and by 10 degrees about the long axis."""
    a, b = np.radians(20.0), np.radians(10.0)
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_z = np.array([[np.cos(b), -np.sin(b), 0], [np.sin(b), np.cos(b), 0], [0, 0, 1]])
    frame = RigidTransform(about_z @ about_x, CENTRE_LPS_MM)
    return OutlineBox(BodyAxes(frame))


def test_a_box_reads_the_crop_at_its_own_voxels(
    a_crop: SpineCrop, a_tilted_box: OutlineBox
) -> None:
    near = (slice(30, 40), slice(15, 25), slice(30, 40))
    read = a_tilted_box.sampled(a_crop.hu, a_crop)[near]
    assert np.allclose(read, ramp(a_tilted_box.points_lps_mm()[near]), atol=0.01)


def test_what_a_box_holds_comes_back_to_where_it_lies(
    a_crop: SpineCrop, a_tilted_box: OutlineBox
) -> None:
    points = a_tilted_box.points_lps_mm()
    part = a_tilted_box.part_of(a_crop)
    back = a_tilted_box.read_back(ramp(points), a_crop, part)
    uvw = a_tilted_box.axes.uvw_of(a_crop.points_lps_mm(part))
    last = np.array(a_tilted_box.shape_wvu[::-1]) - 1
    index = (uvw - a_tilted_box.first_uvw_mm) / a_tilted_box.step_mm
    inside = ((index > 0) & (index < last)).all(axis=-1)
    assert inside.mean() > 0.3
    assert np.allclose(back[inside], a_crop.hu[part][inside], atol=0.01)


def test_nothing_is_read_back_beyond_the_box(a_crop: SpineCrop, a_tilted_box: OutlineBox) -> None:
    everywhere = np.ones(a_tilted_box.shape_wvu, np.float32)
    part = a_tilted_box.part_of(a_crop)
    uvw = a_tilted_box.axes.uvw_of(a_crop.points_lps_mm(part))
    last_mm = a_tilted_box.first_uvw_mm[1] + a_tilted_box.step_mm * a_tilted_box.shape_wvu[1]
    behind = uvw[..., 1] > last_mm
    back = a_tilted_box.read_back(everywhere, a_crop, part)
    assert behind.any()
    assert not back[behind].any()


def test_of_a_mirror_image_the_network_sees_the_mirror_image(a_crop: SpineCrop) -> None:
    spread = np.random.default_rng(7)
    hu = spread.normal(200.0, 150.0, a_crop.hu.shape).astype(np.float32)
    body = np.linalg.norm(a_crop.points_lps_mm(WHOLE) - CENTRE_LPS_MM, axis=-1) < 14.0
    beside = body & (a_crop.points_lps_mm(WHOLE)[..., 0] < CENTRE_LPS_MM[0] + 6.0)
    middle = a_crop.geometry.lps_of((np.array(a_crop.geometry.shape_ijk) - 1) / 2.0)
    box = OutlineBox(BodyAxes(RigidTransform(np.eye(3), middle)))
    crop = attrs.evolve(a_crop, hu=hu)
    mirrored = attrs.evolve(a_crop, hu=np.ascontiguousarray(hu[..., ::-1]))
    nothing = np.zeros_like(body)
    one = seen_bone(crop, beside, nothing, box)
    other = seen_bone(mirrored, np.ascontiguousarray(beside[..., ::-1]), nothing, box)
    assert one.own.max() - one.own.min() > 0.2
    assert np.allclose(one.own, other.own[..., ::-1], atol=1e-3)
    assert not np.allclose(one.own, other.own, atol=0.05)
