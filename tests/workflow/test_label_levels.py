"""Another program's label map gives the same vertebrae, at the place that its header says."""

from pathlib import Path
from types import SimpleNamespace

import attrs
import numpy as np
import pytest
import SimpleITK

from planner.anatomy.great_vessels import VesselCertainty
from planner.anatomy.levels import VertebraLevel
from planner.digital_spine.case_field import case_field
from planner.digital_spine.case_spec import CaseSpec
from planner.digital_spine.case_truth import level_facts, levels_within, part_labels
from planner.digital_spine.model_patient import ModelPatient
from planner.digital_spine.model_spine import ModelSpine, build_model
from planner.digital_spine.pathology import fracture_of_kind
from planner.digital_spine.scan_settings import ScanSettings
from planner.digital_spine.scanner import scan_hu
from planner.foundation.errors import AnatomyProblem, DicomProblem
from planner.geometry.grids import GridGeometry
from planner.imaging.label_map import write_label_map
from planner.imaging.labels import LabelMap
from planner.imaging.volume import Volume
from planner.workflow.label_levels import levels_of_labels, levels_of_map
from planner.workflow.open_study import open_study

SPEC = CaseSpec(
    "wedge",
    seed=5,
    patient=ModelPatient(sex="female"),
    pathologies=(fracture_of_kind(VertebraLevel.L1, "wedge", 0.4),),
    scan=ScanSettings(spacing_mm=0.8, step_mm=1.0),
    first_level=VertebraLevel.T11,
    last_level=VertebraLevel.L2,
    field_mm=150.0,
)
VERSE_OF_TOTALSEGMENTATOR = {27 + n: 24 - n for n in range(5)} | {32 + n: 19 - n for n in range(12)}


@attrs.frozen(eq=False)
class LabelledModel:
    model: ModelSpine
    study: SimpleNamespace
    labels: np.ndarray

    @property
    def grid(self) -> GridGeometry:
        return self.study.volume.geometry


@pytest.fixture(scope="module")
def a_model() -> LabelledModel:
    model = build_model(SPEC.patient, SPEC.pathologies, SPEC.seed)
    field = case_field(SPEC, model)
    volume = Volume(scan_hu(model, field.lattice, SPEC.scan), field.grid)
    labels, _ = part_labels(model, field.grid)
    return LabelledModel(model, SimpleNamespace(volume=volume), labels)


def _written(a_model: LabelledModel, path: Path, labels: np.ndarray | None = None) -> Path:
    write_label_map(path, a_model.labels if labels is None else labels, a_model.grid)
    return path


@pytest.mark.slow
def test_a_models_true_labels_give_its_names_heights_and_sides(
    a_model: LabelledModel, tmp_path: Path
) -> None:
    found = levels_of_labels(a_model.study, _written(a_model, tmp_path / "labels.nii.gz"))
    names = [v.level for v in found.vertebrae]
    assert {VertebraLevel.T12, VertebraLevel.L1} <= set(names)
    assert set(names) <= set(levels_within(a_model.model, a_model.grid))
    for vertebra in found.vertebrae:
        true = level_facts(a_model.model, vertebra.level)
        heights = vertebra.heights
        measured = (heights.anterior_mm, heights.middle_mm, heights.posterior_mm)
        np.testing.assert_allclose(measured, true.heights_mm, atol=1.0)
        frame = a_model.model.spine.vertebra(vertebra.level).lps_from_vertebra
        assert np.linalg.norm(vertebra.centre_lps_mm - frame.translation_mm) < 4.0
        left, right = vertebra.left_pedicle, vertebra.right_pedicle
        assert left is not None
        assert right is not None
        assert left.isthmus_lps_mm[0] > frame.translation_mm[0] > right.isthmus_lps_mm[0]


@pytest.mark.slow
def test_a_map_on_another_grid_and_in_other_numbers_gives_the_same(
    a_model: LabelledModel, tmp_path: Path
) -> None:
    """Axes turned, numbers of TotalSegmentator, NRRD: what the header says is what counts."""
    labels = np.zeros_like(a_model.labels)
    for theirs, verse in VERSE_OF_TOTALSEGMENTATOR.items():
        labels[a_model.labels == verse] = theirs
    labels[0, 0, 0] = 52
    image = SimpleITK.ReadImage(str(_written(a_model, tmp_path / "labels.nii.gz", labels)))
    SimpleITK.WriteImage(SimpleITK.DICOMOrient(image, "RAI"), str(tmp_path / "turned.nrrd"))
    SimpleITK.WriteImage(SimpleITK.DICOMOrient(image, "ASL"), str(tmp_path / "again.nrrd"))
    one, other = (
        levels_of_labels(a_model.study, tmp_path / name) for name in ("turned.nrrd", "again.nrrd")
    )
    assert "TotalSegmentator" in one.sentences[0]
    for a, b in zip(one.vertebrae, other.vertebrae, strict=True):
        assert a.level is b.level
        np.testing.assert_allclose(a.centre_lps_mm, b.centre_lps_mm, atol=0.05)
        assert a.heights.anterior_mm == pytest.approx(b.heights.anterior_mm, abs=0.05)
        true = level_facts(a_model.model, a.level).heights_mm
        assert a.heights.anterior_mm == pytest.approx(true[0], abs=1.0)


@pytest.mark.parametrize(
    "shift_mm", [(0.0, 22.0, 0.0), (25.0, 0.0, 0.0), (6.0, 0.0, 0.0), (0.0, 0.0, 900.0)]
)
def test_a_map_that_lies_beside_the_bone_is_refused_in_one_sentence(
    a_model: LabelledModel, tmp_path: Path, shift_mm: tuple[float, float, float]
) -> None:
    matrix = np.array(a_model.grid.lps_from_ijk)
    matrix[:3, 3] += shift_mm
    path = tmp_path / "labels.nii.gz"
    write_label_map(path, a_model.labels, GridGeometry(a_model.grid.shape_ijk, matrix))
    with pytest.raises(AnatomyProblem) as refused:
        levels_of_labels(a_model.study, path)
    assert refused.value.path == path
    assert "\n" not in str(refused.value)


def test_a_map_that_is_upside_down_is_refused(a_model: LabelledModel, tmp_path: Path) -> None:
    path = _written(a_model, tmp_path / "labels.nii.gz", np.ascontiguousarray(a_model.labels[::-1]))
    with pytest.raises(AnatomyProblem, match="from the head to the feet"):
        levels_of_labels(a_model.study, path)


def test_a_level_cut_off_or_hardly_there_is_left_out_with_a_sentence(
    a_model: LabelledModel, tmp_path: Path
) -> None:
    labels = np.where(a_model.labels == VertebraLevel.T12.verse_number, a_model.labels, 0)
    speck = np.argwhere(a_model.labels == VertebraLevel.L1.verse_number)[:50]
    labels[tuple(speck.T)] = VertebraLevel.L1.verse_number
    found = levels_of_labels(
        a_model.study, _written(a_model, tmp_path / "labels.nii.gz", labels.astype(np.uint8))
    )
    assert [v.level for v in found.vertebrae] == [VertebraLevel.T12]
    assert any(text.startswith("L1: Too little bone") for text in found.sentences)
    middle = int(np.argwhere(labels == VertebraLevel.T12.verse_number)[:, 0].mean())
    i, j, k = a_model.grid.shape_ijk
    cut = Volume(
        a_model.study.volume.voxels[middle:], a_model.grid.cropped((0, 0, middle), (i, j, k))
    )
    with pytest.raises(AnatomyProblem, match=r"cut off by the end of the CT|outside this CT"):
        levels_of_labels(SimpleNamespace(volume=cut), tmp_path / "labels.nii.gz")


@pytest.mark.parametrize("name", ["labels.nii.gz", "labels.nrrd", "labels.txt"])
def test_a_file_that_is_no_label_map_is_refused(
    a_model: LabelledModel, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(b"not a label map")
    with pytest.raises(DicomProblem):
        levels_of_labels(a_model.study, tmp_path / name)
    with pytest.raises(DicomProblem):
        levels_of_labels(a_model.study, tmp_path / "nowhere.nii.gz")


@pytest.mark.slow
def test_the_labelled_thorax_gives_its_whole_levels_by_name(
    the_thorax_ct_folder: Path, shared_data: Path
) -> None:
    study = open_study(the_thorax_ct_folder)
    found = levels_of_labels(study, shared_data / "thorax-ct/mask.nii.gz")
    names = [v.level.name for v in found.vertebrae]
    assert names[-8:] == ["T6", "T7", "T8", "T9", "T10", "T11", "T12", "L1"]
    assert "L2" not in names
    assert any(text.startswith("L2: ") for text in found.sentences)
    assert not any("check the names" in text for text in found.sentences)
    assert found.vessels is not None
    assert found.vessels.certainty is VesselCertainty.LABELLED
    assert not found.vessels.outlined.is_empty
    for vertebra in found.vertebrae[-8:]:
        assert vertebra.notes[-1] == "The outline comes from label map mask.nii.gz."
        assert 14.0 < vertebra.heights.middle_mm < 30.0
        left, right = vertebra.left_pedicle, vertebra.right_pedicle
        assert left is not None
        assert right is not None
        assert left.isthmus_lps_mm[0] > right.isthmus_lps_mm[0] + 10.0


@pytest.mark.slow
def test_names_that_ribs_and_sacrum_speak_against_are_told(
    the_thorax_ct_folder: Path, shared_data: Path, tmp_path: Path
) -> None:
    """Numbers of an older scheme count from elsewhere: each name would be wrong by a level."""
    study = open_study(the_thorax_ct_folder)
    labels = SimpleITK.ReadImage(str(shared_data / "thorax-ct/mask.nii.gz"))
    numbers = SimpleITK.GetArrayFromImage(labels)
    shifted = np.where((numbers >= 31) & (numbers <= 33), numbers + 1, 0).astype(np.uint8)
    image = SimpleITK.GetImageFromArray(shifted)
    image.CopyInformation(labels)
    SimpleITK.WriteImage(image, str(tmp_path / "shifted.nii.gz"))
    found = levels_of_labels(study, tmp_path / "shifted.nii.gz")
    assert [v.level.name for v in found.vertebrae] == ["T10", "T11", "T12"]
    assert any("calls T10 what counts as T11" in text for text in found.sentences)


def test_a_segmentation_of_another_scan_is_refused_by_its_frame_of_reference(
    a_model: LabelledModel,
) -> None:
    volume = attrs.evolve(a_model.study.volume, frame_of_reference_uid="1.2.3")
    labels = LabelMap((a_model.labels.astype(np.int16),), a_model.grid, {}, "1.2.4")
    with pytest.raises(AnatomyProblem, match="another scan"):
        levels_of_map(SimpleNamespace(volume=volume), labels, "seg.dcm")


@pytest.mark.slow
@pytest.mark.parametrize("stored_as", ["LPS", "RAI", "RPS", "LAS", "ASL"])
def test_what_is_missing_on_the_left_is_missing_on_the_left_however_the_file_is_stored(
    a_model: LabelledModel, tmp_path: Path, stored_as: str
) -> None:
    """A label without its left half of the arch: its left pedicle is gone, the right one is not."""
    frame = a_model.model.spine.vertebra(VertebraLevel.T12).lps_from_vertebra
    kji = np.argwhere(a_model.labels == VertebraLevel.T12.verse_number)
    left, behind, _up = frame.inverse.points(a_model.grid.lps_of(kji[:, ::-1])).T
    kept = kji[~((left > 3.0) & (behind > 9.0))]
    labels = np.zeros_like(a_model.labels)
    labels[tuple(kept.T)] = VertebraLevel.T12.verse_number
    image = SimpleITK.ReadImage(str(_written(a_model, tmp_path / "labels.nii.gz", labels)))
    path = tmp_path / f"{stored_as}.nii.gz"
    SimpleITK.WriteImage(SimpleITK.DICOMOrient(image, stored_as), str(path))
    (vertebra,) = levels_of_labels(a_model.study, path).vertebrae
    assert vertebra.left_pedicle is None
    assert vertebra.right_pedicle is not None
    assert vertebra.right_pedicle.isthmus_lps_mm[0] < frame.translation_mm[0]
