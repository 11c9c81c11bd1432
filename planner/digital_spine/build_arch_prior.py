"""Make the table of where a vertebra's own bone lies against its neighbours' and ribs'.

usage: python -m planner.digital_spine.build_arch_prior resources/anatomy/own-bone.npz
"""

import itertools
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.anatomy.arch_prior import (
    LATERAL_SHARES,
    POSTERIOR_SHARES,
    STEPS_PER_LOG_ODDS,
    SUPERIOR_SHARES,
    PriorPlace,
)
from planner.anatomy.vertebra import VertebraModel
from planner.digital_spine.level_table import table_levels
from planner.digital_spine.model_patient import ModelPatient
from planner.digital_spine.model_spine import ModelSpine, build_model
from planner.digital_spine.truth import vertebra_truth
from planner.geometry.points import FloatArray
from planner.imaging.volume import BoolArray

_SEEDS = range(201, 207)
_STEP_MM = 1.2
_WAIST_MM = 4.0
_SPREAD_CELLS = (1.3, 1.0, 1.0)
"""How far patients differ beyond the models, and frames that are found from true ones."""
_LEVEL_SPREAD = 0.6
"""In levels: tables of neighbouring levels help each other, and a wrong name does little harm."""
_FEW_VOXELS = 3.0
_LARGEST_LOG_ODDS = 3.0
_SHAPE = (len(SUPERIOR_SHARES), len(POSTERIOR_SHARES), len(LATERAL_SHARES))
_DISC_SHARE = 0.2
"""Height of a disc against its body's, where a level has no neighbour in the model."""


def _coordinates(truth: VertebraModel, kji: NDArray[np.intp]) -> FloatArray:
    lps_mm = truth.whole.geometry.lps_of(kji[:, ::-1])
    coordinates: FloatArray = truth.lps_from_vertebra.inverse.points(lps_mm)
    return coordinates


def _canal_centres(truth: VertebraModel, w_mm: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the canal's centre to the left and to the back, in the layers of places."""
    canal = _coordinates(truth, np.argwhere(truth.canal.voxels))
    layers = np.arange(np.floor(canal[:, 2].min()), canal[:, 2].max())
    number = np.digitize(canal[:, 2], layers) - 1
    count = np.maximum(np.bincount(number, minlength=len(layers)), 1)
    left, back = (
        np.interp(w_mm, layers + 0.5, np.bincount(number, canal[:, n], len(layers)) / count)
        for n in (0, 1)
    )
    return left, back


def _half_width_mm(truth: VertebraModel) -> float:
    body = _coordinates(truth, np.argwhere(truth.body.voxels))
    waist = body[(np.abs(body[:, 2]) < _WAIST_MM) & (np.abs(body[:, 1]) < _WAIST_MM)]
    return float(np.abs(waist[:, 0]).max())


def _disc_step_mm(model: ModelSpine, truth: VertebraModel) -> float:
    """Return half the way from the body above to the body below."""
    centres = [np.asarray(v.lps_from_vertebra.translation_mm) for v in model.spine.vertebrae]
    place = [v.level for v in model.spine.vertebrae].index(truth.level)
    near = centres[max(place - 1, 0) : place + 2]
    steps = [float(np.linalg.norm(a - b)) for a, b in itertools.pairwise(near)]
    return float(np.mean(steps)) if steps else truth.heights.middle_mm * (1.0 + _DISC_SHARE)


def _counted(truth: VertebraModel, bone: BoolArray, disc_step_mm: float) -> FloatArray:
    """Return how many voxels of bone fall into each cell of the table."""
    coordinates = _coordinates(truth, np.argwhere(bone))
    left, back = _canal_centres(truth, coordinates[:, 2])
    place = PriorPlace(
        beside_canal_mm=coordinates[:, 0] - left,
        behind_canal_mm=coordinates[:, 1] - back,
        above_middle_mm=coordinates[:, 2],
        half_width_mm=_half_width_mm(truth),
        disc_step_mm=disc_step_mm,
    )
    cells = np.rint(place.indices()).astype(np.intp)
    inside = ((cells >= 0) & (cells < np.array(_SHAPE)[:, np.newaxis])).all(axis=0)
    counts = np.zeros(_SHAPE)
    np.add.at(counts, tuple(cells[:, inside]), 1.0)
    return counts


def own_bone_tables() -> Mapping[str, NDArray[np.int8]]:
    """Return by level the log odds that bone is the vertebra's own, in steps."""
    levels = table_levels()
    counts = np.zeros((2, len(levels), *_SHAPE))
    for seed in _SEEDS:
        sex = "female" if seed % 2 else "male"
        model = build_model(ModelPatient(sex=sex), (), seed)
        for n, level in enumerate(levels):
            truth = vertebra_truth(model, level, _STEP_MM).model
            step_mm = _disc_step_mm(model, truth)
            for m, mask in enumerate((truth.whole, truth.other_bone)):
                counts[m, n] += _counted(truth, mask.voxels, step_mm)
    own, other = (
        ndimage.gaussian_filter(part, (_LEVEL_SPREAD, *_SPREAD_CELLS), mode="nearest")
        for part in counts
    )
    log_odds = np.log((own + _FEW_VOXELS) / (other + _FEW_VOXELS))
    steps = np.clip(log_odds, -_LARGEST_LOG_ODDS, _LARGEST_LOG_ODDS) * STEPS_PER_LOG_ODDS
    return {level.name: steps[n].round().astype(np.int8) for n, level in enumerate(levels)}


if __name__ == "__main__":
    np.savez_compressed(Path(sys.argv[1]), **own_bone_tables())  # type: ignore[arg-type]
