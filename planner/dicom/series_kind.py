"""What kind of images a series holds, and why some are set aside."""

from collections.abc import Sequence

from planner.dicom.image_header import ImageHeader
from planner.dicom.scan_result import SeriesKind
from planner.dicom.series_problem import SeriesProblem
from planner.dicom.transfer_syntaxes import why_unreadable

_RADIOGRAPHS = frozenset({"CR", "DX", "RF", "RG", "XA"})
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


def radiograph_problems(headers: Sequence[ImageHeader]) -> list[SeriesProblem]:
    """Return what keeps radiographs from being shown."""
    reasons = [why_unreadable(header.pixels.transfer_syntax_uid) for header in headers]
    if all(reasons):
        return [SeriesProblem("compression", reasons[0], is_blocking=True)]
    return []
