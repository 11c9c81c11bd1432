"""Cement volumes: a band with an order that always holds, and what to draw up for it."""

from planner.anatomy.vertebra import VertebraModel
from planner.devices.device_values import DeviceCatalog
from planner.foundation.clinical_numbers import clinical_number
from planner.planning.measures import CementBand, CementMeasures
from planner.planning.plan import LevelPlan, PlannedCement

SHARE_OF_BODY = "share of the body"
ABSOLUTE_VOLUME = "absolute volume"
USUAL_CEMENT_ID = "kyphon-hv-r"
_STEP_ML = 0.1


def cement_band(body_volume_ml: float) -> CementBand:
    """Return the reference, soft cap and hard warning for a body as it is now.

    None of them is a target: the literature knows only the greatest safe filling.
    """
    by_share_ml = clinical_number("cement-soft-share") * body_volume_ml
    cap_ml = clinical_number("cement-soft-volume")
    hard_ml = min(
        clinical_number("cement-hard-share") * body_volume_ml,
        clinical_number("cement-hard-volume"),
    )
    soft_ml = min(by_share_ml, cap_ml, hard_ml)
    return CementBand(
        reference_ml=min(clinical_number("cement-reference-share") * body_volume_ml, soft_ml),
        soft_ml=soft_ml,
        hard_ml=hard_ml,
        binding_limit=SHARE_OF_BODY if by_share_ml <= cap_ml else ABSOLUTE_VOLUME,
    )


def usual_cement(vertebra: VertebraModel) -> PlannedCement:
    """Return the reference volume of the usual cement, to the tenth of a millilitre below."""
    reference_ml = cement_band(vertebra.body_volume_ml).reference_ml
    return PlannedCement(USUAL_CEMENT_ID, round(int(reference_ml / _STEP_ML) * _STEP_ML, 3))


def syringe_volume_ml(level_plan: LevelPlan, volume_ml: float, catalog: DeviceCatalog) -> float:
    """Return what to draw up: the volume for the bone and what stays in each needle's lumen."""
    return volume_ml + sum(
        catalog.needle(needle.model_id).dead_volume_ml for needle in level_plan.needles
    )


def measure_cement(
    level_plan: LevelPlan, vertebra: VertebraModel, catalog: DeviceCatalog
) -> CementMeasures | None:
    """Return what a level's cement means in its body; None where no cement is planned."""
    if level_plan.cement is None:
        return None
    volume_ml, body_ml = level_plan.cement.volume_ml, vertebra.body_volume_ml
    return CementMeasures(
        volume_ml=volume_ml,
        band=cement_band(body_ml),
        syringe_ml=syringe_volume_ml(level_plan, volume_ml, catalog),
        fill_share=volume_ml / body_ml,
    )
