"""The window: what lies where. What happens in it is the commands' and the desk's."""

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from planner.gui.actions import ACTIONS, MENUS, ActionSpec
from planner.gui.desk_state import DeskState
from planner.gui.notice_bar import NoticeBar
from planner.gui.start_page import StartPage, droppable
from planner.gui.status_line import StatusLine
from planner.gui.theme import Palette, icon
from planner.gui.top_bar import MASKED_NAME, NOT_A_DEVICE, TopBar

_FIRST_SIZE_PX = (1600, 1000)
_LEAST_SIZE_PX = (1100, 700)


class MainWindow(QMainWindow):
    """Top bar, the page of the moment, status line; actions built from their table."""

    action_chosen = Signal(object)
    """The `ActionSpec` that was triggered."""
    dropped = Signal(object)
    """The path of a folder or case dropped on the window."""
    painted = Signal()
    """The window is completely on screen."""
    closing = Signal()

    def __init__(self, start_page: StartPage, palette: Palette) -> None:
        super().__init__()
        self.start_page = start_page
        self.top_bar = TopBar(palette)
        self.status_line = StatusLine(palette)
        self.notice = NoticeBar(palette)
        self.pages = QStackedWidget()
        self.pages.addWidget(start_page)
        centre = QWidget()
        centre.setObjectName("page")
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.top_bar, self.notice, self.pages, self.status_line):
            column.addWidget(widget, 1 if widget is self.pages else 0)
        self.setCentralWidget(centre)
        self.setAcceptDrops(True)
        self.setMinimumSize(*_LEAST_SIZE_PX)
        self.resize(*_FIRST_SIZE_PX)
        self.action_of: dict[str, QAction] = {
            spec.id: self._action(spec, palette) for spec in ACTIONS
        }
        self.top_bar.set_menu(self._menu())
        self.show_state(DeskState(), is_masked=False)
        start_page.setFocus()

    def show_page(self, page: QWidget) -> None:
        """Show the start page or the workbench."""
        if self.pages.indexOf(page) < 0:
            self.pages.addWidget(page)
        self.pages.setCurrentWidget(page)

    def show_state(self, state: DeskState, *, is_masked: bool) -> None:
        """Show whose case this is and what can be done now."""
        self.top_bar.show_state(state, is_masked=is_masked)
        for spec in ACTIONS:
            self.action_of[spec.id].setEnabled(spec.enabled_when(state))
        self.action_of["undo"].setText(f"Undo {state.undo_text or ''}".strip())
        self.action_of["redo"].setText(f"Redo {state.redo_text or ''}".strip())
        name = ""
        if state.case is not None:
            patient = state.case.study.patient.name
            name = (MASKED_NAME if is_masked else patient or "Patient without a name") + " - "
        self.setWindowTitle(f"{name}Vertebroplan - {NOT_A_DEVICE}")

    def event(self, event: QEvent) -> bool:
        """Tell when everything has been painted."""
        handled = super().event(event)
        if event.type() is QEvent.Type.UpdateRequest:
            self.painted.emit()
        return handled

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept one folder or one case."""
        if _dropped_path(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        path = _dropped_path(event)
        if path is not None:
            event.acceptProposedAction()
            self.dropped.emit(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close without a question: everything is saved already."""
        self.closing.emit()
        super().closeEvent(event)

    def _action(self, spec: ActionSpec, palette: Palette) -> QAction:
        action = QAction(spec.text, self)
        action.setStatusTip(spec.status_tip)
        action.setToolTip(spec.status_tip)
        if spec.shortcut:
            action.setShortcut(QKeySequence(spec.shortcut))
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if spec.icon:
            action.setIcon(icon(spec.icon, palette))
        action.triggered.connect(lambda _checked=False: self.action_chosen.emit(spec))
        self.addAction(action)
        return action

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for name in MENUS:
            part = menu.addMenu(name)
            for spec in ACTIONS:
                if spec.menu == name:
                    part.addAction(self.action_of[spec.id])
        return menu


def _dropped_path(event: QDropEvent) -> Path | None:
    urls = event.mimeData().urls()
    return droppable([Path(url.toLocalFile()) for url in urls if url.isLocalFile()])
