"""What to lay out for a level."""

import collections

import attrs

from planner.assessment.findings import LevelAssessment
from planner.devices.device_values import DeviceCatalog
from planner.planning.plan import LevelPlan


@attrs.frozen
class PullItem:
    """One line of the list."""

    count: str
    """Such as ``2`` or ``4.6 ml``."""
    words: str
    is_unverified: bool = False
    """Whether the count rests on a number that nobody has read."""


def pull_list(
    level: LevelPlan, assessed: LevelAssessment | None, devices: DeviceCatalog
) -> tuple[PullItem, ...]:
    """Return needles, cannulas, balloons and cement of a level, equal ones counted together."""
    needles = {model.id: model.title for model in devices.needles}
    gauges = {model.id: model.gauge for model in devices.needles}
    balloons = {model.id: model.title for model in devices.balloons}
    counted = collections.Counter(needles.get(n.model_id, n.model_id) for n in level.needles)
    for balloon in level.balloons:
        needle = level.needle(balloon.side)
        gauge = gauges.get(needle.model_id) if needle else None
        passes = f", passes {gauge} G" if gauge is not None else ""
        counted[f"Working cannula with drill{passes}"] += 1
        counted[f"Balloon {balloons.get(balloon.model_id, balloon.model_id)}"] += 1
        counted["Inflation syringe with manometer"] += 1
    items = [PullItem(f"{count}", words) for words, count in counted.items()]
    if level.cement is not None:
        cements = {model.id: model.title for model in devices.cements}
        measures = assessed.cement if assessed else None
        volume_ml = measures.syringe_ml if measures else level.cement.volume_ml
        name = cements.get(level.cement.model_id, level.cement.model_id)
        is_unverified = measures is not None and not measures.is_syringe_read
        items.append(PullItem(f"{volume_ml:.1f} ml", f"{name}, drawn up", is_unverified))
    return tuple(items)
