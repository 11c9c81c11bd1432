from collections.abc import Iterator

import attrs
import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from planner.dicom.study_reference import PatientIdentity
from planner.foundation.errors import DicomProblem
from planner.geometry.grids import GridGeometry
from planner.gui.jobs import JobRunner
from planner.gui.overlay_desk import OverlayDesk
from planner.gui.view_state import ViewState
from planner.imaging.volume import Volume


@attrs.frozen
class _Series:
    patient: PatientIdentity
    description: str = "T2"
    modality: str = "MR"


def _scan(shift_mm: float, modality: str, uid: str = "1.2") -> Volume:
    """Return a block with a rod beside it, scanned with the patient moved."""
    grid = GridGeometry.axis_aligned((60, 60, 40), (-60, -60, -60), (2.0, 2.0, 3.0))
    k, j, i = np.indices(grid.shape_kji)
    lps = grid.lps_of(np.stack([i, j, k], axis=-1)) + np.array([shift_mm, 0.0, 0.0])
    values = np.where((np.abs(lps / (40, 30, 45)) < 1).all(axis=-1), 60, 0)
    values[np.linalg.norm(lps - (18.0, 5.0, 10.0), axis=-1) < 12.0] = 700
    values[np.linalg.norm(lps - (-20.0, -10.0, -15.0), axis=-1) < 9.0] = 300
    if modality == "MR":
        values = np.interp(values, (0, 60, 300, 700), (0, 500, 900, 60))
    noise = np.random.default_rng(2).normal(0, 8, values.shape)
    return Volume((values + noise).astype(np.int16), grid, uid, modality=modality)


@pytest.fixture
def a_desk(qapp: QApplication, a_job_runner: JobRunner) -> Iterator[OverlayDesk]:
    state = ViewState(qapp)
    ct = _scan(0.0, "CT")
    yield OverlayDesk(state, a_job_runner, lambda: ct)
    state.deleteLater()


def _state(desk: OverlayDesk) -> ViewState:
    return desk._state


def _label(desk: OverlayDesk) -> str:
    overlay = _state(desk).overlay
    assert overlay is not None
    return overlay.label


def test_a_series_of_the_same_frame_lies_as_scanned_and_says_it_is_not_registered(
    a_desk: OverlayDesk,
) -> None:
    a_desk.show(_scan(0.0, "MR"), "T2 sag")
    assert _label(a_desk) == "MR overlay: as scanned, not registered"


def test_a_series_of_another_frame_is_called_not_aligned(a_desk: OverlayDesk) -> None:
    a_desk.show(_scan(0.0, "MR", "9.9"), "T2 sag")
    assert "NOT ALIGNED" in _label(a_desk)


@pytest.mark.slow
def test_registering_moves_it_into_place_and_says_how_well(
    a_desk: OverlayDesk, a_job_runner: JobRunner, qtbot: QtBot
) -> None:
    a_desk.show(_scan(7.0, "MR"), "T2 sag")
    a_desk.register()
    qtbot.waitUntil(lambda: not a_job_runner.running, timeout=30_000)
    overlay = _state(a_desk).overlay
    assert overlay is not None
    assert overlay.lps_from_overlay.point((0, 0, 0)) == pytest.approx((7, 0, 0), abs=0.7)
    assert "registered, residual" in overlay.label


def test_nudges_add_up_are_told_and_taken_back(a_desk: OverlayDesk) -> None:
    a_desk.show(_scan(0.0, "MR"), "T2 sag")
    for _ in range(3):
        a_desk.nudge((0.5, 0.0, 0.0))
    assert _label(a_desk).endswith("by hand 1.5 mm 0.0\N{DEGREE SIGN}")
    a_desk.turn((0, 0, 1), 0.5)
    assert "0.5\N{DEGREE SIGN}" in _label(a_desk)
    overlay = _state(a_desk).overlay
    assert overlay is not None
    assert overlay.lps_from_overlay.translation_mm[0] > 1.0
    a_desk.reset()
    assert _label(a_desk) == "MR overlay: as scanned, not registered"


def test_another_patients_series_is_never_laid_over(a_desk: OverlayDesk) -> None:
    series = _Series(PatientIdentity("B", "2"))
    with pytest.raises(DicomProblem, match="another patient"):
        a_desk.load(series, PatientIdentity("A", "1"))


def test_where_the_patient_is_in_doubt_the_overlay_is_shown_with_a_warning(
    qtbot: QtBot, a_desk: OverlayDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "planner.workflow.open_study.load_companion", lambda _s, _p: _scan(0.0, "MR")
    )
    nameless = _Series(PatientIdentity())
    with qtbot.waitSignal(a_desk.warned, timeout=10_000) as warned:
        a_desk.load(nameless, PatientIdentity("A", "1"))
    assert "same patient" in warned.args[0]
    assert _state(a_desk).overlay is not None
