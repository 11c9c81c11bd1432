"""DICOM Segmentations come back voxel for voxel, on their own side, under their own names."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom
import pytest
from phantom_snapshot import left_sided_snapshot, right_sided_snapshot
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from planner.anatomy.label_numbers import meaning_of
from planner.dicom.read_segmentation import is_segmentation, read_segmentation
from planner.dicom.study_reference import PatientIdentity
from planner.dicom.write_series import SeriesLabel, derived_uid, write_series
from planner.export.registry import discover
from planner.export.run_export import run_export
from planner.export.snapshot import PlanSnapshot
from planner.foundation.errors import DicomProblem
from planner.geometry.grids import GridGeometry
from planner.imaging.label_map import write_label_map
from planner.imaging.labels import LabelMap
from planner.imaging.volume import Volume

SIGNS = pytest.mark.parametrize(
    ("snapshot", "sign"), [(left_sided_snapshot(), 1.0), (right_sided_snapshot(), -1.0)],
    ids=["left", "right"],
)  # fmt: skip
GRID = GridGeometry(
    (20, 17, 9),
    # Rows run to the right of the patient: an index is no side.
    [[-1.5, 0, 0, 30.0], [0, 2.0, 0, -11.0], [0, 0, 2.5, -400.0], [0, 0, 0, 1.0]],
)
ANATOMY = codes.SCT.AnatomicalStructure


def _places(labels: LabelMap, number: int) -> set[tuple[float, float, float]]:
    mask = labels.where(frozenset({number}))
    points = mask.geometry.lps_of(np.argwhere(mask.voxels)[:, ::-1])
    return {tuple(np.round(point, 2) + 0.0) for point in points}


def _drawn(drawn: np.ndarray) -> set[tuple[float, float, float]]:
    return {tuple(np.round(p, 2) + 0.0) for p in GRID.lps_of(np.argwhere(drawn)[:, ::-1])}


@SIGNS
def test_the_programs_own_segmentation_comes_back_voxel_for_voxel_where_it_lies(
    snapshot: PlanSnapshot, sign: float, tmp_path: Path
) -> None:
    receipt = run_export(snapshot, discover().named("dicom-seg"), tmp_path)
    path = receipt.files[0].path
    assert is_segmentation(path)
    labels = read_segmentation(path)
    dataset = pydicom.dcmread(path)
    shared = dataset.SharedFunctionalGroupsSequence[0]
    row, column = np.split(np.array(shared.PlaneOrientationSequence[0].ImageOrientationPatient), 2)
    between_rows, between_columns = shared.PixelMeasuresSequence[0].PixelSpacing
    written: dict[int, set[tuple[float, float, float]]] = {}
    for frame, group in zip(
        dataset.pixel_array, dataset.PerFrameFunctionalGroupsSequence, strict=True
    ):
        number = group.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        corner = np.array(group.PlanePositionSequence[0].ImagePositionPatient)
        for j, i in np.argwhere(frame):
            point = corner + i * between_columns * row + j * between_rows * column
            written.setdefault(number, set()).add(tuple(np.round(point, 2) + 0.0))
    assert len(written) == len(dataset.SegmentSequence) > 2
    for number, places in written.items():
        assert _places(labels, number) == places
    meaning = meaning_of(labels.numbers, labels.names)
    assert {level.name for level in meaning.levels.values()} == {"T12"}
    body, arch = (np.mean(sorted(_places(labels, n)), axis=0) for n in sorted(meaning.levels))
    assert sign * (arch[0] - body[0]) > 5.0


@pytest.fixture(scope="module")
def a_series(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small CT of nine slices whose rows run to the right."""
    folder = tmp_path_factory.mktemp("series")
    voxels = np.random.default_rng(1).integers(-900, 900, GRID.shape_kji).astype(np.int16)
    label = SeriesLabel(
        PatientIdentity("A^B", "1"), derived_uid("st"), derived_uid("se"), derived_uid("frame"),
        "20260101", "study", "series",
    )  # fmt: skip
    write_series(folder, Volume(voxels, GRID, derived_uid("frame")), label)
    return folder


def _sources(folder: Path) -> list[pydicom.Dataset]:
    found = [pydicom.dcmread(path) for path in sorted(folder.rglob("*")) if path.is_file()]
    return sorted(found, key=lambda d: d.ImagePositionPatient[2])


def _one_sided() -> np.ndarray:
    """Voxels on the patient's left with one far forward: no turn or mirror maps them to
    themselves."""
    drawn = np.zeros(GRID.shape_kji, np.bool_)
    drawn[2:5, 3:9, 2:6] = True
    drawn[3, 1, 3] = True
    drawn[6, 4, 4] = True
    return drawn


def _description(number: int, kind: Code, label: str) -> hd.seg.SegmentDescription:
    return hd.seg.SegmentDescription(
        segment_number=number, segment_label=label, segmented_property_category=ANATOMY,
        segmented_property_type=kind,
        algorithm_type=hd.seg.SegmentAlgorithmTypeValues.MANUAL,
    )  # fmt: skip


def _segmentation(
    folder: Path, pixels: np.ndarray, kinds: list[tuple[Code, str]], type_name: str
) -> hd.seg.Segmentation:
    return hd.seg.Segmentation(
        source_images=_sources(folder), pixel_array=pixels, segmentation_type=type_name,
        segment_descriptions=[_description(n, *kind) for n, kind in enumerate(kinds, start=1)],
        series_instance_uid=hd.UID(), series_number=3, sop_instance_uid=hd.UID(),
        instance_number=1, manufacturer="A", manufacturer_model_name="B", software_versions="1",
        device_serial_number="0",
    )  # fmt: skip


@pytest.mark.parametrize("type_name", ["BINARY", "FRACTIONAL", "LABELMAP"])
def test_every_type_of_segmentation_comes_back_and_is_named_by_its_codes(
    a_series: Path, tmp_path: Path, type_name: str
) -> None:
    drawn = _one_sided()
    pixels = drawn.astype(np.float32 if type_name == "FRACTIONAL" else np.uint8)
    made = _segmentation(a_series, pixels, [(codes.SCT.L1Vertebra, "Segment_1")], type_name)
    path = tmp_path / "seg.dcm"
    made.save_as(path)
    labels = read_segmentation(path)
    assert _places(labels, 1) == _drawn(drawn)
    assert labels.names == {1: "L1 vertebra"}
    assert labels.frame_of_reference_uid == derived_uid("frame")
    assert meaning_of(labels.numbers, labels.names).levels[1].name == "L1"


def test_segments_that_overlap_both_come_back_whole(a_series: Path, tmp_path: Path) -> None:
    one, other = _one_sided(), np.roll(_one_sided(), 2, axis=2)
    pixels = np.stack([one, other], axis=-1).astype(np.uint8)
    kinds = [(codes.SCT.T12Vertebra, "a"), (codes.SCT.Aorta, "b")]
    path = tmp_path / "seg.dcm"
    _segmentation(a_series, pixels, kinds, "BINARY").save_as(path)
    labels = read_segmentation(path)
    assert (one & other).any()
    assert _places(labels, 1) == _drawn(one)
    assert _places(labels, 2) == _drawn(other)
    assert meaning_of(labels.numbers, labels.names).vessels == {"aorta": 2}


@pytest.mark.peer
def test_a_segmentation_made_by_dcmqi_comes_back_voxel_for_voxel(
    a_series: Path, tmp_path: Path
) -> None:
    program = shutil.which("itkimage2segimage", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("dcmqi is not installed")
    drawn = _one_sided()
    write_label_map(tmp_path / "in.nii.gz", drawn.astype(np.uint8), GRID)
    about = {
        "ContentCreatorName": "A", "SeriesDescription": "S", "SeriesNumber": "300",
        "InstanceNumber": "1", "ContentLabel": "SEG", "ContentDescription": "D",
        "ClinicalTrialSeriesID": "1", "ClinicalTrialTimePointID": "1",
        "segmentAttributes": [[{
            "labelID": 1, "SegmentLabel": "vertebrae_T12", "SegmentAlgorithmType": "AUTOMATIC",
            "SegmentAlgorithmName": "TotalSegmentator", "SegmentDescription": "T12",
            "SegmentedPropertyCategoryCodeSequence": {
                "CodeValue": "123037004", "CodingSchemeDesignator": "SCT",
                "CodeMeaning": "Anatomical Structure"},
            "SegmentedPropertyTypeCodeSequence": {
                "CodeValue": "23215003", "CodingSchemeDesignator": "SCT",
                "CodeMeaning": "T12 vertebra"},
        }]],
    }  # fmt: skip
    (tmp_path / "meta.json").write_text(json.dumps(about))
    said = subprocess.run(
        [program, "--inputImageList", str(tmp_path / "in.nii.gz"),
         "--inputDICOMDirectory", str(a_series), "--outputDICOM", str(tmp_path / "seg.dcm"),
         "--inputMetadata", str(tmp_path / "meta.json"), "--skip", "1"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stdout + said.stderr
    labels = read_segmentation(tmp_path / "seg.dcm")
    assert _places(labels, 1) == _drawn(drawn)
    assert labels.names == {1: "T12 vertebra"}


def test_free_text_names_a_segment_without_a_vertebras_code(a_series: Path, tmp_path: Path) -> None:
    other = Code("tissue", "99TEST", "Tissue")
    path = tmp_path / "seg.dcm"
    pixels = _one_sided().astype(np.uint8)
    _segmentation(a_series, pixels, [(other, "vertebrae_L3")], "BINARY").save_as(path)
    labels = read_segmentation(path)
    assert meaning_of(labels.numbers, labels.names).levels[1].name == "L3"


def test_slices_that_are_missing_or_tilted_are_refused_in_one_sentence(
    a_series: Path, tmp_path: Path
) -> None:
    pixels = _one_sided().astype(np.uint8)
    made = _segmentation(a_series, pixels, [(codes.SCT.L1Vertebra, "a")], "BINARY")
    frames = made.PerFrameFunctionalGroupsSequence
    frames[1].PlanePositionSequence[0].ImagePositionPatient[1] += 3.0
    path = tmp_path / "seg.dcm"
    made.save_as(path)
    with pytest.raises(DicomProblem, match="tilted or unevenly") as refused:
        read_segmentation(path)
    assert "\n" not in str(refused.value)


def test_a_damaged_segmentation_and_a_plain_image_are_refused(
    a_series: Path, tmp_path: Path
) -> None:
    made = _segmentation(
        a_series, _one_sided().astype(np.uint8), [(codes.SCT.L1Vertebra, "a")], "BINARY"
    )
    path = tmp_path / "seg.dcm"
    made.save_as(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DicomProblem):
        read_segmentation(path)
    image = next(p for p in sorted(a_series.rglob("*")) if p.is_file())
    assert not is_segmentation(image)
    with pytest.raises(DicomProblem):
        read_segmentation(image)
