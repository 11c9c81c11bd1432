"""The catalogue as a plan's user has corrected it."""

import attrs

from planner.devices.device_values import BalloonModel, DeviceCatalog
from planner.planning.plan import Plan


def catalog_of(plan: Plan, catalog: DeviceCatalog) -> DeviceCatalog:
    """Return the catalogue with the limits that the user has read, and where."""
    if not plan.balloon_limits:
        return catalog
    read = {limits.model_id: limits for limits in plan.balloon_limits}

    def corrected(model: BalloonModel) -> BalloonModel:
        limits = read.get(model.id)
        if limits is None:
            return model
        return model.with_limits(limits.volume_ml, limits.pressure_psi, limits.read_in)

    return attrs.evolve(catalog, balloons=tuple(corrected(model) for model in catalog.balloons))
