"""A whole CT of 400 slices: the first slice at once, and out of it again at once."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from planner.dicom.scan_folder import scan_folder
from planner.dicom.study_reference import PatientIdentity
from planner.dicom.write_series import SeriesLabel, derived_uid, write_series
from planner.geometry.grids import GridGeometry
from planner.gui.opening_page import OpeningPage
from planner.gui.session import Session
from planner.imaging.volume import Volume

_SLICES = 400
_AT_ONCE_S = 0.5
_LONG_MS = 60_000

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def four_hundred_slices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    grid = GridGeometry.axis_aligned((512, 512, _SLICES), (-180.0, -180.0, 0.0), (0.7, 0.7, 1.0))
    j, i = np.mgrid[:512, :512]
    body = np.where(np.hypot(i - 256, j - 256) < 200, 40, -1000).astype(np.int16)
    voxels = np.broadcast_to(body, (_SLICES, 512, 512))
    folder = tmp_path_factory.mktemp("four hundred")
    label = SeriesLabel(
        patient=PatientIdentity("LONG^SCAN", "L-1"),
        study_uid=derived_uid("long study"),
        series_uid=derived_uid("long series"),
        frame_of_reference_uid=derived_uid("long frame"),
        study_date="20260105",
        study_description="Phantom",
        series_description="400 slices",
    )
    write_series(folder, Volume(voxels, grid), label)
    return folder


def test_the_middle_slice_is_painted_within_half_a_second_of_choosing(
    qtbot: QtBot, a_session: Session, four_hundred_slices: Path
) -> None:
    (series,) = scan_folder(four_hundred_slices).series
    started_s = time.monotonic()
    a_session.front_desk.open_series(series)
    page = a_session.window.pages.currentWidget()
    assert isinstance(page, OpeningPage)
    qtbot.waitUntil(lambda: page.picture.paint_count > 0, timeout=_LONG_MS)
    assert time.monotonic() - started_s < _AT_ONCE_S
    assert f"of {_SLICES}" in page.where.text()
    assert a_session.desk is None
    with qtbot.waitSignal(a_session.opened, timeout=_LONG_MS):
        pass


def test_a_load_that_is_cancelled_half_way_leaves_what_was_open_within_half_a_second(
    qtbot: QtBot,
    opened: Callable[[Path], Session],
    a_single_series: Path,
    four_hundred_slices: Path,
) -> None:
    session = opened(a_single_series)
    before = session.state.case
    session.open_path(four_hundred_slices)
    page = session.window.pages.currentWidget()
    assert isinstance(page, OpeningPage)
    qtbot.waitUntil(lambda: page.picture.paint_count > 0, timeout=_LONG_MS)
    started_s = time.monotonic()
    qtbot.mouseClick(page.cancel, Qt.MouseButton.LeftButton)
    assert session.desk is not None
    assert session.window.pages.currentWidget() is session.desk.workbench
    assert session.state.case is before
    assert session.window.action_of["find-all"].isEnabled()
    assert time.monotonic() - started_s < _AT_ONCE_S
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=_LONG_MS)
    assert session.state.case is before
