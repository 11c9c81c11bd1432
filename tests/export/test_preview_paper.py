"""A preview shows the very pages, and leaves nothing behind."""

import tempfile
from pathlib import Path

import attrs
import numpy as np
import pytest
from phantom_snapshot import (
    left_sided_snapshot,
    right_sided_snapshot,
    snapshot_of,
    three_level_plan,
)

from planner.export.registry import discover
from planner.export.snapshot import PlanSnapshot
from planner.foundation.errors import WriterProblem
from planner.workflow.preview_paper import PaperPage, preview_paper

CARD = discover().named("card-pdf")


def pixels(page: PaperPage) -> np.ndarray:
    return np.frombuffer(page.bgr, np.uint8).reshape(page.height_px, page.width_px, 3)


def test_each_page_is_drawn_upright_on_white_a4() -> None:
    pages = preview_paper(snapshot_of(three_level_plan()), CARD)
    assert len(pages) == 3
    for page in pages:
        assert page.height_px / page.width_px == pytest.approx(297 / 210, abs=0.01)
        drawn = pixels(page)
        assert (drawn[:20] == 255).all()
        assert 0.02 < (drawn.min(axis=2) < 200).mean() < 0.6


def test_the_left_needles_colour_is_on_the_left_half_and_the_rights_on_the_right() -> None:
    """Blue is more than red in the left needle's colour, red more than blue in the right one's."""
    for snapshot, is_left in ((left_sided_snapshot(), True), (right_sided_snapshot(), False)):
        (page,) = preview_paper(attrs.evolve(snapshot, pictures=()), CARD)
        blue, _green, red = np.moveaxis(pixels(page).astype(int), 2, 0)
        coloured = (blue - red > 60) if is_left else (red - blue > 60)
        upper = coloured[: page.height_px // 2]
        half = page.width_px // 2
        left, right = upper[:, :half].sum(), upper[:, half:].sum()
        assert left > right if is_left else right > left


def test_nothing_is_left_behind(
    a_snapshot: PlanSnapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert preview_paper(a_snapshot, CARD)
    assert list(tmp_path.iterdir()) == []


def test_a_plan_that_gives_no_paper_says_why(an_empty_snapshot: PlanSnapshot) -> None:
    with pytest.raises(WriterProblem, match="no needle"):
        preview_paper(an_empty_snapshot, CARD)
