"""Runs that nobody should pass with: through the medial wall, and at random."""

from collections.abc import Iterator

import attrs
import numpy as np

from planner.anatomy.levels import Side
from planner.geometry.points import as_triple
from planner.planning.plan import LevelPlan, PlannedNeedle
from planner.rehearsal.events import (
    Advance,
    Event,
    Finish,
    Inject,
    MoveArm,
    NameLevel,
    Panel,
    PlaceNeedle,
    TakeShot,
)
from planner.rehearsal.stage import RehearsalStage

MODEL_ID = "access-8g-125"


def medial_needle(stage: RehearsalStage, side: Side) -> PlannedNeedle:
    """Through the middle of the isthmus, but so slanted that it crosses the canal's side."""
    vertebra = stage.vertebra
    isthmus = np.asarray(vertebra.pedicle(side).isthmus_lps_mm)
    medial, front = (
        np.asarray(vertebra.lps_from_vertebra.vector(v))
        for v in ((-side.sign, 0.0, 0.0), (0.0, -1.0, 0.0))
    )
    slanted = isthmus + 7.0 * medial
    direction = front + 0.7 * medial
    direction /= np.linalg.norm(direction)
    return PlannedNeedle(
        side,
        MODEL_ID,
        as_triple(slanted - 70.0 * direction),
        as_triple(slanted + 25.0 * direction),
    )


def with_medial_needle(plan: LevelPlan, stage: RehearsalStage) -> LevelPlan:
    """Return a plan whose first needle crosses the medial wall, the others as they were."""
    first, *others = plan.needles
    needles = (medial_needle(stage, first.side), *others)
    kept = tuple(balloon for balloon in plan.balloons if balloon.side is not first.side)
    return attrs.evolve(plan, needles=needles, balloons=kept)


def random_events(seed: int, stage: RehearsalStage) -> Iterator[Event]:
    """Yield a run of somebody who knows the level and nothing else."""
    random = np.random.default_rng(seed)
    time_s = 0.0
    centre = np.asarray(stage.vertebra.centre_lps_mm)

    def tick() -> float:
        nonlocal time_s
        time_s += float(random.uniform(1.0, 20.0))
        return time_s

    yield NameLevel(tick(), stage.scenario.level)
    for side in stage.scenario.approach.sides:
        yield PlaceNeedle(
            tick(),
            side,
            MODEL_ID,
            np.add(centre, (side.sign * random.uniform(5, 60), 85.0, random.uniform(-25, 25))),
            float(random.uniform(-10, 40)),
            float(random.uniform(-30, 30)),
        )
        for _ in range(random.integers(3, 9)):
            yield MoveArm(
                tick(), centre, float(random.uniform(-30, 100)), float(random.uniform(-20, 20))
            )
            yield TakeShot(tick(), random.choice(list(Panel)))
            yield Advance(tick(), side, float(random.uniform(5, 25)))
    for _ in range(8):
        side = random.choice(list(stage.scenario.approach.sides))
        yield Inject(tick(), side, float(random.uniform(0.05, 0.8)))
    yield Finish(tick())
