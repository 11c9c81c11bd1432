"""How the program looks: colours by meaning, the shipped font, tinted icons."""

import functools

import attrs
from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QIcon,
    QPainter,
    QPalette,
    QPixmap,
    QPixmapCache,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from planner.assessment.findings import Severity
from planner.foundation.resource_files import resource, resource_path
from planner.gui.stylesheet import stylesheet

_FONT_FILES = ("Inter-Regular.ttf", "Inter-Medium.ttf", "Inter-SemiBold.ttf", "Inter-Bold.ttf")
_ICON_SCALE = 2
"""Icons are drawn this much larger than asked for, so that they stay sharp on dense screens."""


@attrs.frozen
class Palette:
    """Every colour of the window, as ``#RRGGBB``."""

    background: str
    surface: str
    raised: str
    border: str
    text: str
    secondary: str
    accent: str
    on_accent: str
    accent_dim: str
    safe: str
    safe_dim: str
    caution: str
    caution_dim: str
    danger: str
    danger_dim: str
    left: str
    right: str
    balloon: str
    cement: str


DARK = Palette(
    background="#0B0E12",
    surface="#12171D",
    raised="#1A212A",
    border="#28313C",
    text="#E6EDF3",
    secondary="#95A2B0",
    accent="#4EA1FF",
    on_accent="#06121F",
    accent_dim="#1D2F45",
    safe="#41B883",
    safe_dim="#14301F",
    caution="#E5A83C",
    caution_dim="#2B2112",
    danger="#F26D6D",
    danger_dim="#351B1E",
    left="#5CC7F5",
    right="#F5A85B",
    balloon="#C792EA",
    cement="#E9E2CF",
)

LIGHT = Palette(
    background="#E9EDF1",
    surface="#F7F9FB",
    raised="#FFFFFF",
    border="#C6D0DA",
    text="#16202A",
    secondary="#4C5A68",
    accent="#0B63C5",
    on_accent="#FFFFFF",
    accent_dim="#D8E8FA",
    safe="#14734A",
    safe_dim="#D8F0E3",
    caution="#8A5800",
    caution_dim="#FBEDD0",
    danger="#B3261E",
    danger_dim="#FBE0DE",
    left="#0E7DB0",
    right="#B4610B",
    balloon="#7A3CA6",
    cement="#8B7F5F",
)

SEVERITY_ICONS = {
    Severity.DANGER: "danger",
    Severity.CAUTION: "caution",
    Severity.NOTE: "note",
    Severity.SAFE: "check",
}
SEVERITY_WORDS = {
    Severity.DANGER: "danger",
    Severity.CAUTION: "caution",
    Severity.NOTE: "note",
    Severity.SAFE: "safe",
}


def severity_colour(palette: Palette, severity: Severity) -> str:
    """Return the colour of a severity; an icon and a word always stand beside it."""
    return {
        Severity.DANGER: palette.danger,
        Severity.CAUTION: palette.caution,
        Severity.NOTE: palette.secondary,
        Severity.SAFE: palette.safe,
    }[severity]


def load_fonts() -> str:
    """Register the shipped font and return its family; a bare machine may have no other."""
    families: list[str] = []
    for name in _FONT_FILES:
        data = QByteArray(resource("fonts", name).read_bytes())
        number = QFontDatabase.addApplicationFontFromData(data)
        families += QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
    return families[0] if families else QFont().family()


@functools.cache
def _svg_text(name: str) -> str:
    return resource("icons", f"{name}.svg").read_text("utf-8")


def icon_pixmap(name: str, colour: str, size_px: int = 18) -> QPixmap:
    """Return a shipped icon in one colour, drawn for dense screens."""
    key = f"icon:{name}:{colour}:{size_px}"
    known = QPixmap()
    if QPixmapCache.find(key, known):
        return known
    renderer = QSvgRenderer(QByteArray(_svg_text(name).replace("currentColor", colour).encode()))
    pixmap = QPixmap(QSize(size_px, size_px) * _ICON_SCALE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(pixmap.rect()))
    painter.end()
    pixmap.setDevicePixelRatio(_ICON_SCALE)
    QPixmapCache.insert(key, pixmap)
    return pixmap


def icon(name: str, palette: Palette, colour: str | None = None) -> QIcon:
    """Return a shipped icon in the text colour (or another), and greyed where disabled."""
    result = QIcon(icon_pixmap(name, colour or palette.text))
    result.addPixmap(icon_pixmap(name, palette.border), QIcon.Mode.Disabled)
    return result


def apply_theme(application: QApplication, palette: Palette) -> None:
    """Give the whole program its font, colours and stylesheet."""
    family = load_fonts()
    font = QFont(family)
    font.setPixelSize(13)
    application.setFont(font)
    application.setStyle("Fusion")
    colours = QPalette()
    for role, colour in (
        (QPalette.ColorRole.Window, palette.background),
        (QPalette.ColorRole.WindowText, palette.text),
        (QPalette.ColorRole.Base, palette.surface),
        (QPalette.ColorRole.AlternateBase, palette.raised),
        (QPalette.ColorRole.Text, palette.text),
        (QPalette.ColorRole.Button, palette.raised),
        (QPalette.ColorRole.ButtonText, palette.text),
        (QPalette.ColorRole.Highlight, palette.accent),
        (QPalette.ColorRole.HighlightedText, palette.on_accent),
        (QPalette.ColorRole.ToolTipBase, palette.raised),
        (QPalette.ColorRole.ToolTipText, palette.text),
        (QPalette.ColorRole.PlaceholderText, palette.secondary),
    ):
        colours.setColor(role, QColor(colour))
    application.setPalette(colours)
    application.setStyleSheet(stylesheet(attrs.asdict(palette), family, resource_path("icons")))
