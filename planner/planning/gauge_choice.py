"""Which needles of the catalogue a level may be planned with."""

from collections.abc import Sequence

import attrs

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import Pedicle, VertebraModel
from planner.devices.device_values import DeviceCatalog, NeedleModel
from planner.foundation.clinical_numbers import clinical_number
from planner.foundation.errors import PlanProblem
from planner.planning.plan import Approach, Procedure

_USUAL_GAUGES = {
    Procedure.KYPHOPLASTY: (8, 10),
    Procedure.VERTEBROPLASTY: (11, 13, 15),
}
"""The usual gauge first, then what a narrow pedicle is left with."""
_USUAL_THORACIC_GAUGES = (13, 15)
_LUMBAR = frozenset({VertebraLevel[f"L{n}"] for n in range(1, 7)} | {VertebraLevel.S1})


@attrs.frozen
class ProposalRequest:
    """What needles are wanted for; None leaves the choice to the program."""

    procedure: Procedure
    approach: Approach | None = None
    gauge: int | None = None
    model_id: str | None = None
    """One product of the catalogue, of one length; goes before `gauge`."""


def gauges_to_try(
    vertebra: VertebraModel,
    request: ProposalRequest,
    sides: Sequence[Side],
    catalog: DeviceCatalog,
) -> tuple[tuple[NeedleModel, ...], ...]:
    """Return the needles for all sides gauge by gauge, the usual gauge and the shortest first.

    `sides` are those whose pedicles are gone through; past a pedicle any gauge goes.

    What was asked for is the only gauge; otherwise thinner ones follow, in case no path lets the
    usual one pass.

    Raises
    ------
    PlanProblem
        If a pedicle was not found, a gauge that was asked for does not fit it, or no balloon
        passes it.
    """
    pedicles = [_pedicle(vertebra, side) for side in sides]
    asked = _asked_for(request, catalog)
    if asked is None:
        return _usual(vertebra.level, request.procedure, pedicles, catalog)
    for pedicle in pedicles:
        _refuse_what_does_not_fit(asked[0], pedicle, vertebra.level, catalog)
    if request.procedure is Procedure.KYPHOPLASTY:
        _refuse_what_no_balloon_passes(asked[0].gauge, catalog)
    return (asked,)


def needles_to_try(
    vertebra: VertebraModel,
    request: ProposalRequest,
    sides: Sequence[Side],
    catalog: DeviceCatalog,
) -> tuple[NeedleModel, ...]:
    """Return the needles of the first gauge of `gauges_to_try`, the shortest first."""
    return gauges_to_try(vertebra, request, sides, catalog)[0]


def fits(model: NeedleModel, pedicle: Pedicle) -> bool:
    """Return whether a pedicle takes a needle."""
    return model.outer_diameter_mm <= clinical_number("pedicle-fill-limit") * pedicle.width_mm


def _asked_for(request: ProposalRequest, catalog: DeviceCatalog) -> tuple[NeedleModel, ...] | None:
    if request.model_id is not None:
        return (catalog.needle(request.model_id),)
    return None if request.gauge is None else catalog.needles_of_gauge(request.gauge)


def _usual(
    level: VertebraLevel,
    procedure: Procedure,
    pedicles: Sequence[Pedicle],
    catalog: DeviceCatalog,
) -> tuple[tuple[NeedleModel, ...], ...]:
    gauges = _USUAL_GAUGES[procedure]
    if procedure is Procedure.VERTEBROPLASTY and level not in _LUMBAR:
        gauges = _USUAL_THORACIC_GAUGES
    by_gauge = [catalog.needles_of_gauge(gauge) for gauge in gauges]
    fitting = [
        models for models in by_gauge if all(fits(models[0], pedicle) for pedicle in pedicles)
    ]
    return tuple(fitting or by_gauge[-1:])


def _pedicle(vertebra: VertebraModel, side: Side) -> Pedicle:
    pedicle = vertebra.pedicle(side)
    if pedicle is None:
        raise PlanProblem(
            f"No {side.value} pedicle was found at {vertebra.level.name}.",
            hint=f"Choose the {side.opposite.value} side, or correct the level's outline.",
        )
    return pedicle


def _refuse_what_does_not_fit(
    model: NeedleModel, pedicle: Pedicle, level: VertebraLevel, catalog: DeviceCatalog
) -> None:
    if fits(model, pedicle):
        return
    fitting = [other.gauge for other in catalog.needles if fits(other, pedicle)]
    hint = (
        f"The widest that fits is {min(fitting)} G."
        if fitting
        else "No needle of the catalogue fits it."
    )
    raise PlanProblem(
        f"A needle of {model.gauge} G ({model.outer_diameter_mm:.1f} mm) is too wide for the "
        f"{pedicle.side.value} pedicle of {level.name}, which is {pedicle.width_mm:.1f} mm wide.",
        hint=hint,
    )


def _refuse_what_no_balloon_passes(gauge: int, catalog: DeviceCatalog) -> None:
    narrowest = max(balloon.minimum_gauge for balloon in catalog.balloons)
    if gauge > narrowest:
        raise PlanProblem(
            f"No balloon of the catalogue passes a cannula of {gauge} G.",
            hint=f"Choose {narrowest} G or wider, or a vertebroplasty.",
        )
