"""Small sources of images of every kind, as they come from a hospital before they are damaged."""

import warnings
import zipfile
from pathlib import Path

import numpy as np
import pydicom
import SimpleITK
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    DigitalXRayImageStorageForPresentation,
    EnhancedCTImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

ROWS, COLUMNS, SLICES = 32, 40, 10
Files = dict[str, bytes]
"""The bytes of a folder's files by their names."""


def _voxels() -> np.ndarray:
    rng = np.random.default_rng(3)
    return rng.integers(-1000, 1500, (SLICES, ROWS, COLUMNS)).astype(np.int16)


def _head(sop_class: str, modality: str, number: int) -> Dataset:
    image = Dataset()
    image.file_meta = FileMetaDataset()
    image.file_meta.MediaStorageSOPClassUID = sop_class
    image.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.4.{number}"
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.SOPClassUID, image.SOPInstanceUID = sop_class, f"1.2.3.4.{number}"
    image.StudyInstanceUID, image.SeriesInstanceUID = "1.2.3", f"1.2.3.{modality.encode()[0]}"
    image.FrameOfReferenceUID = "1.2.9"
    image.Modality, image.PatientName, image.PatientID = modality, "FUZZ^CASE", "F-1"
    image.StudyDate, image.SeriesDescription = "20260101", "made"
    image.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    image.InstanceNumber = number
    image.Rows, image.Columns, image.SamplesPerPixel = ROWS, COLUMNS, 1
    image.PhotometricInterpretation = "MONOCHROME2"
    image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 16, 16, 15, 1
    image.RescaleSlope, image.RescaleIntercept = 1, 0
    return image


def _slice(k: int, voxels: np.ndarray) -> Dataset:
    image = _head(CTImageStorage, "CT", k + 1)
    image.ImagePositionPatient = [-60.0, -50.0, 5.0 * k]
    image.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    image.PixelSpacing, image.SliceThickness = [3.0, 3.0], 5.0
    image.PixelData = voxels[k].tobytes()
    image["PixelData"].VR = "OW"
    return image


def _enhanced(voxels: np.ndarray) -> Dataset:
    image = _head(EnhancedCTImageStorage, "CT", 1)
    image.NumberOfFrames = SLICES
    measures, orientation, shared = Dataset(), Dataset(), Dataset()
    measures.PixelSpacing = [3.0, 3.0]
    orientation.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    shared.PixelMeasuresSequence = [measures]
    shared.PlaneOrientationSequence = [orientation]
    image.SharedFunctionalGroupsSequence = [shared]
    image.PerFrameFunctionalGroupsSequence = [_frame_group(k) for k in range(SLICES)]
    image.PixelData = voxels.tobytes()
    image["PixelData"].VR = "OW"
    return image


def _frame_group(k: int) -> Dataset:
    place, content, rescale, group = Dataset(), Dataset(), Dataset(), Dataset()
    place.ImagePositionPatient = [-60.0, -50.0, 5.0 * k]
    content.StackID, content.InStackPositionNumber = "1", k + 1
    rescale.RescaleSlope, rescale.RescaleIntercept, rescale.RescaleType = 1, 0, "HU"
    group.PlanePositionSequence = [place]
    group.FrameContentSequence = [content]
    group.PixelValueTransformationSequence = [rescale]
    return group


def _radiograph(voxels: np.ndarray) -> Dataset:
    image = _head(DigitalXRayImageStorageForPresentation, "DX", 1)
    image.PhotometricInterpretation = "MONOCHROME1"
    image.ImagerPixelSpacing, image.EstimatedRadiographicMagnificationFactor = [0.2, 0.2], 1.2
    image.WindowCenter, image.WindowWidth = 100, 2000
    image.PixelData = voxels[0].tobytes()
    image["PixelData"].VR = "OW"
    return image


def _bytes_of(image: Dataset, folder: Path, syntax: str) -> bytes:
    uid = pydicom.uid.UID(syntax)
    is_plain = uid in {ImplicitVRLittleEndian, ExplicitVRLittleEndian}
    if uid == JPEGLosslessSV1:
        as_jpeg_lossless(image, folder)
    elif uid == ExplicitVRBigEndian:
        image.PixelData = np.frombuffer(image.PixelData, "<i2").astype(">i2").tobytes()
    elif not is_plain and uid != DeflatedExplicitVRLittleEndian:
        image.compress(uid, generate_instance_uid=False)
    image.file_meta.TransferSyntaxUID = uid
    path = folder / "image.dcm"
    image.save_as(path, enforce_file_format=True)
    return path.read_bytes()


def as_jpeg_lossless(image: Dataset, folder: Path) -> None:
    """Compress an image as JPEG lossless, which SimpleITK writes and pydicom does not."""
    path = folder / "coded.dcm"
    values = np.frombuffer(image.PixelData, np.int16 if image.PixelRepresentation else np.uint16)
    writer = SimpleITK.ImageFileWriter()
    writer.SetImageIO("GDCMImageIO")
    writer.SetUseCompression(True)
    writer.SetCompressor("JPEG")
    writer.SetFileName(str(path))
    writer.Execute(SimpleITK.GetImageFromArray(values.reshape(image.Rows, image.Columns)))
    coded = pydicom.dcmread(path)
    assert coded.file_meta.TransferSyntaxUID == JPEGLosslessSV1
    image.file_meta.TransferSyntaxUID = JPEGLosslessSV1
    image.PixelData = coded.PixelData
    image["PixelData"].VR = "OB"
    image["PixelData"].is_undefined_length = True


def _series(folder: Path, syntax: str) -> Files:
    voxels = _voxels()
    return {f"IM{k}": _bytes_of(_slice(k, voxels), folder, syntax) for k in range(SLICES)}


def _volume_file(folder: Path, name: str) -> Files:
    image = SimpleITK.GetImageFromArray(_voxels())
    image.SetSpacing([3.0, 3.0, 5.0])
    path = folder / name
    SimpleITK.WriteImage(image, str(path), useCompression=name.endswith(".gz"))
    return {name: path.read_bytes()}


def zipped(files: Files, folder: Path) -> bytes:
    """Return an archive of files."""
    path = folder / "files.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"study/{name}", content)
    return path.read_bytes()


_SYNTAXES = {
    "implicit": ImplicitVRLittleEndian,
    "explicit": ExplicitVRLittleEndian,
    "big-endian": ExplicitVRBigEndian,
    "deflated": DeflatedExplicitVRLittleEndian,
    "run-length": RLELossless,
    "jpeg-lossless": JPEGLosslessSV1,
    "jpeg-ls": JPEGLSLossless,
    "jpeg-2000": JPEG2000Lossless,
}


def make_sources(folder: Path) -> dict[str, Files]:
    """Return the files of every kind of source.

    Parameters
    ----------
    folder
        An empty folder to work in.
    """
    makers = {
        name: lambda syntax=syntax: _series(folder, syntax) for name, syntax in _SYNTAXES.items()
    }
    makers["enhanced"] = lambda: {
        "MF": _bytes_of(_enhanced(_voxels()), folder, ExplicitVRLittleEndian)
    }
    makers["enhanced-jpeg-ls"] = lambda: {
        "MF": _bytes_of(_enhanced(_voxels()), folder, JPEGLSLossless)
    }
    makers["radiograph"] = lambda: {
        "DX": _bytes_of(_radiograph(_voxels()), folder, ExplicitVRLittleEndian)
    }
    makers["nifti"] = lambda: _volume_file(folder, "volume.nii")
    makers["nifti-gz"] = lambda: _volume_file(folder, "volume.nii.gz")
    makers["nrrd"] = lambda: _volume_file(folder, "volume.nrrd")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {name: make() for name, make in makers.items()}
