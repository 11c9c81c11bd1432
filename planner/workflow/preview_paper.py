"""Pages of a document before it is written anywhere."""

import tempfile
from pathlib import Path

import attrs

from planner.export.run_export import run_export
from planner.export.snapshot import PlanSnapshot
from planner.export.writer import PlanWriter
from planner.foundation.errors import WriterProblem
from planner.foundation.progress import Progress, no_progress, part_of

PAPER_SUFFIX = ".pdf"
_SCALE = 1.5
"""Pixels a point: 108 to an inch, enough to read the smallest print."""
_SHARE_OF_WRITING = 0.7


@attrs.frozen(eq=False)
class PaperPage:
    """A page as pixels."""

    width_px: int
    height_px: int
    bgr: bytes = attrs.field(repr=False)
    """Three bytes a pixel, rows from above without padding."""


def preview_paper(
    snapshot: PlanSnapshot, writer: PlanWriter, progress: Progress = no_progress
) -> tuple[PaperPage, ...]:
    """Return the pages that a writer would write, from the very file, which is then deleted.

    Raises
    ------
    WriterProblem
        If it writes nothing, in its own words.
    """
    with tempfile.TemporaryDirectory(prefix="vertebroplan-preview-") as folder:
        receipt = run_export(
            snapshot, writer, Path(folder), part_of(progress, 0.0, _SHARE_OF_WRITING)
        )
        if receipt.problems:
            raise WriterProblem(" ".join(problem.message for problem in receipt.problems))
        drawing = part_of(progress, _SHARE_OF_WRITING, 1.0)
        papers = [file.path for file in receipt.files if file.path.suffix == PAPER_SUFFIX]
        return tuple(page for path in papers for page in _pages(path, drawing))


def _pages(path: Path, progress: Progress) -> list[PaperPage]:
    import pypdfium2  # noqa: PLC0415  a second library of this size, only for a preview

    pages = []
    with pypdfium2.PdfDocument(path) as document:
        for number in range(len(document)):
            progress(number / len(document), f"Page {number + 1}")
            drawn = document[number].render(scale=_SCALE, rev_byteorder=False)
            pages.append(PaperPage(drawn.width, drawn.height, _packed(drawn)))
    return pages


def _packed(drawn: object) -> bytes:
    pixels = drawn.to_numpy()  # type: ignore[attr-defined]  # pypdfium2 has no types
    return bytes(pixels[..., :3].tobytes())
