"""The catalogue as a plan's user has corrected it."""

import attrs

from planner.devices.device_values import BalloonModel, DeviceCatalog, NeedleModel
from planner.planning.plan import Plan


def catalog_of(plan: Plan, catalog: DeviceCatalog) -> DeviceCatalog:
    """Return the catalogue with what the user has read of balloons and needles, and where."""
    if not plan.balloon_limits and not plan.dead_volumes:
        return catalog
    limits_of = {limits.model_id: limits for limits in plan.balloon_limits}
    lumen_of = {lumen.model_id: lumen for lumen in plan.dead_volumes}

    def balloon(model: BalloonModel) -> BalloonModel:
        limits = limits_of.get(model.id)
        if limits is None:
            return model
        return model.with_limits(limits.volume_ml, limits.pressure_psi, limits.read_in)

    def needle(model: NeedleModel) -> NeedleModel:
        lumen = lumen_of.get(model.id)
        return model.with_dead_volume(lumen.volume_ml, lumen.read_in) if lumen else model

    return attrs.evolve(
        catalog,
        balloons=tuple(map(balloon, catalog.balloons)),
        needles=tuple(map(needle, catalog.needles)),
    )
