"""Folders as hospitals hand them over, small, and a window to open them in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import numpy as np
import pydicom
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from planner.dicom.scan_folder import scan_folder
from planner.dicom.scan_result import ScanResult
from planner.dicom.study_reference import PatientIdentity
from planner.dicom.write_series import SeriesLabel, derived_uid, write_series
from planner.geometry.grids import GridGeometry
from planner.gui.application import build_window
from planner.gui.preferences import Preferences
from planner.gui.session import Session
from planner.imaging.volume import Volume

LONG_MS = 30_000
DOE = PatientIdentity("DOE^JANE", "D-1", "F", "19500101")
ROE = PatientIdentity("ROE^RICHARD", "R-2", "M", "19400202")


@attrs.frozen
class Study:
    """What a written series says of itself."""

    name: str = "Spine 2.0"
    patient: PatientIdentity = DOE
    modality: str = "CT"
    slices: int = 24
    date: str = "20260105"


@pytest.fixture(scope="session")
def a_body() -> Volume:
    """A column of soft tissue in air, its bright mark on the patient's left."""
    grid = GridGeometry.axis_aligned((60, 60, 24), (-59.0, -59.0, -300.0), (2.0, 2.0, 2.0))
    j, i = np.mgrid[:60, :60]
    disc = np.where(np.hypot(i - 30, j - 30) < 22, 40, -1000).astype(np.int16)
    disc[28:32, 42:46] = 900
    return Volume(np.repeat(disc[np.newaxis], 24, axis=0), grid)


@pytest.fixture
def write(a_body: Volume, tmp_path: Path) -> Callable[..., Path]:
    """Write a series into a folder of its own under one that stands for a CD."""

    def written(study: Study = Study(), cd: str = "cd") -> Path:
        first = a_body.geometry.cropped((0, 0, 0), (60, 60, study.slices))
        label = SeriesLabel(
            patient=study.patient,
            study_uid=derived_uid("study", study.patient.name, study.date),
            series_uid=derived_uid("series", study.patient.name, study.name),
            frame_of_reference_uid=derived_uid("frame", study.patient.name),
            study_date=study.date,
            study_description="Phantom",
            series_description=study.name,
        )
        folder = tmp_path / cd / f"{study.patient.patient_id}-{study.name}"
        paths = write_series(folder, Volume(a_body.voxels[: study.slices], first), label)
        if study.modality != "CT":
            _relabel(paths, study.modality)
        return tmp_path / cd

    return written


def _relabel(paths: tuple[Path, ...], modality: str) -> None:
    classes = {
        "MR": pydicom.uid.MRImageStorage,
        "DX": pydicom.uid.DigitalXRayImageStorageForPresentation,
    }
    for path in paths:
        image = pydicom.dcmread(path)
        image.Modality = modality
        image.SOPClassUID = image.file_meta.MediaStorageSOPClassUID = classes[modality]
        if modality == "DX":
            del image.ImagePositionPatient, image.ImageOrientationPatient
        image.save_as(path)


@pytest.fixture
def a_single_series(write: Callable[..., Path]) -> Path:
    return write()


@pytest.fixture
def a_cd(write: Callable[..., Path]) -> Path:
    """Two patients: two CT and an MR of the one, a CT of the other, and a note."""
    cd = "hospital cd"
    write(cd=cd)
    write(Study("Spine 2.0 soft", slices=12), cd)
    write(Study("T2 sag", modality="MR", slices=6), cd)
    folder = write(Study("Abdomen", patient=ROE, slices=8), cd)
    (folder / "AUTORUN.INF").write_text("open=viewer.exe")
    return folder


@pytest.fixture
def a_mixed_cd(write: Callable[..., Path]) -> Path:
    """One CT and an MR of one patient."""
    write(cd="mixed")
    return write(Study("T2 sag", modality="MR", slices=6), "mixed")


@pytest.fixture
def a_cd_with_an_x_ray(write: Callable[..., Path]) -> Path:
    """An MR and an X-ray of one patient, nothing to plan on."""
    write(Study("T2 sag", modality="MR", slices=6), "no ct")
    return write(Study("LWS lateral", modality="DX", slices=1), "no ct")


@pytest.fixture
def a_scan(a_cd: Path) -> ScanResult:
    return scan_folder(a_cd)


@pytest.fixture
def a_session(qapp: QApplication, qtbot: QtBot) -> Iterator[Session]:
    session = build_window(qapp, Preferences())
    qtbot.addWidget(session.window)
    session.window.resize(1280, 800)
    session.window.show()
    yield session
    session.window.close()


@pytest.fixture
def opened(qtbot: QtBot, a_session: Session) -> Callable[[Path], Session]:
    """Open a place that holds one obvious series and wait for it."""

    def open_path(path: Path) -> Session:
        with qtbot.waitSignal(a_session.opened, timeout=LONG_MS):
            a_session.open_path(path)
        return a_session

    return open_path
