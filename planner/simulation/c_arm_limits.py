"""How far an arm can be turned, and where it would strike the table."""

from collections.abc import Iterator

import attrs
import numpy as np

from planner.foundation.clinical_numbers import clinical_number
from planner.geometry.points import FloatArray, Triple, as_triple
from planner.simulation.attenuating_bodies import Block
from planner.simulation.c_arm import CArmGeometry, CArmPose, view_of

SOURCE_HOUSING_MM, DETECTOR_HOUSING_MM = 130.0, 190.0
"""Half the width of what stands around the source and the detector."""
DETECTOR_HOUSING_DEPTH_MM = 40.0


@attrs.frozen
class PoseProblem:
    """Why an arm cannot stand as asked."""

    code: str
    text: str
    strikes_lps_mm: Triple | None = None
    """Where it would strike, None for an angle out of reach."""


def pose_problems(
    pose: CArmPose, arm: CArmGeometry, table: Block | None = None
) -> tuple[PoseProblem, ...]:
    """Return every reason why an arm cannot stand in a pose; none when it can."""
    return (*_out_of_reach(pose), *(() if table is None else _strikes(pose, arm, table)))


def within_reach(pose: CArmPose) -> CArmPose:
    """Return the pose nearest to one asked for that the arm's joints allow."""
    least, most = clinical_number("c-arm-orbital-least"), clinical_number("c-arm-orbital-most")
    angular, wig_wag = clinical_number("c-arm-angular-most"), clinical_number("c-arm-wig-wag-most")
    return attrs.evolve(
        pose,
        orbital_deg=min(max(pose.orbital_deg, least), most),
        angular_deg=min(max(pose.angular_deg, -angular), angular),
        wig_wag_deg=min(max(pose.wig_wag_deg, -wig_wag), wig_wag),
    )


def _out_of_reach(pose: CArmPose) -> tuple[PoseProblem, ...]:
    nearest = within_reach(pose)
    return tuple(
        PoseProblem(
            f"{name}-limit",
            f"The arm turns no further than {limit_deg:.0f} degrees {motion}.",
        )
        for name, motion, asked_deg, limit_deg in (
            ("orbital", "about the table", pose.orbital_deg, nearest.orbital_deg),
            ("angular", "towards head or feet", pose.angular_deg, nearest.angular_deg),
            ("wig-wag", "in its swivel", pose.wig_wag_deg, nearest.wig_wag_deg),
        )
        if asked_deg != limit_deg
    )


def clearances_mm(pose: CArmPose, arm: CArmGeometry, table: Block) -> dict[str, float]:
    """Return how far source and detector stand off the table; below zero they strike it."""
    return {part: room_mm for part, room_mm, _ in _rooms(pose, arm, table)}


def _strikes(pose: CArmPose, arm: CArmGeometry, table: Block) -> tuple[PoseProblem, ...]:
    return tuple(
        PoseProblem(f"{part}-strikes-table", f"The {part} would strike the table.", nearest)
        for part, room_mm, nearest in _rooms(pose, arm, table)
        if room_mm < 0.0
    )


def _rooms(pose: CArmPose, arm: CArmGeometry, table: Block) -> Iterator[tuple[str, float, Triple]]:
    """Yield each part, its room to the table, and the point of the table next to it."""
    view = view_of(arm, pose)
    behind = np.asarray(view.detector_centre_lps_mm) + (
        DETECTOR_HOUSING_DEPTH_MM * view.towards_viewer_lps
    )
    for part, centre, radius_mm in (
        ("source", np.asarray(view.source_lps_mm), SOURCE_HOUSING_MM),
        ("detector", behind, DETECTOR_HOUSING_MM),
    ):
        nearest = _nearest_in_block(centre, table)
        yield part, float(np.linalg.norm(nearest - centre)) - radius_mm, as_triple(nearest)


def _nearest_in_block(point_lps_mm: FloatArray, block: Block) -> FloatArray:
    edges = np.asarray(block.edges_lps)
    half_mm = np.asarray(block.size_mm) / 2.0
    places = np.clip(edges @ (point_lps_mm - np.asarray(block.centre_lps_mm)), -half_mm, half_mm)
    nearest: FloatArray = np.asarray(block.centre_lps_mm) + places @ edges
    return nearest
