"""What the program is, is not, and is made of."""

import importlib.metadata
import platform
from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QLayout, QPushButton, QVBoxLayout, QWidget

from planner import __version__
from planner.export.snapshot import DISCLAIMER
from planner.gui.panels.cards import Card, ValueRow, label

_PARTS = ("PySide6-Essentials", "vtk", "pydicom", "numpy", "scipy", "SimpleITK", "numba")
_WIDTH_PX = 520


class AboutDialog(QDialog):
    """Versions, disclaimer, and plugins that could not be used."""

    def __init__(self, plugin_failures: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Vertebroplan")
        self.setMinimumWidth(_WIDTH_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 20)
        column.setSpacing(10)
        column.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        column.addWidget(label(f"Vertebroplan {__version__}", "title"))
        column.addWidget(label("Plans vertebroplasty and balloon kyphoplasty.", "secondary"))
        told = Card()
        told.setProperty("tone", "caution")
        told.body.addWidget(label(DISCLAIMER, "strong", wraps=True))
        column.addWidget(told)
        versions = Card()
        for name, version in (("Python", platform.python_version()), *_versions()):
            row = ValueRow(name)
            row.show_value(version)
            versions.body.addWidget(row)
        column.addWidget(versions)
        column.addWidget(label("Plugins", "section"))
        self.plugins = label(
            "\n".join(plugin_failures) or "Every installed writer can be used.",
            "secondary",
            wraps=True,
        )
        column.addWidget(self.plugins)
        column.addWidget(
            label(
                "Font: Inter, SIL Open Font License 1.1. Program: Apache License 2.0.",
                "secondary",
                wraps=True,
            )
        )
        close = QPushButton("Close")
        close.clicked.connect(self.accept)
        column.addWidget(close)


def _versions() -> list[tuple[str, str]]:
    found = []
    for name in _PARTS:
        try:
            found.append((name, importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            found.append((name, "missing"))
    return found
