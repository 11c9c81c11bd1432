"""Coded concepts of a plan: the standard's where it has one, our own scheme where it has none."""

from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from planner.anatomy.levels import Side, VertebraLevel
from planner.export.plan_quantities import NEEDLE_GAUGE
from planner.export.quantity import Quantity, Unit

SCHEME = "99VERTEBROPLAN"
"""Our own coding scheme; its meanings say all that its values stand for."""

ANATOMY = codes.SCT.AnatomicalStructure
PHYSICAL_OBJECT = codes.SCT.PhysicalObject
VERTEBRAL_BODY = Code("vertebral-body", SCHEME, "Vertebral body")
ARCH = codes.SCT.ArchOfVertebra
CANAL = codes.SCT.VertebralCanal
PLANNED_CEMENT = Code("planned-cement", SCHEME, "Planned bone cement (illustration of its shape)")

NEEDLE = codes.SCT.Needle
BALLOON = Code("balloon-tamp", SCHEME, "Inflatable bone tamp")
LEVEL_PLAN = Code("level-plan", SCHEME, "Plan of one vertebra")
PROCEDURE = Code("procedure", SCHEME, "Planned procedure")
DEVICE_MODEL = Code("device-model", SCHEME, "Device model")
CEMENT_MODEL = Code("cement-model", SCHEME, "Bone cement")
BREACH_GRADE = Code("breach-grade", SCHEME, "Gertzbein-Robbins grade")
ENTERED = Code("entered-by-user", SCHEME, "Entered by the user")
NEAREST_WALL = Code("nearest-wall", SCHEME, "Nearest wall of the body")

SPINE = Code("421060004", "SCT", "Vertebral column")
ROUTE = Code("needle-route", SCHEME, "Route of the needle")
HEALED = Code("healed", SCHEME, "Fracture healed, by the user's word")
GAUGE_PRESSURE = Code("gauge-pressure", SCHEME, "Pressure read on the gauge")
HAND_MEASUREMENT = Code("hand-measurement", SCHEME, "Measured by hand")
MEASUREMENT_KIND = Code("measurement-kind", SCHEME, "Kind of measurement")

LENGTH = codes.SCT.Length
MEAN = codes.SCT.Mean
STANDARD_DEVIATION = codes.SCT.StandardDeviation
ATTENUATION = codes.DCM.AttenuationCoefficient
PIXEL_VALUE = Code("pixel-value", SCHEME, "Value of the pixels, without a unit")
FINDING_TEXT = codes.DCM.Finding
COMMENT = codes.DCM.Comment
PLANNING_INTENT = codes.cid7064.PlanningIntent
PROCEDURE_REPORTED = codes.SCT.ImagingProcedure

MILLIMETRE = codes.UCUM.Millimeter
UNITS: dict[Unit, Code] = {
    Unit.MILLIMETRE: MILLIMETRE,
    Unit.MILLILITRE: Code("mL", "UCUM", "mL"),
    Unit.DEGREE: codes.UCUM.Degree,
    Unit.SQUARE_MILLIMETRE: codes.UCUM.SquareMillimeter,
    Unit.HOUNSFIELD: codes.UCUM.HounsfieldUnit,
    Unit.PIXEL: Code("{pixels}", "UCUM", "pixels"),
    Unit.NONE: codes.UCUM.NoUnits,
}
PSI = Code("[psi]", "UCUM", "psi")
_STANDARD_QUANTITIES: dict[str, Code] = {
    NEEDLE_GAUGE: codes.DCM.NeedleGauge,
    "distance": codes.DCM.Distance,
    "angle": codes.SCT.Angle,
    "cobb-angle": codes.SCT.CobbAngle,
    "area": codes.SCT.Area,
}


def own(value: str, meaning: str) -> Code:
    """Return a concept that no standard scheme has."""
    return Code(value, SCHEME, meaning)


def quantity_code(quantity: Quantity) -> Code:
    """Return the code of a quantity: the standard's where it has one."""
    return _STANDARD_QUANTITIES.get(quantity.id) or own(quantity.id, quantity.words)


def vertebra_code(level: VertebraLevel) -> Code:
    """Return the code of a vertebra; T13, L6 and S1 have none of their own."""
    found = getattr(codes.SCT, f"{level.name}Vertebra", None)
    return found if isinstance(found, Code) else own(level.name, f"{level.name} vertebra")


def side_code(side: Side) -> Code:
    """Return the code of the patient's left or right."""
    code: Code = codes.SCT.Left if side is Side.LEFT else codes.SCT.Right
    return code
