import attrs
import numpy as np

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.assessment.findings import Assessment, Severity
from planner.devices.catalog import device_catalog
from planner.imaging.volume import VoxelMask
from planner.planning.edits import move_tip
from planner.planning.plan import Plan
from planner.rendering.picture_of_plan import plan_picture_of
from planner.rendering.plan_picture import PlanPicture


def _picture(plan: Plan, assessment: Assessment | None, vertebra: VertebraModel) -> PlanPicture:
    return plan_picture_of(
        plan, assessment, (vertebra,), device_catalog(), VertebraLevel.L1, Side.RIGHT
    )


def test_needles_have_the_radius_of_their_model_and_the_smallest_margin_beside_them(
    a_bipedicular_plan: Plan, an_assessment: Assessment, a_phantom_vertebra: VertebraModel
) -> None:
    picture = _picture(a_bipedicular_plan, an_assessment, a_phantom_vertebra)
    left, right = picture.needles
    assert left.radius_mm == device_catalog().needle("access-8g-125").outer_radius_mm
    assert (left.label, left.severity) == ("wall 2.4 \N{PLUS-MINUS SIGN} 0.6 mm", Severity.SAFE)
    assert (right.label, right.severity) == (
        "wall 0.9 \N{PLUS-MINUS SIGN} 0.6 mm",
        Severity.CAUTION,
    )
    assert (left.is_active, right.is_active) == (False, True)


def test_a_moved_needle_shows_no_margin_and_no_balloon_of_its_earlier_path(
    a_bipedicular_plan: Plan, an_assessment: Assessment, a_phantom_vertebra: VertebraModel
) -> None:
    needle = a_bipedicular_plan.levels[0].needles[0]
    x, y, z = needle.tip_lps_mm
    moved = move_tip(a_bipedicular_plan, VertebraLevel.L1, Side.LEFT, (x + 1.0, y, z))
    picture = _picture(moved, an_assessment, a_phantom_vertebra)
    assert (picture.needles[0].label, picture.needles[0].severity) == ("", None)
    assert [balloon.side for balloon in picture.balloons] == [Side.RIGHT]


def test_without_an_assessment_nothing_is_said_to_be_safe(
    a_bipedicular_plan: Plan, a_phantom_vertebra: VertebraModel
) -> None:
    picture = _picture(a_bipedicular_plan, None, a_phantom_vertebra)
    assert {needle.severity for needle in picture.needles} == {None}
    assert picture.balloons == ()


def test_the_surfaces_of_a_vertebra_are_made_once(
    a_bipedicular_plan: Plan, an_assessment: Assessment, a_phantom_vertebra: VertebraModel
) -> None:
    first = _picture(a_bipedicular_plan, an_assessment, a_phantom_vertebra)
    second = _picture(a_bipedicular_plan, None, a_phantom_vertebra)
    assert first.vertebrae[0].bone is second.vertebrae[0].bone
    measured_anew = _picture(a_bipedicular_plan, None, attrs.evolve(a_phantom_vertebra))
    assert measured_anew.vertebrae[0].bone is first.vertebrae[0].bone


def test_a_vertebra_with_another_outline_gets_another_surface(
    a_bipedicular_plan: Plan, an_assessment: Assessment, a_phantom_vertebra: VertebraModel
) -> None:
    first = _picture(a_bipedicular_plan, an_assessment, a_phantom_vertebra)
    whole = a_phantom_vertebra.whole
    edited = attrs.evolve(a_phantom_vertebra, whole=VoxelMask(whole.voxels.copy(), whole.geometry))
    other = _picture(a_bipedicular_plan, None, edited)
    assert other.vertebrae[0].bone is not first.vertebrae[0].bone
    assert other.vertebrae[0].model is edited


def test_the_active_needles_handles_come_first(
    a_bipedicular_plan: Plan, an_assessment: Assessment, a_phantom_vertebra: VertebraModel
) -> None:
    handles = _picture(a_bipedicular_plan, an_assessment, a_phantom_vertebra).handles
    assert [handle.side for handle in handles] == [Side.RIGHT] * 2 + [Side.LEFT] * 2


def test_only_what_is_planned_and_what_lies_beside_the_active_level_gets_surfaces(
    a_bipedicular_plan: Plan, a_phantom_vertebra: VertebraModel
) -> None:
    def at(level: VertebraLevel, up_mm: float) -> VertebraModel:
        frame = a_phantom_vertebra.lps_from_vertebra
        raised = attrs.evolve(frame, translation_mm=np.add(frame.translation_mm, (0, 0, up_mm)))
        return attrs.evolve(a_phantom_vertebra, level=level, lps_from_vertebra=raised)

    far, next_but_one, above = (
        at(level, up_mm)
        for level, up_mm in (
            (VertebraLevel.T9, 130.0),
            (VertebraLevel.T11, 68.0),
            (VertebraLevel.T12, 34.0),
        )
    )
    spine = (far, next_but_one, above, a_phantom_vertebra)
    catalog = device_catalog()

    def levels(plan: Plan, active: VertebraLevel | None) -> list[str]:
        picture = plan_picture_of(plan, None, spine, catalog, active, Side.LEFT)
        return [item.model.level.name for item in picture.vertebrae]

    assert levels(a_bipedicular_plan, None) == ["L1"]
    assert levels(a_bipedicular_plan, VertebraLevel.L1) == ["T11", "T12", "L1"]
    assert levels(Plan(), VertebraLevel.T11) == ["T9", "T11", "T12"]
    assert levels(Plan(), None) == ["T9", "T11", "T12", "L1"]
