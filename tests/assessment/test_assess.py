import attrs
import numpy as np
import pytest
from phantom_vertebra import (
    IN_PLACE,
    PhantomShape,
    phantom_needle,
    phantom_plan,
    phantom_skin,
    phantom_vertebra,
)

from planner.anatomy.levels import Side, VertebraLevel
from planner.assessment.assess import assess
from planner.assessment.findings import Assessment, Finding, Severity
from planner.devices.device_values import DeviceCatalog
from planner.foundation.errors import PlanProblem
from planner.geometry.transforms import RigidTransform
from planner.planning import edits
from planner.planning.plan import LevelPlan, Plan, PlannedNeedle, Procedure
from planner.planning.safety_maps import SafetyMaps, build_safety_maps

L1 = VertebraLevel.L1
SHAPE = PhantomShape()


def judged(
    plan: Plan, maps: SafetyMaps, catalog: DeviceCatalog, slice_step_mm: float | None = 1.0
) -> Assessment:
    return assess(plan, {L1: maps}, catalog, slice_step_mm=slice_step_mm)


def with_needle(needle: PlannedNeedle) -> Plan:
    return Plan((LevelPlan(L1, Procedure.VERTEBROPLASTY, (needle,)),))


def finding(assessment: Assessment, code: str, side: Side | None = None) -> Finding:
    found = [
        item
        for item in assessment.all_findings
        if item.code == code and (side is None or item.side is side)
    ]
    assert len(found) == 1, (code, found)
    return found[0]


def test_a_plan_through_the_middle_of_both_pedicles_is_safe(
    a_bipedicular_plan: Plan, the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    assessment = judged(a_bipedicular_plan, the_maps, the_catalog)
    assert {item.severity for item in assessment.all_findings} == {Severity.SAFE}
    (level,) = assessment.levels
    assert level.needle(Side.LEFT) is not None
    assert level.balloon(Side.RIGHT) is not None
    assert level.cement is not None


def test_a_needle_through_the_canal_is_reported_before_any_other_finding(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    needle = phantom_needle(Side.LEFT, tip_mm=(0.0, 20.0, 0.0), through_mm=(6.0, 30.0, 0.0))
    assessment = judged(with_needle(needle), the_maps, the_catalog, slice_step_mm=5.0)
    first = assessment.all_findings[0]
    assert (first.code, first.severity) == ("canal-margin", Severity.DANGER)
    assert assessment.levels[0].findings[0] == first


@pytest.mark.parametrize(
    ("uncertainty_mm", "severity"),
    [(0.1, Severity.SAFE), (1.0, Severity.CAUTION)],
)
def test_green_needs_the_margin_minus_its_uncertainty_above_the_limit(
    uncertainty_mm: float, severity: Severity, the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    vertebra = attrs.evolve(the_maps.vertebra, boundary_uncertainty_mm=uncertainty_mm)
    maps = attrs.evolve(the_maps, vertebra=vertebra)
    axis = SHAPE.axis(Side.LEFT)
    through = SHAPE.isthmus_mm(Side.LEFT) + np.array([1.9, 0.0, 0.0])
    needle = phantom_needle(
        Side.LEFT, tip_mm=tuple(through + 27.0 * axis), through_mm=tuple(through)
    )
    wall = finding(judged(with_needle(needle), maps, the_catalog), "pedicle-wall")
    assert wall.value is not None
    assert 0.1 < wall.value < 1.0
    assert wall.severity is severity
    assert f"+/- {uncertainty_mm:.1f} mm" in wall.message


def test_a_breach_beyond_all_doubt_is_a_danger_with_its_grade(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    axis = SHAPE.axis(Side.LEFT)
    through = SHAPE.isthmus_mm(Side.LEFT) - np.array([5.6, 0.0, 0.0])
    needle = phantom_needle(
        Side.LEFT, tip_mm=tuple(through + 24.0 * axis), through_mm=tuple(through)
    )
    wall = finding(judged(with_needle(needle), the_maps, the_catalog), "pedicle-wall")
    assert wall.severity is Severity.DANGER
    assert "grade C" in wall.message
    assert "medial" in wall.message


def test_a_needle_on_the_wrong_side_is_a_danger(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    right = phantom_needle(Side.RIGHT, tip_mm=(-8.0, -7.0, 0.0))
    mislabelled = attrs.evolve(right, side=Side.LEFT)
    assessment = judged(with_needle(mislabelled), the_maps, the_catalog)
    assert finding(assessment, "needle-side").severity is Severity.DANGER
    assert (
        finding(judged(with_needle(right), the_maps, the_catalog), "needle-side").severity
        is Severity.SAFE
    )


def test_a_tip_through_the_anterior_wall_is_a_danger(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    needle = phantom_needle(Side.LEFT, tip_mm=(8.0, -17.0, 0.0))
    assessment = judged(with_needle(needle), the_maps, the_catalog)
    assert finding(assessment, "anterior-cortex").severity is Severity.DANGER
    assert finding(assessment, "bone-path").severity is Severity.DANGER


def test_a_needle_through_the_upper_endplate_is_a_danger(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    needle = phantom_needle(Side.LEFT, tip_mm=(8.0, -7.0, 15.0), through_mm=(14.0, 20.5, 8.0))
    assessment = judged(with_needle(needle), the_maps, the_catalog)
    assert finding(assessment, "endplate").severity is Severity.DANGER


def test_a_path_medial_of_the_pedicle_border_at_the_posterior_wall_is_a_danger(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    needle = phantom_needle(Side.LEFT, tip_mm=(-14.0, 0.0, 3.0))
    medial = finding(judged(with_needle(needle), the_maps, the_catalog), "medial-wall")
    assert medial.severity is Severity.DANGER


def test_a_needle_that_misses_the_vertebra_is_a_danger(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    needle = phantom_needle(Side.LEFT, tip_mm=(60.0, 0.0, 0.0), through_mm=(60.0, 30.0, 0.0))
    missed = finding(judged(with_needle(needle), the_maps, the_catalog), "bone-path")
    assert missed.severity is Severity.DANGER
    assert missed.value is None


def test_a_gauge_that_fills_the_pedicle_is_a_danger(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    left = the_maps.vertebra.left_pedicle
    assert left is not None
    vertebra = attrs.evolve(the_maps.vertebra, left_pedicle=attrs.evolve(left, width_mm=4.0))
    maps = attrs.evolve(the_maps, vertebra=vertebra)
    needle = phantom_needle(Side.LEFT, tip_mm=(8.5, -7.0, 0.0), model_id="access-8g-125")
    fill = finding(judged(with_needle(needle), maps, the_catalog), "pedicle-fill")
    assert fill.severity is Severity.DANGER
    assert fill.value == pytest.approx(4.191 / 4.0)


def test_a_needle_too_short_for_the_skin_is_a_danger_and_its_limit_unverified(
    a_bipedicular_plan: Plan, the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    plan = edits.set_needle_model(a_bipedicular_plan, L1, Side.LEFT, "access-8g-100")
    length = finding(judged(plan, the_maps, the_catalog), "needle-length", Side.LEFT)
    assert length.severity is Severity.DANGER
    assert length.limit == 90.0
    assert "unverified" in length.message


def test_an_entry_off_the_skin_is_a_caution(
    a_bipedicular_plan: Plan, the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    needle = a_bipedicular_plan.levels[0].needles[0]
    inside = needle.path.point_at(15.0)
    plan = edits.move_entry(a_bipedicular_plan, L1, needle.side, inside)
    entry = finding(judged(plan, the_maps, the_catalog), "skin-entry", needle.side)
    assert entry.severity is Severity.CAUTION
    assert entry.value == pytest.approx(15.6, abs=0.5)


def test_a_short_tip_is_noted(the_maps: SafetyMaps, the_catalog: DeviceCatalog) -> None:
    needle = phantom_needle(Side.LEFT, tip_mm=(10.0, 3.0, 2.0))
    depth = finding(judged(with_needle(needle), the_maps, the_catalog), "tip-depth")
    assert depth.severity is Severity.NOTE


def test_a_balloon_pressed_into_the_cortex_and_over_its_volume_is_a_danger(
    a_bipedicular_plan: Plan, the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    plan = edits.inflate_balloon(a_bipedicular_plan, L1, Side.LEFT, 5.0)
    assessment = judged(plan, the_maps, the_catalog)
    assert finding(assessment, "balloon-contact", Side.LEFT).severity is Severity.DANGER
    volume = finding(assessment, "balloon-volume", Side.LEFT)
    assert (volume.severity, volume.limit) == (Severity.DANGER, 4.0)
    assert "unverified" in volume.message


def test_a_balloon_partly_in_the_cannula_is_a_danger(
    a_bipedicular_plan: Plan, the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    plan = edits.set_balloon_depth(a_bipedicular_plan, L1, Side.LEFT, -10.0)
    cannula = finding(judged(plan, the_maps, the_catalog), "balloon-cannula", Side.LEFT)
    assert cannula.severity is Severity.DANGER


def test_a_balloon_that_does_not_pass_its_cannula_is_a_danger(
    a_bipedicular_plan: Plan, the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    plan = edits.set_needle_model(a_bipedicular_plan, L1, Side.LEFT, "access-11g-125")
    gauge = finding(judged(plan, the_maps, the_catalog), "balloon-gauge", Side.LEFT)
    assert (gauge.severity, gauge.value, gauge.limit) == (Severity.DANGER, 11.0, 8.0)


def test_a_kyphoplasty_needle_without_its_balloon_is_a_caution(
    a_bipedicular_plan: Plan, the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    plan = edits.remove_balloon(a_bipedicular_plan, L1, Side.RIGHT)
    missing = finding(judged(plan, the_maps, the_catalog), "balloon-missing")
    assert (missing.severity, missing.side) == (Severity.CAUTION, Side.RIGHT)


@pytest.mark.parametrize(
    ("volume_ml", "severity"),
    [(4.0, Severity.SAFE), (6.4, Severity.SAFE), (6.6, Severity.CAUTION), (7.1, Severity.DANGER)],
)
def test_cement_is_judged_by_its_band(
    volume_ml: float,
    severity: Severity,
    a_bipedicular_plan: Plan,
    the_maps: SafetyMaps,
    the_catalog: DeviceCatalog,
) -> None:
    plan = edits.set_cement_volume(a_bipedicular_plan, L1, volume_ml)
    cement = finding(judged(plan, the_maps, the_catalog), "cement-volume")
    assert cement.severity is severity
    assert "unverified" in cement.message


@pytest.mark.parametrize(
    ("step_mm", "severity"),
    [
        (1.0, None),
        (1.25, None),
        (1.5, Severity.NOTE),
        (2.5, Severity.CAUTION),
        (3.5, Severity.CAUTION),
        (None, Severity.CAUTION),
    ],
)
def test_thick_slices_are_noted_then_warned_of(
    step_mm: float | None,
    severity: Severity | None,
    a_bipedicular_plan: Plan,
    the_maps: SafetyMaps,
    the_catalog: DeviceCatalog,
) -> None:
    assessment = judged(a_bipedicular_plan, the_maps, the_catalog, step_mm)
    assert [item.severity for item in assessment.findings] == ([severity] if severity else [])


def test_slices_more_than_three_mm_apart_get_no_grade(
    a_bipedicular_plan: Plan, the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    (level,) = judged(a_bipedicular_plan, the_maps, the_catalog, 3.5).levels
    assert all(needle.grade is None for needle in level.needles)
    walls = [item.message for item in level.findings if item.code == "pedicle-wall"]
    assert all("no grade" in message for message in walls)


def test_a_level_whose_vertebra_is_missing_is_a_danger_and_never_silently_safe(
    a_bipedicular_plan: Plan, the_catalog: DeviceCatalog
) -> None:
    assessment = assess(a_bipedicular_plan, {}, the_catalog, slice_step_mm=1.0)
    assert [item.severity for item in assessment.all_findings] == [Severity.DANGER]
    assert "L1" in assessment.all_findings[0].message


@pytest.mark.parametrize(("count", "severity"), [(2, None), (3, "note"), (4, "caution")])
def test_many_levels_in_one_session_are_spoken_of(
    count: int, severity: str | None, the_catalog: DeviceCatalog
) -> None:
    levels = [VertebraLevel.T10, VertebraLevel.T12, VertebraLevel.L2, VertebraLevel.L4][:count]
    plan = Plan(tuple(LevelPlan(level, Procedure.VERTEBROPLASTY) for level in levels))
    findings = assess(plan, {}, the_catalog, slice_step_mm=1.0).findings
    assert [item.severity.value for item in findings] == ([severity] if severity else [])


def test_what_is_doubtful_in_a_vertebra_is_told(
    a_bipedicular_plan: Plan, the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    sentence = "The scan holds contrast: HU is not read as density."
    maps = attrs.evolve(the_maps, vertebra=attrs.evolve(the_maps.vertebra, notes=(sentence,)))
    note = finding(judged(a_bipedicular_plan, maps, the_catalog), "vertebra-note")
    assert (note.severity, note.message) == (Severity.NOTE, sentence)


def test_an_instrument_the_catalogue_has_not_is_refused_by_name(
    a_bipedicular_plan: Plan, the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    plan = edits.set_needle_model(a_bipedicular_plan, L1, Side.LEFT, "unheard-of")
    with pytest.raises(PlanProblem, match="unheard-of"):
        judged(plan, the_maps, the_catalog)


def severities(assessment: Assessment) -> dict[tuple[str, Side | None], Severity]:
    return {(item.code, item.side): item.severity for item in assessment.all_findings}


@pytest.mark.slow
def test_a_rigid_motion_of_everything_changes_no_verdict(
    a_bipedicular_plan: Plan, the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    moved = RigidTransform(np.eye(3), np.array([-83.2, 41.6, 300.8])) @ IN_PLACE
    maps = build_safety_maps(
        phantom_vertebra(lps_from_vertebra=moved), phantom_skin(lps_from_vertebra=moved)
    )
    there = judged(phantom_plan(lps_from_vertebra=moved), maps, the_catalog)
    here = judged(a_bipedicular_plan, the_maps, the_catalog)
    assert severities(there) == severities(here)


@pytest.mark.slow
def test_in_a_mirror_each_verdict_changes_its_side(the_catalog: DeviceCatalog) -> None:
    # A right pedicle so narrow that its needle breaches, and a left one that is roomy.
    shape = PhantomShape(right_width_mm=4.0)
    verdicts = []
    for in_mirror, seen in ((False, shape), (True, shape.mirrored())):
        maps = build_safety_maps(phantom_vertebra(seen, in_mirror=in_mirror), phantom_skin())
        verdicts.append(severities(judged(phantom_plan(seen), maps, the_catalog)))
    as_it_is, mirrored = verdicts
    swapped = {
        (code, side.opposite if side else None): value for (code, side), value in mirrored.items()
    }
    assert swapped == as_it_is
    assert as_it_is["pedicle-fill", Side.RIGHT] is Severity.DANGER
    assert as_it_is["pedicle-fill", Side.LEFT] is Severity.SAFE
