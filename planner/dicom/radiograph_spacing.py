"""How large the pixels of a radiograph are, and how far that can be trusted."""

from planner.dicom.element_values import ElementValues
from planner.dicom.image_header import ImageHeader
from planner.imaging.radiograph import PixelSpacing, SpacingKind

_DETECTOR_DISTANCE = 0x0018_1110
_PATIENT_DISTANCE = 0x0018_1111
_MAGNIFICATION = 0x0018_1114
_IMAGER_SPACING = 0x0018_1164
_CALIBRATION_TYPE = 0x0028_0A02
_CALIBRATION_TEXT = 0x0028_0A04
SPACING_TAGS = (
    _DETECTOR_DISTANCE, _PATIENT_DISTANCE, _MAGNIFICATION, _IMAGER_SPACING, _CALIBRATION_TYPE,
    _CALIBRATION_TEXT,
)  # fmt: skip

_SAME_SHARE = 1e-3
"""Spacings that differ by less are the same one, written twice."""
_HOW_CALIBRATED = {
    "GEOMETRY": "corrected for the magnification by the geometry of the shot",
    "FIDUCIAL": "corrected by an object of known size in the picture",
}


def radiograph_spacing(header: ImageHeader, elements: ElementValues) -> PixelSpacing | None:
    """Return the size of a radiograph's pixels with the sentence that belongs to each length.

    A spacing at the detector is not corrected for the magnification: the file's factor is only
    told of, because it holds for one depth in the patient.

    Parameters
    ----------
    header
        Its PixelSpacing may be the detector's or a calibrated one (DICOM PS3.3 10.7.1.3).
    elements
        The elements of `SPACING_TAGS`.
    """
    detector_ij_mm = elements.spacing_ij_mm(_IMAGER_SPACING)
    stated_ij_mm = header.spacing_ij_mm
    if stated_ij_mm is not None and _is_calibrated(stated_ij_mm, detector_ij_mm, elements):
        how = _HOW_CALIBRATED.get(elements.text(_CALIBRATION_TYPE), "corrected in a way not stated")
        caveat = f"Lengths are {how}: they hold at the depth that was calibrated, not elsewhere."
        return _spacing(stated_ij_mm, SpacingKind.CALIBRATED, caveat)
    spacing_ij_mm = detector_ij_mm or stated_ij_mm
    if spacing_ij_mm is None:
        return None
    where = "Lengths are those on the detector"
    if detector_ij_mm is None:
        where = "The file does not say whether its pixel size is that on the detector; taken so"
    return _spacing(spacing_ij_mm, SpacingKind.DETECTOR, f"{where}: {_magnified(elements)}")


def _is_calibrated(
    stated_ij_mm: tuple[float, float],
    detector_ij_mm: tuple[float, float] | None,
    elements: ElementValues,
) -> bool:
    if elements.text(_CALIBRATION_TYPE) in _HOW_CALIBRATED:
        return True
    if detector_ij_mm is None:
        return False
    pairs = zip(stated_ij_mm, detector_ij_mm, strict=True)
    return any(abs(stated - detector) > _SAME_SHARE * detector for stated, detector in pairs)


def _magnified(elements: ElementValues) -> str:
    factor = elements.number(_MAGNIFICATION)
    detector_mm, patient_mm = (
        elements.number(_DETECTOR_DISTANCE),
        elements.number(_PATIENT_DISTANCE),
    )
    if (factor is None or factor < 1.0) and detector_mm and patient_mm and patient_mm > 0.0:
        factor = detector_mm / patient_mm
    if factor is None or factor < 1.0:
        return "the patient is shown larger than life by a factor that is not stated."
    return (
        f"the patient is shown about {factor:.2f} times larger than life; "
        f"true lengths are about {1 / factor:.0%} of these."
    )


def _spacing(spacing_ij_mm: tuple[float, float], kind: SpacingKind, caveat: str) -> PixelSpacing:
    column_mm, row_mm = spacing_ij_mm
    return PixelSpacing(row_mm=row_mm, column_mm=column_mm, kind=kind, caveat=caveat)
