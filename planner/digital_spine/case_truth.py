"""What is true of a case, beside its pictures: numbers as JSON, parts as label maps."""

import enum
import json
from pathlib import Path

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.anatomy.levels import Side, VertebraLevel
from planner.digital_spine.arch_shape import pedicle_shape
from planner.digital_spine.body_walls import wedge_deg
from planner.digital_spine.bone_scene import BoneScene, bone_scene
from planner.digital_spine.case_spec import CaseSpec
from planner.digital_spine.lattice import Lattice
from planner.digital_spine.model_spine import ModelSpine
from planner.digital_spine.paint_pathology import filled_distance
from planner.digital_spine.paint_spine import disc_limbs
from planner.digital_spine.pathology import Cavity, Cement
from planner.digital_spine.truth import (
    height_lines,
    landmarks_lps_mm,
    structure_mask,
    true_pedicle,
)
from planner.digital_spine.vertebra_field import canal_limbs, canal_station, tube_field
from planner.foundation.errors import PlanProblem
from planner.geometry.grids import GridGeometry
from planner.geometry.points import as_triple
from planner.imaging.label_map import write_label_map

SCHEMA = "vertebroplan-digital-spine-1"
_DECIMALS = 4
_FILLED_HALF_MM = (45.0, 55.0, 40.0)
"""Half a box around a body that cement may lie in, leaks included."""
Labels = NDArray[np.uint8]


class Part(enum.IntEnum):
    """The numbers of parts in the label map of a case."""

    BODY = 1
    PEDICLE = 2
    POSTERIOR = 3
    CANAL = 4
    DISC = 5
    RIB = 6
    SACRUM = 7
    AORTA = 8
    VENA_CAVA = 9
    CEMENT = 10
    CAVITY = 11


@attrs.frozen
class LevelFacts:
    """The numbers of one level."""

    level: VertebraLevel
    heights_mm: tuple[float, float, float]
    """Anterior, middle, posterior."""
    heights_before_mm: tuple[float, float, float]
    wedge_deg: float
    left_pedicle_mm: tuple[float, float]
    """Width and height at the isthmus."""
    right_pedicle_mm: tuple[float, float]


def level_facts(model: ModelSpine, level: VertebraLevel) -> LevelFacts:
    """Return the numbers of one level, from the shapes' formulas."""
    vertebra = model.spine.vertebra(level)
    left, right = (pedicle_shape(vertebra, side) for side in (Side.LEFT, Side.RIGHT))
    return LevelFacts(
        level,
        vertebra.body.landmarks.heights_mm,
        vertebra.body.landmarks_before.heights_mm,
        wedge_deg(vertebra.body),
        (left.width_mm, left.height_mm),
        (right.width_mm, right.height_mm),
    )


def levels_within(model: ModelSpine, grid: GridGeometry) -> tuple[VertebraLevel, ...]:
    """Return the levels whose bodies lie wholly in a grid's height."""
    heights = grid.corners_lps_mm()[:, 2]
    low, high = heights.min(), heights.max()
    inside = []
    for vertebra in model.spine.vertebrae:
        body = vertebra.body
        ends = vertebra.lps_from_vertebra.points(
            np.array(
                [
                    (0.0, v, sign * (body.half_height_mm + 2.0))
                    for v in (-body.half_depth_mm, body.half_depth_mm)
                    for sign in (1.0, -1.0)
                ]
            )
        )
        if ends[:, 2].min() > low and ends[:, 2].max() < high:
            inside.append(vertebra.level)
    return tuple(inside)


def _rounded(values: object) -> list[float]:
    return [round(float(v), _DECIMALS) for v in np.ravel(np.asarray(values, dtype=np.float64))]


def _level_row(model: ModelSpine, level: VertebraLevel) -> dict[str, object]:
    vertebra = model.spine.vertebra(level)
    facts = level_facts(model, level)
    frame = vertebra.lps_from_vertebra
    names = ("anterior", "middle", "posterior")
    lines = height_lines(vertebra.body.landmarks, frame)
    pedicles = {}
    for side in (Side.LEFT, Side.RIGHT):
        pedicle = true_pedicle(vertebra, side)
        pedicles[side.value] = {
            "width_mm": round(pedicle.width_mm, _DECIMALS),
            "height_mm": round(pedicle.height_mm, _DECIMALS),
            "isthmus_lps_mm": _rounded(pedicle.isthmus_lps_mm),
            "axis_lps": _rounded(pedicle.axis_lps),
        }
    station = canal_station(vertebra)
    return {
        "label": level.name,
        "lps_from_vertebra": [_rounded(row) for row in frame.matrix],
        "heights_mm": dict(zip(names, _rounded(facts.heights_mm), strict=True)),
        "heights_before_mm": dict(zip(names, _rounded(facts.heights_before_mm), strict=True)),
        "height_lines_lps_mm": {
            name: [_rounded(line.superior_lps_mm), _rounded(line.inferior_lps_mm)]
            for name, line in zip(
                names, (lines.anterior, lines.middle, lines.posterior), strict=True
            )
        },
        "wedge_deg": round(facts.wedge_deg, _DECIMALS),
        "pedicles": pedicles,
        "canal": {
            "centre_lps_mm": _rounded(station.centre_lps_mm),
            "width_mm": round(2.0 * station.half_width_mm, _DECIMALS),
            "depth_mm": round(2.0 * station.half_depth_mm, _DECIMALS),
        },
        "landmarks_lps_mm": {
            name: _rounded(point) for name, point in landmarks_lps_mm(model, level).items()
        },
        "trabecular_hu": model.bone.trabecular_hu,
        "cement_ml": [c.volume_ml for c in model.of_kind(Cement, level)],
        "cavity_ml": [c.volume_ml for c in model.of_kind(Cavity, level)],
    }


def truth_document(spec: CaseSpec, model: ModelSpine, grid: GridGeometry) -> dict[str, object]:
    """Return everything that is known of a case as JSON values; points are LPS mm."""
    return {
        "schema": SCHEMA,
        "title": spec.title,
        "description": spec.description,
        "note": "A model, not a patient. Research and education software. Not a medical device.",
        "seed": spec.seed,
        "parts": {part.name.lower(): int(part) for part in Part},
        "levels": [_level_row(model, level) for level in levels_within(model, grid)],
        "pathologies": [
            {"kind": type(p).__name__, **_plain(attrs.asdict(p))} for p in model.pathologies
        ],
    }


def _plain(table: dict[str, object]) -> dict[str, object]:
    def plain(value: object) -> object:
        if isinstance(value, VertebraLevel):
            return value.name
        if isinstance(value, enum.Enum):
            return value.value
        if isinstance(value, tuple):
            return [plain(v) for v in value]
        return value

    return {name: plain(value) for name, value in table.items()}


def part_labels(model: ModelSpine, grid: GridGeometry) -> tuple[Labels, Labels]:
    """Return two label maps of a grid: vertebrae in VerSe numbers, and parts by `Part`."""
    lattice = Lattice.of(grid)
    scene = bone_scene(model, lattice)
    levels = np.zeros(grid.shape_kji, np.uint8)
    parts = np.zeros(grid.shape_kji, np.uint8)
    parts[structure_mask(model, ("aorta",), lattice)] = Part.AORTA
    parts[structure_mask(model, ("vena-cava",), lattice)] = Part.VENA_CAVA
    parts[tube_field(disc_limbs(model), lattice) < 0.0] = Part.DISC
    parts[tube_field(canal_limbs(model.spine), lattice) < 0.0] = Part.CANAL
    parts[scene.ribs < 0.0] = Part.RIB
    _label_bones(model, scene, levels, parts)
    _label_filled(model, lattice, parts)
    return levels, parts


def _label_bones(model: ModelSpine, scene: BoneScene, levels: Labels, parts: Labels) -> None:
    for n, field in enumerate(scene.vertebrae):
        if field is None:
            continue
        bone = field.bone < 0.0
        part = np.full(bone.shape, Part.SACRUM, np.uint8)
        level = VertebraLevel.S1
        if field.body is not None and field.pedicles is not None:
            level = model.spine.vertebrae[n].level
            part[...] = np.where(field.pedicles < 0.0, Part.PEDICLE, Part.POSTERIOR)
            part[field.body < 0.0] = Part.BODY
        levels[field.window][bone] = level.verse_number
        parts[field.window][bone] = part[bone]


def _label_filled(model: ModelSpine, lattice: Lattice, parts: Labels) -> None:
    filled: list[Cavity | Cement] = [*model.of_kind(Cavity), *model.of_kind(Cement)]
    for one in filled:
        vertebra = model.spine.vertebra(one.level)
        window = lattice.box((0.0, 0.0, 0.0), _FILLED_HALF_MM, vertebra.lps_from_vertebra)
        if window is not None:
            seed = model.seed + one.level.value
            distance = filled_distance(lattice.cropped(window), vertebra, one, seed)
            part = Part.CEMENT if isinstance(one, Cement) else Part.CAVITY
            parts[window][distance < 0.0] = part


def write_truth(spec: CaseSpec, model: ModelSpine, grid: GridGeometry, folder: Path) -> None:
    """Write what is true of a case: ``truth.json``, ``levels.nii.gz`` and ``parts.nii.gz``.

    Raises
    ------
    PlannerError
        If the folder cannot be written to.
    """
    levels, parts = part_labels(model, grid)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(truth_document(spec, model, grid), indent=1)
        (folder / "truth.json").write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise PlanProblem(
            "The truth of the case cannot be written.", path=folder, hint="Choose another folder."
        ) from error
    write_label_map(folder / "levels.nii.gz", levels, grid)
    write_label_map(folder / "parts.nii.gz", parts, grid)


def focus_point_lps_mm(model: ModelSpine, level: VertebraLevel) -> tuple[float, float, float]:
    """Return a point in the middle of a body as it is now."""
    vertebra = model.spine.vertebra(level)
    landmarks = vertebra.body.landmarks
    middle = (landmarks.upper_mm[1] + landmarks.lower_mm[1]) / 2.0
    return as_triple(vertebra.lps_from_vertebra.point((0.0, landmarks.v_mm[1], middle)))
