"""Write a made case: its CT as DICOM, MR images where asked for, and its truth beside them."""

import hashlib
import shutil
import time
from pathlib import Path

import attrs
import numpy as np

from planner.dicom.study_reference import PatientIdentity
from planner.dicom.write_series import MrWeighting, SeriesLabel, derived_uid, write_series
from planner.digital_spine.case_field import CaseField, case_field
from planner.digital_spine.case_spec import CaseSpec
from planner.digital_spine.case_truth import LevelFacts, level_facts, levels_within, write_truth
from planner.digital_spine.lattice import Lattice
from planner.digital_spine.model_spine import ModelSpine, build_model
from planner.digital_spine.scanner import scan_hu, scan_mr
from planner.digital_spine.tissues import MrContrast
from planner.foundation.errors import PlanProblem
from planner.foundation.progress import Progress, no_progress, part_of
from planner.geometry.grids import GridGeometry
from planner.imaging.volume import Volume

CT_FOLDER, TRUTH_FOLDER = "ct", "truth"
AP_FOLDER, LATERAL_FOLDER = "dx-ap", "dx-lateral"
"""X-rays of the case, which others make."""
_STUDY_DATE = "20260112"
_DERIVATION = "Model spine made by Vertebroplan. Not a patient. Not a medical device."
_WEIGHTINGS = {
    MrContrast.T1: MrWeighting("T1", 550.0, 12.0),
    MrContrast.T2: MrWeighting("T2", 3200.0, 100.0),
    MrContrast.STIR: MrWeighting("STIR", 3500.0, 55.0, 160.0),
}
_MR_SPACING_MM, _MR_STEP_MM, _MR_WIDTH_MM, _MR_DEPTH_MM = 0.8, 4.0, 64.0, 220.0


@attrs.frozen
class MadeCase:
    """Where a made case lies, and its numbers."""

    folder: Path
    series_path: Path
    """The CT."""
    truth_path: Path
    mr_paths: tuple[Path, ...]
    levels: tuple[LevelFacts, ...]
    """Every level whose body lies in the field, from the head down."""
    seconds: float


def case_name(spec: CaseSpec) -> str:
    """Return a name for a spec that changes with everything in it."""
    return hashlib.sha256(repr(spec).encode()).hexdigest()[:12]


def case_series_uid(spec: CaseSpec, series: str = CT_FOLDER) -> str:
    """Return the UID of a case's series, by which it is known wherever it lies."""
    return derived_uid("model", case_name(spec), series)


def series_label(spec: CaseSpec, series: str, title: str) -> SeriesLabel:
    """Return what the files of a case's series say besides voxels and place."""
    name = case_name(spec)
    return SeriesLabel(
        patient=PatientIdentity(
            name=f"MODEL^{spec.title.upper()[:48]}",
            patient_id=f"MODEL-{name[:8].upper()}",
            sex=spec.patient.sex[0].upper(),
        ),
        study_uid=derived_uid("model", name, "study"),
        series_uid=case_series_uid(spec, series),
        frame_of_reference_uid=derived_uid("model", name, "frame of reference"),
        study_date=_STUDY_DATE,
        study_description="Model spine, not a patient",
        series_description=title[:64],
        patient_position="FFS" if spec.scan.feet_first else "HFS",
        tube_voltage_kv=spec.scan.kvp,
        contrast_agent="IV" if spec.scan.contrast else "",
        derivation=_DERIVATION,
    )


def _write_ct(
    spec: CaseSpec, model: ModelSpine, field: CaseField, folder: Path, progress: Progress
) -> Path:
    hu = scan_hu(model, field.lattice, spec.scan, part_of(progress, 0.0, 0.85))
    label = series_label(spec, CT_FOLDER, spec.title)
    volume = Volume(hu, field.grid, label.frame_of_reference_uid)
    target = folder / CT_FOLDER
    write_series(target, volume, label, layout=field.layout, progress=part_of(progress, 0.85, 1.0))
    return target


def _sagittal_grid(field: CaseField, model: ModelSpine) -> GridGeometry:
    """Return the grid of sagittal MR slices over the same levels, from left to right."""
    corners = field.upright_grid.corners_lps_mm()
    top, bottom = corners[:, 2].max(), corners[:, 2].min()
    inside = [
        v.lps_from_vertebra.translation_mm
        for v in model.spine.vertebrae
        if bottom <= v.lps_from_vertebra.translation_mm[2] <= top
    ]
    middle = np.mean(inside, axis=0)
    matrix = np.eye(4)
    matrix[:3, 0] = (0.0, _MR_SPACING_MM, 0.0)
    matrix[:3, 1] = (0.0, 0.0, -_MR_SPACING_MM)
    matrix[:3, 2] = (-_MR_STEP_MM, 0.0, 0.0)
    matrix[:3, 3] = (middle[0] + _MR_WIDTH_MM / 2.0, corners[:, 1].max() - _MR_DEPTH_MM, top)
    return GridGeometry(
        (
            round(_MR_DEPTH_MM / _MR_SPACING_MM),
            int((top - bottom) / _MR_SPACING_MM),
            round(_MR_WIDTH_MM / _MR_STEP_MM) + 1,
        ),
        matrix,
    )


def _write_mr(
    spec: CaseSpec,
    model: ModelSpine,
    field: CaseField,
    folder: Path,
    contrast: MrContrast,
    progress: Progress,
) -> Path:
    grid = _sagittal_grid(field, model)
    signal = scan_mr(model, Lattice.of(grid), contrast, part_of(progress, 0.0, 0.9))
    name = f"mr-{contrast.value.lower()}"
    label = attrs.evolve(
        series_label(spec, name, f"{contrast.value} sagittal, {spec.title}"),
        mr=_WEIGHTINGS[contrast],
    )
    volume = Volume(signal, grid, label.frame_of_reference_uid)
    target = folder / name
    write_series(target, volume, label, progress=part_of(progress, 0.9, 1.0))
    return target


def write_case(spec: CaseSpec, folder: Path, progress: Progress = no_progress) -> MadeCase:
    """Make a case: ``ct``, one folder for each MR image, and ``truth``.

    The same spec gives the same bytes.

    Parameters
    ----------
    spec
        What shall be made.
    folder
        Where; made if missing, and emptied of an earlier case's folders of these names.
    progress
        Told of each step.

    Raises
    ------
    PlannerError
        If the spec cannot be made, or the folder cannot be written to.
    Cancelled
        If the user has cancelled.
    """
    begun = time.perf_counter()
    model = build_model(spec.patient, spec.pathologies, spec.seed)
    field = case_field(spec, model)
    share = 0.8 / (1.0 + 0.5 * len(spec.mr))
    _clear(folder)
    series = _write_ct(spec, model, field, folder, part_of(progress, 0.0, share))
    mr_paths = []
    for n, contrast in enumerate(spec.mr):
        start = share + (0.8 - share) * n / len(spec.mr)
        part = part_of(progress, start, start + (0.8 - share) / len(spec.mr))
        mr_paths.append(_write_mr(spec, model, field, folder, contrast, part))
    progress(0.8, "Writing the truth")
    write_truth(spec, model, field.upright_grid, folder / TRUTH_FOLDER)
    progress(1.0, "Writing the truth")
    return MadeCase(
        folder=folder,
        series_path=series,
        truth_path=folder / TRUTH_FOLDER,
        mr_paths=tuple(mr_paths),
        levels=tuple(level_facts(model, v) for v in levels_within(model, field.upright_grid)),
        seconds=time.perf_counter() - begun,
    )


def _clear(folder: Path) -> None:
    """Remove what an earlier case left, so that no pictures of two cases lie together."""
    names = [CT_FOLDER, TRUTH_FOLDER, AP_FOLDER, LATERAL_FOLDER]
    names += [f"mr-{contrast.value.lower()}" for contrast in MrContrast]
    try:
        for name in names:
            if (folder / name).is_dir():
                shutil.rmtree(folder / name)
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PlanProblem(
            "The case cannot be written here.", path=folder, hint="Choose a folder with room."
        ) from error
