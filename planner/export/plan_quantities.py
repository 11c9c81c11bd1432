"""The numbers of a plan, each with its name and unit: what tables and reports are made of."""

from collections.abc import Iterator

from planner.export.quantity import Quantity, Unit
from planner.export.snapshot import PlanSnapshot
from planner.geometry.points import Triple
from planner.planning.measures import BalloonMeasures, Margin, NeedleMeasures
from planner.planning.plan import LevelPlan, PlannedBalloon, PlannedNeedle

_AXES = ("LPS x (to the patient's left)", "LPS y (to posterior)", "LPS z (to superior)")
ENTRY, TIP = "entry-skin", "tip"
NEEDLE_GAUGE = "needle-gauge"
FRONT_BEYOND_TIP = "front-beyond-tip"
BALLOON_VOLUME = "balloon-volume"
CEMENT_VOLUME = "cement-volume"


def coordinate_ids(point: str) -> tuple[str, str, str]:
    """Return the ids of a point's three coordinates, such as ``tip-x``."""
    return f"{point}-x", f"{point}-y", f"{point}-z"


def needle_quantities(
    level: LevelPlan, needle: PlannedNeedle, snapshot: PlanSnapshot
) -> Iterator[Quantity]:
    """Yield a needle's own coordinates, its product's sizes and everything measured of it."""
    yield from _point(ENTRY, needle.skin_lps_mm)
    yield from _point(TIP, needle.tip_lps_mm)
    model = next((m for m in snapshot.devices.needles if m.id == needle.model_id), None)
    if model is not None:
        yield Quantity(NEEDLE_GAUGE, "Needle gauge", model.gauge, Unit.NONE)
        yield _length("needle-length", "Length of the product", model.length_mm)
        yield _length("needle-diameter", "Outer diameter", model.outer_diameter_mm)
    measures = snapshot.assessment.at(level.level).needle(needle.side)
    if measures is not None:
        yield from _needle_measures(measures)


def balloon_quantities(
    balloon: PlannedBalloon, measures: BalloonMeasures | None
) -> Iterator[Quantity]:
    """Yield a balloon's own numbers and everything measured of it."""
    beyond_mm = balloon.front_beyond_tip_mm
    yield _length(FRONT_BEYOND_TIP, "Front marker beyond the planned tip", beyond_mm)
    yield _volume(BALLOON_VOLUME, "Planned balloon volume", balloon.volume_ml)
    if measures is not None:
        diameter_mm = 2.0 * measures.shape.radius_mm
        yield _length("balloon-diameter", "Diameter when inflated", diameter_mm)
        yield _length("balloon-contact", "From the balloon to the cortex", measures.contact_mm)
        rear_mm = measures.rear_marker_beyond_cannula_mm
        yield _length("rear-beyond-cannula", "Rear marker beyond the cannula's end", rear_mm)


def level_quantities(level: LevelPlan, snapshot: PlanSnapshot) -> Iterator[Quantity]:
    """Yield a level's planned cement, its limits and the vertebra's measures."""
    if level.cement is not None:
        yield _volume(CEMENT_VOLUME, "Planned cement volume", level.cement.volume_ml)
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


def _needle_measures(measures: NeedleMeasures) -> Iterator[Quantity]:
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


def _point(name: str, lps_mm: Triple) -> Iterator[Quantity]:
    words = {ENTRY: "Skin entry (supine estimate)", TIP: "Tip"}[name]
    for axis, axis_words, number in zip(coordinate_ids(name), _AXES, lps_mm, strict=True):
        yield _length(axis, f"{words}, {axis_words}", number)


def _margin(name: str, words: str, margin: Margin | None) -> Iterator[Quantity]:
    if margin is not None:
        yield _length(f"margin-{name}", f"Margin to the {words}", margin.distance_mm)
        yield _length(f"uncertainty-{name}", f"Uncertainty to the {words}", margin.uncertainty_mm)


def _length(name: str, words: str, number_mm: float) -> Quantity:
    return Quantity(name, words, number_mm, Unit.MILLIMETRE)


def _volume(name: str, words: str, number_ml: float) -> Quantity:
    return Quantity(name, words, number_ml, Unit.MILLILITRE)


def _angle(name: str, words: str, number_deg: float) -> Quantity:
    return Quantity(name, words, number_deg, Unit.DEGREE)
