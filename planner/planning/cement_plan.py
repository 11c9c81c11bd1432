"""Cement volumes: a band with an order that always holds, and what to draw up for it."""

import attrs

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.devices.device_values import DeviceCatalog
from planner.foundation.clinical_numbers import clinical_number, clinical_numbers
from planner.foundation.errors import PlanProblem
from planner.planning.measures import CementBand, CementMeasures
from planner.planning.plan import Injector, LevelPlan, Plan, PlannedCement

SHARE_OF_BODY = "share of the body"
ABSOLUTE_VOLUME = "absolute volume"
CAVITY_AND_MARGIN = "cavity and margin"
SOFT_CAP = "soft cap"
USUAL_CEMENT_ID = "kyphon-hv-r"
_STEP_ML = 0.1


def cement_band(body_volume_ml: float, hollow_ml: float = 0.0) -> CementBand:
    """Return the reference, soft cap and hard warning for a body as it is now.

    None of them is a target: the literature knows only the greatest safe filling. Where balloons
    leave a hollow the reference is that hollow and a margin, instead of a share of the body.

    Parameters
    ----------
    body_volume_ml
        Of the body as it is now.
    hollow_ml
        What balloons push open in it; 0 without any.
    """
    share_of_soft, share_of_reference = (
        clinical_number(f"cement-{name}-share") for name in ("soft", "reference")
    )
    by_share_ml = share_of_soft * body_volume_ml
    cap_ml = clinical_number("cement-soft-volume")
    hard_ml = min(
        clinical_number("cement-hard-share") * body_volume_ml,
        clinical_number("cement-hard-volume"),
    )
    soft_ml = min(by_share_ml, cap_ml, hard_ml)
    if hollow_ml > 0.0:
        wanted_ml, rule = cavity_reference_ml(hollow_ml), CAVITY_AND_MARGIN
        why = (
            f"The cavity of {hollow_ml:.1f} ml and {clinical_number('cement-cavity-margin'):.0%} "
            f"for the bone around it: {wanted_ml:.1f} ml"
        )
    else:
        wanted_ml, rule = share_of_reference * body_volume_ml, SHARE_OF_BODY
        why = f"{share_of_reference:.0%} of the body's {body_volume_ml:.1f} ml: {wanted_ml:.1f} ml"
    shares = f"{share_of_soft:.0%} of the body is {by_share_ml:.1f} ml"
    is_small = by_share_ml <= cap_ml
    return CementBand(
        reference_ml=min(wanted_ml, soft_ml),
        soft_ml=soft_ml,
        hard_ml=hard_ml,
        binding_limit=SHARE_OF_BODY if is_small else ABSOLUTE_VOLUME,
        reference_limit=rule if wanted_ml <= soft_ml else SOFT_CAP,
        reasons=(
            f"Reference: {why}{'.' if wanted_ml <= soft_ml else '; the soft cap is less.'}",
            f"Soft cap: {shares}, {'below' if is_small else 'above'} the absolute {cap_ml:.1f} ml.",
        ),
    )


def usual_cement(vertebra: VertebraModel, hollow_ml: float = 0.0) -> PlannedCement:
    """Return the reference volume of the usual cement, to the tenth of a millilitre below."""
    reference_ml = cement_band(vertebra.body_volume_ml, hollow_ml).reference_ml
    return PlannedCement(USUAL_CEMENT_ID, round(int(reference_ml / _STEP_ML) * _STEP_ML, 3))


def syringe_volume_ml(level_plan: LevelPlan, volume_ml: float, catalog: DeviceCatalog) -> float:
    """Return what to draw up: the volume for the bone and what stays in each needle's lumen."""
    return volume_ml + sum(
        catalog.needle(needle.model_id).dead_volume_ml for needle in level_plan.needles
    )


def measure_cement(
    level_plan: LevelPlan,
    vertebra: VertebraModel,
    catalog: DeviceCatalog,
    hollow_ml: float = 0.0,
) -> CementMeasures | None:
    """Return what a level's cement means in its body; None where no cement is planned.

    `hollow_ml` is what its balloons push open.
    """
    if level_plan.cement is None:
        return None
    volume_ml, body_ml = level_plan.cement.volume_ml, vertebra.body_volume_ml
    return CementMeasures(
        volume_ml=volume_ml,
        band=cement_band(body_ml, hollow_ml),
        syringe_ml=syringe_volume_ml(level_plan, volume_ml, catalog),
        fill_share=volume_ml / body_ml,
        is_syringe_read=all(
            catalog.needle(needle.model_id).read_dead_volume_ml is not None
            for needle in level_plan.needles
        ),
    )


@attrs.frozen
class SideVolume:
    """What goes in on one side, and what to draw up for it."""

    side: Side
    volume_ml: float
    syringe_ml: float
    """With what stays in the cannula's lumen; putting the stylet back injects that."""


def side_volumes(level_plan: LevelPlan, catalog: DeviceCatalog) -> tuple[SideVolume, ...]:
    """Return what goes in on each side: equal shares; empty without cement or needles."""
    if level_plan.cement is None or not level_plan.needles:
        return ()
    each_ml = level_plan.cement.volume_ml / len(level_plan.needles)
    return tuple(
        SideVolume(needle.side, each_ml, each_ml + catalog.needle(needle.model_id).dead_volume_ml)
        for needle in level_plan.needles
    )


def cavity_reference_ml(hollow_ml: float) -> float:
    """Return the volume that fills a balloon's hollow and a margin of bone around it."""
    return hollow_ml * (1.0 + clinical_number("cement-cavity-margin"))


@attrs.frozen
class InjectionSteps:
    """A volume in the words of a device."""

    turns: float
    minutes: float


def injection_steps(volume_ml: float, injector: Injector) -> InjectionSteps:
    """Return how many turns, or syringes, a volume takes, and how long at a steady flow.

    Raises
    ------
    PlanProblem
        If the volume is below zero.
    """
    if volume_ml < 0.0:
        raise PlanProblem("A volume to inject cannot be below zero.")
    return InjectionSteps(volume_ml / injector.ml_per_turn, volume_ml / injector.ml_per_minute)


@attrs.frozen
class SessionRow:
    """One level of a session."""

    level: VertebraLevel
    volume_ml: float
    syringe_ml: float
    cement_title: str


@attrs.frozen
class SessionSheet:
    """All cement of one sitting."""

    rows: tuple[SessionRow, ...]
    advice: tuple[str, ...]
    """About embolism, a sentence each; empty where no limit is reached."""

    @property
    def total_ml(self) -> float:
        """What goes into bone, over all levels."""
        return sum(row.volume_ml for row in self.rows)

    @property
    def total_syringe_ml(self) -> float:
        """What to draw up, over all levels."""
        return sum(row.syringe_ml for row in self.rows)


def session_sheet(plan: Plan, catalog: DeviceCatalog) -> SessionSheet:
    """Return the sheet of a whole plan, level by level from the head down."""
    rows = tuple(
        SessionRow(
            item.level,
            item.cement.volume_ml,
            syringe_volume_ml(item, item.cement.volume_ml, catalog),
            catalog.cement(item.cement.model_id).title,
        )
        for item in plan.levels
        if item.cement is not None
    )
    return SessionSheet(rows, _embolism_advice(len(rows), sum(row.volume_ml for row in rows)))


def _embolism_advice(level_count: int, total_ml: float) -> tuple[str, ...]:
    advice = []
    from_levels, odds = clinical_number("levels-embolism"), clinical_number("embolism-odds-levels")
    if level_count >= from_levels:
        advice.append(
            f"{level_count} levels: from {from_levels:.0f} on, the odds of pulmonary cement "
            f"embolism were {odds:.2f} times those of fewer."
        )
    limit = clinical_numbers()["embolism-session-volume"]
    if total_ml > limit.value:
        advice.append(
            f"{total_ml:.1f} ml in all, above {limit.value:.0f} ml. Pulmonary cement embolism: "
            f"{limit.source}."
        )
    return tuple(advice)
