"""The study browser: everything that was found, in plain words, by keyboard too."""

from collections.abc import Callable
from pathlib import Path

import attrs
import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.qtbot import QtBot

from planner.dicom.scan_result import ScanResult, SeriesKind, SeriesSummary
from planner.foundation.errors import DicomProblem
from planner.gui.browser import thumbnails
from planner.gui.browser.browser_page import BrowserPage
from planner.gui.browser.series_list import PatientRow, SeriesListModel, SeriesRow, StudyRow
from planner.gui.browser.series_words import counted, verdict_of
from planner.gui.browser.thumbnails import ThumbnailMaker, pixmap_of
from planner.gui.desk_state import DeskState
from planner.gui.jobs import JobRunner
from planner.gui.panels.wording import TIMES
from planner.gui.theme import DARK

_LONG_MS = 20_000


@pytest.fixture
def a_browser(
    qtbot: QtBot, a_job_runner: JobRunner, a_scan: ScanResult, the_theme: None
) -> BrowserPage:
    del the_theme
    page = BrowserPage(DARK, a_job_runner)
    qtbot.addWidget(page)
    page.resize(1280, 700)
    page.show_scan(a_scan, DeskState(), is_masked=False)
    page.show()
    return page


def _rows(page: BrowserPage) -> list[object]:
    model = page.model
    return [model.data(model.index(n), SeriesListModel.ROW) for n in range(model.rowCount())]


def _spoken(page: BrowserPage) -> list[str]:
    role = Qt.ItemDataRole.AccessibleTextRole
    model = page.model
    return [str(model.data(model.index(n), role)) for n in range(model.rowCount())]


def _of(scan: ScanResult, description: str) -> SeriesSummary:
    return next(series for series in scan.series if series.description == description)


def test_every_patient_study_and_series_has_its_row(
    a_browser: BrowserPage, a_scan: ScanResult
) -> None:
    kinds = [type(row) for row in _rows(a_browser)]
    assert kinds.count(PatientRow) == 2
    assert kinds.count(StudyRow) == 2
    assert [r.series for r in _rows(a_browser) if isinstance(r, SeriesRow)] == list(a_scan.series)
    assert a_browser.totals.whole == "2 patients · 2 studies · 4 series"


def test_a_row_says_name_kind_count_geometry_and_verdict(a_browser: BrowserPage) -> None:
    (words,) = [w for w in _spoken(a_browser) if "likely planning series" in w]
    for part in ("Spine 2.0", "CT", "24 images", "2.00 mm", TIMES.join(("60", "60", "24"))):
        assert part in words
    (row,) = [r for r in _rows(a_browser) if isinstance(r, SeriesRow) and r.is_likely]
    assert row.series.verdict.text in words


def test_arrow_keys_go_from_series_to_series_and_pass_over_headings(
    qtbot: QtBot, a_browser: BrowserPage, a_scan: ScanResult
) -> None:
    qtbot.keyClick(a_browser.list, Qt.Key.Key_Home)
    passed = []
    for _ in a_scan.series:
        passed.append(a_browser.chosen)
        qtbot.keyClick(a_browser.list, Qt.Key.Key_Down)
    assert passed == list(a_scan.series)


def test_a_double_click_opens_a_series(
    qtbot: QtBot, a_browser: BrowserPage, a_scan: ScanResult
) -> None:
    ct = _of(a_scan, "Abdomen")
    number = a_browser.model.row_of(ct.key)
    assert number is not None
    index = a_browser.model.index(number)
    a_browser.list.scrollTo(index)
    place = a_browser.list.visualRect(index).center()
    view = a_browser.list.viewport()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    with qtbot.waitSignal(a_browser.plan_chosen) as chosen:
        qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [ct]


def test_an_mr_is_not_planned_on_but_shown_alone(
    qtbot: QtBot, a_browser: BrowserPage, a_scan: ScanResult
) -> None:
    mr = _of(a_scan, "T2 sag")
    a_browser.choose(mr)
    assert a_browser.panel.primary.text() == "Show alone"
    assert not a_browser.panel.second.isEnabled()
    with qtbot.waitSignal(a_browser.show_alone_chosen) as chosen:
        qtbot.keyClick(a_browser.list, Qt.Key.Key_Return)
    assert chosen.args == [mr]


def test_an_mr_is_laid_over_the_open_ct_of_the_same_patient(
    qtbot: QtBot, a_browser: BrowserPage, a_scan: ScanResult, a_desk_state: DeskState
) -> None:
    assert a_desk_state.case is not None
    mr = _of(a_scan, "T2 sag")
    study = attrs.evolve(a_desk_state.case.study, patient=mr.patient)
    state = attrs.evolve(a_desk_state, case=attrs.evolve(a_desk_state.case, study=study))
    a_browser.show_scan(a_scan, state, is_masked=False)
    a_browser.choose(mr)
    assert a_browser.panel.primary.text() == "Lay over the CT"
    with qtbot.waitSignal(a_browser.lay_over_chosen) as chosen:
        a_browser.panel.primary.click()
    assert chosen.args == [mr]


def test_an_x_ray_is_shown_as_such(
    qtbot: QtBot, a_browser: BrowserPage, a_scan: ScanResult
) -> None:
    ct = _of(a_scan, "Abdomen")
    x_ray = attrs.evolve(ct, kind=SeriesKind.RADIOGRAPH, modality="DX", geometry=None)
    studies = tuple(
        attrs.evolve(s, series=tuple(x_ray if one is ct else one for one in s.series))
        for s in a_scan.studies
    )
    a_browser.show_scan(attrs.evolve(a_scan, studies=studies), DeskState(), is_masked=False)
    a_browser.choose(x_ray)
    assert a_browser.panel.primary.text() == "Show the X-ray"
    with qtbot.waitSignal(a_browser.radiograph_chosen) as chosen:
        a_browser.panel.primary.click()
    assert chosen.args == [x_ray]


def test_a_series_set_aside_has_no_button_and_says_what_to_do(
    a_browser: BrowserPage, a_scan: ScanResult
) -> None:
    aside = attrs.evolve(_of(a_scan, "Abdomen"), kind=SeriesKind.SET_ASIDE)
    scan = attrs.evolve(a_scan, studies=(attrs.evolve(a_scan.studies[0], series=(aside,)),))
    a_browser.show_scan(scan, DeskState(), is_masked=False)
    assert a_browser.chosen == aside
    assert a_browser.panel.primary.isHidden()
    assert a_browser.panel.second.isHidden()
    assert not a_browser.nothing.isHidden()
    assert verdict_of(aside).startswith("Set aside")


def test_files_left_out_are_counted_and_each_has_its_sentence(a_browser: BrowserPage) -> None:
    assert a_browser.skipped.head.text() == "1 file left out"
    assert a_browser.skipped.list.isHidden()
    a_browser.skipped.head.click()
    assert not a_browser.skipped.list.isHidden()
    (sentence,) = a_browser.skipped.sentences
    assert sentence.startswith("AUTORUN.INF")
    assert sentence.endswith(".")


def test_masked_names_are_nowhere_in_the_browser(
    a_browser: BrowserPage, a_scan: ScanResult
) -> None:
    assert any("DOE" in words for words in _spoken(a_browser))
    a_browser.show_scan(a_scan, DeskState(), is_masked=True)
    words = " ".join(_spoken(a_browser))
    assert "DOE" not in words
    assert "ROE" not in words
    assert "D-1" not in words
    assert "1950" not in words


def test_thumbnails_come_later_and_only_for_what_is_in_sight(
    qtbot: QtBot, a_browser: BrowserPage, a_scan: ScanResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.waitUntil(
        lambda: all(a_browser.model.thumbnail(s.key) is not None for s in a_scan.series),
        timeout=_LONG_MS,
    )
    made: list[object] = []

    def drawn(series: SeriesSummary, _edge_px: int) -> np.ndarray:
        made.append(series.part)
        return np.zeros((8, 8), np.uint8)

    monkeypatch.setattr(thumbnails, "thumbnail_of", drawn)
    ct = _of(a_scan, "Spine 2.0")
    many = tuple(attrs.evolve(ct, part=f"stack {n}") for n in range(60))
    scan = attrs.evolve(a_scan, studies=(attrs.evolve(a_scan.studies[0], series=many),))
    a_browser.show_scan(scan, DeskState(), is_masked=False)
    qtbot.waitUntil(lambda: len(made) >= 4, timeout=_LONG_MS)
    qtbot.waitUntil(lambda: a_browser.thumbnails.has_tried_all, timeout=_LONG_MS)
    assert len(made) < 20


def test_thumbnails_that_were_interrupted_go_on_when_the_browser_is_shown_again(
    qtbot: QtBot, a_browser: BrowserPage, a_job_runner: JobRunner, a_scan: ScanResult
) -> None:
    with qtbot.waitSignal(a_job_runner.changed):
        a_browser.show_scan(a_scan, DeskState(), is_masked=False)
    a_job_runner.cancel_all()
    a_browser.hide()
    qtbot.waitUntil(lambda: not a_job_runner.running, timeout=_LONG_MS)
    a_browser.show()
    qtbot.waitUntil(
        lambda: all(a_browser.model.thumbnail(s.key) is not None for s in a_scan.series),
        timeout=_LONG_MS,
    )


def test_a_series_whose_picture_cannot_be_made_is_still_listed(
    qtbot: QtBot, a_job_runner: JobRunner, a_scan: ScanResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_series: SeriesSummary, _edge_px: int) -> np.ndarray:
        raise DicomProblem("The image is damaged.")

    monkeypatch.setattr(thumbnails, "thumbnail_of", refuse)
    failed: list[object] = []
    a_job_runner.failed.connect(lambda *told: failed.append(told))
    page = BrowserPage(DARK, a_job_runner)
    qtbot.addWidget(page)
    page.show_scan(a_scan, DeskState(), is_masked=False)
    page.show()
    qtbot.waitUntil(lambda: page.thumbnails.has_tried_all, timeout=_LONG_MS)
    assert failed == []
    assert page.chosen is not None


@pytest.mark.usefixtures("qapp")
def test_a_thumbnail_keeps_its_grey_values_and_sides() -> None:
    grey = np.zeros((4, 6), np.uint8)
    grey[1, 5] = 200
    image = pixmap_of(grey).toImage()
    assert (image.width(), image.height()) == (6, 4)
    assert image.pixelColor(5, 1).red() == 200
    assert image.pixelColor(0, 1).red() == 0


def test_sixty_series_are_shown_at_once_and_scrolled_by_keys(
    qtbot: QtBot, a_browser: BrowserPage, a_scan: ScanResult
) -> None:
    ct = _of(a_scan, "Spine 2.0")
    many = tuple(attrs.evolve(ct, part=f"phase {n} %") for n in range(60))
    scan = attrs.evolve(a_scan, studies=(attrs.evolve(a_scan.studies[0], series=many),))
    a_browser.show_scan(scan, DeskState(), is_masked=False)
    qtbot.keyClick(a_browser.list, Qt.Key.Key_End)
    assert a_browser.chosen == many[-1]
    index: QModelIndex = a_browser.list.currentIndex()
    assert a_browser.list.viewport().rect().contains(a_browser.list.visualRect(index))


def test_counts_read_as_words() -> None:
    assert [counted(n, "file") for n in (0, 1, 2_500)] == ["0 files", "1 file", "2,500 files"]
    assert counted(2, "study", "studies") == "2 studies"


@pytest.mark.parametrize("name", ["series found", "files that were left out, each with the reason"])
def test_the_lists_have_names_for_screen_readers(
    a_browser: BrowserPage, name: str, write: Callable[..., Path]
) -> None:
    del write
    assert name in {a_browser.list.accessibleName(), a_browser.skipped.list.accessibleName()}


def test_thumbnails_are_made_by_one_job_at_a_time(
    qtbot: QtBot, a_job_runner: JobRunner, a_scan: ScanResult
) -> None:
    maker = ThumbnailMaker(a_job_runner, a_job_runner)
    made: list[object] = []
    maker.made.connect(lambda key, _pixmap: made.append(key))
    running: list[int] = []
    a_job_runner.changed.connect(lambda: running.append(len(a_job_runner.running)))
    for series in (*a_scan.series, *a_scan.series):
        maker.want(series)
    qtbot.waitUntil(lambda: len(made) == len(a_scan.series), timeout=_LONG_MS)
    assert len(set(made)) == len(a_scan.series)
    assert max(running) == 1
