"""From a PDF to a PDF/A-2b: for an archive that must show the same page in thirty years.

What reportlab leaves out: the metadata as XMP, what the colours mean, and a base font that it
names on every page without embedding it. It cannot write a structure tree, so that the file is
not tagged; its language is named and its text can be selected.
"""

import datetime as dt
import io
import re

import pikepdf
from PIL import ImageCms

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
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        for page in pdf.pages:
            _drop_unused_font(page)
        _name_colours(pdf)
        pdf.Root.Lang = pikepdf.String("en")
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        _describe(pdf, made_at)
        pdf.save(
            out,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            recompress_flate=False,
        )
    return out.getvalue()


def _drop_unused_font(page: pikepdf.Page) -> None:
    content = _UNUSED_FONT.sub(b"ET", page.Contents.read_bytes())
    page.Contents.write(content)
    fonts = page.Resources.get("/Font", pikepdf.Dictionary())
    if "/F1" in fonts and b"/F1 " not in content:
        del fonts["/F1"]
    if "/Trans" in page:
        del page["/Trans"]


def _name_colours(pdf: pikepdf.Pdf) -> None:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_PROFILE_DATE] = _YEAR_2000
    pdf.Root.OutputIntents = pikepdf.Array(
        [
            pikepdf.Dictionary(
                Type=pikepdf.Name.OutputIntent,
                S=pikepdf.Name.GTS_PDFA1,
                OutputConditionIdentifier=pikepdf.String("sRGB"),
                Info=pikepdf.String("sRGB"),
                DestOutputProfile=pdf.make_stream(bytes(profile), N=3),
            )
        ]
    )


def _describe(pdf: pikepdf.Pdf, made_at: dt.datetime) -> None:
    moment = made_at.astimezone(dt.UTC)
    for key in ("/Keywords", "/Trapped"):
        if key in pdf.docinfo:
            del pdf.docinfo[key]
    for key in ("/CreationDate", "/ModDate"):
        pdf.docinfo[key] = pikepdf.String(f"D:{moment:%Y%m%d%H%M%S}Z")
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as described:
        described.load_from_docinfo(pdf.docinfo)
        described["pdfaid:part"] = "2"
        described["pdfaid:conformance"] = "B"
