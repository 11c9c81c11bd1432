"""What the user has read on sheets and entered, as sentences of a report that read back exactly."""

import re
from collections.abc import Iterable, Iterator

from planner.anatomy.levels import Side, VertebraLevel
from planner.planning.plan import (
    AcceptedFinding,
    BalloonLimits,
    CementPhases,
    DeadVolume,
    Injector,
    Plan,
)

_LIMITS = re.compile(r"Limits of balloon (\S+): (\S+) ml, (\S+) psi, read in: (.*)\.", re.DOTALL)
_LUMEN = re.compile(r"Dead volume of needle (\S+): (\S+) ml, read in: (.*)\.", re.DOTALL)
_INJECTOR = re.compile(r"Injector: (\S+) ml per turn, (\S+) ml per minute\.")
_PHASES = re.compile(
    r"Cement after mixing: ready from (\S+) min, working time until (\S+) min, set at (\S+) min, "
    r"read in: (.*)\.",
    re.DOTALL,
)
_ACCEPTED = re.compile(
    r"Accepted (\S+) (\S+), level (\S+), side (\S+), value (\S+), limit (\S+), unit (.*?): (.*)",
    re.DOTALL,
)
_NONE = "none"


def entered_words(plan: Plan) -> Iterator[str]:
    """Yield a sentence for each thing entered, with where it was read."""
    for limits in plan.balloon_limits:
        yield (
            f"Limits of balloon {limits.model_id}: {limits.volume_ml!r} ml, "
            f"{limits.pressure_psi!r} psi, read in: {limits.read_in}."
        )
    for lumen in plan.dead_volumes:
        yield (
            f"Dead volume of needle {lumen.model_id}: {lumen.volume_ml!r} ml, "
            f"read in: {lumen.read_in}."
        )
    if plan.injector is not None:
        yield (
            f"Injector: {plan.injector.ml_per_turn!r} ml per turn, "
            f"{plan.injector.ml_per_minute!r} ml per minute."
        )
    phases = plan.cement_phases
    if phases is not None:
        yield (
            f"Cement after mixing: ready from {phases.from_minutes!r} min, working time until "
            f"{phases.until_minutes!r} min, set at {phases.sets_minutes!r} min, read in: "
            f"{phases.read_in}."
        )
    yield from map(_accepted_words, plan.accepted)


def _accepted_words(item: AcceptedFinding) -> str:
    level = _NONE if item.level is None else item.level.name
    side = _NONE if item.side is None else item.side.value
    limit = _NONE if item.limit is None else repr(item.limit)
    return (
        f"Accepted {item.severity} {item.code}, level {level}, side {side}, value {item.value!r}, "
        f"limit {limit}, unit {item.unit}: {item.reason}"
    )


def plan_entered(sentences: Iterable[str]) -> Plan:
    """Return a plan without levels that holds what the sentences say.

    Raises
    ------
    ValueError
        If a number or a name in them cannot be read.
    PlanProblem
        If what they say is no plan.
    """
    limits: list[BalloonLimits] = []
    lumens: list[DeadVolume] = []
    accepted: list[AcceptedFinding] = []
    injector, phases = None, None
    for words in sentences:
        if found := _LIMITS.fullmatch(words):
            limits.append(BalloonLimits(found[1], float(found[2]), float(found[3]), found[4]))
        elif found := _LUMEN.fullmatch(words):
            lumens.append(DeadVolume(found[1], float(found[2]), found[3]))
        elif found := _INJECTOR.fullmatch(words):
            injector = Injector(float(found[1]), float(found[2]))
        elif found := _PHASES.fullmatch(words):
            phases = CementPhases(float(found[1]), float(found[2]), float(found[3]), found[4])
        elif found := _ACCEPTED.fullmatch(words):
            accepted.append(_accepted(found))
    return Plan(
        balloon_limits=tuple(limits),
        dead_volumes=tuple(lumens),
        injector=injector,
        cement_phases=phases,
        accepted=tuple(accepted),
    )


def _accepted(found: re.Match[str]) -> AcceptedFinding:
    return AcceptedFinding(
        level=None if found[3] == _NONE else VertebraLevel.named(found[3]),
        side=None if found[4] == _NONE else Side(found[4]),
        code=found[2],
        severity=found[1],
        value=float(found[5]),
        limit=None if found[6] == _NONE else float(found[6]),
        unit=found[7],
        reason=found[8],
    )
