"""Open images or a case, away from the window's thread. What is heavy is imported there."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import attrs

from planner.foundation.progress import Progress, part_of
from planner.gui.libraries import load_libraries
from planner.storage.case import Case

if TYPE_CHECKING:
    from planner.dicom.first_slice import FirstSlice
    from planner.dicom.scan_result import ScanResult, SeriesSummary
    from planner.digital_spine.case_spec import CaseSpec
    from planner.workflow.open_study import OpenStudy
    from planner.workflow.planning_scene import PlanningScene

PrepareViews: TypeAlias = Callable[[Callable[[], object]], None]

CASE_SUFFIX = ".vplan"
_SHARE_OF_LOADING = 0.7
_SHARE_OF_MAKING = 0.95
_GETTING_READY = "Getting the views ready"
"""What the window shows a case with is loaded here, or it would stand still meanwhile."""


@attrs.frozen(eq=False)
class Opened:
    """A case with its images and everything it is judged in."""

    case: Case
    study: "OpenStudy"
    scene: "PlanningScene"
    path: Path
    """The case file, closed in order: the window's thread opens it for writing."""


def scan_images(path: Path, progress: Progress) -> "ScanResult":
    """Find the series at a place: a folder, an archive, a DICOMDIR or a file.

    Raises
    ------
    PlannerError
        If there are no images; the sentence says why.
    """
    from planner.dicom.scan_folder import scan_folder

    return scan_folder(path, progress)


def scan_sample(sample_id: str, progress: Progress) -> "ScanResult":
    """Find the series of a study that comes with the program, made on first use."""
    from planner.samples.catalog import sample_folder

    folder = sample_folder(sample_id, part_of(progress, 0.0, _SHARE_OF_LOADING))
    return scan_images(folder, part_of(progress, _SHARE_OF_LOADING, 1.0))


def scan_made_case(spec: "CaseSpec", progress: Progress) -> "ScanResult":
    """Find the series of a digital-spine case, made if it was not before.

    Raises
    ------
    PlannerError
        If it cannot be made; the sentence says why.
    """
    from planner.workflow.made_cases import made_case_folder

    folder = made_case_folder(spec, part_of(progress, 0.0, _SHARE_OF_MAKING))
    return scan_images(folder, part_of(progress, _SHARE_OF_MAKING, 1.0))


def open_series(
    series: "SeriesSummary",
    progress: Progress,
    first_slice: Callable[["FirstSlice"], None],
    prepare_views: PrepareViews,
) -> Opened:
    """Open a CT series as a new case.

    Parameters
    ----------
    series
        As scanned.
    progress
        Told of every slice.
    first_slice
        Called on the thread of the work, as soon as the middle slice is read.
    prepare_views
        Called on the thread of the work once libraries are loaded; returns when the window can
        show a case at once. It calls what it is given again and again meanwhile.

    Raises
    ------
    PlannerError
        If it cannot be loaded; the sentence says why.
    """
    from planner.workflow import open_study

    loading = part_of(progress, 0.0, _SHARE_OF_LOADING)
    study = open_study.open_series(series, loading, first_slice=first_slice)
    # Only now: the first slice does not wait for these libraries.
    from planner.storage.case_file import CaseFile
    from planner.storage.unnamed_cases import next_unnamed_path
    from planner.workflow.planning_scene import planning_scene

    scene = planning_scene(study, (), part_of(progress, _SHARE_OF_LOADING, 1.0))
    _get_ready(progress, prepare_views)
    # Whoever has cancelled by now leaves no case behind.
    progress(1.0, "Writing the case")
    case = Case(study.study)
    path = next_unnamed_path(dt.datetime.now(dt.UTC))
    CaseFile.create(path, case).close()
    return Opened(case, study, scene, path)


def open_case_file(path: Path, progress: Progress, prepare_views: PrepareViews) -> Opened:
    """Open a case file with the images it was planned on; `prepare_views` as for a series.

    Raises
    ------
    PlannerError
        If it cannot be opened; the sentence says why.
    """
    from planner.workflow.open_case import open_case
    from planner.workflow.planning_scene import planning_scene

    opened = open_case(path, part_of(progress, 0.0, _SHARE_OF_LOADING))
    scene = planning_scene(
        opened.study, opened.case.vertebrae, part_of(progress, _SHARE_OF_LOADING, 1.0)
    )
    _get_ready(progress, prepare_views)
    return Opened(opened.case, opened.study, scene, path)


def _get_ready(progress: Progress, prepare_views: PrepareViews) -> None:
    def beat() -> None:
        progress(1.0, _GETTING_READY)

    load_libraries(beat)
    prepare_views(beat)
