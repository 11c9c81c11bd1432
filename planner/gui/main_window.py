"""The window: what lies where. What happens in it is the commands' and the desk's."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from planner.gui.action_spec import ActionSpec
from planner.gui.actions import ACTIONS, MENUS
from planner.gui.desk_state import DeskState
from planner.gui.drop_veil import DropVeil, dropped_path
from planner.gui.notice_bar import NoticeBar
from planner.gui.start_page import StartPage
from planner.gui.status_line import StatusLine
from planner.gui.theme import Palette, icon
from planner.gui.top_bar import MASKED_NAME, NOT_A_DEVICE, TopBar

if TYPE_CHECKING:  # with it comes VTK, which the start page does without
    from planner.gui.slice_desk import SliceDesk

_FIRST_SIZE_PX = (1600, 1000)
_LEAST_SIZE_PX = (940, 520)
"""What a screen of 1920 x 1080 has room for at 200 %."""


class MainWindow(QMainWindow):
    """Top bar, the page of the moment, status line; actions built from their table."""

    action_chosen = Signal(object)
    """The `ActionSpec` that was triggered."""
    dropped = Signal(object)
    """The path of what was dropped on the window."""
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
        self.veil = DropVeil(palette, self)
        self.setAcceptDrops(True)
        self.setMinimumSize(*_LEAST_SIZE_PX)
        self.resize(*_FIRST_SIZE_PX)
        self.action_of: dict[str, QAction] = {
            spec.id: self._action(spec, palette) for spec in ACTIONS
        }
        self.top_bar.set_menu(self._menu())
        self._state = DeskState()
        self._is_masked = False
        self.is_front = True
        """Whether the page on show stands before the case: nothing in the case can be changed."""
        self.slices: SliceDesk | None = None
        """What the actions of slices are done to on a page before the case."""
        self._show_what_can_be_done()
        start_page.setFocus()

    def fit_to_screen(self) -> None:
        """Become no larger than the screen has room for."""
        self.resize(self.size().boundedTo(self.screen().availableSize()))

    def show_page(self, page: QWidget) -> None:
        """Show a page on which the open case is worked."""
        self._put_on_top(page, is_front=False)

    def show_front_page(self, page: QWidget, slices: "SliceDesk | None" = None) -> None:
        """Show a page before the case, such as the start page; what is open cannot be changed.

        Where the page shows slices, the actions of slices are theirs.
        """
        self._put_on_top(page, is_front=True, slices=slices)

    def show_state(self, state: DeskState, *, is_masked: bool) -> None:
        """Show whose case this is and what can be done now."""
        self._state, self._is_masked = state, is_masked
        self._show_what_can_be_done()

    def _put_on_top(
        self, page: QWidget, *, is_front: bool, slices: "SliceDesk | None" = None
    ) -> None:
        if self.pages.indexOf(page) < 0:
            self.pages.addWidget(page)
        self.pages.setCurrentWidget(page)
        self.is_front, self.slices = is_front, slices
        self._show_what_can_be_done()

    def _show_what_can_be_done(self) -> None:
        # Keys must not change a plan that nobody sees.
        state = DeskState() if self.is_front else self._state
        is_masked = self._is_masked
        self.top_bar.show_state(state, is_masked=is_masked)
        for spec in ACTIONS:
            is_of_slices = self.slices is not None and spec.on_slices is not None
            self.action_of[spec.id].setEnabled(is_of_slices or spec.enabled_when(state))
        self.action_of["undo"].setText(f"Undo {state.undo_text or ''}".strip())
        self.action_of["redo"].setText(f"Redo {state.redo_text or ''}".strip())
        name = ""
        if state.case is not None:
            patient = state.case.study.patient.written_name
            name = (MASKED_NAME if is_masked else patient or "Patient without a name") + " - "
        self.setWindowTitle(f"{name}Vertebroplan - {NOT_A_DEVICE}")

    def event(self, event: QEvent) -> bool:
        """Tell when everything has been painted."""
        handled = super().event(event)
        if event.type() is QEvent.Type.UpdateRequest:
            self.painted.emit()
        return handled

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept what can be opened and say so."""
        path = dropped_path(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.veil.show_drop(path, keeps_case=self._state.case is not None)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Show the window again."""
        self.veil.hide()
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        self.veil.hide()
        path = dropped_path(event.mimeData())
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
