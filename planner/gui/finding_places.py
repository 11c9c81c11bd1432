"""Where in the patient a finding is, so that a press on it can show the place."""

from planner.assessment.findings import Finding
from planner.geometry.points import Triple
from planner.gui.desk_state import DeskState

_AT_THE_TIP = ("tip", "anterior", "endplate", "balloon", "length")


def place_of(finding: Finding, state: DeskState) -> Triple | None:
    """Return the place of a finding: its needle's tip or pedicle, or its vertebra."""
    if state.case is None or finding.level is None:
        return None
    vertebra = state.case.vertebra(finding.level)
    if vertebra is None:
        return None
    if finding.side is None:
        return vertebra.centre_lps_mm
    planned = state.plan.at(finding.level)
    needle = planned.needle(finding.side) if planned else None
    if needle is not None and any(word in finding.code for word in _AT_THE_TIP):
        return needle.tip_lps_mm
    pedicle = vertebra.pedicle(finding.side)
    return pedicle.isthmus_lps_mm if pedicle else vertebra.centre_lps_mm
