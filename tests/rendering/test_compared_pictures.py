import attrs
import numpy as np
import pytest

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.devices.catalog import device_catalog
from planner.geometry.points import distance_mm
from planner.planning import edits
from planner.planning.plan import Plan
from planner.rendering.compared_pictures import in_line_planes
from planner.rendering.picture_of_plan import plan_picture_of
from planner.rendering.plan_picture import PlanPicture

L1 = VertebraLevel.L1


@pytest.fixture
def two_pictures(
    a_bipedicular_plan: Plan, a_phantom_vertebra: VertebraModel
) -> tuple[PlanPicture, PlanPicture]:
    """The phantom's plan, and the same with its left needle moved two millimetres sideways."""
    moved = edits.move_whole_needle(a_bipedicular_plan, L1, Side.LEFT, (2.0, 0.0, 0.0))
    one, other = (
        plan_picture_of(plan, None, (a_phantom_vertebra,), device_catalog(), L1, Side.LEFT)
        for plan in (a_bipedicular_plan, moved)
    )
    return one, other


def test_every_slice_holds_its_own_needle_and_all_are_centred_on_one_place(
    two_pictures: tuple[PlanPicture, PlanPicture], a_phantom_vertebra: VertebraModel
) -> None:
    pairs = [in_line_planes(picture, a_phantom_vertebra) for picture in two_pictures]
    assert [name for name, _, _ in pairs[0]] == [
        "left-axial",
        "left-sagittal",
        "right-axial",
        "right-sagittal",
    ]
    for picture, planes in zip(two_pictures, pairs, strict=True):
        for number, (_name, _title, plane) in enumerate(planes):
            path = picture.needles[number // 2].path
            for end in (path.start_lps_mm, path.end_lps_mm):
                off_mm = np.subtract(end, plane.centre_lps_mm) @ plane.into_screen_lps
                assert abs(off_mm) < 1e-6
    for (_, _, one), (_, _, other) in zip(*pairs, strict=True):
        assert distance_mm(one.centre_lps_mm, other.centre_lps_mm) <= 2.0
    right_one, right_other = pairs[0][2][2], pairs[1][2][2]
    assert attrs.astuple(right_one) == attrs.astuple(right_other), "the right needle did not move"
