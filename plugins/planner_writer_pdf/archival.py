"""From a PDF to a PDF/A-2b: for an archive that must show the same page in thirty years.

What reportlab leaves out: the metadata as XMP, what the colours mean, and a base font that it
names on every page without embedding it. It cannot write a structure tree, so that the file is
not tagged; its language is named and its text can be selected.
"""

import datetime as dt
import io
import re
from typing import cast

from PIL import ImageCms
from pypdf import PageObject, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from planner_writer_pdf.described import as_xmp

_UNUSED_FONT = re.compile(rb"/F1 [\d.]+ Tf [\d.]+ TL ET")
"""The base font chosen at the end of a text object: nothing is set in it."""
_PROFILE_DATE = slice(24, 36)
"""Where an ICC profile says when it was made: the same colours shall be the same bytes."""
_YEAR_2000 = b"\x07\xd0\x00\x01\x00\x01" + b"\x00" * 6


def archival(paper: bytes, made_at: dt.datetime) -> bytes:
    """Return a PDF as PDF/A-2b; the same content and time give the same bytes.

    Parameters
    ----------
    paper
        A PDF as reportlab writes it, its fonts embedded.
    made_at
        The only time in the file, in UTC.
    """
    writer = PdfWriter(clone_from=io.BytesIO(paper))
    for page in writer.pages:
        _drop_unused_font(page)
    root = writer.root_object
    root[NameObject("/OutputIntents")] = ArrayObject([_what_colours_mean(writer)])
    root[NameObject("/Lang")] = TextStringObject("en")
    root[NameObject("/ViewerPreferences")] = _dictionary(DisplayDocTitle=BooleanObject(value=True))
    root[NameObject("/Metadata")] = _described(writer, made_at)
    # The base font, and what stood on the pages before.
    writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
    writer.generate_file_identifiers()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _dictionary(**entries: object) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in entries.items()})


def _added(writer: PdfWriter, data: bytes, **entries: object) -> IndirectObject:
    """Add a stream to a file; pypdf has no public way to."""
    stream = StreamObject()
    stream.update(_dictionary(**entries))
    stream.set_data(data)
    return writer._add_object(stream)  # noqa: SLF001


def _drop_unused_font(page: PageObject) -> None:
    content = page.get_contents()
    if content is not None:
        content.set_data(_UNUSED_FONT.sub(b"ET", content.get_data()))
        page.replace_contents(content)
        page.compress_content_streams()
    resources = cast("DictionaryObject", page["/Resources"])
    if "/Font" in resources:
        # All pages share one list of fonts; on the first it is gone already.
        cast("DictionaryObject", resources["/Font"]).pop("/F1", None)
    page.pop("/Trans", None)


def _what_colours_mean(writer: PdfWriter) -> DictionaryObject:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_PROFILE_DATE] = _YEAR_2000
    return _dictionary(
        Type=NameObject("/OutputIntent"),
        S=NameObject("/GTS_PDFA1"),
        OutputConditionIdentifier=TextStringObject("sRGB"),
        Info=TextStringObject("sRGB"),
        DestOutputProfile=_added(writer, bytes(profile), N=NumberObject(3)),
    )


def _described(writer: PdfWriter, made_at: dt.datetime) -> IndirectObject:
    """Give the same description twice: as the file's own entries and as XMP."""
    moment = made_at.astimezone(dt.UTC)
    entries = dict(writer.metadata or {})
    kept = {key: str(entries[key]) for key in ("/Title", "/Author", "/Subject") if key in entries}
    maker = {"/Creator": "Vertebroplan", "/Producer": "reportlab, pypdf"}
    when = dict.fromkeys(("/CreationDate", "/ModDate"), f"D:{moment:%Y%m%d%H%M%S}Z")
    writer.metadata = kept | maker | when
    data = as_xmp(
        title=kept.get("/Title", ""),
        author=kept.get("/Author", ""),
        subject=kept.get("/Subject", ""),
        creator=maker["/Creator"],
        producer=maker["/Producer"],
        moment=moment,
    )
    return _added(writer, data, Type=NameObject("/Metadata"), Subtype=NameObject("/XML"))
