"""Which forms of storage are read, and what to say of the others."""

import functools

from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from planner.dicom.codestream import CODESTREAM_SYNTAXES

_PLAIN = frozenset(
    str(uid)
    for uid in (
        ImplicitVRLittleEndian,
        ExplicitVRLittleEndian,
        ExplicitVRBigEndian,
        DeflatedExplicitVRLittleEndian,
    )
)
_RETIRED = frozenset(f"1.2.840.10008.1.2.4.{n}" for n in (52, 53, 54, 55, 56, *range(58, 67)))


def is_compressed(uid: str) -> bool:
    """Return whether images are stored in this form as a stream of their own."""
    return uid not in _PLAIN


def is_big_endian(uid: str) -> bool:
    """Return whether numbers are written with their largest byte first."""
    return uid == ExplicitVRBigEndian


@functools.cache
def syntax_name(uid: str) -> str:
    """Return what a form of storage is called."""
    return UID(uid).name or "an unnamed transfer syntax"


@functools.cache
def why_unreadable(uid: str) -> str:
    """Return the sentence for a form of storage that is not read; empty where it is."""
    if not is_compressed(uid) or uid in CODESTREAM_SYNTAXES:
        return ""
    if uid in _RETIRED:
        return (
            f"The image is compressed as {syntax_name(uid)}, which DICOM has retired; it is not "
            "read. Ask for an export in another form."
        )
    try:
        if get_decoder(UID(uid)).is_available:
            return ""
    except (NotImplementedError, ValueError):
        pass
    return (
        f"The image is compressed as {syntax_name(uid)}, which is not read. "
        "Ask for an export in another form."
    )
