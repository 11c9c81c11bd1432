"""A label map comes onto the board as one change, says where it comes from, or is refused."""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from planner.anatomy.levels import VertebraLevel
from planner.anatomy.segmentation import find_level
from planner.gui.application import build_window
from planner.gui.preferences import Preferences, load_preferences
from planner.gui.session import Session
from planner.gui.stages import Stage
from planner.imaging.label_map import write_label_map
from planner.imaging.resample import resample_mask
from planner.samples.catalog import BASE_SAMPLE_ID, sample_study

_LONG_MS = 90_000


@pytest.fixture
def a_session(qapp: QApplication, qtbot: QtBot) -> Iterator[Session]:
    session = build_window(qapp, Preferences())
    qtbot.addWidget(session.window)
    session.window.show()
    with qtbot.waitSignal(session.opened, timeout=_LONG_MS):
        session.window.start_page.samples[BASE_SAMPLE_ID].click()
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=_LONG_MS)
    yield session
    session.window.close()


def _import(qtbot: QtBot, session: Session) -> None:
    session.window.action_of["import-labels"].trigger()
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=_LONG_MS)


@pytest.mark.slow
@pytest.mark.journey
def test_a_label_map_comes_in_as_one_change_with_its_source_and_another_scans_is_refused(
    qtbot: QtBot, a_session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = a_session.desk
    document, scene = desk.planning.document, desk.planning.keeper.scene
    volume = scene.study.volume
    found = find_level(volume, sample_study(BASE_SAMPLE_ID).anchor_lps_mm, VertebraLevel.T12)
    labels = np.zeros(volume.geometry.shape_kji, np.uint8)
    labels[resample_mask(found.whole, volume.geometry).voxels] = 19
    path = tmp_path / "from elsewhere.nii.gz"
    write_label_map(path, labels, volume.geometry)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(path), ""))
    _import(qtbot, a_session)
    (vertebra,) = document.vertebrae
    assert vertebra.level is VertebraLevel.T12
    assert desk.workbench.stage is Stage.LEVELS
    assert document.undo_text == "Import levels of from elsewhere.nii.gz"
    assert "T12 came in" in a_session.window.notice.text
    assert "VerSe" in a_session.window.notice.text
    source = "The outline comes from label map from elsewhere.nii.gz."
    assert vertebra.notes[-1] == source
    assert source in desk.workbench.board.tiles[0].toolTip()
    left, right = vertebra.left_pedicle, vertebra.right_pedicle
    assert left.isthmus_lps_mm[0] > right.isthmus_lps_mm[0] + 10.0
    document.undo()
    assert document.vertebrae == ()

    write_label_map(path, np.ascontiguousarray(labels[:, :, ::-1]), volume.geometry)
    _import(qtbot, a_session)
    assert document.vertebrae == ()
    assert not document.can_undo
    assert "from elsewhere.nii.gz" in a_session.window.notice.text


@pytest.mark.slow
@pytest.mark.journey
def test_a_cancelled_import_changes_nothing(
    qtbot: QtBot, a_session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    volume = a_session.desk.planning.keeper.scene.study.volume
    path = tmp_path / "labels.nii.gz"
    write_label_map(path, np.zeros(volume.geometry.shape_kji, np.uint8), volume.geometry)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(path), ""))
    a_session.window.action_of["import-labels"].trigger()
    a_session.jobs.cancel_all()
    qtbot.waitUntil(lambda: not a_session.jobs.running, timeout=_LONG_MS)
    assert a_session.desk.planning.document.vertebrae == ()


@pytest.mark.slow
@pytest.mark.journey
def test_the_chosen_segmenter_finds_all_levels_or_says_what_to_install(
    qtbot: QtBot, a_session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = a_session.desk
    panel, document = desk.workbench.levels, desk.planning.document
    assert panel.segmenter.currentData() == "built-in"
    monkeypatch.setenv("PATH", str(tmp_path))
    panel.segmenter.setCurrentIndex(panel.segmenter.findData("totalsegmentator"))
    panel.segmenter.activated.emit(panel.segmenter.currentIndex())
    assert load_preferences().segmenter == "totalsegmentator"
    assert "pip install TotalSegmentator" in a_session.window.notice.text
    a_session.window.action_of["find-all"].trigger()
    assert not a_session.jobs.running
    assert document.vertebrae == ()

    volume = desk.planning.keeper.scene.study.volume
    found = find_level(volume, sample_study(BASE_SAMPLE_ID).anchor_lps_mm, VertebraLevel.T12)
    labels = np.zeros(volume.geometry.shape_kji, np.uint8)
    labels[resample_mask(found.whole, volume.geometry).voxels] = 32
    write_label_map(tmp_path / "made.nii.gz", labels, volume.geometry)
    program = tmp_path / "elsewhere"
    program.write_text(
        f"#!{sys.executable}\nimport shutil, sys\n"
        f"shutil.copy({str(tmp_path / 'made.nii.gz')!r}, sys.argv[sys.argv.index('-o') + 1])\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(program), ""))
    a_session.window.action_of["locate-segmenter"].trigger()
    assert load_preferences().programs == {"totalsegmentator": str(program)}
    a_session.window.action_of["find-all"].trigger()
    qtbot.waitUntil(lambda: not a_session.jobs.running, timeout=_LONG_MS)
    assert [v.level.name for v in document.vertebrae] == ["T12"]
    assert document.undo_text == "Find all levels by TotalSegmentator"
    document.undo()
    assert document.vertebrae == ()
