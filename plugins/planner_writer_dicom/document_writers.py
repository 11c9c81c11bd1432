"""Writers of files wrapped in DICOM objects: documents on paper, and surfaces."""

from collections.abc import Sequence
from pathlib import Path

import pydicom

from planner.export.file_names import plan_file_name, study_tag
from planner.export.snapshot import PlanSnapshot
from planner.export.writer import PlanPart, WriteProblem, WriterInfo
from planner.foundation.progress import Progress
from planner_writer_dicom.what_is_missing import what_is_missing
from planner_writer_mesh.stl import stl_bytes
from planner_writer_mesh.writer import HEADER, surface_problems
from planner_writer_pdf.writer import PdfReportWriter


class PdfDocumentsWriter:
    """Writes the surgical report as a document of the study."""

    info = WriterInfo(
        id="dicom-pdf",
        title="DICOM document (report)",
        file_suffixes=(".dcm",),
        needs=frozenset({PlanPart.NEEDLES, PlanPart.DICOM_IMAGES}),
        carries_identity=True,
    )

    def check(self, snapshot: PlanSnapshot) -> Sequence[WriteProblem]:
        """Return what the images lack, and why there is no report."""
        return (*what_is_missing(snapshot), *PdfReportWriter().check(snapshot))

    def write(self, snapshot: PlanSnapshot, folder: Path, progress: Progress) -> Sequence[Path]:
        """Write the report, wrapped."""
        from planner_writer_dicom.objects import pdf_object, save  # noqa: PLC0415

        (pdf,) = PdfReportWriter().write(snapshot, folder, progress)
        content = pdf.read_bytes()
        pdf.unlink()
        path = folder / plan_file_name(snapshot, "report", ".dcm")
        save(pdf_object(snapshot, content, "Surgical plan", 1), path)
        return (path,)

    def read_back(self, snapshot: PlanSnapshot, paths: Sequence[Path]) -> Sequence[WriteProblem]:
        """Return a problem for each file that holds no whole PDF of this study."""
        return tuple(
            WriteProblem(f"{path.name} does not read back as a PDF of this study.")
            for path in paths
            if not _holds(path, snapshot, b"%PDF-")
        )


class StlModelsWriter:
    """Writes each surface as an object of the study in its frame of reference."""

    info = WriterInfo(
        id="dicom-stl",
        title="DICOM models (STL)",
        file_suffixes=(".dcm",),
        needs=frozenset({PlanPart.DICOM_IMAGES}),
        carries_identity=True,
    )

    def check(self, snapshot: PlanSnapshot) -> Sequence[WriteProblem]:
        """Return what the images lack, and each surface that is not closed."""
        return (*what_is_missing(snapshot), *surface_problems(snapshot))

    def write(self, snapshot: PlanSnapshot, folder: Path, progress: Progress) -> Sequence[Path]:
        """Write one file for each surface."""
        from planner_writer_dicom.objects import save, stl_object  # noqa: PLC0415

        paths = []
        for number, named in enumerate(snapshot.meshes):
            progress(number / len(snapshot.meshes), named.title)
            path = folder / f"model-{named.name}-{study_tag(snapshot)}.dcm"
            stl = stl_bytes(named.mesh, HEADER)
            save(stl_object(snapshot, named, stl, number + 1), path)
            paths.append(path)
        return tuple(paths)

    def read_back(self, snapshot: PlanSnapshot, paths: Sequence[Path]) -> Sequence[WriteProblem]:
        """Return a problem for each file that holds no surface of this study."""
        return tuple(
            WriteProblem(f"{path.name} does not read back as a surface of this study.")
            for path in paths
            if not _holds(path, snapshot, HEADER.encode("ascii"))
        )


def _holds(path: Path, snapshot: PlanSnapshot, start: bytes) -> bool:
    dataset = pydicom.dcmread(path)
    content: bytes = dataset.EncapsulatedDocument
    return dataset.StudyInstanceUID == snapshot.study.study_uid and content.startswith(start)
