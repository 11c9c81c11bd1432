"""Where in the patient a finding is, so that a press on it can show the place."""

from planner.assessment.findings import Finding
from planner.geometry.points import Triple
from planner.gui.desk_state import DeskState
from planner.planning.measures import NeedleMeasures

_AT_THE_TIP = ("tip", "anterior", "endplate", "balloon", "length")


def measured_place(code: str, measures: NeedleMeasures) -> Triple | None:
    """Return where on a needle the margin of a finding is least; None where it has no place."""
    margins = measures.margins
    margin = {
        "canal-margin": margins.canal,
        "foramen-margin": margins.foramen,
        "pedicle-wall": margins.pedicle_wall,
        "endplate": margins.endplate,
        "anterior-cortex": margins.anterior_cortex,
        "neighbour-bone": measures.neighbour_bone,
        "lung-margin": measures.lung,
        "vessel-margin": measures.vessel,
    }.get(code)
    return None if margin is None else margin.place_lps_mm


def place_of(finding: Finding, state: DeskState) -> Triple | None:
    """Return the place of a finding: where its margin is least, or its needle's or vertebra's."""
    vertebra = state.case.vertebra(finding.level) if state.case and finding.level else None
    if finding.level is None or vertebra is None:
        return None
    if finding.side is None:
        return vertebra.centre_lps_mm
    planned = state.plan.at(finding.level)
    needle = planned.needle(finding.side) if planned else None
    assessed = state.assessment.at(finding.level) if state.assessment else None
    measures = assessed.needle(finding.side) if assessed else None
    nearest = measured_place(finding.code, measures) if measures else None
    if nearest is not None:
        return nearest
    if needle is not None and any(word in finding.code for word in _AT_THE_TIP):
        return needle.tip_lps_mm
    pedicle = vertebra.pedicle(finding.side)
    return pedicle.isthmus_lps_mm if pedicle else vertebra.centre_lps_mm
