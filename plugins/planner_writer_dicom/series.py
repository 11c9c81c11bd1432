"""Which series an exported object belongs to, and its UIDs: the same for the same snapshot."""

import hashlib
import uuid

import attrs

from planner.export.snapshot import PlanSnapshot

MANUFACTURER = "Vertebroplan"
MODEL_NAME = "Vertebroplan"
NO_MEDICAL_DEVICE = "Research and education software. Not a medical device."
"""Fits the 64 letters of a short description."""
IMPLEMENTATION_UID = f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, 'vertebroplan dicom writer').int}"
IMPLEMENTATION_NAME = "VERTEBROPLAN"


@attrs.frozen
class ExportSeries:
    """One kind of exported object; each kind has a series of its own in the source's study."""

    name: str
    """Fit for a file name and part of the UIDs."""
    description: str
    modality: str
    number: int


SEGMENTATION = ExportSeries("seg", "Vertebroplan segmentation", "SEG", 9101)
STRUCTURED_REPORT = ExportSeries("sr", "Vertebroplan plan", "SR", 9102)
DOCUMENTS = ExportSeries("pdf", "Vertebroplan documents", "DOC", 9103)
MODELS = ExportSeries("models", "Vertebroplan models", "M3D", 9104)
KEY_VIEWS = ExportSeries("views", "Vertebroplan key views", "OT", 9105)


def series_uid(series: ExportSeries, snapshot: PlanSnapshot) -> str:
    """Return the UID of a kind's series, another for each state of the plan."""
    return _uid("series", series.name, _state(snapshot))


def instance_uid(series: ExportSeries, snapshot: PlanSnapshot, name: str) -> str:
    """Return the UID of one object of a series, by its name in it."""
    return _uid("instance", series.name, name, _state(snapshot))


def dimension_uid(series: ExportSeries, snapshot: PlanSnapshot) -> str:
    """Return the UID of the order of an object's frames."""
    return _uid("dimensions", series.name, _state(snapshot))


def tracking_uid(snapshot: PlanSnapshot, name: str) -> str:
    """Return the UID by which a thing is recognised in every state of the plan."""
    return _uid("tracking", snapshot.study.series_uid, name)


def _state(snapshot: PlanSnapshot) -> str:
    # Not only the plan: a later release may measure or draw the same plan otherwise.
    made = snapshot.made_at.isoformat()
    content = (snapshot.study.series_uid, repr(snapshot.plan), made, snapshot.software)
    # Radiographs are measured beside the plan.
    return "/".join((*content, repr(snapshot.measured)) if snapshot.measured else content)


def _uid(*parts: str) -> str:
    digest = hashlib.sha256("/".join(("vertebroplan", *parts)).encode()).digest()
    return f"2.25.{uuid.UUID(bytes=digest[:16], version=4).int}"
