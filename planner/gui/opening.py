"""Open images or a case, away from the window's thread. What is heavy is imported there."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from planner.foundation.progress import Progress, part_of
from planner.storage.case import Case

if TYPE_CHECKING:
    from planner.workflow.open_study import OpenStudy
    from planner.workflow.planning_scene import PlanningScene

CASE_SUFFIX = ".vplan"
_SHARE_OF_LOADING = 0.7


@attrs.frozen(eq=False)
class Opened:
    """A case with its images and everything it is judged in."""

    case: Case
    study: "OpenStudy"
    scene: "PlanningScene"
    path: Path
    """The case file, closed in order: the window's thread opens it for writing."""


def open_path(path: Path, progress: Progress) -> Opened:
    """Open a case file, or a folder of images as a new case.

    Raises
    ------
    PlannerError
        If it cannot be opened; the sentence says why.
    """
    return _open_case(path, progress) if path.suffix == CASE_SUFFIX else _new_case(path, progress)


def open_sample(sample_id: str, progress: Progress) -> Opened:
    """Open a shipped study as a new case."""
    from planner.samples.catalog import sample_folder

    folder = sample_folder(sample_id, part_of(progress, 0.0, _SHARE_OF_LOADING / 2))
    return _new_case(folder, part_of(progress, _SHARE_OF_LOADING / 2, 1.0))


def _new_case(folder: Path, progress: Progress) -> Opened:
    from planner.storage.case_file import CaseFile
    from planner.storage.unnamed_cases import next_unnamed_path
    from planner.workflow.open_study import open_study
    from planner.workflow.planning_scene import planning_scene

    study = open_study(folder, part_of(progress, 0.0, _SHARE_OF_LOADING))
    scene = planning_scene(study, (), part_of(progress, _SHARE_OF_LOADING, 1.0))
    case = Case(study.study)
    path = next_unnamed_path(dt.datetime.now(dt.UTC))
    CaseFile.create(path, case).close()
    return Opened(case, study, scene, path)


def _open_case(path: Path, progress: Progress) -> Opened:
    from planner.workflow.open_case import open_case
    from planner.workflow.planning_scene import planning_scene

    opened = open_case(path, part_of(progress, 0.0, _SHARE_OF_LOADING))
    scene = planning_scene(
        opened.study, opened.case.vertebrae, part_of(progress, _SHARE_OF_LOADING, 1.0)
    )
    return Opened(opened.case, opened.study, scene, path)
