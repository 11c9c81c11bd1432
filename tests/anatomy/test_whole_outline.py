"""What the network sees is taken only where it fits the body that was found apart from it."""

from collections.abc import Callable

import numpy as np
import pytest

from planner.anatomy import whole_outline as tested
from planner.anatomy.arch_place import BoolVoxels
from planner.anatomy.levels import VertebraLevel
from planner.anatomy.outline_box import OutlineBox
from planner.anatomy.outline_network import SeenBone, seen_bone
from planner.anatomy.segmentation import find_level
from planner.anatomy.spine_crop import SpineCrop
from planner.anatomy.vertebra import VertebraModel
from planner.digital_spine.case_field import case_field
from planner.digital_spine.case_spec import CaseSpec
from planner.digital_spine.case_truth import focus_point_lps_mm
from planner.digital_spine.model_patient import ModelPatient
from planner.digital_spine.model_spine import ModelSpine, build_model
from planner.digital_spine.scan_settings import ScanSettings
from planner.digital_spine.scanner import scan_hu
from planner.imaging.volume import Volume

pytestmark = pytest.mark.slow
LEVEL = VertebraLevel.L1
Change = Callable[[SeenBone, BoolVoxels], SeenBone]


@pytest.fixture(scope="module")
def the_scan() -> tuple[ModelSpine, Volume]:
    spec = CaseSpec(
        "healthy",
        seed=12,
        patient=ModelPatient(sex="female"),
        scan=ScanSettings(spacing_mm=0.9, step_mm=1.0),
        first_level=LEVEL,
        last_level=LEVEL,
        focus_level=LEVEL,
        field_mm=150.0,
    )
    model = build_model(spec.patient, spec.pathologies, spec.seed)
    field = case_field(spec, model)
    return model, Volume(scan_hu(model, field.lattice, spec.scan), field.grid)


def found_with(
    scan: tuple[ModelSpine, Volume], change: Change, monkeypatch: pytest.MonkeyPatch
) -> VertebraModel:
    def changed(crop: SpineCrop, body: BoolVoxels, canal: BoolVoxels, box: OutlineBox) -> SeenBone:
        seen = seen_bone(crop, body, canal, box)
        return change(seen, body[seen.part])

    monkeypatch.setattr(tested, "seen_bone", changed)
    model, volume = scan
    return find_level(volume, focus_point_lps_mm(model, LEVEL), LEVEL)


def nothing(seen: SeenBone, _body: BoolVoxels) -> SeenBone:
    return SeenBone(seen.part, np.zeros_like(seen.own), seen.other)


def only_the_body(seen: SeenBone, body: BoolVoxels) -> SeenBone:
    return SeenBone(seen.part, body.astype(np.float32), seen.other)


def neighbours_too(seen: SeenBone, _body: BoolVoxels) -> SeenBone:
    return SeenBone(seen.part, np.maximum(seen.own, seen.other), seen.other)


def unsure(seen: SeenBone, _body: BoolVoxels) -> SeenBone:
    return SeenBone(seen.part, np.where(seen.own > 0.1, 0.6, 0.0), seen.other)


@pytest.mark.parametrize("change", [nothing, only_the_body, neighbours_too, unsure])
def test_an_implausible_answer_of_the_network_is_not_taken_and_said(
    the_scan: tuple[ModelSpine, Volume], change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    vertebra = found_with(the_scan, change, monkeypatch)
    assert tested.DOUBTED in vertebra.notes
    assert 1.3 < vertebra.whole_volume_ml / vertebra.body_volume_ml < 2.2


def test_a_plausible_answer_is_taken_in_one_piece_with_the_body_and_without_the_canal(
    the_scan: tuple[ModelSpine, Volume], monkeypatch: pytest.MonkeyPatch
) -> None:
    vertebra = found_with(the_scan, lambda seen, _body: seen, monkeypatch)
    assert tested.DOUBTED not in vertebra.notes
    whole = vertebra.whole.voxels
    assert not (vertebra.body.voxels & ~whole).any()
    assert not (whole & (vertebra.canal.voxels | vertebra.other_bone.voxels)).any()
