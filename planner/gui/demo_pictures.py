"""Pictures of the window itself, taken by driving it through the demonstration."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer, SignalInstance
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from planner.foundation.errors import PlannerError
from planner.gui.application import build_window, the_application
from planner.gui.preferences import Preferences
from planner.gui.session import Session
from planner.gui.stages import Stage
from planner.gui.view_state import ViewName

_SIZE_PX = (1600, 1000)
_SETTLE_MS = 300
"""Views draw in the next idle moment, and headers follow their first frame."""
_LONGEST_MS = 60_000
_PAGE_SCALE = 1.6
_STAGES = (
    ("levels", Stage.LEVELS),
    ("plan", Stage.APPROACH),
    ("balloon", Stage.BALLOON),
    ("cement", Stage.CEMENT),
    ("hand-over", Stage.HAND_OVER),
)


def take_window_pictures(case: Path, folder: Path) -> tuple[Path, ...]:
    """Open a planned case in the window and save pictures of it as PNG.

    Returns
    -------
    The start page, each stage, and the vertebra in 3D.

    Raises
    ------
    PlannerError
        If the window does not come to rest, or a picture cannot be written.
    """
    session = build_window(the_application(), Preferences())
    window = session.window
    window.resize(*_SIZE_PX)
    window.show()
    try:
        _settle()
        pictures = [_save(window, folder / "start.png")]
        session.open_path(case)
        _wait(session.jobs.changed, lambda: session.desk is not None and _is_idle(session))
        pictures += [
            _stage_picture(session, stage, folder / f"{name}.png") for name, stage in _STAGES
        ]
        pictures.append(_volume_picture(session, folder / "three-d.png"))
    finally:
        window.close()
    return tuple(pictures)


def save_report_page(report: Path, picture: Path) -> Path:
    """Save the first page of a PDF as PNG and return its path."""
    import pypdfium2

    with pypdfium2.PdfDocument(report) as document:
        page = document[0].render(scale=_PAGE_SCALE)
        image = QImage(
            bytes(page.buffer), page.width, page.height, page.stride, QImage.Format.Format_BGR888
        )
        _write(image, picture)
    return picture


def _stage_picture(session: Session, stage: Stage, path: Path) -> Path:
    desk = session.desk
    if desk is not None:
        desk.workbench.go_to(stage)
    _settle()
    return _save(session.window, path)


def _volume_picture(session: Session, path: Path) -> Path:
    desk = session.desk
    if desk is not None:
        desk.workbench.go_to(Stage.APPROACH)
        desk.workbench.view_state.set_maximised(ViewName.VOLUME)
    _settle()
    picture = _save(session.window, path)
    if desk is not None:
        desk.workbench.view_state.set_maximised(None)
    return picture


def _is_idle(session: Session) -> bool:
    return not session.jobs.running


def _wait(signal: SignalInstance, is_reached: Callable[[], bool]) -> None:
    loop = QEventLoop()
    timeout = QTimer(singleShot=True)
    timeout.timeout.connect(lambda: loop.exit(1))
    timeout.start(_LONGEST_MS)

    def look() -> None:
        if is_reached():
            loop.exit(0)

    signal.connect(look)
    if not is_reached() and loop.exec():
        raise PlannerError("The window did not come to rest within a minute.")
    signal.disconnect(look)


def _settle() -> None:
    loop = QEventLoop()
    QTimer.singleShot(_SETTLE_MS, loop.quit)
    loop.exec()


def _save(widget: QWidget, path: Path) -> Path:
    _write(widget.grab().toImage(), path)
    return path


def _write(image: QImage, path: Path) -> None:
    if not image.save(str(path)):
        raise PlannerError(
            "A picture cannot be written.", path=path, hint="Choose a folder you may write to."
        )
