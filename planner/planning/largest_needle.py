"""The widest needle of the catalogue that a pedicle takes."""

from planner.anatomy.vertebra import Pedicle
from planner.devices.device_values import DeviceCatalog, NeedleModel
from planner.planning.gauge_choice import fits


def largest_needle(pedicle: Pedicle, catalog: DeviceCatalog) -> NeedleModel | None:
    """Return the widest needle within the share of the pedicle's width that may be filled."""
    fitting = [model for model in catalog.needles if fits(model, pedicle)]
    return max(fitting, key=lambda model: model.outer_diameter_mm, default=None)
