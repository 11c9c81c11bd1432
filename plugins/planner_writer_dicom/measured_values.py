"""The numbers of a plan, each with its coded name and unit."""

from collections.abc import Iterator

import attrs
from pydicom.sr.coding import Code

from planner.export.snapshot import PlanSnapshot
from planner.geometry.points import Triple
from planner.planning.measures import BalloonMeasures, Margin, NeedleMeasures
from planner.planning.plan import LevelPlan, PlannedBalloon, PlannedNeedle
from planner_writer_dicom import codes as own

_AXES = (
    ("x", "LPS x (to the patient's left)"),
    ("y", "LPS y (to posterior)"),
    ("z", "LPS z (to superior)"),
)
ENTRY, TIP = "entry-skin", "tip"
FRONT_BEYOND_TIP = own.own("front-beyond-tip", "Front marker beyond the planned tip")
BALLOON_VOLUME = own.own("balloon-volume", "Planned balloon volume")
CEMENT_VOLUME = own.own("cement-volume", "Planned cement volume")


@attrs.frozen
class Value:
    """One number: what it is, how much and in which unit."""

    name: Code
    number: float
    unit: Code


def coordinate_names(point: str) -> tuple[Code, Code, Code]:
    """Return the coded names of a point's three coordinates, such as ``tip-x``."""
    words = {ENTRY: "Skin entry (supine estimate)", TIP: "Tip"}[point]
    x, y, z = (own.own(f"{point}-{axis}", f"{words}, {meaning}") for axis, meaning in _AXES)
    return x, y, z


def needle_values(
    level: LevelPlan, needle: PlannedNeedle, snapshot: PlanSnapshot
) -> Iterator[Value]:
    """Yield a needle's own coordinates, its product's sizes and everything measured of it."""
    yield from _point(ENTRY, needle.skin_lps_mm)
    yield from _point(TIP, needle.tip_lps_mm)
    model = next((m for m in snapshot.devices.needles if m.id == needle.model_id), None)
    if model is not None:
        yield Value(own.NEEDLE_GAUGE, model.gauge, own.NO_UNIT)
        yield _length("needle-length", "Length of the product", model.length_mm)
        yield _length("needle-diameter", "Outer diameter", model.outer_diameter_mm)
    measures = snapshot.assessment.at(level.level).needle(needle.side)
    if measures is not None:
        yield from _needle_measures(measures)


def balloon_values(balloon: PlannedBalloon, measures: BalloonMeasures | None) -> Iterator[Value]:
    """Yield a balloon's own numbers and everything measured of it."""
    yield Value(FRONT_BEYOND_TIP, balloon.front_beyond_tip_mm, own.MILLIMETRE)
    yield Value(BALLOON_VOLUME, balloon.volume_ml, own.MILLILITRE)
    if measures is not None:
        diameter_mm = 2.0 * measures.shape.radius_mm
        yield _length("balloon-diameter", "Diameter when inflated", diameter_mm)
        yield _length("balloon-contact", "From the balloon to the cortex", measures.contact_mm)
        rear_mm = measures.rear_marker_beyond_cannula_mm
        yield _length("rear-beyond-cannula", "Rear marker beyond the cannula's end", rear_mm)


def level_values(level: LevelPlan, snapshot: PlanSnapshot) -> Iterator[Value]:
    """Yield a level's planned cement, its limits and the vertebra's measures."""
    if level.cement is not None:
        yield Value(CEMENT_VOLUME, level.cement.volume_ml, own.MILLILITRE)
    cement = snapshot.assessment.at(level.level).cement
    if cement is not None:
        yield _volume("cement-reference", "Cement, reference volume", cement.band.reference_ml)
        yield _volume("cement-soft", "Cement, soft cap", cement.band.soft_ml)
        yield _volume("cement-hard", "Cement, hard warning", cement.band.hard_ml)
        yield _volume("cement-syringe", "Cement to draw up", cement.syringe_ml)
    vertebra = snapshot.vertebra(level.level)
    yield _volume("body-volume", "Volume of the vertebral body", vertebra.body_volume_ml)
    yield _length("height-anterior", "Anterior height", vertebra.heights.anterior_mm)
    yield _length("height-middle", "Middle height", vertebra.heights.middle_mm)
    yield _length("height-posterior", "Posterior height", vertebra.heights.posterior_mm)


def _needle_measures(measures: NeedleMeasures) -> Iterator[Value]:
    yield _angle("transverse", "Transverse angle, medial positive", measures.transverse_deg)
    yield _angle("sagittal", "Sagittal angle, caudad positive", measures.sagittal_deg)
    en_face = measures.en_face
    yield _angle("en-face-orbital", "C-arm orbital, to the patient's left", en_face.orbital_deg)
    yield _angle("en-face-angular", "C-arm angular, to the head", en_face.angular_deg)
    midline_mm = measures.skin_entry_from_midline_mm
    yield _length("entry-from-midline", "Skin entry from the midline", midline_mm)
    yield _length("depth-from-skin", "Skin to tip (supine estimate)", measures.depth_from_skin_mm)
    if measures.depth_from_bone_mm is not None:
        yield _length("depth-from-bone", "Bone to tip", measures.depth_from_bone_mm)
    margins = measures.margins
    yield from _margin("pedicle-wall", "pedicle wall", margins.pedicle_wall)
    yield from _margin("canal", "spinal canal", margins.canal)
    yield from _margin("foramen", "neural foramen", margins.foramen)
    yield from _margin("endplate", "endplate", margins.endplate)
    yield from _margin("anterior-cortex", "anterior cortex", margins.anterior_cortex)


def _point(name: str, lps_mm: Triple) -> Iterator[Value]:
    for code, number in zip(coordinate_names(name), lps_mm, strict=True):
        yield Value(code, number, own.MILLIMETRE)


def _margin(value: str, words: str, margin: Margin | None) -> Iterator[Value]:
    if margin is not None:
        yield _length(f"margin-{value}", f"Margin to the {words}", margin.distance_mm)
        yield _length(f"uncertainty-{value}", f"Uncertainty to the {words}", margin.uncertainty_mm)


def _length(value: str, meaning: str, number_mm: float) -> Value:
    return Value(own.own(value, meaning), number_mm, own.MILLIMETRE)


def _volume(value: str, meaning: str, number_ml: float) -> Value:
    return Value(own.own(value, meaning), number_ml, own.MILLILITRE)


def _angle(value: str, meaning: str, number_deg: float) -> Value:
    return Value(own.own(value, meaning), number_deg, own.DEGREE)
