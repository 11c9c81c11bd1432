"""Heights, wedge and volumes of a body, read off voxels and not off its formula."""

import math

import numpy as np
from measured_bone import body_of, box_lattice, run_mm

from planner.anatomy.levels import VertebraLevel
from planner.digital_spine.model_spine import ModelSpine
from planner.digital_spine.paint_pathology import filled_distance
from planner.digital_spine.pathology import Cavity, Cement
from planner.geometry.points import FloatArray

_SHARES = (0.96, 0.5, 0.04)
"""Of the depth, from the posterior wall: where the three heights are read."""

_RIM_MM = 1.8
"""How far inside the wall a column must stand to miss the rounded rim."""


def measured_heights_mm(model: ModelSpine, level: VertebraLevel) -> tuple[float, float, float]:
    """Return anterior, middle and posterior height on the body's mid-plane.

    The walls are those of the body before any fracture half way up, as the truth's landmarks are.
    """
    vertebra = model.spine.vertebra(level)
    step_mm, reach_mm, tall_mm = 0.1, 24.0, 24.0
    plane = box_lattice(
        vertebra.lps_from_vertebra,
        (0.0, -reach_mm, -tall_mm),
        (0.0, reach_mm, tall_mm),
        step_mm,
    )
    profile = body_of(model, level, plane)[:, :, 0]
    landmarks = vertebra.body.landmarks
    heights = []
    for v, upper, lower in zip(landmarks.v_mm, landmarks.upper_mm, landmarks.lower_mm, strict=True):
        j = round((v + reach_mm) / step_mm)
        k = round(((upper + lower) / 2.0 + tall_mm) / step_mm)
        heights.append(sum(run_mm(profile[:, j], k, step_mm, inside=True)))
    anterior, middle, posterior = heights
    return anterior, middle, posterior


def endplate_points_mm(model: ModelSpine, level: VertebraLevel) -> tuple[FloatArray, FloatArray]:
    """Return points on the upper and lower surface of a body in its frame, each (180, 3).

    Twelve by fifteen columns, 22 mm wide and 2 mm inside front and back, as the anatomy package
    reads a body; each column's ends are found in the field between samples. A narrow body's
    corner columns lie on its rounded rim or beside it: they take the ends of the next column
    towards the middle, for a rim is level from side to side.
    """
    vertebra = model.spine.vertebra(level)
    body, landmarks = vertebra.body, vertebra.body.landmarks
    step = np.array([2.0, (body.back_mm - body.front_mm - 4.0) / 14.0, 0.1])
    lower = np.array([-11.0, body.front_mm + 2.0, -24.0])
    corner = lower + step * [11, 14, 480]
    columns = body_of(
        model, level, box_lattice(vertebra.lps_from_vertebra, lower, corner, tuple(step))
    )
    middle = round(((landmarks.upper_mm[1] + landmarks.lower_mm[1]) / 2.0 + 24.0) / step[2])
    tops, bottoms = [], []
    for j, i in np.ndindex(columns.shape[1:]):
        inner = i
        while columns[middle, j, inner] > -_RIM_MM and inner not in {5, 6}:
            inner += 1 if i < 6 else -1
        down, up = run_mm(columns[:, j, inner], middle, float(step[2]), inside=True)
        u, v, w = lower + step * [i, j, middle]
        tops.append((u, v, w + up))
        bottoms.append((u, v, w - down))
    return np.array(tops), np.array(bottoms)


def measured_wedge_deg(model: ModelSpine, level: VertebraLevel) -> float:
    """Return the angle between planes through both endplates of a body, kyphotic positive."""
    slopes = []
    for points in endplate_points_mm(model, level):
        flat = np.column_stack([points[:, :2], np.ones(len(points))])
        (_, back, _), *_ = np.linalg.lstsq(flat, points[:, 2], rcond=None)
        slopes.append(math.degrees(math.atan(back)))
    return slopes[0] - slopes[1]


def filled_points_mm(model: ModelSpine, filled: Cement | Cavity, step_mm: float) -> FloatArray:
    """Return the centres of the voxels that cement or a cavity fills, in the body's frame.

    The voxels are not those on which the volume was made.
    """
    vertebra = model.spine.vertebra(filled.level)
    lower = np.array([-30.1, -28.3, -24.7])
    lattice = box_lattice(vertebra.lps_from_vertebra, lower, [36.0, 46.0, 24.0], step_mm)
    seed = model.seed + filled.level.value
    inside = filled_distance(lattice, vertebra, filled, seed) < 0.0
    points: FloatArray = lower + step_mm * np.argwhere(inside)[:, ::-1]
    return points


def measured_ml(points_mm: FloatArray, step_mm: float) -> float:
    """Return the volume of voxels."""
    return len(points_mm) * step_mm**3 / 1000.0
