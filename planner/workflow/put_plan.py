"""Put an exported plan onto the images it was made on: on another machine, in another session."""

import math
from collections.abc import Iterable
from pathlib import Path

import attrs

from planner.anatomy.levels import VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.devices.catalog import device_catalog
from planner.devices.device_values import DeviceCatalog
from planner.dicom.study_reference import StudyReference
from planner.export.deidentify import deidentified_uid
from planner.export.writer import ExportedPlan
from planner.foundation.account import user_name
from planner.foundation.errors import DicomProblem, PlanProblem
from planner.foundation.progress import Progress, no_progress, part_of
from planner.planning.plan import LevelPlan, Plan
from planner.storage.case import Case
from planner.storage.case_file import CaseFile
from planner.workflow.find_levels import find_one_level
from planner.workflow.open_case import open_case
from planner.workflow.open_study import OpenStudy, open_study

IMPORTED = "Import plan"
"""What the history calls it."""
_SHARE_OF_OPENING = 0.5
_FARTHEST_TIP_MM = 40.0
"""A tip farther from a body's centre lies in no part of it: the largest are 55 mm wide."""
_ORDER = {level: place for place, level in enumerate(VertebraLevel)}


@attrs.frozen(eq=False)
class PutPlan:
    """A plan that lies on a case, and the vertebrae it needed that were not found before."""

    plan: Plan
    vertebrae: tuple[VertebraModel, ...]
    """All of the case, from the head down."""
    found: tuple[VertebraModel, ...]


def put_plan(
    exported: ExportedPlan,
    case: Case,
    study: OpenStudy,
    catalog: DeviceCatalog,
    progress: Progress = no_progress,
) -> PutPlan:
    """Return an exported plan on a case's images, finding the vertebrae it names.

    The case is not changed. What was measured by hand in the case, what was read on devices'
    sheets and what was accepted stays where the file has nothing of the kind, and so do the
    variants that the case has set aside: the file's plan takes the place of the active one.

    Raises
    ------
    PlanProblem
        If the plan was made on other images, in another frame of reference, or with instruments
        that are not in the catalogue; or if a level has no needle to find it by.
    AnatomyProblem
        If a level cannot be found where the plan has its needles.
    """
    check_same_place(exported, case.study)
    _check_devices(exported.plan, catalog)
    _check_names(exported.plan, case.vertebrae)
    known = {vertebra.level for vertebra in case.vertebrae}
    missing = [level for level in exported.plan.levels if level.level not in known]
    found = []
    for number, level in enumerate(missing):
        part = part_of(progress, number / len(missing), (number + 1) / len(missing))
        found.append(find_one_level(study, _inside(level), level.level, part))
    return PutPlan(
        _with_what_stays(exported.plan, case.plan),
        _ordered((*case.vertebrae, *found)),
        tuple(found),
    )


def _with_what_stays(exported: Plan, before: Plan) -> Plan:
    """Return the exported plan with what only the case holds: not every format has all of it."""
    levels = {level.level for level in exported.levels}
    return attrs.evolve(
        exported,
        variants=tuple(item for item in before.variants if item.level in levels),
        measurements=exported.measurements or before.measurements,
        balloon_limits=exported.balloon_limits or before.balloon_limits,
        dead_volumes=exported.dead_volumes or before.dead_volumes,
        injector=exported.injector or before.injector,
        cement_phases=exported.cement_phases or before.cement_phases,
        accepted=exported.accepted or before.accepted,
    )


def put_onto_case(exported: ExportedPlan, path: Path, progress: Progress = no_progress) -> Plan:
    """Put an exported plan into a case file as its next revision, and return it.

    Raises
    ------
    PlannerError
        As `put_plan` and `open_case` do; the case is as it was then.
    """
    opened = open_case(path, part_of(progress, 0.0, _SHARE_OF_OPENING))
    rest = part_of(progress, _SHARE_OF_OPENING, 1.0)
    put = put_plan(exported, opened.case, opened.study, device_catalog(), rest)
    who = user_name()
    with CaseFile.open(path) as file, file.one_command():
        for vertebra in put.found:
            file.record_vertebra(vertebra, IMPORTED, who=who)
        file.record_plan(put.plan, IMPORTED, who=who)
    return put.plan


def put_onto_images(
    exported: ExportedPlan, images: Path, out: Path, progress: Progress = no_progress
) -> Plan:
    """Put an exported plan onto images as a new case file, and return it.

    Raises
    ------
    PlannerError
        As `put_plan`, `open_study` and `CaseFile.create` do; no case is made then.
    """
    series = (exported.series_uid, "") if exported.series_uid else None
    opening = part_of(progress, 0.0, _SHARE_OF_OPENING)
    try:
        study = open_study(images, opening, series_key=series)
    except DicomProblem:
        # A de-identified plan names its series otherwise, and it may lie in another one's frame.
        study = open_study(images, opening)
    case = Case(study.study)
    put = put_plan(
        exported, case, study, device_catalog(), part_of(progress, _SHARE_OF_OPENING, 1.0)
    )
    made = attrs.evolve(case, vertebrae=put.vertebrae, plan=put.plan)
    CaseFile.create(out, made, who=user_name()).close()
    return put.plan


def check_same_place(exported: ExportedPlan, study: StudyReference) -> None:
    """Refuse a plan whose millimetres may mean other places than these images'.

    A de-identified plan has other UIDs, which follow from the originals: it is recognised.

    Raises
    ------
    PlanProblem
        If study or frame of reference differ, or nothing says that they agree.
    """
    if exported.study_uid not in _names(study.study_uid):
        raise PlanProblem(
            "The plan was made on another study than these images.",
            hint="Open the study that it was made on, then import it.",
        )
    if exported.frame_of_reference_uid and study.frame_of_reference_uid:
        is_same = exported.frame_of_reference_uid in _names(study.frame_of_reference_uid)
    else:
        # Without a frame that both name, only the very series is certain to lie where it did.
        is_same = exported.series_uid in _names(study.series_uid)
    if not is_same:
        raise PlanProblem(
            "The plan was made in another frame of reference of this study: its points would "
            "lie elsewhere in these images.",
            hint="Open the series that it was made on, then import it.",
        )


def _check_names(plan: Plan, vertebrae: tuple[VertebraModel, ...]) -> None:
    """Refuse a plan whose level is another vertebra than the one so named in the case."""
    for level in plan.levels:
        named = next((v for v in vertebrae if v.level is level.level), None)
        if named is None:
            continue
        for needle in level.needles:
            distances_mm = {
                v.level: math.dist(v.centre_lps_mm, needle.tip_lps_mm) for v in vertebrae
            }
            nearest = min(distances_mm, key=lambda name: distances_mm[name])
            if nearest is not level.level or distances_mm[nearest] > _FARTHEST_TIP_MM:
                raise PlanProblem(
                    f"The plan's {level.level.name} is not the vertebra that is called "
                    f"{level.level.name} in this case.",
                    hint="Compare the names of the levels in stage 2, then import it again.",
                )


def _names(uid: str) -> tuple[str, str]:
    return uid, deidentified_uid(uid)


def _check_devices(plan: Plan, catalog: DeviceCatalog) -> None:
    for level in plan.levels:
        for needle in level.needles:
            catalog.needle(needle.model_id)
        for balloon in level.balloons:
            catalog.balloon(balloon.model_id)
        if level.cement is not None:
            catalog.cement(level.cement.model_id)


def _inside(level: LevelPlan) -> tuple[float, float, float]:
    """Return a point inside the body: a needle ends there."""
    if not level.needles:
        raise PlanProblem(
            f"{level.level.name} is not found in these images yet, and the plan has no needle to "
            "find it by.",
            hint=f"Find {level.level.name} in stage 2, then import the plan again.",
        )
    return level.needles[0].tip_lps_mm


def _ordered(vertebrae: Iterable[VertebraModel]) -> tuple[VertebraModel, ...]:
    return tuple(sorted(vertebrae, key=lambda vertebra: _ORDER[vertebra.level]))
