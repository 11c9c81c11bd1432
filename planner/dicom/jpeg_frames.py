"""JPEG images, 8 to 16 bits, lossless ones too, for pydicom's decoders.

SimpleITK reads them, and gives an error where one is damaged; the bindings of GDCM that pydicom
would use end the whole program there. It reads files only, so each image is written to one in the
program's cache for as long as that takes.
"""

import tempfile
from pathlib import Path

import pydicom
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import DecodeRunner, get_decoder
from pydicom.uid import (
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    SecondaryCaptureImageStorage,
)

from planner.foundation.app_paths import cache_folder

JPEG_SYNTAXES = (JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1)
DECODER_DEPENDENCIES = dict.fromkeys(JPEG_SYNTAXES, ("SimpleITK>=2.5",))
_PLUGIN = "planner-jpeg"


def is_available(uid: str) -> bool:
    """Return whether images of a transfer syntax can be decoded here."""
    return uid in DECODER_DEPENDENCIES


def decode_frame(source: bytes, runner: DecodeRunner) -> bytes:
    """Return the pixels of one JPEG stream.

    Parameters
    ----------
    source
        The stream, without the frame that DICOM puts around it.
    runner
        What the header says of the image; pydicom's plugins are handed it.

    Raises
    ------
    ValueError
        If the stream is damaged or of another size than the header says.
    """
    from planner.imaging.compressed_slices import (  # noqa: PLC0415
        UndecodedSlices,
        read_stored_picture,
    )

    with tempfile.TemporaryDirectory(prefix="jpeg-", dir=cache_folder()) as folder:
        path = Path(folder, "image.dcm")
        _write(path, source, runner)
        try:
            stored = read_stored_picture(path)
        except UndecodedSlices as problem:
            raise ValueError("The JPEG image is damaged.") from problem
    shape: tuple[int, ...] = (runner.rows, runner.columns)
    if runner.samples_per_pixel > 1:
        shape = (*shape, runner.samples_per_pixel)
        # SimpleITK has turned them into red, green and blue, side by side.
        runner.set_option("photometric_interpretation", "RGB")
        runner.set_option("planar_configuration", 0)
    if stored.shape != shape:
        raise ValueError("The JPEG image has another size than its header says.")
    sign = "i" if runner.pixel_representation else "u"
    return stored.astype(f"<{sign}{runner.bits_allocated // 8}").tobytes()


def _write(path: Path, source: bytes, runner: DecodeRunner) -> None:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = runner.transfer_syntax
    meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = pydicom.uid.UID("1.2.3")
    image = FileDataset(str(path), {}, file_meta=meta, preamble=bytes(128))
    image.SOPClassUID, image.SOPInstanceUID = SecondaryCaptureImageStorage, "1.2.3"
    image.Rows, image.Columns = runner.rows, runner.columns
    image.SamplesPerPixel = runner.samples_per_pixel
    image.PhotometricInterpretation = str(runner.photometric_interpretation)
    if runner.samples_per_pixel > 1:
        image.PlanarConfiguration = runner.planar_configuration
    image.BitsAllocated, image.BitsStored = runner.bits_allocated, runner.bits_stored
    image.HighBit, image.PixelRepresentation = runner.bits_stored - 1, runner.pixel_representation
    image.PixelData = encapsulate([source])
    image["PixelData"].VR = "OB"
    image.save_as(path, enforce_file_format=True)


def register() -> None:
    """Let pydicom decode JPEG images this way, and this way only, once."""
    for uid in JPEG_SYNTAXES:
        decoder = get_decoder(uid)
        if _PLUGIN not in decoder.available_plugins:
            for name in decoder.available_plugins:
                decoder.remove_plugin(name)
            decoder.add_plugin(_PLUGIN, (__name__, "decode_frame"))
