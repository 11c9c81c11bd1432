"""L1 to L5 of a CT with 3 mm voxels that the outline network has never seen."""

from pathlib import Path

import numpy as np
import pytest
from labelled_ct import LUMBAR, LabelledCt, labelled_lumbar
from scipy import ndimage

from planner.anatomy.levels import VertebraLevel
from planner.anatomy.segmentation import find_level
from planner.anatomy.whole_outline import DOUBTED
from planner.imaging.resample import resample_mask
from planner.imaging.volume import VoxelMask

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
LEAST_DICE, LEAST_MEAN_DICE, MOST_MEAN_DISTANCE_MM = 0.85, 0.885, 1.0
OFF_CENTRE_MM = np.array([3.0, -3.0, 2.5])


@pytest.fixture(scope="module")
def the_scores(shared_data: Path) -> dict[str, tuple[float, float]]:
    """Dice and mean distance of the surfaces, by level, each from one click off the centre."""
    ct = labelled_lumbar(shared_data)
    return {name: scored(ct, name, number) for name, number in LUMBAR.items()}


def scored(ct: LabelledCt, name: str, number: int) -> tuple[float, float]:
    click = ct.body_centre_lps_mm(number) + OFF_CENTRE_MM
    found = find_level(ct.volume, click, VertebraLevel.named(name))
    assert DOUBTED not in found.notes
    whole = found.whole
    label_ml = VoxelMask(ct.labels == number, ct.grid).volume_mm3 / 1000.0
    label = resample_mask(VoxelMask(ct.labels == number, ct.grid), whole.geometry).voxels
    both_ml = float((whole.voxels & label).sum()) * whole.geometry.voxel_mm3 / 1000.0
    dice = 2.0 * both_ml / (found.whole_volume_ml + label_ml)
    return dice, surface_distance_mm(whole.voxels, label, whole.geometry.spacing_ijk_mm[0])


def surface_distance_mm(one: np.ndarray, other: np.ndarray, spacing_mm: float) -> float:
    rims = [mask & ~ndimage.binary_erosion(mask) for mask in (one, other)]
    away = [ndimage.distance_transform_edt(~rim) * spacing_mm for rim in rims]
    return float(np.concatenate([away[1][rims[0]], away[0][rims[1]]]).mean())


def test_every_level_agrees_with_its_label(the_scores: dict[str, tuple[float, float]]) -> None:
    assert min(dice for dice, _ in the_scores.values()) >= LEAST_DICE


def test_all_levels_together_agree_with_their_labels(
    the_scores: dict[str, tuple[float, float]],
) -> None:
    dice, distance_mm = np.mean(list(the_scores.values()), axis=0)
    assert dice >= LEAST_MEAN_DICE
    assert distance_mm <= MOST_MEAN_DISTANCE_MM
