"""Read radiographs, and say how far lengths on them can be trusted."""

import functools
from collections.abc import Callable

import numpy as np

from planner.dicom.display_values import displayed_image
from planner.dicom.element_values import read_elements
from planner.dicom.image_header import ImageHeader
from planner.dicom.open_files import OpenFiles, opened_files
from planner.dicom.patient_orientation import PATIENT_ORIENTATION, picture_sides
from planner.dicom.radiograph_spacing import SPACING_TAGS, radiograph_spacing
from planner.dicom.scan_result import SeriesKind, SeriesSummary, unusable_because
from planner.dicom.series_kind import radiographs_shown
from planner.foundation.errors import DicomProblem
from planner.foundation.progress import Progress, no_progress
from planner.imaging.radiograph import Radiograph, RadiographOrigin

_VIEW = 0x0018_5101
_LATERALITY = 0x0020_0060
_IMAGE_LATERALITY = 0x0020_0062
_TAGS = (_VIEW, _LATERALITY, _IMAGE_LATERALITY, PATIENT_ORIENTATION)


def load_radiographs(
    series: SeriesSummary, progress: Progress = no_progress
) -> tuple[Radiograph, ...]:
    """Return the pictures of a series of radiographs, bone bright.

    Raises
    ------
    DicomProblem
        If the series holds none or a file is damaged.
    Cancelled
        If the user has cancelled.
    """
    if series.kind is not SeriesKind.RADIOGRAPH:
        raise DicomProblem(
            unusable_because(series) or "The series holds no radiograph.",
            path=series.folder,
            hint="Choose a series of the kind CR, DX or XA.",
        )
    count = radiographs_shown(series.slices)
    chosen = [series.slices[n * len(series.slices) // count] for n in range(count)]
    found = []
    with opened_files() as files:
        for number, header in enumerate(chosen):
            beat = functools.partial(progress, number / count, "Reading radiographs")
            beat()
            found.append(_radiograph(header, files, beat, _origin(header, series)))
    progress(1.0, "Reading radiographs")
    return tuple(found)


def _origin(header: ImageHeader, series: SeriesSummary) -> RadiographOrigin:
    return RadiographOrigin(
        study_uid=header.study_uid,
        sop_class_uid=header.sop_class_uid,
        sop_instance_uid=header.sop_instance_uid,
        frame=header.frame + 1 if header.frames > 1 else None,
        description=series.description,
        date=series.date,
    )


def _radiograph(
    header: ImageHeader, files: OpenFiles, beat: Callable[[], None], origin: RadiographOrigin
) -> Radiograph:
    image = displayed_image(header, files, beat)
    elements = read_elements(header.file, files, [*_TAGS, *SPACING_TAGS])
    return Radiograph(
        pixels=image.values.astype(np.float32),
        spacing=radiograph_spacing(header, elements),
        modality=header.modality,
        view=elements.text(_VIEW),
        laterality=elements.text(_IMAGE_LATERALITY) or elements.text(_LATERALITY),
        window=image.window,
        origin=origin,
        sides=picture_sides(elements.text(PATIENT_ORIENTATION)),
    )
