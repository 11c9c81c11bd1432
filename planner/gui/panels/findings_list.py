"""The findings, worst first: icon, word, colour, number and limit; a press shows the place."""

import functools
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.assessment.findings import Finding, Severity
from planner.devices.device_values import DeviceCatalog
from planner.gui.clinical_sources import unverified_instruments, unverified_sources
from planner.gui.desk_state import DeskState
from planner.gui.panels.acceptance_strip import AcceptanceStrip
from planner.gui.panels.cards import RowButton, icon_label, label, set_tone, unverified_mark
from planner.gui.panels.wording import limit_words
from planner.gui.theme import SEVERITY_ICONS, SEVERITY_WORDS, Palette, icon_pixmap, severity_colour
from planner.planning.plan import Plan

_ALARMING = frozenset({Severity.DANGER, Severity.CAUTION})


class FindingRow(RowButton):
    """One finding; the same row shows another when the plan changes, which a drag does often."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self.finding: Finding | None = None
        self._doubts = ""
        self._icon = icon_label("note", palette.secondary)
        self._word = label("", "secondary")
        self._numbers = label("", "secondary")
        self._mark = unverified_mark("", palette)
        self.add_line(self._icon, self._word, self._numbers, self._mark, stretch_after=1)
        self._message = self.add_text("", "strong")

    def show_finding(self, finding: Finding, doubts: str = "") -> None:
        """Show a finding by icon, word and colour, with its number and limit.

        `doubts` are the unverified sources of the instrument its limit comes from.
        """
        if (finding, doubts) == (self.finding, self._doubts):
            return
        self.finding, self._doubts = finding, doubts
        tone, word = finding.severity.value, SEVERITY_WORDS[finding.severity]
        colour = severity_colour(self._palette, finding.severity)
        self._icon.setPixmap(icon_pixmap(SEVERITY_ICONS[finding.severity], colour, 15))
        set_tone(self, tone if finding.severity in _ALARMING else "")
        self._word.setText(word)
        set_tone(self._word, tone)
        side = f"{finding.side.value} · " if finding.side else ""
        self._numbers.setText(side + limit_words(finding))
        of_rule = unverified_sources(finding.code) if finding.limit is not None else ""
        sources = " ".join(part for part in (of_rule, doubts) if part)
        self._mark.setVisible(bool(sources))
        self.setToolTip(f"Unverified limit. {sources}" if sources else "")
        self._message.setText(finding.message)
        self.setAccessibleName(f"{word}: {finding.message}")


class _Rows(QWidget):
    """As many rows as there are findings; those left over wait hidden."""

    chosen = Signal(object)
    accepted = Signal(object, str)
    withdrawn = Signal(object)
    folded = Signal(bool)

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._strips: list[AcceptanceStrip] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._all: list[FindingRow] = []

    @property
    def shown(self) -> tuple[FindingRow, ...]:
        """The rows in use."""
        return tuple(row for row in self._all if row.finding is not None)

    @property
    def strips(self) -> tuple[AcceptanceStrip, ...]:
        """What stands beneath each row in use."""
        return tuple(self._strips[: len(self.shown)])

    def show_findings(
        self, findings: Sequence[Finding], plan: Plan, catalog: DeviceCatalog | None
    ) -> None:
        """Show these findings, which were made on this plan, and no others."""
        while len(self._all) < len(findings):
            self._add_row()
        used = zip(self._all, self._strips, findings, strict=False)
        for row, strip, finding in used:
            planned = plan.at(finding.level) if finding.level else None
            row.show_finding(finding, unverified_instruments(finding, planned, catalog))
            row.show()
            strip.show_finding(finding, plan)
        unused = len(findings)
        for row, strip in zip(self._all[unused:], self._strips[unused:], strict=True):
            row.finding = None
            row.hide()
            strip.rest()

    def _add_row(self) -> None:
        row, strip = FindingRow(self._palette), AcceptanceStrip()
        row.clicked.connect(functools.partial(self._tell, row))
        strip.accepted.connect(self.accepted)
        strip.withdrawn.connect(self.withdrawn)
        strip.folded.connect(self.folded)
        self._column.addWidget(row)
        self._column.addWidget(strip)
        self._all.append(row)
        self._strips.append(strip)

    def _tell(self, row: FindingRow) -> None:
        self.chosen.emit(row.finding)


class FindingsList(QWidget):
    """What the assessment of the current plan says; while there is none, that it is made."""

    chosen = Signal(object)
    """The finding whose place shall be shown."""
    accepted = Signal(object, str)
    """The finding that the user goes on with, and why."""
    withdrawn = Signal(object)
    """The `AcceptedFinding` that the user takes back."""
    folded = Signal(bool)
    """More or fewer rows are on show."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._shown: tuple[Finding, ...] | None = None
        self._plan = Plan()
        self._catalog: DeviceCatalog | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label("Findings", "section"))
        self._waiting = label("", "secondary", wraps=True)
        self._open = _Rows(palette)
        self.fold = RowButton(checkable=True)
        self._fold_text = label("", "secondary")
        self.fold.add_line(
            icon_label("check", palette.safe),
            self._fold_text,
            icon_label("chevron", palette.secondary),
            stretch_after=1,
        )
        self._met = _Rows(palette)
        self._met.hide()
        self.fold.toggled.connect(self._show_met)
        self.fold.toggled.connect(self.folded)
        for part in (self._waiting, self._open, self.fold, self._met):
            column.addWidget(part)
        for rows in (self._open, self._met):
            rows.chosen.connect(self.chosen)
            rows.accepted.connect(self.accepted)
            rows.withdrawn.connect(self.withdrawn)
            rows.folded.connect(self.folded)

    @property
    def texts(self) -> tuple[str, ...]:
        """The messages of the findings held, the worst first."""
        return tuple(finding.message for finding in self._shown or ())

    def rows(self) -> tuple[FindingRow, ...]:
        """Return the rows of what is not in order, the worst finding first."""
        return self._open.shown

    def strips(self) -> tuple[AcceptanceStrip, ...]:
        """Return what stands beneath each of those rows: whether it was accepted and why."""
        return self._open.strips

    def show_state(self, state: DeskState) -> None:
        """Show the findings of the selected level and of the whole plan."""
        self._shown, self._plan = findings_of(state), state.plan
        self._catalog = state.catalog
        findings = self._shown or ()
        not_met = [f for f in findings if f.severity is not Severity.SAFE]
        self._open.show_findings(not_met, self._plan, self._catalog)
        met = sum(f.severity is Severity.SAFE for f in findings)
        # Folded: what is in order shall not push what is not out of sight.
        self.fold.setVisible(met > 0)
        self._fold_text.setText(f"safe: {met} checks are met")
        self.fold.setAccessibleName(f"safe: {met} checks are met, show them")
        self._show_met(self.fold.isChecked())
        self._waiting.setVisible(not findings)
        self._waiting.setText(
            "updating: the findings of this plan are being made."
            if self._shown is None
            else "Nothing to judge yet: plan a needle."
        )

    def _show_met(self, is_open: bool) -> None:  # noqa: FBT001  the signal gives one value
        met = [f for f in self._shown or () if f.severity is Severity.SAFE] if is_open else []
        self._met.show_findings(met, self._plan, self._catalog)
        self._met.setVisible(bool(met))


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
            tone = worst.value if worst in _ALARMING else ""
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
