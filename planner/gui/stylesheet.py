"""The stylesheet: cards, headline numbers, focus rings. Colours come from the palette."""

import string
from collections.abc import Mapping
from pathlib import Path

_TEMPLATE = string.Template("""
* { font-family: "$family"; font-size: 13px; color: $text; outline: none; }
QMainWindow, QDialog, QWidget#page { background: $background; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 6px 8px; }
QLabel { background: transparent; }
QLabel[kind="headline"] { font-size: 30px; font-weight: 600; }
QLabel[kind="title"] { font-size: 18px; font-weight: 600; }
QLabel[kind="section"] { font-size: 14px; font-weight: 600; }
QLabel[kind="strong"] { font-weight: 600; }
QLabel[kind="secondary"] { color: $secondary; }
QLabel[kind="hero"] { font-size: 30px; font-weight: 700; }
QLabel[tone="safe"] { color: $safe; }
QLabel[tone="caution"] { color: $caution; }
QLabel[tone="danger"] { color: $danger; }
QLabel[tone="note"] { color: $secondary; }
QLabel[tone="real"] { color: $accent; font-size: 12px; }
QLabel[tone="model"] { color: $balloon; font-size: 12px; }

QWidget#topBar, QWidget#statusLine, QWidget#stepper, QWidget#panel, QWidget#panelBody
  { background: $surface; }
QWidget#topBar { border-bottom: 1px solid $border; }
QWidget#statusLine { border-top: 1px solid $border; }
QWidget#statusLine QLabel { color: $secondary; font-size: 12px; }
QWidget#panelHost { background: $background; }
QWidget#panel { border: 1px solid $border; border-radius: 8px; }
QStackedWidget, QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: 0; }

QFrame[kind="card"] { background: $raised; border: 1px solid $border; border-radius: 8px; }
QFrame[kind="card"][side="left"] { border-left: 3px solid $left; }
QFrame[kind="card"][side="right"] { border-left: 3px solid $right; }
QFrame[kind="card"][side="balloon"] { border-left: 3px solid $balloon; }
QFrame[kind="card"][side="cement"] { border-left: 3px solid $cement; }
QFrame[kind="card"][tone="caution"] { background: $caution_dim; border-color: $caution; }
QFrame[kind="card"][tone="danger"] { background: $danger_dim; border-color: $danger; }
QFrame[kind="dropZone"] { background: transparent; border: 1px dashed $secondary;
  border-radius: 10px; }
QFrame#dropVeil { background: $surface; border: 2px dashed $accent; border-radius: 14px; }
QFrame[kind="line"] { background: $border; max-height: 1px; border: 0; }

QFrame[kind="chip"] { border-radius: 13px; background: $surface; border: 1px solid $border; }
QFrame[kind="chip"][tone="safe"] { background: $safe_dim; border-color: $safe_dim; }
QFrame[kind="chip"][tone="caution"] { background: $caution_dim; border-color: $caution; }
QFrame[kind="chip"][tone="danger"] { background: $danger_dim; border-color: $danger; }

QPushButton { background: $raised; border: 1px solid $border; border-radius: 6px;
  padding: 7px 14px; font-weight: 500; }
QPushButton:hover { border-color: $secondary; }
QPushButton:pressed { background: $surface; }
QPushButton:focus, QToolButton:focus, QComboBox:focus, QAbstractSpinBox:focus, QLineEdit:focus
  { border: 1px solid $accent; }
QPushButton:disabled { color: $secondary; background: $surface; }
QPushButton[kind="primary"] { background: $accent; color: $on_accent; border: 2px solid $accent;
  font-size: 14px; font-weight: 600; padding: 10px; }
QPushButton[kind="primary"]:hover { background: $left; border-color: $left; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; }
QPushButton[kind="primary"]:disabled { background: $raised; color: $secondary;
  border-color: $border; }
QPushButton[kind="quiet"], QToolButton { background: transparent; border: 1px solid transparent;
  border-radius: 6px; padding: 5px 8px; color: $secondary; }
QPushButton[kind="quiet"]:hover, QToolButton:hover { background: $raised; color: $text; }
QPushButton[kind="quiet"]:focus, QToolButton:focus { border: 1px solid $accent; }
QToolButton:disabled { color: $border; }
QToolButton[kind="fold"]:checked { background: $accent_dim; color: $text; }
QToolButton::menu-indicator { image: none; }

QPushButton[kind="link"] { background: transparent; border: 1px solid transparent; padding: 1px 6px;
  color: $accent; border-radius: 4px; }
QPushButton[kind="link"]:hover, QPushButton[kind="link"]:focus { border-color: $accent; }
QFrame[kind="segments"] { background: $surface; border: 1px solid $border; border-radius: 8px; }
QPushButton[kind="segment"] { background: transparent; border: 1px solid transparent;
  border-radius: 6px; padding: 5px 4px; color: $secondary; }
QPushButton[kind="segment"]:hover { color: $text; }
QPushButton[kind="segment"]:checked { background: $accent_dim; color: $text; font-weight: 600; }
QPushButton[kind="segment"]:focus { border: 1px solid $accent; }
QPushButton[kind="segment"]:disabled { color: $border; }

QPushButton[kind="toolChoice"] { padding: 6px 2px; background: $surface; }
QPushButton[kind="toolChoice"]:checked { background: $accent_dim; border-color: $accent;
  font-weight: 600; }
QPushButton[kind="row"] { background: $raised; border: 1px solid $border; border-radius: 6px;
  padding: 0px; text-align: left; }
QPushButton[kind="row"]:hover { border-color: $secondary; }
QPushButton[kind="row"]:checked { background: $accent_dim; border-color: $accent; }
QPushButton[kind="row"]:focus { border-color: $accent; }
QPushButton[kind="row"][tone="caution"] { background: $caution_dim; border-color: $caution; }
QPushButton[kind="row"][tone="danger"] { background: $danger_dim; border-color: $danger; }
QPushButton[kind="sample"] { background: $surface; border: 1px solid $border; border-radius: 10px;
  padding: 0px; text-align: left; }
QPushButton[kind="sample"]:hover { background: $raised; border-color: $accent; }
QPushButton[kind="sample"]:focus { border: 2px solid $accent; }

QPushButton[kind="step"] { background: transparent; border: 0; border-left: 3px solid transparent;
  border-radius: 0; padding: 0; }
QPushButton[kind="step"]:hover { background: $raised; }
QPushButton[kind="step"]:checked { background: $accent_dim; border-left: 3px solid $accent; }
QPushButton[kind="step"]:focus { border-right: 2px solid $accent; }
QPushButton[kind="step"] QLabel { font-size: 12px; color: $secondary; }
QPushButton[kind="step"]:checked QLabel[role="name"] { color: $text; font-weight: 600; }
QLabel[kind="stepDisc"] { border-radius: 16px; background: $raised; border: 1px solid $border;
  font-size: 13px; font-weight: 600; color: $secondary; }
QLabel[kind="stepDisc"][state="current"] { background: $accent; border-color: $accent;
  color: $on_accent; }
QLabel[kind="stepDisc"][state="done"] { background: $safe_dim; border-color: $safe_dim; }
QLabel[kind="stepDisc"][state="alarming"] { background: $danger_dim; border-color: $danger; }
QLabel[kind="stepDisc"][state="blocked"] { color: $border; background: transparent; }

QLabel#draftBadge { background: $caution_dim; color: $caution; border: 1px solid $border;
  border-radius: 13px; padding: 4px 20px; font-weight: 600; }

QComboBox, QAbstractSpinBox, QLineEdit { background: $surface; border: 1px solid $border;
  border-radius: 6px; padding: 5px 8px; selection-background-color: $accent; min-height: 18px; }
QAbstractSpinBox QLineEdit { background: transparent; border: 0; padding: 0 8px; min-height: 0; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; border: 0; }
QComboBox::drop-down { border: 0; width: 22px; }
QComboBox::down-arrow { image: url("$icons/chevron.svg"); width: 12px; height: 12px; }
QComboBox QAbstractItemView, QListView, QMenu { background: $raised; border: 1px solid $border;
  selection-background-color: $accent_dim; selection-color: $text; padding: 4px; }
QListView[kind="plain"] { background: transparent; border: 0; padding: 0; }
QListView[kind="plain"]::item, QListView[kind="plain"]::item:selected
  { padding: 0; background: transparent; }
QListView::item { padding: 7px 10px; border-radius: 5px; }
QListView::item:selected { background: $accent_dim; }
QMenu::item { padding: 7px 28px 7px 12px; border-radius: 5px; }
QMenu::item:selected { background: $accent_dim; }
QMenu::item:disabled { color: $secondary; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }

QCheckBox { spacing: 8px; padding: 3px; border: 1px solid transparent; border-radius: 5px; }
QCheckBox:focus { border-color: $accent; }
QCheckBox::indicator { width: 16px; height: 16px; border: 1px solid $secondary; border-radius: 4px;
  background: $surface; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent;
  image: url("$icons/tick.svg"); }

QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $border; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal { width: 16px; height: 16px; margin: -6px 0; border-radius: 8px;
  background: $text; border: 2px solid $accent; }
QSlider::handle:horizontal:focus { background: $accent; border-color: $text; }
QSlider::sub-page:horizontal:disabled { background: $border; }

QProgressBar { background: $raised; border: 0; border-radius: 3px; max-height: 6px; }
QFrame[kind="card"] QProgressBar { background: $border; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar::handle:vertical { background: $border; border-radius: 3px; min-height: 30px; }
QScrollBar::handle:vertical:hover { background: $secondary; }
QScrollBar:horizontal { height: 0; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
""")


def stylesheet(colours: Mapping[str, str], family: str, icons: Path) -> str:
    """Return the stylesheet for a palette, a font family and the folder of icons."""
    return _TEMPLATE.substitute(colours, family=family, icons=icons.as_posix())
