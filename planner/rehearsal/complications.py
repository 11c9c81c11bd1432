"""What goes wrong, told as it would be seen, heard or felt in the room."""

from collections.abc import Iterator

from planner.geometry.points import FloatArray
from planner.rehearsal.run_state import Moment, RunState, SideState
from planner.rehearsal.stage import RehearsalStage
from planner.simulation.cement_zones import Destination

MAY_FOLLOW = {
    Destination.CANAL: "Cement that sets there presses on the cord or the cauda.",
    Destination.FORAMEN: "Pain down the course of a rib or a leg tells of a pressed root.",
    Destination.VEIN: "Specks of it run on to the heart and the lungs: stop for good.",
}
"""What more of a grave leak can do."""
_DEEP_IN_LUNG_MM = 1.0
"""The border of the lung is not known better."""

_Told = Iterator[tuple[str, str, bool]]
"""Code, words, and whether it is critical."""


def along_the_way(
    state: RunState, side: SideState, points_lps_mm: FloatArray, stage: RehearsalStage
) -> list[Moment]:
    """Return the harm a sharp tool does on the points it passes: each kind is told once a side.

    Parameters
    ----------
    state, side
        Before it moved.
    points_lps_mm
        Of its tip on the way, in order, shape (n, 3).
    """
    name = side.side.value
    told = (
        *_in_canal(side, points_lps_mm, stage),
        *_in_lung(name, points_lps_mm, stage),
        *_through_front(name, points_lps_mm, stage),
        *_through_endplate(name, points_lps_mm, stage),
    )
    return [
        Moment(code, state.time_s, side.side, text, is_critical=is_critical)
        for code, text, is_critical in told
        if not state.has(code, side.side)
    ]


def _in_canal(side: SideState, points_lps_mm: FloatArray, stage: RehearsalStage) -> _Told:
    radius_mm = stage.catalog.needle(side.model_id).outer_radius_mm
    in_canal_mm = float(stage.maps.canal.at(points_lps_mm).max()) + radius_mm
    if in_canal_mm > 0.0:
        text = (
            f"The {side.side.value} needle reached {in_canal_mm:.1f} mm into the spinal canal: "
            "clear fluid may drip from it, and a leg jerk."
        )
        yield "canal", text, True


def _in_lung(name: str, points_lps_mm: FloatArray, stage: RehearsalStage) -> _Told:
    lung = stage.maps.lung
    if lung is not None and float(lung.at(points_lps_mm).max()) > _DEEP_IN_LUNG_MM:
        text = (
            f"The {name} needle went through the lung: the patient coughs, air is drawn along the "
            "needle, and the oxygen falls."
        )
        yield "lung", text, True


def _through_front(name: str, points_lps_mm: FloatArray, stage: RehearsalStage) -> _Told:
    """Yield whether the last point lies in front of the body, within its height and width."""
    last = points_lps_mm[-1:]
    in_front = float(stage.maps.behind_anterior_wall.at(last)[0]) < 0.0
    if (
        in_front
        and float(stage.vertebra.walls.posterior.signed_distance_mm(last)[0]) < 0.0
        and float(stage.maps.between_endplates.at(last)[0]) > 0.0
    ):
        text = (
            f"The {name} instrument went through the anterior cortex: its tip stands before the "
            "body on the lateral, beside the great vessels."
        )
        yield "anterior-cortex", text, True


def _through_endplate(name: str, points_lps_mm: FloatArray, stage: RehearsalStage) -> _Told:
    """Yield whether the tip left the body upwards or downwards, between its walls."""
    last = points_lps_mm[-1:]
    maps, walls = stage.maps, stage.vertebra.walls
    between_walls = (
        float(maps.behind_anterior_wall.at(last)[0]) > 0.0
        and float(walls.posterior.signed_distance_mm(last)[0]) < 0.0
        and bool((maps.body.at(points_lps_mm) > 0.0).any())
    )
    if between_walls and float(maps.between_endplates.at(last)[0]) < 0.0:
        text = (
            f"The {name} instrument gave way and went through an endplate: on the lateral its tip "
            "lies in the disc, where cement will follow."
        )
        yield "endplate", text, False


def at_inflation(state: RunState, side: SideState, stage: RehearsalStage) -> list[Moment]:
    """Return whether a balloon bursts at the volume it was brought to."""
    model = stage.catalog.balloon(side.balloon_id)
    if side.balloon_ml <= model.maximum_volume_ml:
        return []
    text = (
        f"The {side.side.value} balloon burst above its {model.maximum_volume_ml:.1f} ml: the "
        "pressure falls at once, and its contrast is gone from the picture."
    )
    return [Moment("balloon-burst", state.time_s, side.side, text)]
