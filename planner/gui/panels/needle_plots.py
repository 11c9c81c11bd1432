"""The active needle's way as plots: Hounsfield units, margins by the clock, a place to slide to."""

import math

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from planner.gui.panels.cards import Card, label
from planner.gui.theme import Palette
from planner.planning.needle_profile import NeedleProfile

_HU_RANGE = (-200.0, 900.0)
_PROFILE_PX, _CLOCK_PX = 96, 150
_EDGE_PX = 6.0
_CLOCK_REACH_MM = 8.0
_RINGS_MM = (2.0, 4.0, 6.0)
_NEAR_MM = 2.0
_SLIDER_STEPS_PER_MM = 2


class NeedlePlots(Card):
    """Shows what the active needle passes, and where along it the views are."""

    depth_chosen = Signal(float)
    """Millimetres from the needle's entry, that the views shall go to."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._title = label("Along the needle", "section", wraps=True)
        self.body.addWidget(self._title)
        self.profile_plot = HuPlot(palette)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("place along the needle")
        self.slider.valueChanged.connect(self._tell_depth)
        self.clock_plot = ClockPlot(palette)
        for part in (self.profile_plot, self.slider, self.clock_plot):
            self.body.addWidget(part)
        self._profile: NeedleProfile | None = None

    def show_profile(self, profile: NeedleProfile | None, at_mm: float) -> None:
        """Show a needle's profile and a place at a distance from its entry; None hides all."""
        self._profile = profile
        self.setVisible(profile is not None)
        if profile is None:
            return
        length_mm = profile.needle.path.length_mm
        at_mm = min(max(at_mm, 0.0), length_mm)
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, math.floor(length_mm * _SLIDER_STEPS_PER_MM))
            self.slider.setValue(round(at_mm * _SLIDER_STEPS_PER_MM))
        side, in_bone_mm = profile.needle.side.value, at_mm - profile.bone_mm
        self._title.setText(f"Along the {side} needle: {in_bone_mm:.1f} mm from bone")
        self.profile_plot.show_profile(profile, at_mm - profile.bone_mm)
        self.clock_plot.show_profile(profile, at_mm - profile.bone_mm)

    def show_updating(self) -> None:
        """Show no number until the needle is let go; the room is kept."""
        self._profile = None
        self._title.setText("Along the needle: updating")
        for plot in (self.profile_plot, self.clock_plot):
            plot.clear()

    def _tell_depth(self, value: int) -> None:
        self.depth_chosen.emit(value / _SLIDER_STEPS_PER_MM)


class _Plot(QWidget):
    """A plot of a needle's profile with a place in it."""

    def __init__(self, palette: Palette, height_px: int) -> None:
        super().__init__()
        self._palette = palette
        self._height_px = height_px
        self._profile: NeedleProfile | None = None
        self._at_mm = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_profile(self, profile: NeedleProfile, at_mm: float) -> None:
        """Show a profile and a depth from bone in it."""
        self._profile, self._at_mm = profile, at_mm
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._profile = None
        self.update()

    def sizeHint(self) -> QSize:
        """Return as wide as there is room, and its height."""
        return QSize(200, self._height_px)

    def _pen(self, colour: str, width: float = 1.0) -> QPen:
        return QPen(QColor(colour), width)

    def _write(self, painter: QPainter, area: QRectF, anchor: Qt.AlignmentFlag, text: str) -> None:
        font = painter.font()
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(self._pen(self._palette.secondary))
        painter.drawText(area, anchor, text)


class HuPlot(_Plot):
    """Hounsfield units from before the bone to beyond the tip, with what is passed."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, _PROFILE_PX)
        self.setAccessibleName("Hounsfield units along the needle")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the curve, the landmarks with their depths, and the place."""
        profile = self._profile
        if profile is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(_EDGE_PX, 14.0, -_EDGE_PX, -16.0)
        first, last = float(profile.depth_mm[0]), float(profile.depth_mm[-1])

        def x_of(depth_mm: float) -> float:
            return area.left() + (depth_mm - first) / (last - first) * area.width()

        low, high = _HU_RANGE
        share = np.clip((profile.value_hu - low) / (high - low), 0.0, 1.0)
        points = [
            QPointF(x_of(float(depth)), area.bottom() - float(s) * area.height())
            for depth, s in zip(profile.depth_mm, share, strict=True)
            if np.isfinite(s)
        ]
        for number, (name, depth_mm) in enumerate(profile.landmarks):
            x = x_of(depth_mm)
            painter.setPen(self._pen(self._palette.border, 1.2))
            painter.drawLine(QLineF(x, area.top(), x, area.bottom()))
            row = QRectF(x - 40.0, 0.0 if number % 2 else area.bottom() + 1.0, 80.0, 14.0)
            words = f"{name} {depth_mm:.0f}" if depth_mm else name
            row.moveLeft(min(max(row.left(), 0.0), self.width() - row.width()))
            self._write(painter, row, Qt.AlignmentFlag.AlignCenter, words)
        painter.setPen(self._pen(self._palette.accent, 1.6))
        painter.drawPolyline(QPolygonF(points))
        painter.setPen(self._pen(self._palette.text, 1.0))
        painter.drawLine(QLineF(x_of(self._at_mm), area.top(), x_of(self._at_mm), area.bottom()))
        painter.end()


class ClockPlot(_Plot):
    """Margins all around the needle: at the place as a clock, at every depth as a band."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, _CLOCK_PX)
        self.setAccessibleName("margins around the needle")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the clock at the place, and the band of all depths beside it."""
        profile = self._profile
        if profile is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = float(self.height())
        self._paint_clock(painter, QRectF(0.0, 0.0, size, size), profile)
        self._paint_band(
            painter,
            QRectF(size + 10.0, 16.0, self.width() - size - 12.0, size - 34.0),
            profile,
        )
        painter.end()

    def _paint_clock(self, painter: QPainter, area: QRectF, profile: NeedleProfile) -> None:
        middle, reach = area.center(), area.width() / 2.0 - 14.0
        per_mm = reach / (_CLOCK_REACH_MM + 2.0)
        painter.setPen(self._pen(self._palette.border, 1.0))
        for ring_mm in (0.0, *_RINGS_MM):
            painter.drawEllipse(middle, per_mm * (ring_mm + 2.0), per_mm * (ring_mm + 2.0))
        place = int(np.abs(profile.depth_mm - self._at_mm).argmin())
        face_mm = np.clip(profile.clock_mm[place], -2.0, _CLOCK_REACH_MM)
        hours = len(face_mm)
        # Seen along the needle as the barrel view is: the patient's left on the right.
        medial_is_right = profile.needle.side.sign < 0
        points = []
        for hour in range(hours):
            angle = 2.0 * math.pi * hour / hours
            x = math.cos(angle) * (1.0 if medial_is_right else -1.0)
            y = -math.sin(angle) * (1.0 if medial_is_right else -1.0)
            far = per_mm * (float(face_mm[hour]) + 2.0)
            points.append(QPointF(middle.x() + far * x, middle.y() - far * y))
        least = float(face_mm.min())
        colour = self._palette.danger if least < 0.0 else self._palette.safe
        colour = self._palette.caution if 0.0 <= least < _NEAR_MM else colour
        painter.setPen(self._pen(colour, 1.8))
        painter.drawPolygon(QPolygonF(points))
        words = "medial" if medial_is_right else "lateral"
        self._write(painter, area, Qt.AlignmentFlag.AlignRight, words)
        bottom = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignHCenter
        self._write(painter, area, bottom, f"least {least:.1f} mm")

    def _paint_band(self, painter: QPainter, area: QRectF, profile: NeedleProfile) -> None:
        colours = [self._palette.danger, self._palette.caution, self._palette.safe]
        table = np.array([QColor(colour).rgb() for colour in colours], dtype=np.uint32)
        levels = np.digitize(profile.clock_mm, (0.0, _NEAR_MM))
        pixels = np.ascontiguousarray(table[levels].T)
        rows, columns = pixels.shape
        image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
        painter.drawImage(area, image)
        first, last = float(profile.depth_mm[0]), float(profile.depth_mm[-1])
        x = area.left() + (self._at_mm - first) / (last - first) * area.width()
        painter.setPen(self._pen(self._palette.text, 1.0))
        painter.drawLine(QLineF(x, area.top(), x, area.bottom()))
        above = QRectF(area.left(), 0.0, area.width(), 14.0)
        self._write(painter, above, Qt.AlignmentFlag.AlignLeft, "every depth, all around")
        below = QRectF(area.left(), area.bottom() + 2.0, area.width(), 14.0)
        self._write(painter, below, Qt.AlignmentFlag.AlignLeft, "out · under 2 mm · clear")
