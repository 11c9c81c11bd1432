"""The demonstration: a kyphoplasty on the shipped fracture, planned and handed over."""

import datetime as dt
from pathlib import Path

import attrs

from planner.export.registry import discover
from planner.foundation.errors import CaseFileProblem
from planner.foundation.progress import Progress, no_progress, part_of
from planner.planning.corridor_search import warm_up_search
from planner.planning.plan import Approach, Procedure
from planner.samples.catalog import FRACTURE_SAMPLE_ID, sample_folder, sample_study
from planner.storage.case_file import CaseFile
from planner.storage.unnamed_cases import next_unnamed_path
from planner.workflow.hand_over import HandOver, hand_over
from planner.workflow.level_request import LevelRequest
from planner.workflow.plan_study import PlannedStudy, plan_study
from planner.workflow.take_snapshot import take_snapshot

_CASE_NAME = "demo.vplan"
_EXPORT_FOLDER = "exports"


@attrs.frozen(eq=False)
class DemoCase:
    """A planned sample study with its case file."""

    case: Path
    planned: PlannedStudy


def make_demo_case(folder: Path | None, progress: Progress = no_progress) -> DemoCase:
    """Plan the sample fracture and write the case into a folder, or among the user's cases.

    Raises
    ------
    CaseFileProblem
        If the folder cannot be written to.
    """
    sample = sample_study(FRACTURE_SAMPLE_ID)
    images = sample_folder(sample.id, part_of(progress, 0.0, 0.2))
    progress(0.2, "Preparing the search")
    warm_up_search()
    request = LevelRequest(
        sample.demo_level, procedure=Procedure.KYPHOPLASTY, approach=Approach.BIPEDICULAR
    )
    planned = plan_study(images, (request,), part_of(progress, 0.3, 1.0))
    path = next_unnamed_path(dt.datetime.now(dt.UTC)) if folder is None else _own_case(folder)
    CaseFile.create(path, planned.case).close()
    return DemoCase(path, planned)


def hand_over_demo(made: DemoCase, folder: Path, progress: Progress = no_progress) -> HandOver:
    """Write the demonstration's plan with every installed writer."""
    snapshot = take_snapshot(made.planned.case, made.planned.scene, part_of(progress, 0.0, 0.5))
    writers = discover()
    ids = [installed.info.id for installed in writers.writers]
    exports, rest = folder / _EXPORT_FOLDER, part_of(progress, 0.5, 1.0)
    # As the case does, exports of an earlier run give way.
    return hand_over(snapshot, writers, ids, exports, rest, may_replace=True)


def _own_case(folder: Path) -> Path:
    """Return where the demonstration's case goes; one of an earlier run gives way."""
    path = folder / _CASE_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
    except OSError as error:
        raise CaseFileProblem(
            f"The folder cannot be written to: {error.strerror}.",
            path=folder,
            hint="Choose another with --out.",
        ) from error
    return path
