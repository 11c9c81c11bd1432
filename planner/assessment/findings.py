"""What is worth saying about a plan."""

import enum

import attrs

from planner.anatomy.levels import Side, VertebraLevel
from planner.planning.measures import BalloonMeasures, CementMeasures, NeedleMeasures

CANAL_CODE = "canal-margin"


class Severity(enum.Enum):
    """How much a finding matters, the worst first."""

    DANGER = "danger"
    CAUTION = "caution"
    NOTE = "note"
    SAFE = "safe"


@attrs.frozen
class Finding:
    """One checked rule: what was found, its number and the limit it was held against."""

    severity: Severity
    code: str
    """Stable, never translated, such as ``canal-margin``."""
    message: str
    level: VertebraLevel | None = None
    side: Side | None = None
    value: float | None = None
    limit: float | None = None
    unit: str = ""


_WORST_FIRST = tuple(Severity)


def urgency(finding: Finding) -> tuple[int, bool]:
    """Return a sort key: the worst first, and of equally bad ones the canal before all others."""
    return _WORST_FIRST.index(finding.severity), finding.code != CANAL_CODE


@attrs.frozen
class LevelAssessment:
    """One level's measures and findings."""

    level: VertebraLevel
    needles: tuple[NeedleMeasures, ...]
    balloons: tuple[BalloonMeasures, ...]
    cement: CementMeasures | None
    findings: tuple[Finding, ...]

    def needle(self, side: Side) -> NeedleMeasures | None:
        """Return the measures of the needle on a side."""
        return next((n for n in self.needles if n.side is side), None)

    def balloon(self, side: Side) -> BalloonMeasures | None:
        """Return the measures of the balloon on a side."""
        return next((b for b in self.balloons if b.side is side), None)


@attrs.frozen
class Assessment:
    """A plan's measures and findings, worst finding first within each level."""

    levels: tuple[LevelAssessment, ...]
    findings: tuple[Finding, ...] = ()
    """Of the whole plan, such as too many levels or thick slices."""

    def at(self, level: VertebraLevel) -> LevelAssessment:
        """Return one level's measures and findings.

        Raises
        ------
        KeyError
            If the plan holds no such level.
        """
        for item in self.levels:
            if item.level is level:
                return item
        raise KeyError(level.name)

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """Every finding, the worst first; a canal breach stands before any other."""
        found = self.findings + tuple(f for level in self.levels for f in level.findings)
        return tuple(sorted(found, key=urgency))
