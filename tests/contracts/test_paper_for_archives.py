"""Paper that an archive can keep: PDF/A-2b as far as a reader other than reportlab can tell."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from planner.export.registry import discover
from planner.export.run_export import run_export
from planner.export.snapshot import PlanSnapshot


@pytest.fixture(params=["report-pdf", "card-pdf"])
def a_path(request: pytest.FixtureRequest, a_snapshot: PlanSnapshot, tmp_path: Path) -> Path:
    (file,) = run_export(a_snapshot, discover().named(request.param), tmp_path).files
    return file.path


@pytest.fixture
def a_pdf(a_path: Path) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(a_path) as pdf:
        yield pdf


def test_it_says_in_its_metadata_that_it_is_pdf_a_2b_and_agrees_with_its_own_info(
    a_pdf: pikepdf.Pdf,
) -> None:
    described = a_pdf.open_metadata()
    assert (described["pdfaid:part"], described["pdfaid:conformance"]) == ("2", "B")
    assert described["dc:title"] == str(a_pdf.docinfo["/Title"])
    assert described["dc:creator"] == [str(a_pdf.docinfo["/Author"])]
    assert described["dc:description"] == str(a_pdf.docinfo["/Subject"])
    assert described["pdf:Producer"] == str(a_pdf.docinfo["/Producer"])
    assert described["xmp:CreateDate"].startswith("2026-01-06T14:30:00")
    assert str(a_pdf.docinfo["/CreationDate"]) == "D:20260106143000Z"
    assert set(a_pdf.docinfo) <= {
        "/Title", "/Author", "/Subject", "/Producer", "/Creator", "/CreationDate", "/ModDate",
    }  # fmt: skip


def test_every_font_is_embedded_and_can_be_read_as_text(a_pdf: pikepdf.Pdf) -> None:
    fonts = [
        found for found in a_pdf.objects
        if isinstance(found, pikepdf.Dictionary) and found.get("/Type") == "/Font"
    ]  # fmt: skip
    assert len(fonts) >= 2
    for font in fonts:
        assert "/FontFile2" in font.FontDescriptor
        assert "/ToUnicode" in font
        # A symbolic TrueType font may not name an encoding: 6.2.11.6.
        assert bool(font.FontDescriptor.Flags & 4) != ("/Encoding" in font)


def test_no_page_uses_a_font_that_it_does_not_have(a_pdf: pikepdf.Pdf) -> None:
    for page in a_pdf.pages:
        known = set(page.Resources.Font.keys())
        for operands, operator in pikepdf.parse_content_stream(page, "Tf"):
            assert str(operator) == "Tf"
            assert str(operands[0]) in known


def test_what_the_colours_mean_is_in_the_file(a_pdf: pikepdf.Pdf) -> None:
    (intent,) = a_pdf.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    profile = intent.DestOutputProfile
    assert profile.N == 3
    data = profile.read_bytes()
    assert data[36:40] == b"acsp"
    assert data[16:20] == b"RGB "
    assert data[8] <= 4
    for found in a_pdf.objects:
        if isinstance(found, pikepdf.Stream) and found.get("/Subtype") == "/Image":
            assert found.ColorSpace in ("/DeviceRGB", "/DeviceGray")
            assert not found.get("/Interpolate", False)


def test_nothing_in_it_runs_links_out_or_is_locked(a_pdf: pikepdf.Pdf) -> None:
    assert not a_pdf.is_encrypted
    assert not {"/OpenAction", "/AA", "/Names", "/AcroForm"} & set(a_pdf.Root.keys())
    for page in a_pdf.pages:
        assert not {"/AA", "/PresSteps", "/Annots", "/Trans"} & set(page.obj.keys())
    assert a_pdf.Root.Lang == "en"
    assert "/ID" in a_pdf.trailer


def test_streams_and_tables_are_whole(a_path: Path) -> None:
    with pikepdf.open(a_path) as pdf:
        assert pdf.check_pdf_syntax() == []
    data = a_path.read_bytes()
    assert data.startswith(b"%PDF-1.")
    # A line of four bytes above 127 says that the file is binary: 6.1.2.
    assert all(byte > 127 for byte in data.split(b"\n")[1][1:5])
    assert data.count(b"\nendstream") == data.count(b"endstream")


@pytest.mark.peer
@pytest.mark.skipif(shutil.which("pdffonts") is None, reason="poppler is not installed")
def test_poppler_finds_every_font_embedded_with_its_letters(a_path: Path) -> None:
    said = subprocess.run(
        ["pdffonts", str(a_path)], capture_output=True, text=True, check=True
    ).stdout
    rows = said.splitlines()[2:]
    assert rows
    for row in rows:
        embedded, _subset, letters = row.split()[-5:-2]
        assert (embedded, letters) == ("yes", "yes")
