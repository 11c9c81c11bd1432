"""What is written over an image leaves the patient's sides readable."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from planner.gui.views import overlay
from planner.rendering.palette import WHITE

WIDTH, HEIGHT, LETTERS = 500, 400, 36


def _written_at(x: float, y: float) -> np.ndarray:
    """Return where a label at a point changes a white picture, shape (rows, columns)."""
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    overlay.draw_label(painter, QPointF(x, y), "wall 2.1 ± 0.8 mm   left side: caution", WHITE)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(HEIGHT, WIDTH)
    return pixels != 0xFFFFFFFF


@pytest.mark.parametrize("at", [(490.0, 200.0), (5.0, 200.0), (250.0, 2.0), (250.0, 398.0)])
def test_a_label_hides_no_side_letter(qapp: QApplication, at: tuple[float, float]) -> None:
    del qapp
    rows, columns = np.nonzero(_written_at(*at))
    assert rows.size, "nothing was written"
    assert columns.min() >= LETTERS - 3
    assert columns.max() < WIDTH - LETTERS + 3
    assert rows.min() >= LETTERS - 3
    assert rows.max() < HEIGHT - LETTERS + 3
