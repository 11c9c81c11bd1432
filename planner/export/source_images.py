"""The images a plan lies on, as far as a file that refers to them must know them."""

import attrs
import numpy as np

from planner.geometry.points import FloatArray, PointLike, Triple, as_triple, as_unit_vector


def _as_unit_triple(value: PointLike) -> Triple:
    return as_triple(as_unit_vector(value))


@attrs.frozen
class SourceImage:
    """One slice of the series: a file, or one frame of it."""

    sop_class_uid: str
    sop_instance_uid: str
    position_lps_mm: Triple = attrs.field(converter=as_triple)
    """The centre of the first voxel."""
    frame: int | None = None
    """Which frame of a multi-frame image, from 1; None in an image of one frame."""


@attrs.frozen
class StudyHeader:
    """What every object of the study repeats, as the source writes it; empty where it says nothing.

    It never goes into a log.
    """

    study_time: str = ""
    study_id: str = ""
    study_description: str = ""
    accession_number: str = ""
    referring_physician: str = ""
    issuer_of_patient_id: str = ""
    position_reference: str = ""


@attrs.frozen
class SourceImages:
    """The slices of a DICOM series as they were scanned, a tilted gantry's not straightened."""

    images: tuple[SourceImage, ...] = attrs.field(validator=attrs.validators.min_len(1))
    """In the order of the volume's slices."""
    row_lps: Triple = attrs.field(converter=_as_unit_triple)
    """Along a row, from column to column."""
    column_lps: Triple = attrs.field(converter=_as_unit_triple)
    """Along a column, from row to row."""
    spacing_ij_mm: tuple[float, float]
    """Between columns, then between rows."""
    columns: int = attrs.field(validator=attrs.validators.ge(1))
    rows: int = attrs.field(validator=attrs.validators.ge(1))
    slice_step_mm: float = attrs.field(validator=attrs.validators.gt(0.0))
    modality: str = "CT"
    header: StudyHeader = attrs.field(factory=StudyHeader)

    def lps_from_ij(self, number: int) -> FloatArray:
        """Return LPS millimetres of a slice's ``(column, row, 1)``, shape (3, 3)."""
        i_mm, j_mm = self.spacing_ij_mm
        columns = (
            np.multiply(self.row_lps, i_mm),
            np.multiply(self.column_lps, j_mm),
            np.asarray(self.images[number].position_lps_mm),
        )
        matrix: FloatArray = np.stack(columns, axis=1)
        return matrix
