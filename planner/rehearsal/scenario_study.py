"""The CT of a scenario, and where its level lies in it."""

import shutil
import tempfile
from pathlib import Path

from planner.digital_spine.case_files import CT_FOLDER, case_name, write_case
from planner.digital_spine.case_spec import CaseSpec, ready_spec
from planner.digital_spine.model_spine import build_model
from planner.foundation.app_paths import cache_folder
from planner.foundation.progress import Progress, no_progress
from planner.geometry.points import Triple, as_triple
from planner.rehearsal.scenario import Scenario
from planner.samples.catalog import sample_folder, sample_study


def study_folder(scenario: Scenario, progress: Progress = no_progress) -> Path:
    """Return the folder of a scenario's CT, made in the cache on first use.

    Raises
    ------
    PlannerError
        If the study cannot be made.
    Cancelled
        If the user has cancelled; nothing is left behind.
    """
    case = scenario.study.case
    if case is None:
        return sample_folder(scenario.study.sample_id, progress)
    folder = cache_folder() / "scenarios" / case_name(case)
    if not folder.is_dir():
        _make(case, folder, progress)
    return folder / CT_FOLDER


def _make(case: CaseSpec, folder: Path, progress: Progress) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        made = Path(scratch) / "case"
        write_case(case, made, progress)
        if not folder.exists():
            shutil.move(made, folder)


def level_place_lps_mm(scenario: Scenario) -> Triple | None:
    """Return a point inside the body of a scenario's level; None in a real CT not labelled there.

    A model says where its levels lie; of a shipped CT one level is known.
    """
    case = scenario.study.case
    if case is None:
        sample = sample_study(scenario.study.sample_id)
        if not sample.is_digital:
            is_known = sample.anchor_level is scenario.level
            return sample.anchor_lps_mm if is_known else None
        case = ready_spec(sample.spec_id)
    spine = build_model(case.patient, case.pathologies, case.seed).spine
    return as_triple(spine.vertebra(scenario.level).lps_from_vertebra.translation_mm)
