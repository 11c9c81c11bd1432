"""A canvas that knows how many pages there are before it draws their feet."""

from collections.abc import Callable
from typing import Any

from reportlab.pdfgen.canvas import Canvas

DrawFoot = Callable[[Canvas, int, int], None]
"""Draws the foot of a page on a canvas, given its number and how many there are."""


def counted_canvas(draw_foot: DrawFoot) -> type[Canvas]:
    """Return a kind of canvas that keeps its pages back until all are made.

    Setting the whole document twice to learn the count would take twice as long.
    """

    class CountedCanvas(Canvas):
        """Keeps pages back."""

        def __init__(self, *args: Any, **named: Any) -> None:
            super().__init__(*args, **named)
            self._kept: list[dict[str, object]] = []

        def showPage(self) -> None:  # noqa: N802  reportlab's own name
            """Keep the page and begin the next."""
            self._kept.append(dict(self.__dict__))
            self._startPage()  # type: ignore[attr-defined]  # not in the types, but for this

        def save(self) -> None:
            """Give each page its foot and write the file."""
            kept = self._kept
            for number, state in enumerate(kept, start=1):
                self.__dict__.update(state)
                draw_foot(self, number, len(kept))
                super().showPage()
            super().save()

    return CountedCanvas
