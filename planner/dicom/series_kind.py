"""What kind of images a series holds, and why some are set aside."""

from collections.abc import Sequence

from planner.dicom.image_header import ImageHeader
from planner.dicom.scan_result import SeriesKind
from planner.dicom.series_problem import SeriesProblem
from planner.dicom.transfer_syntaxes import why_unreadable

_RADIOGRAPHS = frozenset({"CR", "DX", "RF", "RG", "XA"})
MOST_RADIOGRAPHS = 32
"""Of one series: of a longer run as many are shown, evenly, or fewer where they are large."""
_MOST_PIXELS = 128_000_000
"""Of all radiographs of a series together: half a gigabyte."""
_LOCALISER_WORDS = ("LOCALIZER", "SCOUT", "SURVIEW", "TOPOGRAM", "SCANOGRAM")
_CAPTURE_WORDS = ("SCREEN SAVE", "SCREENSHOT", "DOSE", "CAPTURE")
_SECONDARY_CAPTURES = "1.2.840.10008.5.1.4.1.1.7"
_MODALITY_WORDS = {
    "US": "ultrasound",
    "PT": "positron emission",
    "NM": "nuclear medicine",
    "MG": "mammography",
    "SC": "screen captures",
    "SEG": "a segmentation",
    "OT": "of the kind OT (other)",
}


def why_set_aside(header: ImageHeader) -> tuple[str, str]:
    """Return the code and the sentence for an image that is not shown; empty where it is."""
    words = " ".join(header.image_type).upper()
    if any(word in words for word in _LOCALISER_WORDS):
        return "localiser", "Localiser: it shows where slices were taken and is set aside."
    is_capture = header.sop_class_uid.startswith(_SECONDARY_CAPTURES)
    if is_capture or any(word in words for word in _CAPTURE_WORDS):
        return "capture", "Screen capture, not a scan: it is set aside."
    if header.samples != 1 and header.modality not in _RADIOGRAPHS:
        return "colour", "The images are in colour: screen captures, not a scan."
    if header.modality not in {"CT", "MR", *_RADIOGRAPHS}:
        kind = _MODALITY_WORDS.get(header.modality, header.modality) or "of no stated kind"
        return "not-ct", f"The images are {kind}, not CT, MR or X-ray: they are set aside."
    return "", ""


def kind_of(header: ImageHeader) -> SeriesKind:
    """Return what can be done with an image that is not set aside."""
    if header.modality in _RADIOGRAPHS:
        return SeriesKind.RADIOGRAPH
    return SeriesKind.CT if header.modality == "CT" else SeriesKind.MR


def radiographs_shown(headers: Sequence[ImageHeader]) -> int:
    """Return how many radiographs of a series are shown."""
    largest = max(header.rows * header.columns for header in headers)
    return min(len(headers), MOST_RADIOGRAPHS, max(1, _MOST_PIXELS // largest))


def radiograph_problems(headers: Sequence[ImageHeader]) -> list[SeriesProblem]:
    """Return what the user should know of radiographs before they are shown.

    Parameters
    ----------
    headers
        Of one series, at least one.
    """
    first = headers[0]
    problems = []
    if reason := why_unreadable(first.pixels.transfer_syntax_uid):
        problems.append(SeriesProblem("compression", reason, is_blocking=True))
    if not any(header.spacing_ij_mm or header.has_detector_spacing for header in headers):
        text = (
            "The radiograph does not say how large its pixels are: angles and ratios can be "
            "measured on it, lengths cannot."
        )
        brief = f"{_images(len(headers))}, size of pixels not stated"
        problems.append(SeriesProblem("no-pixel-size", text, brief=brief))
    shown = radiographs_shown(headers)
    if shown < len(headers):
        brief = f"{shown} of {len(headers)} images are shown"
        text = f"A run of pictures: {brief}, evenly spread over it."
        problems.append(SeriesProblem("long-run", text, brief=brief))
    return problems


def _images(count: int) -> str:
    return "1 image" if count == 1 else f"{count} images"
