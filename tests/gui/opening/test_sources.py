"""Every kind of place that images come in opens in the window, and its case opens again."""

import gc
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
import SimpleITK
from pydicom.fileset import FileSet
from pytestqt.qtbot import QtBot

from planner.gui import application
from planner.gui.browser.browser_page import BrowserPage
from planner.gui.session import Session
from planner.imaging.volume import Volume

_LONG_MS = 30_000
pytestmark = pytest.mark.slow


def _zipped(folder: Path, target: Path) -> Path:
    return Path(shutil.make_archive(str(target / "study"), "zip", folder))


def _disc(folder: Path, target: Path) -> Path:
    with warnings.catch_warnings():
        # The file set leaves its temporary folders to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        disc = FileSet()
        for file in sorted(folder.rglob("*.dcm")):
            disc.add(file)
        disc.write(target / "disc")
        del disc
        gc.collect()
    return target / "disc" / "DICOMDIR"


def _volume_file(suffix: str, volume: Volume, target: Path) -> Path:
    image = SimpleITK.GetImageFromArray(volume.voxels)
    image.SetSpacing(volume.geometry.spacing_ijk_mm)
    image.SetOrigin(volume.geometry.lps_of((0, 0, 0)).tolist())
    path = target / f"body{suffix}"
    SimpleITK.WriteImage(image, str(path))
    return path


@pytest.fixture(params=["folder", "zip", "DICOMDIR", ".nii.gz", ".nii", ".nrrd"])
def a_source(
    request: pytest.FixtureRequest, a_single_series: Path, a_body: Volume, tmp_path: Path
) -> Path:
    target = tmp_path / "source"
    target.mkdir()
    if request.param == "folder":
        return a_single_series
    if request.param == "zip":
        return _zipped(a_single_series, target)
    if request.param == "DICOMDIR":
        return _disc(a_single_series, target)
    return _volume_file(request.param, a_body, target)


def test_a_source_opens_and_its_case_opens_again_on_the_same_images(
    qtbot: QtBot, opened: Callable[[Path], Session], a_source: Path
) -> None:
    session = opened(a_source)
    case = session.state.case
    assert case is not None
    assert case.study.shape_kji == (24, 60, 60)
    assert session.desk is not None
    case_file = session.desk.planning.case_file
    assert case_file is not None
    path = case_file.path
    session.close_case()
    with qtbot.waitSignal(session.opened, timeout=_LONG_MS):
        session.open_path(path)
    again = session.state.case
    assert again is not None
    assert again.study.voxel_sha256 == case.study.voxel_sha256


def test_a_single_image_is_shown_with_what_is_wrong_with_it(
    qtbot: QtBot, a_session: Session, a_single_series: Path, tmp_path: Path
) -> None:
    file = next(a_single_series.rglob("*.dcm"))
    alone = tmp_path / "IM00001"
    shutil.copy(file, alone)
    a_session.open_path(alone)
    qtbot.waitUntil(
        lambda: isinstance(a_session.window.pages.currentWidget(), BrowserPage), timeout=_LONG_MS
    )
    browser = a_session.window.pages.currentWidget()
    assert isinstance(browser, BrowserPage)
    assert browser.panel.primary.isHidden()
    assert not browser.nothing.isHidden()


def test_a_file_that_is_no_image_is_refused_in_a_sentence(
    qtbot: QtBot, a_session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "letter.pdf"
    file.write_bytes(b"%PDF-1.7 no image")
    a_session.open_path(file)
    qtbot.waitUntil(lambda: bool(a_session.window.notice.text), timeout=_LONG_MS)
    assert "letter.pdf" in a_session.window.notice.text
    assert a_session.window.pages.currentWidget() is a_session.window.start_page


def test_other_series_are_found_again_for_a_case_that_was_opened_from_its_file(
    qtbot: QtBot, opened: Callable[[Path], Session], a_mixed_cd: Path
) -> None:
    session = opened(a_mixed_cd)
    assert session.desk is not None
    case_file = session.desk.planning.case_file
    assert case_file is not None
    path = case_file.path
    session.close_case()
    with qtbot.waitSignal(session.opened, timeout=_LONG_MS):
        session.open_path(path)
    assert session.front_desk.scan is None
    session.front_desk.browse()
    qtbot.waitUntil(
        lambda: isinstance(session.window.pages.currentWidget(), BrowserPage), timeout=_LONG_MS
    )
    browser = session.window.pages.currentWidget()
    assert isinstance(browser, BrowserPage)
    assert browser.chosen is not None
    assert browser.chosen.modality == "CT"
    assert browser.panel.primary.text() == "Back to the open case"


def test_the_command_line_opens_what_it_is_given(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, a_single_series: Path
) -> None:
    asked: list[Path] = []

    class Running:
        def exec(self) -> int:
            return 0

    def built(_application: object) -> Session:
        session = application_build(real_application)
        qtbot.addWidget(session.window)
        return session

    real_application = application.the_application()
    application_build = application.build_window
    monkeypatch.setattr(application, "the_application", Running)
    monkeypatch.setattr(application, "build_window", built)
    monkeypatch.setattr(Session, "open_path", lambda _self, path: asked.append(path))
    assert application.run_window(a_single_series) == 0
    assert asked == [a_single_series]
