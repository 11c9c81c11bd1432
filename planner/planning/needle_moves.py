"""Moves of a needle by numbers: angles and depths as typed, and small steps by keys."""

import enum
import math

import attrs
import numpy as np

from planner.anatomy.vertebra import VertebraModel
from planner.foundation.errors import PlanProblem
from planner.geometry.points import FloatArray, Triple, as_triple
from planner.planning.needle_path import frame_angles_deg
from planner.planning.plan import PlannedNeedle

_STEEPEST_DEG = 80.0


class Held(enum.Enum):
    """Which end of a needle stays where it is."""

    NEITHER = "neither"
    ENTRY = "entry"
    TIP = "tip"


def with_angles(
    needle: PlannedNeedle,
    vertebra: VertebraModel,
    transverse_deg: float,
    sagittal_deg: float,
    *,
    held: Held = Held.TIP,
) -> PlannedNeedle:
    """Return a needle turned to angles in the vertebra's frame, as long as it was.

    Parameters
    ----------
    transverse_deg
        Medial positive.
    sagittal_deg
        Caudad positive.
    held
        The end it turns about: its entry when that is held, else its tip.

    Raises
    ------
    PlanProblem
        If an angle is steeper than 80 degrees: the needle would run across the patient.
    """
    if max(abs(transverse_deg), abs(sagittal_deg)) > _STEEPEST_DEG:
        raise PlanProblem(
            f"A needle's angle lies between -{_STEEPEST_DEG:.0f} and {_STEEPEST_DEG:.0f} degrees."
        )
    forwards = np.array(
        [
            -needle.side.sign * math.tan(math.radians(transverse_deg)),
            -1.0,
            -math.tan(math.radians(sagittal_deg)),
        ]
    )
    along = vertebra.lps_from_vertebra.vector(forwards / np.linalg.norm(forwards))
    reach = needle.path.length_mm * np.asarray(along)
    if held is Held.ENTRY:
        return attrs.evolve(needle, tip_lps_mm=as_triple(np.asarray(needle.skin_lps_mm) + reach))
    return attrs.evolve(needle, skin_lps_mm=as_triple(np.asarray(needle.tip_lps_mm) - reach))


def with_depth(needle: PlannedNeedle, deeper_mm: float) -> PlannedNeedle:
    """Return a needle whose tip is pushed further along its own line; negative draws it back."""
    return attrs.evolve(needle, tip_lps_mm=needle.path.point_at(needle.path.length_mm + deeper_mm))


def moved(
    needle: PlannedNeedle,
    vertebra: VertebraModel,
    by_vertebra_mm: Triple,
    *,
    held: Held = Held.NEITHER,
) -> PlannedNeedle:
    """Return a needle moved in the vertebra's axes (left, posterior, superior).

    The whole needle moves; with one end held only the other does.
    """
    by: FloatArray = np.asarray(vertebra.lps_from_vertebra.vector(by_vertebra_mm))
    skin, tip = np.asarray(needle.skin_lps_mm), np.asarray(needle.tip_lps_mm)
    return attrs.evolve(
        needle,
        skin_lps_mm=as_triple(skin if held is Held.ENTRY else skin + by),
        tip_lps_mm=as_triple(tip if held is Held.TIP else tip + by),
    )


def turned(
    needle: PlannedNeedle,
    vertebra: VertebraModel,
    medially_deg: float,
    caudad_deg: float,
    *,
    held: Held = Held.TIP,
) -> PlannedNeedle:
    """Return a needle turned by small angles about its tip, or about its held entry."""
    transverse_deg, sagittal_deg = frame_angles_deg(needle.path, vertebra, needle.side)
    return with_angles(
        needle, vertebra, transverse_deg + medially_deg, sagittal_deg + caudad_deg, held=held
    )
