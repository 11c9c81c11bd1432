"""The top edge: whose case this is, what the program is not, undo and redo."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QToolButton, QWidget

from planner.gui.desk_state import DeskState
from planner.gui.panels.cards import label
from planner.gui.panels.wording import date_words
from planner.gui.theme import Palette, icon
from planner.planning.plan import LevelPlan

NOT_A_DEVICE = "Research and education. Not a medical device."
_HEIGHT_PX = 44
MASKED_NAME = "Name hidden"


class TopBar(QWidget):
    """Patient, study and plan on the left, the disclaimer in the middle, history right."""

    undo_pressed = Signal()
    redo_pressed = Signal()
    search_pressed = Signal()

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.setObjectName("topBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(_HEIGHT_PX)
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 0, 12, 0)
        for column in (0, 2):
            grid.setColumnStretch(column, 1)
        left, right = QHBoxLayout(), QHBoxLayout()
        self.menu_button = _button("menu", "Menu", palette)
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.patient = label("Vertebroplan", "strong")
        self.study = label("", "secondary")
        for item in (self.menu_button, self.patient, self.study):
            left.addWidget(item)
        left.addStretch(1)
        left.setSpacing(10)
        self.draft = label("Draft")
        self.draft.setObjectName("draftBadge")
        self.draft.setToolTip("Not approved by anybody.")
        self.draft.hide()
        self.undo = _button("undo", "Undo", palette)
        self.redo = _button("redo", "Redo", palette)
        self.search = _button("search", "Search commands  (Ctrl+K)", palette)
        self.undo.clicked.connect(self.undo_pressed)
        self.redo.clicked.connect(self.redo_pressed)
        self.search.clicked.connect(self.search_pressed)
        right.addStretch(1)
        for item in (self.draft, self.undo, self.redo, self.search):
            right.addWidget(item)
        right.setSpacing(8)
        grid.addLayout(left, 0, 0)
        grid.addWidget(label(NOT_A_DEVICE, "secondary"), 0, 1, Qt.AlignmentFlag.AlignCenter)
        grid.addLayout(right, 0, 2)

    def set_menu(self, menu: QMenu) -> None:
        """Give the menu button its menu."""
        self.menu_button.setMenu(menu)

    def show_state(self, state: DeskState, *, is_masked: bool) -> None:
        """Show whose case this is; masked, no name, id or date of birth is on screen."""
        self.undo.setEnabled(state.undo_text is not None)
        self.redo.setEnabled(state.redo_text is not None)
        self.undo.setToolTip(f"Undo {state.undo_text or ''}".strip() + "  (Ctrl+Z)")
        self.redo.setToolTip(f"Redo {state.redo_text or ''}".strip() + "  (Ctrl+Shift+Z)")
        self.draft.setVisible(state.case is not None)
        if state.case is None:
            self.patient.setText("Vertebroplan")
            self.study.setText("")
            return
        study = state.case.study
        name = study.patient.written_name or "Patient without a name"
        self.patient.setText(MASKED_NAME if is_masked else name)
        parts = [
            study.patient.sex,
            f"CT {date_words(study.study_date)}" if study.study_date else "CT",
            plan_words(state.level_plan),
        ]
        self.study.setText("  ·  ".join(part for part in parts if part))


def plan_words(planned: LevelPlan | None) -> str:
    """Return what is planned, such as ``T12 kyphoplasty``."""
    return f"{planned.level.name} {planned.procedure.value}" if planned else "no plan yet"


def _button(icon_name: str, tip: str, palette: Palette) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(icon_name, palette, palette.secondary))
    button.setIconSize(QSize(18, 18))
    button.setToolTip(tip)
    button.setAccessibleName(tip.split("  ", maxsplit=1)[0])
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
