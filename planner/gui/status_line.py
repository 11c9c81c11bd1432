"""The bottom edge: where the cursor is, what is running, when it was saved."""

import datetime as dt

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from planner.geometry.points import Triple
from planner.gui.jobs import Job
from planner.gui.panels.cards import icon_label, label
from planner.gui.theme import Palette

_HEIGHT_PX = 30


class StatusLine(QWidget):
    """Small facts that are always in sight."""

    cancel_pressed = Signal()

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.setObjectName("statusLine")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(_HEIGHT_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(16)
        self.position = label("")
        self.hu = label("")
        self.window_level = label("")
        for item in (self.position, self.hu, self.window_level):
            row.addWidget(item)
        self.show_hovered(None, None)
        row.addStretch(1)
        self._job = self._job_box()
        row.addWidget(self._job)
        row.addStretch(1)
        self._saved_icon = icon_label("check", palette.safe, 14)
        self._saved_icon.hide()
        self.saved = label("")
        self.sides = label("left is the patient's left")
        self.rendering = label("")
        row.addWidget(self._saved_icon)
        for item in (self.saved, self.sides, self.rendering):
            row.addWidget(item)

    def _job_box(self) -> QWidget:
        box = QWidget()
        job = QHBoxLayout(box)
        job.setContentsMargins(0, 0, 0, 0)
        job.setSpacing(10)
        self.job_text = label("")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 100)
        self.bar.setFixedSize(160, 6)
        self.cancel = QPushButton("Cancel")
        self.cancel.setProperty("kind", "link")
        self.cancel.clicked.connect(self.cancel_pressed)
        for item in (self.job_text, self.bar, self.cancel):
            job.addWidget(item, 0, Qt.AlignmentFlag.AlignVCenter)
        box.hide()
        return box

    def show_hovered(self, lps_mm: Triple | None, value: float | None, unit: str = "HU") -> None:
        """Show the place under the cursor and its Hounsfield units, or what else it holds."""
        self.position.setText("" if lps_mm is None else position_words(lps_mm))
        self.hu.setText("" if value is None else f"{value:.0f} {unit}")
        self.position.setVisible(lps_mm is not None)
        self.hu.setVisible(value is not None)

    def show_jobs(self, jobs: tuple[Job, ...]) -> None:
        """Show the running job and how many others wait."""
        alive = [job for job in jobs if not job.is_cancelled]
        self._job.setVisible(bool(alive))
        if alive:
            job = alive[0]
            more = f" (+{len(alive) - 1})" if len(alive) > 1 else ""
            detail = f": {job.message}" if job.message else ""
            self.job_text.setText(f"{job.title}{detail}{more}")
            self.bar.setValue(round(job.fraction * 100))

    def show_saved(self, at: dt.datetime) -> None:
        """Show when the case was last put on the disk."""
        self._saved_icon.show()
        self.saved.setText(f"saved {at:%H:%M:%S}")


def position_words(lps_mm: Triple) -> str:
    """Return a place by the patient's directions.

    Examples
    --------
    >>> position_words((12.4, -31.0, -250.5))
    'L 12.4  A 31.0  I 250.5 mm'
    """
    letters = zip(lps_mm, ("LR", "PA", "SI"), strict=True)
    parts = [f"{pair[0] if value >= 0 else pair[1]} {abs(value):.1f}" for value, pair in letters]
    return "  ".join(parts) + " mm"
