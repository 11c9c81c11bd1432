"""Writers of DICOM images: the segmentation and the key views."""

from collections.abc import Sequence
from pathlib import Path

import pydicom

from planner.export.file_names import plan_file_name, study_tag
from planner.export.snapshot import PlanSnapshot
from planner.export.writer import PlanPart, WriteProblem, WriterInfo
from planner.foundation.progress import Progress
from planner_writer_dicom.what_is_missing import what_is_missing


class SegmentationWriter:
    """Writes bone, canal and planned cement as one Segmentation on the slices of the CT."""

    info = WriterInfo(
        id="dicom-seg",
        title="DICOM segmentation",
        file_suffixes=(".dcm",),
        needs=frozenset({PlanPart.DICOM_IMAGES}),
        carries_identity=True,
    )

    def check(self, snapshot: PlanSnapshot) -> Sequence[WriteProblem]:
        """Return what the images lack."""
        return what_is_missing(snapshot)

    def write(self, snapshot: PlanSnapshot, folder: Path, progress: Progress) -> Sequence[Path]:
        """Write one file."""
        progress(0.0, "Segmentation")
        # highdicom takes a second or two to load, which the program's start cannot spare.
        from planner_writer_dicom.segmentation import write_segmentation  # noqa: PLC0415

        path = folder / plan_file_name(snapshot, "seg", ".dcm")
        write_segmentation(snapshot, path, progress)
        return (path,)

    def read_back(self, snapshot: PlanSnapshot, paths: Sequence[Path]) -> Sequence[WriteProblem]:
        """Return a problem for each segment that does not hold the voxels it should."""
        from planner_writer_dicom.read_segmentation import segment_problems  # noqa: PLC0415

        return segment_problems(snapshot, paths[0])


class KeyViewsWriter:
    """Writes each picture of the plan as a secondary capture."""

    info = WriterInfo(
        id="dicom-views",
        title="DICOM key views",
        file_suffixes=(".dcm",),
        needs=frozenset({PlanPart.DICOM_IMAGES}),
        carries_identity=True,
    )

    def check(self, snapshot: PlanSnapshot) -> Sequence[WriteProblem]:
        """Return what the images lack, and that there is no picture where there is none."""
        missing = what_is_missing(snapshot)
        if missing or snapshot.pictures:
            return missing
        return (WriteProblem("There is no picture to write: take the pictures first."),)

    def write(self, snapshot: PlanSnapshot, folder: Path, progress: Progress) -> Sequence[Path]:
        """Write one file for each picture."""
        from planner_writer_dicom.objects import picture_object, save  # noqa: PLC0415

        paths = []
        for number, picture in enumerate(snapshot.pictures):
            progress(number / len(snapshot.pictures), picture.title)
            path = folder / f"view-{picture.name}-{study_tag(snapshot)}.dcm"
            save(picture_object(snapshot, picture, number + 1), path)
            paths.append(path)
        return tuple(paths)

    def read_back(self, snapshot: PlanSnapshot, paths: Sequence[Path]) -> Sequence[WriteProblem]:
        """Return a problem for each file that is not of this patient's study."""
        return tuple(
            WriteProblem(f"{path.name} reads back as part of another study.")
            for path in paths
            if pydicom.dcmread(path, stop_before_pixels=True).StudyInstanceUID
            != snapshot.study.study_uid
        )
