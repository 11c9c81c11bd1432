"""The real window on a CT of phantom vertebrae: T12 and L1, whose shapes are formulas."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from phantom_vertebra import IN_PLACE, PhantomShape, phantom_vertebra
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from planner.anatomy.levels import VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.dicom.study_reference import PatientIdentity
from planner.dicom.write_series import SeriesLabel, derived_uid, write_series
from planner.geometry.grids import GridGeometry
from planner.geometry.transforms import RigidTransform
from planner.gui.application import build_window
from planner.gui.case_desk import CaseDesk
from planner.gui.preferences import Preferences
from planner.gui.session import Session
from planner.gui.stages import Stage
from planner.imaging.volume import Volume
from planner.planning.plan import Plan
from planner.storage.case import Case
from planner.storage.case_file import CaseFile
from planner.workflow.open_study import open_study

LONG_MS = 30_000
STEP_MM = 2 * PhantomShape().body_half_height_mm + PhantomShape().disc_mm
L1, T12 = VertebraLevel.L1, VertebraLevel.T12
ABOVE = RigidTransform(IN_PLACE.rotation, np.add(IN_PLACE.translation_mm, (0.0, 0.0, STEP_MM)))


@pytest.fixture(scope="session")
def two_vertebrae() -> tuple[VertebraModel, ...]:
    return phantom_vertebra(None, ABOVE, level=T12), phantom_vertebra()


@pytest.fixture(scope="session")
def a_phantom_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CT of both: bone 300, body 150, soft tissue 40 HU, in a patient of air."""
    lower = np.add(IN_PLACE.translation_mm, (-70.0, -60.0, -40.0))
    grid = GridGeometry.axis_aligned((140, 150, 120), lower, (1.0, 1.0, 1.0))
    hu = np.full(grid.shape_kji, 40, np.int16)
    hu[:, :6], hu[:, -6:], hu[:, :, :4], hu[:, :, -4:] = -1000, -1000, -1000, -1000
    k, j, i = np.indices(grid.shape_kji)
    lps = grid.lps_of(np.stack([i, j, k], axis=-1))
    shape = PhantomShape()
    for frame in (IN_PLACE, ABOVE):
        own = frame.inverse.points(lps)
        hu[shape.in_whole(own)] = 300
        hu[shape.in_body(own)] = 150
    label = SeriesLabel(
        patient=PatientIdentity("PHANTOM^EDIT", "E-1", "F", "19500101"),
        study_uid=derived_uid("study", "editing"),
        series_uid=derived_uid("series", "editing"),
        frame_of_reference_uid=derived_uid("frame", "editing"),
        study_date="20260112",
        study_description="Phantom",
        series_description="Spine 1.0",
    )
    folder = tmp_path_factory.mktemp("phantom-ct")
    write_series(folder, Volume(hu, grid), label)
    return folder


@pytest.fixture
def a_case_path(
    a_phantom_folder: Path,
    two_vertebrae: tuple[VertebraModel, ...],
    a_bipedicular_plan: Plan,
    tmp_path: Path,
) -> Path:
    """A case with both vertebrae found and a kyphoplasty planned at L1."""
    path = tmp_path / "edit.vplan"
    study = open_study(a_phantom_folder).study
    CaseFile.create(path, Case(study, two_vertebrae, a_bipedicular_plan)).close()
    return path


@pytest.fixture
def a_session(qapp: QApplication, qtbot: QtBot) -> Iterator[Session]:
    session = build_window(qapp, Preferences())
    qtbot.addWidget(session.window)
    session.window.resize(1280, 800)
    session.window.show()
    yield session
    session.window.close()


@pytest.fixture
def idle(qtbot: QtBot, a_session: Session) -> Callable[[], None]:
    """Wait until nothing runs and every refresh that was put off is done."""

    def is_idle() -> bool:
        desk = a_session.desk
        return not a_session.jobs.running and (desk is None or not desk.planning.masks.is_pending)

    def wait() -> None:
        qtbot.waitUntil(is_idle, timeout=LONG_MS)

    return wait


@pytest.fixture
def a_desk(
    qtbot: QtBot, a_session: Session, a_case_path: Path, idle: Callable[[], None]
) -> CaseDesk:
    """The case in stage 2, L1 selected."""
    with qtbot.waitSignal(a_session.opened, timeout=LONG_MS):
        a_session.open_path(a_case_path)
    desk = a_session.desk
    assert desk is not None
    desk.workbench.go_to(Stage.LEVELS)
    desk.planning.document.select(L1)
    idle()
    return desk


@pytest.fixture
def an_edited_level(a_desk: CaseDesk, idle: Callable[[], None]) -> CaseDesk:
    """L1 while its outline is edited."""
    a_desk.outline.toggle()
    idle()
    assert a_desk.planning.masks.level is L1
    return a_desk
