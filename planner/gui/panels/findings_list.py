"""The findings, worst first: icon, word, colour, number and limit; a press shows the place."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.assessment.findings import Finding, Severity
from planner.gui.clinical_sources import unverified_sources
from planner.gui.desk_state import DeskState
from planner.gui.panels.cards import RowButton, clear, icon_label, label, set_tone, unverified_mark
from planner.gui.panels.wording import limit_words
from planner.gui.theme import SEVERITY_ICONS, SEVERITY_WORDS, Palette, icon_pixmap, severity_colour


class FindingsList(QWidget):
    """What the assessment of the current plan says; while there is none, that it is made."""

    chosen = Signal(object)
    """The finding whose place shall be shown."""
    folded = Signal()
    """More or fewer rows are on show."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._shown: tuple[Finding, ...] | None = ()
        self._shows_met = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._title = label("Findings", "section")
        column.addWidget(self._title)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        column.addLayout(self._rows)

    @property
    def texts(self) -> tuple[str, ...]:
        """The messages on show."""
        return tuple(finding.message for finding in self._shown or ())

    def rows(self) -> tuple[RowButton, ...]:
        """Return the rows on show, the worst finding first."""
        items = (self._rows.itemAt(place) for place in range(self._rows.count()))
        widgets = (item.widget() for item in items if item is not None)
        return tuple(widget for widget in widgets if isinstance(widget, RowButton))

    def show_state(self, state: DeskState) -> None:
        """Show the findings of the selected level and of the whole plan."""
        findings = findings_of(state)
        if findings == self._shown and self._rows.count():
            return
        self._shown = findings
        clear(self._rows)
        if findings is None:
            self._rows.addWidget(self._updating_row())
        elif not findings:
            self._rows.addWidget(
                label("Nothing to judge yet: plan a needle.", "secondary", wraps=True)
            )
        open_ones = [f for f in findings or () if f.severity is not Severity.SAFE]
        for finding in open_ones:
            self._rows.addWidget(self._row(finding))
        met = [f for f in findings or () if f.severity is Severity.SAFE]
        if met:
            self._add_met(met)

    def _add_met(self, met: list[Finding]) -> None:
        """Add what is in order, folded: it shall not push what is not out of sight."""
        rows = QWidget()
        column = QVBoxLayout(rows)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for finding in met:
            column.addWidget(self._row(finding))
        fold = RowButton(checkable=True)
        fold.add_line(
            icon_label("check", self._palette.safe),
            label("safe", "secondary"),
            label(f"{len(met)} checks are met", "secondary"),
            icon_label("chevron", self._palette.secondary),
            stretch_after=1,
        )
        fold.setAccessibleName(f"safe: {len(met)} checks are met, show them")
        fold.setChecked(self._shows_met)
        rows.setVisible(self._shows_met)
        fold.toggled.connect(rows.setVisible)
        fold.toggled.connect(self._keep_fold)
        self._rows.addWidget(fold)
        self._rows.addWidget(rows)

    def _keep_fold(self, is_open: bool) -> None:  # noqa: FBT001  the signal gives one value
        self._shows_met = is_open
        self.folded.emit()

    def _updating_row(self) -> RowButton:
        row = RowButton()
        row.setEnabled(False)
        row.add_line(
            icon_label("updating", self._palette.secondary),
            label("updating", "strong"),
            stretch_after=1,
        )
        row.add_text("The findings of this plan are being made.")
        return row

    def _row(self, finding: Finding) -> RowButton:
        row = RowButton()
        tone = finding.severity.value
        set_tone(row, tone if tone in {"danger", "caution"} else "")
        word = label(SEVERITY_WORDS[finding.severity], "secondary")
        set_tone(word, tone)
        side = f"{finding.side.value} · " if finding.side else ""
        icon_name = SEVERITY_ICONS[finding.severity]
        numbers = label(side + limit_words(finding), "secondary")
        sources = unverified_sources(finding.code) if finding.limit is not None else ""
        marks = (unverified_mark(sources, self._palette),) if sources else ()
        row.add_line(
            icon_label(icon_name, severity_colour(self._palette, finding.severity)),
            word,
            numbers,
            *marks,
            stretch_after=1,
        )
        row.setToolTip(f"Unverified limit. {sources}" if sources else "")
        row.add_text(finding.message, "strong")
        row.setAccessibleName(f"{SEVERITY_WORDS[finding.severity]}: {finding.message}")
        row.clicked.connect(lambda: self.chosen.emit(finding))
        return row


class FindingsSummary(RowButton):
    """How many findings of each kind there are, the worst first; always in sight."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._icon = icon_label("note", palette.secondary)
        self._text = label("", "strong")
        self.add_line(self._icon, self._text, stretch_after=1)
        self.setToolTip("Show the findings")

    @property
    def words(self) -> str:
        """What the summary says."""
        return self._text.text()

    def show_state(self, state: DeskState) -> None:
        """Count the findings of the current plan."""
        findings = findings_of(state)
        self.setVisible(findings is None or bool(findings))
        if findings is None:
            self._show("updating", self._palette.secondary, "findings updating", "")
            return
        counted = [(s, sum(f.severity is s for f in findings)) for s in Severity]
        there = [(severity, count) for severity, count in counted if count]
        if there:
            worst = there[0][0]
            words = " · ".join(f"{count} {SEVERITY_WORDS[severity]}" for severity, count in there)
            colour = severity_colour(self._palette, worst)
            tone = worst.value if worst in {Severity.DANGER, Severity.CAUTION} else ""
            self._show(SEVERITY_ICONS[worst], colour, words, tone)

    def _show(self, icon_name: str, colour: str, words: str, tone: str) -> None:
        self._icon.setPixmap(icon_pixmap(icon_name, colour, 15))
        self._text.setText(words)
        set_tone(self, tone)
        self.setAccessibleName(f"findings: {words}")


def findings_of(state: DeskState) -> tuple[Finding, ...] | None:
    """Return the findings of the selected level and the whole plan; None while updating."""
    if state.assessment is None:
        return None if state.is_updating else ()
    level = state.level_assessment
    return state.assessment.findings + (level.findings if level else ())
