"""A shot of a run with what it showed: the pedicles, where the needles were, where one belongs."""

from collections.abc import Sequence

import attrs
import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from planner.anatomy.levels import Side
from planner.anatomy.vertebra import Pedicle, VertebraModel
from planner.geometry.points import FloatArray
from planner.gui.fluoroscopy.xray_screen import draw_letters
from planner.gui.theme import Palette
from planner.planning.plan import LevelPlan
from planner.rehearsal.run_state import RunState
from planner.simulation.c_arm import XrayView
from planner.simulation.detector import GreyImage
from planner.simulation.side_letters import side_letters

_OVAL_POINTS = 48
_LINE_PX = 2.0


@attrs.frozen(eq=False)
class ShotOverlay:
    """Lines over a picture, in its pixels."""

    ovals: tuple[FloatArray, ...]
    """Each pedicle at its isthmus, shape (points, 2)."""
    needles: tuple[tuple[Side, FloatArray], ...]
    """From bone to tip, as they were."""
    wanted: tuple[tuple[Side, FloatArray], ...]
    """The program's own plan of the task."""


def overlay_of(
    view: XrayView, state: RunState, vertebra: VertebraModel, wanted: LevelPlan | None
) -> ShotOverlay:
    """Return what lay where in a view, projected as the picture was."""
    ends = [
        (side.side, np.array([side.point_at(side.bone_mm), side.tip_lps_mm]))
        for side in state.sides
        if side.bone_mm is not None
    ]
    plan = [
        (needle.side, np.array([needle.skin_lps_mm, needle.tip_lps_mm]))
        for needle in (wanted.needles if wanted else ())
    ]
    pedicles = [p for p in (vertebra.left_pedicle, vertebra.right_pedicle) if p is not None]
    return ShotOverlay(
        ovals=tuple(view.pixels_of(_oval_lps_mm(p, vertebra)) for p in pedicles),
        needles=tuple((side, view.pixels_of(points)) for side, points in ends),
        wanted=tuple((side, view.pixels_of(points)) for side, points in plan),
    )


def _oval_lps_mm(pedicle: Pedicle, vertebra: VertebraModel) -> FloatArray:
    turn = np.linspace(0.0, 2.0 * np.pi, _OVAL_POINTS)
    frame = vertebra.lps_from_vertebra.rotation
    across, up = frame[:, 0] * pedicle.width_mm / 2.0, frame[:, 2] * pedicle.height_mm / 2.0
    oval: FloatArray = (
        np.asarray(pedicle.isthmus_lps_mm)
        + np.outer(np.cos(turn), across)
        + np.outer(np.sin(turn), up)
    )
    return oval


class ShotPicture(QWidget):
    """Draws one shot as large as there is room."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._image = QImage()
        self._view: XrayView | None = None
        self._overlay: ShotOverlay | None = None
        self._words = "No shot yet"
        self.setMinimumSize(240, 240)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_shot(self, picture: GreyImage, view: XrayView, overlay: ShotOverlay) -> None:
        """Show a picture and what lay in it."""
        rows, columns = picture.shape
        grey = QImage.Format.Format_Grayscale8
        self._image = QImage(picture.tobytes(), columns, rows, columns, grey).copy()
        self._view, self._overlay = view, overlay
        self.update()

    def show_words(self, words: str) -> None:
        """Show words in place of a picture that is still being made."""
        self._words, self._image, self._view = words, QImage(), None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, its letters and the lines."""
        del event
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing
        )
        painter.fillRect(self.rect(), QColor("#000000"))
        if self._view is None or self._overlay is None:
            painter.setPen(QColor(self._palette.secondary))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._words)
        else:
            square = self._square()
            painter.drawImage(square, self._image)
            self._draw_lines(painter, square, self._view.pixels, self._overlay)
            draw_letters(painter, square, side_letters(self._view))
        painter.end()

    def _square(self) -> QRectF:
        edge = float(min(self.width(), self.height()))
        return QRectF((self.width() - edge) / 2.0, (self.height() - edge) / 2.0, edge, edge)

    def _draw_lines(
        self, painter: QPainter, square: QRectF, pixels: int, overlay: ShotOverlay
    ) -> None:
        painter.setClipRect(square)
        style = Qt.PenStyle
        for oval in overlay.ovals:
            painter.setPen(QPen(QColor(self._palette.caution), 1.4))
            painter.drawPolyline(_on_screen(oval, square, pixels))
        for lines, pen_style in (
            (overlay.wanted, style.DashLine),
            (overlay.needles, style.SolidLine),
        ):
            for side, points in lines:
                colour = self._palette.left if side is Side.LEFT else self._palette.right
                painter.setPen(QPen(QColor(colour), _LINE_PX, pen_style))
                painter.drawPolyline(_on_screen(points, square, pixels))
        painter.setClipping(False)


def _on_screen(
    points: Sequence[FloatArray] | FloatArray, square: QRectF, pixels: int
) -> list[QPointF]:
    scale = square.width() / pixels
    return [
        QPointF(square.x() + (column + 0.5) * scale, square.y() + (row + 0.5) * scale)
        for column, row in np.asarray(points)
    ]
