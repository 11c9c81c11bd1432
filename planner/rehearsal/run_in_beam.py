"""What the beam meets in a run: the patient, the tools where they stand, the cement so far."""

from collections.abc import Iterator

import numpy as np

from planner.foundation.clinical_numbers import clinical_number
from planner.geometry.shapes import Segment
from planner.rehearsal.bone_cuts import balloon_shape
from planner.rehearsal.events import Tool
from planner.rehearsal.hand_in_beam import hand_bodies
from planner.rehearsal.metal_pointer import pointer_bodies
from planner.rehearsal.run_state import RunState, SideState
from planner.rehearsal.stage import RehearsalStage
from planner.simulation.attenuating_bodies import AttenuatingBody
from planner.simulation.attenuation import WATER, AttenuationVolume, attenuation_of
from planner.simulation.instruments import (
    Bodies,
    access_needle,
    bevelled_needle,
    inflated_balloon,
    polymer_bar,
    steel_bar,
    working_cannula,
)
from planner.simulation.live_fill import CementFill
from planner.simulation.shot import XrayScene

_WIRE_MM = 1.5
_WIRE_OUTSIDE_MM = 90.0
_BORE_SHARE = 0.9
"""Of a cannula's bore that a drill or filler takes up."""


def scene_of(state: RunState, stage: RehearsalStage, patient: AttenuationVolume) -> XrayScene:
    """Return what an X-ray shows of a run.

    Parameters
    ----------
    state
        Where the run stands.
    stage
        With the catalogue that the tools are from.
    patient
        The stage's CT, prepared.
    """
    tools = (body for side in state.sides for body in _tools(side, stage))
    held = _held_up(state, stage)
    return XrayScene(patient, (stage.table, *tools, *held), _cement(state.fill))


def _held_up(state: RunState, stage: RehearsalStage) -> Iterator[AttenuatingBody]:
    """Yield the pointer, and the hand that the last picture met."""
    if state.pointer_lps_mm is not None:
        yield from pointer_bodies(state.pointer_lps_mm, stage)
    hand = state.shots[-1].hand if state.shots else None
    if hand is not None:
        yield from hand_bodies(hand)


def _cement(fill: CementFill) -> AttenuationVolume | None:
    if fill.filled.is_empty:
        return None
    values = np.rint(fill.cement_share * (clinical_number("xray-cement") * WATER))
    return attenuation_of(values.astype(np.int16), fill.filled.geometry)


def _tools(side: SideState, stage: RehearsalStage) -> Iterator[AttenuatingBody]:
    model = stage.catalog.needle(side.model_id)
    path = Segment(side.point_at(-1.0), side.tip_lps_mm)
    if side.tool is Tool.NEEDLE:
        yield from (
            access_needle(model, path)
            if side.bevel_turn_deg is None
            else bevelled_needle(model, path, bevel_turn_deg=side.bevel_turn_deg)
        )
        return
    if side.cannula_mm is not None:
        yield from working_cannula(model, Segment(side.point_at(-1.0), _end(side)))
    yield from _through_cannula(side, stage, model.inner_diameter_mm * _BORE_SHARE)


def _end(side: SideState) -> tuple[float, float, float]:
    return side.point_at(side.reach_mm if side.cannula_mm is None else side.cannula_mm)


def _through_cannula(side: SideState, stage: RehearsalStage, bore_mm: float) -> Bodies:
    """Return what lies in the cannula; the wire stays in until the drill takes its place."""
    outside = side.point_at(-_WIRE_OUTSIDE_MM)
    match side.tool:
        case Tool.WIRE:
            return steel_bar(Segment(outside, side.tip_lps_mm), _WIRE_MM)
        case Tool.CANNULA:
            return steel_bar(Segment(outside, side.point_at(side.channel_mm)), _WIRE_MM)
        case Tool.DRILL | Tool.BIOPSY:
            return steel_bar(Segment(outside, side.tip_lps_mm), bore_mm)
        case Tool.BALLOON:
            return _balloon(side, stage)
        case _:
            return polymer_bar(Segment(outside, side.tip_lps_mm), bore_mm)


def _balloon(side: SideState, stage: RehearsalStage) -> Bodies:
    rear_mm = side.reach_mm - stage.catalog.balloon(side.balloon_id).working_length_mm
    line = Segment(side.skin_lps_mm, side.tip_lps_mm)
    ends = side.tip_lps_mm, side.point_at(rear_mm)
    return inflated_balloon(balloon_shape(side, stage), line, ends)
