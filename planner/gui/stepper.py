"""The left edge: seven stages, where one is, what is done, what is not open yet and why."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from planner.gui.desk_state import DeskState
from planner.gui.panels.cards import label
from planner.gui.stages import Stage, blocked_reason, is_alarming, is_done
from planner.gui.theme import Palette, icon_pixmap

_WIDTH_PX = 92
_STEP_HEIGHT_PX = 84
_LEAST_STEP_HEIGHT_PX = 62
"""Seven of them fit on a low screen."""
_DISC_PX = 32


class StepButton(QPushButton):
    """One stage: a disc with its number or a tick, and its name."""

    def __init__(self, stage: Stage, palette: Palette) -> None:
        super().__init__()
        self._stage = stage
        self._palette = palette
        self.setProperty("kind", "step")
        self.setCheckable(True)
        self.setMinimumHeight(_LEAST_STEP_HEIGHT_PX)
        self.setMaximumHeight(_STEP_HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(stage.title)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 5, 4, 4)
        column.setSpacing(4)
        column.addStretch(1)
        self._disc = QLabel()
        self._disc.setProperty("kind", "stepDisc")
        self._disc.setFixedSize(_DISC_PX, _DISC_PX)
        self._disc.setAlignment(Qt.AlignmentFlag.AlignCenter)
        name = label(stage.title)
        name.setProperty("role", "name")
        name.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._disc, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(name)
        column.addStretch(1)
        for child in (self._disc, name):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        """Return the size of a step where there is room."""
        return QSize(_WIDTH_PX, _STEP_HEIGHT_PX)

    def show_step(
        self, *, is_current: bool, is_finished: bool, is_alarming: bool, reason: str | None
    ) -> None:
        """Show where the stage stands; a reason says why it cannot be entered."""
        self.setChecked(is_current)
        self.setEnabled(reason is None)
        self.setToolTip(reason or f"{self._stage.title}  ({self._stage.value})")
        look = "current" if is_current else "done" if is_finished else ""
        look = "blocked" if reason and not is_finished and not is_current else look
        look = "alarming" if look == "done" and is_alarming else look
        if look == "alarming":
            self._disc.setPixmap(icon_pixmap("danger", self._palette.danger, 18))
            self.setToolTip(f"{self._stage.title}: danger, see the findings")
        elif look == "done":
            self._disc.setPixmap(icon_pixmap("check", self._palette.safe, 18))
        else:
            self._disc.setText(str(self._stage.value))
        if self._disc.property("state") != look:
            self._disc.setProperty("state", look)
            self._disc.style().unpolish(self._disc)
            self._disc.style().polish(self._disc)


class Stepper(QWidget):
    """All stages in order."""

    stage_chosen = Signal(object)

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.setObjectName("stepper")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(_WIDTH_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(2)
        self.buttons: dict[Stage, StepButton] = {}
        for stage in Stage:
            button = StepButton(stage, palette)
            button.clicked.connect(lambda _c=False, s=stage: self.stage_chosen.emit(s))
            column.addWidget(button)
            self.buttons[stage] = button
        column.addStretch(1)

    def show_state(self, state: DeskState, current: Stage) -> None:
        """Show where every stage stands."""
        for stage, button in self.buttons.items():
            button.show_step(
                is_current=stage is current,
                is_finished=is_done(stage, state),
                is_alarming=is_alarming(stage, state),
                reason=blocked_reason(stage, state),
            )
