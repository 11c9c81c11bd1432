"""Great vessels are outlined where contrast agent shows them, and only said to be possible else."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from planner.anatomy.chain import find_chain
from planner.anatomy.great_vessels import (
    BodyRound,
    GreatVessels,
    VesselCertainty,
    great_vessels,
    rounds_of_chain,
    rounds_of_vertebra,
)
from planner.anatomy.levels import VertebraLevel
from planner.anatomy.segmentation import find_level
from planner.foundation.clinical_numbers import clinical_number
from planner.foundation.errors import AnatomyProblem
from planner.geometry.grids import GridGeometry
from planner.imaging.label_map_file import read_label_map
from planner.imaging.resample import resample_shape
from planner.imaging.volume import Volume
from planner.workflow.open_study import open_study

_AORTA = 52
_LEFT_MM = 14.0


def _dice(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    return 2.0 * float((a & b).sum()) / float(a.sum() + b.sum())


BODIES = tuple(BodyRound((0.0, 0.0, z), 19.0, 14.0) for z in (-32.0, 0.0, 32.0))


def _points(grid: GridGeometry) -> NDArray[np.float64]:
    k, j, i = np.indices(grid.shape_kji)
    return np.moveaxis(grid.lps_of(np.stack([i, j, k], axis=-1)), -1, 0)


def _drawn(aorta_hu: float, vein_hu: float, aorta_x_mm: float = _LEFT_MM) -> Volume:
    """Bodies of bone, fat around them, and two tubes of 11 mm radius in front of them."""
    grid = GridGeometry.axis_aligned((130, 120, 70), (-65.0, -90.0, -52.5), (1.0, 1.0, 1.5))
    x, y, z = _points(grid)
    hu = np.full(grid.shape_kji, -100.0)
    across = np.hypot(x / 19.0, y / 14.0)
    tall = np.abs((z + 16.0) % 32.0 - 16.0) < 12.0
    hu[across < 1.0] = 60.0
    hu[(across < 1.0) & tall] = 220.0
    for side, blood in ((1.0, aorta_hu), (-1.0, vein_hu)):
        hu[np.hypot(x - side * aorta_x_mm, y + 27.0) < 11.0] = blood
    noise = np.random.default_rng(3).normal(0.0, 12.0, hu.shape)
    return Volume(np.rint(hu + noise).astype(np.int16), grid)


def _tube(found: GreatVessels, x_mm: float) -> NDArray[np.bool_]:
    x, y, z = _points(found.outlined.geometry)
    return (np.hypot(x - x_mm, y + 27.0) < 11.0) & (np.abs(z) < 50.0)


def test_an_artery_full_of_contrast_is_outlined_on_its_own_side_and_the_bodies_are_not() -> None:
    found = great_vessels(_drawn(330.0, 45.0), BODIES)
    assert found.certainty is VesselCertainty.SEEN
    within = np.abs(_points(found.outlined.geometry)[2]) < 50.0
    assert _dice(found.outlined.voxels & within, _tube(found, _LEFT_MM)) > 0.85
    assert not (found.outlined.voxels & _tube(found, -_LEFT_MM)).any()
    x, y, _z = _points(found.outlined.geometry)
    assert not found.outlined.voxels[np.hypot(x / 19.0, y / 14.0) < 0.9].any()
    assert "vena cava is not told apart" in found.sentence


def test_a_mirrored_patient_has_the_artery_on_the_other_side() -> None:
    found = great_vessels(_drawn(330.0, 45.0, aorta_x_mm=-_LEFT_MM), BODIES)
    places = _points(found.outlined.geometry)[0][found.outlined.voxels]
    assert places.mean() == pytest.approx(-_LEFT_MM, abs=1.0)


def test_a_vein_full_of_contrast_is_outlined_beside_the_artery() -> None:
    found = great_vessels(_drawn(280.0, 150.0), BODIES)
    for x_mm in (_LEFT_MM, -_LEFT_MM):
        tube = _tube(found, x_mm)
        assert (found.outlined.voxels & tube).sum() > 0.95 * tube.sum()
    assert "two great vessels" in found.sentence


def test_without_contrast_no_vessel_is_claimed_and_near_soft_tissue_may_be_one() -> None:
    found = great_vessels(_drawn(45.0, 42.0), BODIES)
    assert found.certainty is VesselCertainty.POSSIBLE
    assert found.outlined.is_empty
    zone_mm = clinical_number("great-vessel-zone")
    x, y, z = _points(found.possible.geometry)
    blood = np.hypot(np.abs(x) - _LEFT_MM, y + 27.0) < 9.0
    near = blood & (y > -14.0 - zone_mm + 4.0) & (np.abs(x) < 15.0) & (np.abs(z) < 45.0)
    assert found.possible.voxels[near].mean() > 0.95
    assert not found.possible.voxels[y < -14.0 - zone_mm - 1.5].any()
    assert not found.possible.voxels[y > 1.0].any()
    fat = (np.abs(x) < 1.0) & (y < -30.0)
    assert not found.possible.voxels[fat].any()
    assert f"within {zone_mm:.0f} mm" in found.sentence
    assert "not told apart" in found.sentence


def test_bright_bodies_and_cortex_alone_are_no_vessel(a_made_spine: Volume) -> None:
    bodies = tuple(BodyRound((0.0, 0.0, z), 19.0, 14.0) for z in (-32.0, 0.0, 32.0))
    assert great_vessels(a_made_spine, bodies).outlined.is_empty


def test_without_a_body_there_is_nothing_to_look_in_front_of() -> None:
    with pytest.raises(AnatomyProblem):
        great_vessels(_drawn(45.0, 42.0), ())


def _behind_only(label: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep of each layer the part nearest to the spine: the label holds the ascending aorta too."""
    kept = np.zeros_like(label)
    for k, layer in enumerate(label):
        parts, count = ndimage.label(layer)
        if count:
            back = [np.argwhere(parts == n)[:, 0].max() for n in range(1, count + 1)]
            kept[k] = parts == 1 + int(np.argmax(back))
    return kept


@pytest.mark.slow
def test_the_aorta_of_the_thorax_is_found_by_chain_and_by_one_vertebra(
    the_thorax_ct_folder: Path, shared_data: Path
) -> None:
    volume = open_study(the_thorax_ct_folder).volume
    labels = read_label_map(shared_data / "thorax-ct/mask.nii.gz")
    chain = {place.level: place for place in find_chain(volume).levels}
    upper = chain[VertebraLevel.T6].centre_lps_mm[2] + 10.0
    lower = chain[VertebraLevel.L1].centre_lps_mm[2] - 10.0
    found = great_vessels(volume, rounds_of_chain(tuple(chain.values())))
    assert found.certainty is VesselCertainty.SEEN
    grid = found.outlined.geometry
    between = (_points(grid)[2] < upper) & (_points(grid)[2] > lower)
    aorta = _behind_only(resample_shape(labels.where(frozenset({_AORTA})), grid).voxels)
    assert _dice(found.outlined.voxels & between, aorta & between) > 0.9
    place = chain[VertebraLevel.T12]
    vertebra = find_level(volume, place.centre_lps_mm, place.level)
    near = great_vessels(volume, rounds_of_vertebra(vertebra)).near(vertebra)
    assert near.outlined.geometry == vertebra.whole.geometry
    assert not (near.outlined.voxels & vertebra.whole.voxels).any()
    here = resample_shape(labels.where(frozenset({_AORTA})), near.outlined.geometry).voxels
    assert (near.outlined.voxels & here).sum() > 0.8 * here.sum()
