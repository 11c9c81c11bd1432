"""One of the two screens: the last picture held, its side letters, whose turn the arm is."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QImage, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from planner.geometry.side_letters import SideLetters
from planner.gui.fluoroscopy.picture_turn import PictureTurn
from planner.gui.fluoroscopy.run_desk import HeldPicture
from planner.gui.fluoroscopy.screen_settings import ScreenSettings
from planner.gui.theme import Palette
from planner.rehearsal.events import Panel
from planner.simulation.c_arm import CArmPose
from planner.simulation.side_letters import side_letters

_HEADER_PX = 30
_STRIPE_PX = 3
_LETTER_PX = 20
_LETTER_COLOUR = "#FFE08A"
_WHEEL_MM, _NOTCH = 1.0, 120.0
_LEAST_DRAG_PX = 2.0
_NAMES = {Panel.AP: "AP", Panel.LATERAL: "Lateral"}


class XrayScreen(QWidget):
    """Shows a held picture and says what the mouse does on it."""

    chosen = Signal(object)
    """Its `Panel`."""
    pointed = Signal(object, float, float)
    """Its `Panel`, and the column and row of the picture under the mouse, with Ctrl held."""
    hovered = Signal(object, float, float)
    """The same, while the metal pointer follows the mouse."""
    laid = Signal(object, float, float)
    """The same, where it was pressed to lay the pointer down."""
    aimed = Signal(float, float)
    """By how many pixels the mouse went right and up with its right button held."""
    pushed = Signal(float)
    """Millimetres on, by the wheel with Ctrl held."""

    def __init__(self, panel: Panel, palette: Palette) -> None:
        super().__init__()
        self.panel = panel
        self._palette = palette
        self._held: HeldPicture | None = None
        self._image: QImage | None = None
        self._pose: CArmPose | None = None
        self._settings = ScreenSettings()
        self._is_chosen = False
        self._is_pointing = False
        self._aimed_from = QPointF()
        self.setMinimumSize(280, 280)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(f"{_NAMES[panel]} screen")

    def show_picture(
        self,
        held: HeldPicture | None,
        pose: CArmPose | None,
        settings: ScreenSettings,
        *,
        is_chosen: bool,
    ) -> None:
        """Show a picture, turned as chosen, and where the arm of this screen stands."""
        if held is not self._held or settings.turn != self._settings.turn:
            self._held = held
            self._image = None if held is None else _as_image(held, settings.turn)
        self._pose, self._settings, self._is_chosen = pose, settings, is_chosen
        self.update()

    def show_pointing(self, *, is_pointing: bool) -> None:
        """Let the metal pointer follow the mouse, or no more."""
        self._is_pointing = is_pointing
        self.setMouseTracking(is_pointing)
        shape = Qt.CursorShape.CrossCursor if is_pointing else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the header, the picture and its letters."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor("#000000"))
        self._draw_header(painter)
        if self._image is None or self._held is None:
            painter.setPen(QColor(self._palette.secondary))
            painter.drawText(
                self._area(), Qt.AlignmentFlag.AlignCenter, "No picture yet: press Space"
            )
        else:
            painter.drawImage(self._square(), self._image)
            self._draw_letters(painter)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose this screen, point at the skin, lay the pointer down, or begin to aim."""
        self.chosen.emit(self.panel)
        self._aimed_from = event.position()
        if event.button() is Qt.MouseButton.LeftButton and self._held is not None:
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.pointed.emit(self.panel, *self._pixel_at(event.position()))
            elif self._is_pointing:
                self.laid.emit(self.panel, *self._pixel_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the pointer or the skin point, or turn the needle with the right button."""
        if self._held is None:
            return
        if event.buttons() & Qt.MouseButton.RightButton:
            moved = event.position() - self._aimed_from
            # A run keeps every action: smaller moves wait for the next one.
            if moved.manhattanLength() >= _LEAST_DRAG_PX:
                self._aimed_from = event.position()
                self.aimed.emit(moved.x(), -moved.y())
        elif self._is_pointing:
            self.hovered.emit(self.panel, *self._pixel_at(event.position()))
        elif (
            event.buttons() & Qt.MouseButton.LeftButton
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self.pointed.emit(self.panel, *self._pixel_at(event.position()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Push the needle on with Ctrl; without it a turned wheel does nothing here."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.pushed.emit(_WHEEL_MM * event.angleDelta().y() / _NOTCH)
            event.accept()
        else:
            super().wheelEvent(event)

    def _pixel_at(self, place: QPointF) -> tuple[float, float]:
        square = self._square()
        pixels = self._held.view.pixels if self._held else 1
        scale = pixels / square.width()
        column, row = (place.x() - square.x()) * scale - 0.5, (place.y() - square.y()) * scale - 0.5
        return self._settings.turn.pixel_of(column, row, pixels)

    def _area(self) -> QRectF:
        return QRectF(0, _HEADER_PX, self.width(), self.height() - _HEADER_PX)

    def _square(self) -> QRectF:
        area = self._area()
        edge = min(area.width(), area.height())
        return QRectF(area.center().x() - edge / 2.0, area.center().y() - edge / 2.0, edge, edge)

    def _draw_header(self, painter: QPainter) -> None:
        painter.fillRect(QRectF(0, 0, self.width(), _HEADER_PX), QColor(self._palette.surface))
        colour = self._palette.accent if self._is_chosen else self._palette.border
        painter.fillRect(QRectF(0, 0, _STRIPE_PX, _HEADER_PX), QColor(colour))
        font = QFont(painter.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(self._palette.text))
        text = _NAMES[self.panel]
        if self._pose is not None:
            # Rounded to whole numbers first: no picture is turned by minus nothing.
            orbital_deg, angular_deg = round(self._pose.orbital_deg), round(self._pose.angular_deg)
            text += f"   orbital {orbital_deg}°   angular {angular_deg}°"
        line = QRectF(12, 0, self.width() - 24, _HEADER_PX)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, text)
        right = self._words()
        painter.setPen(QColor(self._palette.secondary))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, right)

    def _words(self) -> str:
        """Return what the picture on show is, and what was done to it."""
        settings, held = self._settings, self._held
        if held is None:
            return "the arm is here" if self._is_chosen else ""
        parts = [f"held, shot {held.number}"]
        if held.is_live:
            parts = ["live"]
        elif settings.is_reference_shown:
            parts = [f"reference, shot {held.number}"]
        elif held.pose != self._pose:
            parts += ["the arm has moved"]
        if settings.turn.words:
            parts += [settings.turn.words]
        if settings.opening < 1.0:
            parts += [f"collimator {settings.opening:.0%}"]
        if settings.magnification > 1.0:
            parts += [f"magnified {settings.magnification:g} x"]
        return "; ".join(parts)

    def _draw_letters(self, painter: QPainter) -> None:
        if self._held is not None:
            letters = self._settings.turn.letters(side_letters(self._held.view))
            draw_letters(painter, self._square(), letters)


def draw_letters(painter: QPainter, square: QRectF, letters: SideLetters) -> None:
    """Draw the patient's sides in the middle of each edge of a picture."""
    font = QFont(painter.font())
    font.setPixelSize(_LETTER_PX)
    font.setWeight(QFont.Weight.Bold)
    painter.setFont(font)
    reach = square.width() / 2.0 - _LETTER_PX
    for letter, dx, dy in (
        (letters.left, -reach, 0.0),
        (letters.right, reach, 0.0),
        (letters.top, 0.0, -reach),
        (letters.bottom, 0.0, reach),
    ):
        box = QRectF(0, 0, 2 * _LETTER_PX, 2 * _LETTER_PX)
        box.moveCenter(square.center() + QPointF(dx, dy))
        painter.setPen(QColor("#000000"))
        painter.drawText(box.translated(1, 1), Qt.AlignmentFlag.AlignCenter, letter)
        painter.setPen(QColor(_LETTER_COLOUR))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter)


def _as_image(held: HeldPicture, turn: PictureTurn) -> QImage:
    shown = turn.shown(held.picture)
    rows, columns = shown.shape
    grey = shown.tobytes()
    # A copy: the bytes do not outlive this function.
    return QImage(grey, columns, rows, columns, QImage.Format.Format_Grayscale8).copy()
