"""What is made of a level's cement away from the window's thread: a picture, runs, advice."""

import threading

import attrs
import numpy as np

from planner.devices.device_values import DeviceCatalog
from planner.foundation.progress import Progress, no_progress, part_of
from planner.gui.filling.fill_state import CurvePoint
from planner.planning.cement_plan import cement_band
from planner.planning.plan import LevelPlan, PlannedCement
from planner.planning.safety_maps import SafetyMaps
from planner.rendering.fill_picture import FillPicture as DrawnFill
from planner.rendering.fill_picture import SharePicture
from planner.simulation.cement_fill import (
    MOST_ML,
    CementInjection,
    FillPicture,
    picture_fill,
    prepare_injection,
)
from planner.simulation.cement_runs import USUAL_RUNS, FillStudy, study_fill
from planner.simulation.cement_space import CementSpace, build_cement_space
from planner.simulation.cement_zones import WayOut
from planner.simulation.fill_arrival import arrival_map, share_map
from planner.simulation.less_leak import LeakAdvice, seek_less_leak
from planner.simulation.planned_injection import planned_injection

ROOM_BEYOND_HARD = 1.25
"""The slider ends at this share of the hard warning, and so does what is drawn."""
_CURVE_POINTS = 60


@attrs.frozen(eq=False)
class FillRequest:
    """A level as its cement is pictured: equal where the picture would be the same."""

    planned: LevelPlan
    maps: SafetyMaps
    catalog: DeviceCatalog

    def is_same(self, other: "FillRequest | None") -> bool:
        """Return whether a picture of one is a picture of the other, whatever their volumes."""
        return (
            other is not None
            and self.maps is other.maps
            and _without_volume(self.planned) == _without_volume(other.planned)
        )

    @property
    def volume_ml(self) -> float:
        """What is planned."""
        return self.planned.cement.volume_ml if self.planned.cement else 0.0

    @property
    def top_ml(self) -> float:
        """As far as the slider reaches."""
        band = cement_band(self.maps.vertebra.body_volume_ml)
        return min(max(ROOM_BEYOND_HARD * band.hard_ml, self.volume_ml, 1.0), MOST_ML)

    def injection(self, volume_ml: float) -> CementInjection:
        """Return what is injected, of another volume."""
        return planned_injection(self.planned, self.maps, self.catalog, volume_ml)


def _without_volume(planned: LevelPlan) -> LevelPlan:
    cement = planned.cement
    if cement is None:
        return planned
    return attrs.evolve(planned, cement=PlannedCement(cement.model_id, 0.0))


class Spaces:
    """The pores of a few vertebrae, each read once; threads may ask at the same time."""

    def __init__(self) -> None:
        self._kept: list[tuple[SafetyMaps, CementSpace]] = []
        self._lock = threading.Lock()

    def of(self, maps: SafetyMaps, progress: Progress = no_progress) -> CementSpace:
        """Return the pores of a vertebra."""
        with self._lock:
            found = next((space for kept, space in self._kept if kept is maps), None)
            if found is None:
                found = build_cement_space(maps, progress)
                self._kept = [*self._kept, (maps, found)][-4:]
            return found


@attrs.frozen(eq=False)
class MadePicture:
    """The fill as the CT and the plan have it, at every volume."""

    request: FillRequest
    drawn: DrawnFill
    outside_ml: tuple[CurvePoint, ...]


@attrs.frozen(eq=False)
class MadeRuns:
    """Many runs, with their map."""

    request: FillRequest
    study: FillStudy
    shares: SharePicture
    curve: tuple[CurvePoint, ...]


@attrs.frozen(eq=False)
class MadeAdvice:
    """What was found by moving tips and taking less."""

    request: FillRequest
    advice: LeakAdvice


def make_picture(request: FillRequest, spaces: Spaces, progress: Progress) -> MadePicture:
    """Return the fill up to the end of the slider."""
    space = spaces.of(request.maps, part_of(progress, 0.0, 0.8))
    picture = picture_fill(prepare_injection(space, request.injection(request.top_ml)), 0)
    return MadePicture(request, DrawnFill(arrival_map(picture)), _outside_curve(picture))


def make_runs(request: FillRequest, spaces: Spaces, progress: Progress) -> MadeRuns:
    """Return many runs of the planned volume."""
    space = spaces.of(request.maps, part_of(progress, 0.0, 0.1))
    injection = request.injection(request.volume_ml)
    study = study_fill(space, injection, USUAL_RUNS, progress=part_of(progress, 0.1, 1.0))
    curve = tuple(
        (float(ml), 1.0 - study.leak_free_share_at(float(ml)))
        for ml in np.linspace(0.0, study.volume_ml, _CURVE_POINTS)
    )
    return MadeRuns(request, study, SharePicture(share_map(study)), curve)


def make_advice(request: FillRequest, spaces: Spaces, progress: Progress) -> MadeAdvice:
    """Return the move of the tips and the volume that leak less."""
    space = spaces.of(request.maps, part_of(progress, 0.0, 0.1))
    advice = seek_less_leak(
        space,
        request.planned,
        request.maps,
        request.catalog,
        progress=part_of(progress, 0.1, 1.0),
    )
    return MadeAdvice(request, advice)


def _outside_curve(picture: FillPicture) -> tuple[CurvePoint, ...]:
    volumes = picture.prepared.ways.pore_ml[picture.order].astype(np.float64)
    outside = np.cumsum(np.where(picture.way_out != WayOut.INSIDE, volumes, 0.0))
    if not len(outside):
        return ()
    last = picture.prepared.injection.volume_ml
    wanted = np.linspace(0.0, last, _CURVE_POINTS)
    found = np.interp(wanted, picture.at_ml, outside)
    return tuple((float(a), float(b)) for a, b in zip(wanted, found, strict=True))
