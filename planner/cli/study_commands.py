"""Commands about images: what is shipped, what is in a folder."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.points import parse_point_lps_mm, rounded
from planner.cli.reporting import emit, reports_problems, terminal_progress

if TYPE_CHECKING:
    from planner.dicom.image_header import SkippedFile
    from planner.dicom.scan_result import ScanResult, SeriesSummary

_UNKNOWN = "unknown"


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command(name="samples", help="List the shipped studies.")(list_samples)
    app.command(name="inspect", help="Say what images are in a folder, archive or file.")(inspect)


@reports_problems
def list_samples(*, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """List the shipped studies, made if they were not yet, and the scenarios to rehearse."""
    from planner.foundation.progress import part_of
    from planner.rehearsal.scenario import scenarios
    from planner.samples.catalog import sample_folder, sample_studies

    studies, progress = sample_studies(), terminal_progress()
    rows = [
        {
            "id": sample.id,
            "title": sample.title,
            "path": str(
                sample_folder(
                    sample.id, part_of(progress, n / len(studies), (n + 1) / len(studies))
                )
            ),
            "licence": sample.licence,
        }
        for n, sample in enumerate(studies)
    ]
    cases = [{"id": scenario.id, "title": scenario.title} for scenario in scenarios()]
    lines = [f"{row['id']:<18} {row['title']}\n{'':18} {row['path']}" for row in rows]
    lines += ["To rehearse:", *(f"{case['id']:<26} {case['title']}" for case in cases)]
    emit({"samples": rows, "scenarios": cases}, lines, as_json=as_json)


@reports_problems
def inspect(
    path: Path,
    *,
    probe: Annotated[
        list[str] | None, typer.Option(metavar="X,Y,Z", help="Read the value at a LPS point.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Say what images are there, and the values at points of the likely planning series."""
    from planner.dicom.scan_folder import scan_folder

    points_lps_mm = [parse_point_lps_mm(text) for text in probe or ()]
    scan = scan_folder(path, terminal_progress())
    document = {
        "studies": [
            {
                "study_uid": study.study_uid,
                "date": study.date or None,
                "patient": {
                    "name": study.patient.name or None,
                    "id": study.patient.patient_id or None,
                    "sex": study.patient.sex or None,
                    "birth_date": study.patient.birth_date or None,
                },
                "series": [_series_document(series) for series in study.series],
            }
            for study in scan.studies
        ],
        "skipped": [_file_document(skipped) for skipped in scan.skipped],
        "probes": _probes(scan, points_lps_mm),
    }
    emit(document, list(_lines(scan)), as_json=as_json)


def _series_document(series: "SeriesSummary") -> dict[str, object]:
    geometry = series.geometry
    return {
        "series_uid": series.series_uid,
        "part": series.part or None,
        "kind": series.kind.value,
        "modality": series.modality or None,
        "description": series.description or None,
        "images": series.images,
        "shape_kji": None if series.shape_kji is None else list(series.shape_kji),
        "spacing_mm_kji": None if series.spacing_kji_mm is None else list(series.spacing_kji_mm),
        "lps_from_ijk": None if geometry is None else geometry.lps_from_ijk.tolist(),
        "frame_of_reference_uid": series.frame_of_reference_uid,
        "transfer_syntax": series.transfer_syntax or None,
        "loadable": series.loadable,
        "usable_images": series.usable_images,
        "verdict": {"level": series.verdict.level.value, "text": series.verdict.text},
        "warnings": [{"code": w.code, "text": w.text} for w in series.warnings],
        "left_out": [_file_document(file) for file in series.left_out],
    }


def _file_document(file: "SkippedFile") -> dict[str, object]:
    return {"path": str(file.path), "code": file.code, "text": file.text}


def _probes(
    scan: "ScanResult", points_lps_mm: list[tuple[float, float, float]]
) -> list[dict[str, object]]:
    if not points_lps_mm:
        return []
    import numpy as np

    from planner.dicom.load_volume import load_volume
    from planner.dicom.scan_result import likely_volume
    from planner.imaging.hounsfield import sample_hu, sample_voxels

    series = likely_volume(scan)
    volume = load_volume(series)
    # Beside the straightened slices of a tilted gantry nothing was scanned.
    sample = sample_voxels if series.shear is None else sample_hu
    values = sample(volume, np.asarray(points_lps_mm))
    return [
        {"lps_mm": rounded(point), "value": float(value) if np.isfinite(value) else None}
        for point, value in zip(points_lps_mm, values, strict=True)
    ]


def _lines(scan: "ScanResult") -> list[str]:
    lines = []
    for study in scan.studies:
        lines.append(f"Study of {study.date or 'unknown date'}")
        for series in study.series:
            name = ", ".join(filter(None, (series.description or "no description", series.part)))
            lines.append(
                f"  {series.modality or _UNKNOWN}: {name}; {series.images} files: "
                f"{series.verdict.text}"
            )
            lines.extend(f"    {warning.text}" for warning in series.warnings)
            lines.extend(f"    Left out {file.path}: {file.text}" for file in series.left_out)
    lines.extend(f"Skipped {skipped.path}: {skipped.text}" for skipped in scan.skipped)
    return lines
