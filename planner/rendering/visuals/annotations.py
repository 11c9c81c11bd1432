"""Words in a picture that leaves the program: sides, scale, what it shows."""

# Text is drawn by a font that registers itself on import.
import vtkmodules.vtkRenderingFreeType  # noqa: F401
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor2D, vtkPolyDataMapper2D, vtkRenderer, vtkTextActor

from planner.rendering.cameras import SlicePlane, side_letters
from planner.rendering.palette import SIDE_LETTER, TEXT, Colour

_EDGE_SHARE = 0.02
_LETTER_SHARE, _TEXT_SHARE = 0.045, 0.026
"""Heights of letters as shares of the picture's height."""
_CENTRED, _LEFT, _RIGHT = 1, 0, 2
_BOTTOM, _MIDDLE, _TOP = 0, 1, 2


class Annotations:
    """Text and a scale bar over a renderer of a picture of a fixed size."""

    def __init__(self, renderer: vtkRenderer, width_px: int, height_px: int) -> None:
        self._renderer = renderer
        self._width_px, self._height_px = width_px, height_px
        self._edge_px = _EDGE_SHARE * height_px
        self._props: list[vtkActor2D] = []

    def remove(self) -> None:
        """Take everything off again."""
        for prop in self._props:
            self._renderer.RemoveViewProp(prop)
        self._props.clear()

    def write_sides(self, plane: SlicePlane) -> None:
        """Write where right, left, up and down of the picture lie in the patient."""
        width, height, edge = self._width_px, self._height_px, self._edge_px
        right, down = plane.right_lps, plane.down_lps
        left = (-right[0], -right[1], -right[2])
        up = (-down[0], -down[1], -down[2])
        size = _LETTER_SHARE
        self._write(side_letters(right), (width - edge, height / 2), (_RIGHT, _MIDDLE), size)
        self._write(side_letters(left), (edge, height / 2), (_LEFT, _MIDDLE), size)
        self._write(side_letters(up), (width / 2, height - edge), (_CENTRED, _TOP), size)
        self._write(side_letters(down), (width / 2, edge), (_CENTRED, _BOTTOM), size)

    def write_title(self, title: str) -> None:
        """Write what the picture shows into its upper left corner."""
        place = (self._edge_px, self._height_px - self._edge_px)
        self._write(title, place, (_LEFT, _TOP), _TEXT_SHARE * 1.15, TEXT)

    def draw_scale(self, mm_per_px: float, length_mm: float = 10.0) -> None:
        """Draw a bar of a length in the patient into the lower right corner."""
        right_px = self._width_px - self._edge_px
        left_px, y_px = right_px - length_mm / mm_per_px, self._edge_px
        tick_px = self._edge_px / 2
        points, lines = vtkPoints(), vtkCellArray()
        for x, y in (
            (left_px, y_px + tick_px),
            (left_px, y_px),
            (right_px, y_px),
            (right_px, y_px + tick_px),
        ):
            points.InsertNextPoint(x, y, 0.0)
        lines.InsertNextCell(4)
        for corner in range(4):
            lines.InsertCellPoint(corner)
        bar = vtkPolyData()
        bar.SetPoints(points)
        bar.SetLines(lines)
        mapper = vtkPolyDataMapper2D()
        mapper.SetInputData(bar)
        actor = vtkActor2D()
        actor.SetMapper(mapper)
        actor.GetProperty().SetColor(*TEXT)
        actor.GetProperty().SetLineWidth(2.0)
        self._add(actor)
        above = (right_px, y_px + 1.6 * tick_px)
        self._write(f"{length_mm:.0f} mm", above, (_RIGHT, _BOTTOM), _TEXT_SHARE, TEXT)

    def _write(
        self,
        text: str,
        at_px: tuple[float, float],
        anchor: tuple[int, int],
        height_share: float,
        colour: Colour = SIDE_LETTER,
    ) -> None:
        actor = vtkTextActor()
        actor.SetInput(text)
        actor.SetPosition(*at_px)
        look = actor.GetTextProperty()
        look.SetFontFamilyToArial()
        look.BoldOn()
        look.SetFontSize(max(8, round(height_share * self._height_px)))
        look.SetColor(*colour)
        look.ShadowOn()
        look.SetJustification(anchor[0])
        look.SetVerticalJustification(anchor[1])
        self._add(actor)

    def _add(self, actor: vtkActor2D) -> None:
        self._props.append(actor)
        self._renderer.AddViewProp(actor)
