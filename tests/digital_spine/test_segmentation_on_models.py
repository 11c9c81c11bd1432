"""The program's own segmentation on a model: one click a level, no special case."""

import functools

import numpy as np
import pytest

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.segmentation import find_level
from planner.anatomy.vertebra import VertebraModel
from planner.digital_spine.case_field import case_field
from planner.digital_spine.case_spec import CaseSpec
from planner.digital_spine.case_truth import focus_point_lps_mm
from planner.digital_spine.model_patient import ModelPatient
from planner.digital_spine.model_spine import ModelSpine, build_model
from planner.digital_spine.scan_settings import ScanSettings
from planner.digital_spine.scanner import scan_hu
from planner.digital_spine.truth import vertebra_truth
from planner.imaging.volume import Volume, VoxelMask

pytestmark = pytest.mark.slow

_LEAST_BODY_DICE, _LEAST_WHOLE_DICE = 0.95, 0.93
LEVELS = tuple(map(VertebraLevel.named, ("T11", "T12", "L1", "L2")))
SPEC = CaseSpec(
    "healthy",
    seed=11,
    patient=ModelPatient(sex="male"),
    scan=ScanSettings(spacing_mm=0.8, step_mm=0.8),
    first_level=LEVELS[0],
    last_level=LEVELS[-1],
    field_mm=170.0,
)


@pytest.fixture(scope="module")
def the_scan() -> tuple[ModelSpine, Volume]:
    model = build_model(SPEC.patient, SPEC.pathologies, SPEC.seed)
    field = case_field(SPEC, model)
    return model, Volume(scan_hu(model, field.lattice, SPEC.scan), field.grid)


def dice(found: VoxelMask, true: VoxelMask) -> float:
    """Overlap of two masks, the true one looked up at the found one's voxels."""
    kji = np.argwhere(true.voxels)
    ijk = np.round(found.geometry.ijk_of(true.geometry.lps_of(kji[:, ::-1]))).astype(int)
    inside = ((ijk >= 0) & (ijk < found.geometry.shape_ijk)).all(axis=1)
    i, j, k = ijk[inside].T
    shared_mm3 = np.count_nonzero(found.voxels[k, j, i]) * true.geometry.voxel_mm3
    return float(2.0 * shared_mm3 / (found.volume_mm3 + true.volume_mm3))


def found_and_true(
    scan: tuple[ModelSpine, Volume], level: VertebraLevel
) -> tuple[VertebraModel, VertebraModel]:
    model, volume = scan
    found = find_level(volume, focus_point_lps_mm(model, level), level)
    return found, _truth(model, level)


@functools.cache
def _truth(model: ModelSpine, level: VertebraLevel) -> VertebraModel:
    return vertebra_truth(model, level, 0.8).model


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_one_click_finds_a_models_vertebra(
    the_scan: tuple[ModelSpine, Volume], level: VertebraLevel
) -> None:
    found, true = found_and_true(the_scan, level)
    body, whole = dice(found.body, true.body), dice(found.whole, true.whole)
    print(f"{level.name}: Dice of body {body:.3f}, of whole {whole:.3f}")  # noqa: T201
    assert body >= _LEAST_BODY_DICE
    assert whole >= _LEAST_WHOLE_DICE
    for side in Side:
        pedicle, truth = found.pedicle(side), true.pedicle(side)
        assert pedicle is not None
        assert truth is not None
        gap = np.subtract(pedicle.isthmus_lps_mm, truth.isthmus_lps_mm)
        assert np.linalg.norm(gap) < 6.0
