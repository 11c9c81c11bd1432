"""Load what of a series can be read, where some images turn out to be damaged."""

from collections.abc import Sequence

import attrs

from planner.dicom.first_slice import FirstSliceShown
from planner.dicom.image_header import ImageHeader, SkippedFile
from planner.dicom.load_volume import load_volume
from planner.dicom.read_slices import DamagedImages
from planner.dicom.scan_result import SeriesKind, SeriesSummary
from planner.dicom.series_check import check_series
from planner.dicom.series_problem import SeriesProblem
from planner.foundation.progress import Progress, no_progress
from planner.imaging.volume import Volume

_NAMED = 3
"""So many damaged files are named in a sentence; the others are in the list of those left out."""


def load_sound(
    series: SeriesSummary,
    progress: Progress = no_progress,
    *,
    first_slice: FirstSliceShown | None = None,
) -> tuple[Volume, SeriesSummary]:
    """Return the voxels of a series, and the series as it was loaded.

    Damaged images are left out as if they were missing: of the rest the longest regular run is
    used, and the series says so.

    Parameters
    ----------
    series
        As scanned.
    progress
        Told of every slice.
    first_slice
        Called with the middle slice as soon as it is read.

    Raises
    ------
    DamagedImages
        If the rest makes no volume.
    DicomProblem
        If the series makes no volume, or a file is gone since it was scanned.
    Cancelled
        If the user has cancelled.
    """
    try:
        return load_volume(series, progress, first_slice=first_slice), series
    except DamagedImages as problem:
        rest = without_images(series, problem.images)
        if rest is None:
            raise
    return load_volume(rest, progress), rest


def without_images(series: SeriesSummary, damaged: Sequence[ImageHeader]) -> SeriesSummary | None:
    """Return a series without damaged images, checked anew; None where it makes no volume."""
    gone = {(header.path, header.frame) for header in damaged}
    rest = [h for h in series.members if (h.path, h.frame) not in gone]
    if not rest:
        return None
    check = check_series(rest, is_ct=series.kind is SeriesKind.CT)
    if check.geometry is None:
        return None
    used = {header.path for header in check.slices}
    text = "The image ends early or is damaged."
    left_out = [SkippedFile(h.path, "damaged", text) for h in damaged if h.path not in used]
    return attrs.evolve(
        series,
        slices=check.slices,
        geometry=check.geometry,
        shear=check.shear,
        warnings=(_problem(damaged), *check.problems),
        left_out=(*left_out, *check.left_out),
    )


def _problem(damaged: Sequence[ImageHeader]) -> SeriesProblem:
    count = len(damaged)
    names = [header.path.name for header in damaged[:_NAMED]]
    more = f" and {count - _NAMED} more" if count > _NAMED else ""
    images = "1 image is damaged and" if count == 1 else f"{count} images are damaged and"
    brief = "1 damaged image left out" if count == 1 else f"{count} damaged images left out"
    text = f"{images} left out: {', '.join(names)}{more}."
    return SeriesProblem("damaged", text, brief=brief)
