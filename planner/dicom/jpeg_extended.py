"""JPEG with 12 bits a sample, which pydicom's own way through GDCM leaves out."""

from typing import cast

import gdcm
from pydicom.pixels.decoders.base import DecodeRunner, get_decoder
from pydicom.uid import JPEGExtended12Bit

DECODER_DEPENDENCIES = {JPEGExtended12Bit: ("gdcm>=3.0.10",)}


def is_available(uid: str) -> bool:
    """Return whether images of a transfer syntax can be decoded here."""
    return uid in DECODER_DEPENDENCIES


def decode_frame(source: bytes, runner: DecodeRunner) -> bytes:
    """Return the pixels of one JPEG stream of 9 to 12 bits.

    Parameters
    ----------
    source
        The stream, without the frame that DICOM puts around it.
    runner
        What the header says of the image; pydicom's plugins are handed it.

    Raises
    ------
    ValueError
        If GDCM cannot read the stream.
    """
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(source)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((runner.columns, runner.rows, 1))
    image.SetDataElement(element)
    photometric = gdcm.PhotometricInterpretation.GetPIType(str(runner.photometric_interpretation))
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(photometric))
    syntax = gdcm.TransferSyntax.GetTSType(str.__str__(runner.transfer_syntax))
    image.SetTransferSyntax(gdcm.TransferSyntax(syntax))
    bits = runner.bits_stored
    image.SetPixelFormat(
        gdcm.PixelFormat(
            runner.samples_per_pixel,
            runner.bits_allocated,
            bits,
            bits - 1,
            runner.pixel_representation,
        )
    )
    # The bindings hand the buffer out as text with a lone surrogate for each foreign byte.
    pixels = cast("str", image.GetBuffer()).encode("utf-8", "surrogateescape")
    if len(pixels) != runner.frame_length(unit="bytes"):
        raise ValueError("GDCM has read fewer pixels than the header says.")
    return pixels


def register() -> None:
    """Let pydicom decode such images, once."""
    decoder = get_decoder(JPEGExtended12Bit)
    if "gdcm-12-bit" not in decoder.available_plugins:
        decoder.add_plugin("gdcm-12-bit", (__name__, "decode_frame"))
