"""Radiographs show bone bright and say how far a length on them can be trusted."""

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import DigitalXRayImageStorageForPresentation, ExplicitVRLittleEndian

from planner.dicom.load_radiograph import load_radiographs
from planner.dicom.load_volume import load_volume
from planner.dicom.scan_folder import scan_folder
from planner.dicom.scan_result import SeriesKind
from planner.dicom.series_kind import MOST_RADIOGRAPHS
from planner.dicom.thumbnail import thumbnail_of
from planner.foundation.errors import DicomProblem
from planner.geometry.side_letters import SideLetters
from planner.imaging.radiograph import Radiograph, SpacingKind

_BONE = slice(10, 20)
_ROWS, _COLUMNS = 40, 60


def _stored(*, bone: int, air: int) -> np.ndarray:
    stored = np.full((_ROWS, _COLUMNS), air, np.uint16)
    stored[_BONE, 30:40] = bone
    return stored


def _write(path: Path, stored: np.ndarray, **elements: object) -> None:
    image = Dataset()
    image.file_meta = FileMetaDataset()
    image.file_meta.MediaStorageSOPClassUID = DigitalXRayImageStorageForPresentation
    image.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.SOPClassUID, image.SOPInstanceUID = DigitalXRayImageStorageForPresentation, "1.2.3"
    image.StudyInstanceUID, image.SeriesInstanceUID = "1.2", "1.3"
    image.Modality, image.PatientName = "DX", "PHANTOM^XRAY"
    image.ViewPosition, image.ImageLaterality = "AP", "U"
    image.Rows, image.Columns, image.SamplesPerPixel = _ROWS, _COLUMNS, 1
    image.PhotometricInterpretation = "MONOCHROME2"
    image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 16, 12, 11, 0
    image.PixelData = stored.tobytes()
    image["PixelData"].VR = "OW"
    for keyword, value in elements.items():
        setattr(image, keyword, value)
    image.save_as(path, enforce_file_format=True)


def _loaded(folder: Path) -> Radiograph:
    (series,) = scan_folder(folder).series
    assert series.kind is SeriesKind.RADIOGRAPH
    (radiograph,) = load_radiographs(series)
    return radiograph


@pytest.mark.parametrize(
    ("bone", "air", "elements"),
    [
        (3000, 200, {}),
        (200, 3000, {"PhotometricInterpretation": "MONOCHROME1"}),
        (200, 3000, {"PixelIntensityRelationshipSign": 1}),
        (3000, 200, {"PixelIntensityRelationshipSign": -1}),
        (200, 3000, {"PixelIntensityRelationshipSign": 1, "Modality": "XA"}),
        (3000, 200, {"PixelIntensityRelationshipSign": -1, "PresentationLUTShape": "IDENTITY"}),
    ],
)
def test_bone_is_large_however_the_file_writes_it(
    tmp_path: Path, bone: int, air: int, elements: dict[str, object]
) -> None:
    _write(tmp_path / "DX", _stored(bone=bone, air=air), **elements)
    radiograph = _loaded(tmp_path)
    assert radiograph.pixels[15, 35] == 3000.0
    assert radiograph.pixels[0, 0] == 200.0
    assert (radiograph.view, radiograph.laterality) == ("AP", "U")
    assert radiograph.pixels.dtype == np.float32


def test_the_window_turns_round_with_the_numbers(tmp_path: Path) -> None:
    wish = {"WindowCenter": 600, "WindowWidth": 1000}
    stored = _stored(bone=200, air=3000)
    _write(tmp_path / "DX", stored, PhotometricInterpretation="MONOCHROME1", **wish)
    window = _loaded(tmp_path).window
    assert window is not None
    assert (window.level_hu, window.width_hu) == (2600.0, 1000.0)


def _table(first: int, values: list[int]) -> list[Dataset]:
    item = Dataset()
    item.LUTDescriptor = [len(values), first, 16]
    item.LUTData = values
    item["LUTDescriptor"].VR, item["LUTData"].VR = "US", "US"
    return [item]


def test_modality_and_voi_tables_are_followed(tmp_path: Path) -> None:
    stored = _stored(bone=2, air=0)
    _write(
        tmp_path / "DX",
        stored,
        ModalityLUTSequence=_table(0, [10, 11, 12]),
        VOILUTSequence=_table(10, [0, 500, 4000]),
    )
    radiograph = _loaded(tmp_path)
    assert (radiograph.pixels[15, 35], radiograph.pixels[0, 0]) == (4000.0, 0.0)


@pytest.mark.parametrize(
    ("elements", "kind", "mm", "words"),
    [
        ({"ImagerPixelSpacing": [0.2, 0.1]}, SpacingKind.DETECTOR, 0.2, "not stated"),
        (
            {"ImagerPixelSpacing": [0.2, 0.1], "EstimatedRadiographicMagnificationFactor": 1.25},
            SpacingKind.DETECTOR,
            0.2,
            "1.25 times larger than life; true lengths are about 80%",
        ),
        (
            {
                "ImagerPixelSpacing": [0.2, 0.1],
                "DistanceSourceToDetector": 1500,
                "DistanceSourceToPatient": 1000,
            },
            SpacingKind.DETECTOR,
            0.2,
            "1.50 times larger",
        ),
        (
            {"ImagerPixelSpacing": [0.2, 0.1], "PixelSpacing": [0.2, 0.1]},
            SpacingKind.DETECTOR,
            0.2,
            "on the detector",
        ),
        (
            {"ImagerPixelSpacing": [0.2, 0.1], "PixelSpacing": [0.16, 0.08]},
            SpacingKind.CALIBRATED,
            0.16,
            "at the depth that was calibrated",
        ),
        (
            {"PixelSpacing": [0.16, 0.08], "PixelSpacingCalibrationType": "FIDUCIAL"},
            SpacingKind.CALIBRATED,
            0.16,
            "object of known size",
        ),
        ({"PixelSpacing": [0.16, 0.08]}, SpacingKind.DETECTOR, 0.16, "does not say whether"),
    ],
)
def test_a_length_comes_with_what_it_is_worth(
    tmp_path: Path, elements: dict[str, object], kind: SpacingKind, mm: float, words: str
) -> None:
    _write(tmp_path / "DX", _stored(bone=3000, air=200), **elements)
    spacing = _loaded(tmp_path).spacing
    assert spacing is not None
    assert (spacing.kind, spacing.row_mm, spacing.column_mm) == (kind, mm, mm / 2)
    assert words in spacing.caveat


def test_without_a_size_nothing_is_made_up(tmp_path: Path) -> None:
    _write(tmp_path / "DX", _stored(bone=3000, air=200), PixelSpacing=["0.000", "0.000"])
    assert _loaded(tmp_path).spacing is None
    (series,) = scan_folder(tmp_path).series
    assert series.verdict.text == "1 image, size of pixels not stated"


def test_a_long_run_is_thinned_out_evenly_and_that_is_told(tmp_path: Path) -> None:
    frames = np.stack([_stored(bone=3000, air=n) for n in range(100)])
    _write(tmp_path / "XA", frames, NumberOfFrames=100, Modality="XA")
    (series,) = scan_folder(tmp_path).series
    pictures = load_radiographs(series)
    assert len(pictures) == MOST_RADIOGRAPHS
    assert [picture.pixels[0, 0] for picture in pictures[:3]] == [0.0, 3.0, 6.0]
    assert f"{MOST_RADIOGRAPHS} of 100 images are shown" in series.warnings[-1].text


def test_radiographs_make_no_volume_and_slices_no_radiograph(write, tmp_path: Path) -> None:
    write()
    _write(tmp_path / "DX", _stored(bone=3000, air=200))
    by_kind = {series.kind: series for series in scan_folder(tmp_path).series}
    with pytest.raises(DicomProblem):
        load_volume(by_kind[SeriesKind.RADIOGRAPH])
    with pytest.raises(DicomProblem):
        load_radiographs(by_kind[SeriesKind.CT])


def test_a_picture_of_a_radiograph_keeps_its_proportions(tmp_path: Path) -> None:
    _write(tmp_path / "DX", _stored(bone=200, air=3000), PhotometricInterpretation="MONOCHROME1")
    (series,) = scan_folder(tmp_path).series
    picture = thumbnail_of(series, 30)
    assert picture.shape == (20, 30)
    assert picture[7, 17] > picture[0, 0]


def test_a_chest_film_of_inverted_numbers_reads_as_with_pydicom(shared_data: Path) -> None:
    path = shared_data / "awkward-dicom" / "misc" / "RG1_J2KR.dcm"
    (series,) = scan_folder(path).series
    (radiograph,) = load_radiographs(series)
    stored = pydicom.dcmread(path).pixel_array.astype(np.int64)
    assert np.array_equal(radiograph.pixels, stored.max() + stored.min() - stored)


@pytest.mark.parametrize(
    ("orientation", "sides"),
    [
        (["L", "F"], ("R", "L", "S", "I")),
        (["R", "F"], ("L", "R", "S", "I")),
        (["P", "F"], ("A", "P", "S", "I")),
        (["A", "H"], ("P", "A", "I", "S")),
        (["AL", "FP"], ("PR", "AL", "SA", "IP")),
    ],
    ids=["as if facing the patient", "as seen from behind", "lateral", "upside down", "oblique"],
)
def test_each_edge_shows_the_side_of_the_patient_that_the_file_names(
    tmp_path: Path, orientation: list[str], sides: tuple[str, str, str, str]
) -> None:
    _write(tmp_path / "one.dcm", _stored(bone=3000, air=200), PatientOrientation=orientation)
    assert _loaded(tmp_path).sides == SideLetters(*sides)


@pytest.mark.parametrize(
    "orientation", [None, "", ["L"], ["L", "R"], ["LR", "F"], ["X", "F"], ["L", "F", "H"]]
)
def test_where_a_file_names_no_sides_or_impossible_ones_there_are_none(
    tmp_path: Path, orientation: object
) -> None:
    elements = {} if orientation is None else {"PatientOrientation": orientation}
    _write(tmp_path / "one.dcm", _stored(bone=3000, air=200), **elements)
    assert _loaded(tmp_path).sides is None


def test_a_radiograph_says_which_image_it_is(tmp_path: Path) -> None:
    _write(tmp_path / "one.dcm", _stored(bone=3000, air=200), SeriesDescription="Spine LL")
    origin = _loaded(tmp_path).origin
    assert (origin.study_uid, origin.sop_instance_uid) == ("1.2", "1.2.3")
    assert origin.sop_class_uid == DigitalXRayImageStorageForPresentation
    assert (origin.frame, origin.description) == (None, "Spine LL")
