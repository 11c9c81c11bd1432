"""The cube that says where the patient's sides are."""

# The cube's letters are outlines of a font that registers itself on import.
import vtkmodules.vtkRenderingFreeType  # noqa: F401
from vtkmodules.vtkRenderingAnnotation import vtkAnnotatedCubeActor
from vtkmodules.vtkRenderingCore import vtkCamera, vtkRenderer

from planner.rendering.palette import SECONDARY_TEXT, SIDE_LETTER

_FACE = (0.13, 0.17, 0.22)
_DISTANCE = 4.6
_SIZE_PX = 76.0


class OrientationCube:
    """A cube with L, R, A, P, S and I in the lower left corner, turned with a camera."""

    def __init__(self) -> None:
        cube = vtkAnnotatedCubeActor()
        cube.SetXPlusFaceText("L")
        cube.SetXMinusFaceText("R")
        cube.SetYPlusFaceText("P")
        cube.SetYMinusFaceText("A")
        cube.SetZPlusFaceText("S")
        cube.SetZMinusFaceText("I")
        cube.SetFaceTextScale(0.62)
        # Turned so that the letters on all upright faces stand on their feet.
        cube.SetZFaceTextRotation(90.0)
        cube.GetCubeProperty().SetColor(*_FACE)
        cube.GetTextEdgesProperty().SetColor(*SECONDARY_TEXT)
        for face in (
            cube.GetXPlusFaceProperty(),
            cube.GetXMinusFaceProperty(),
            cube.GetYPlusFaceProperty(),
            cube.GetYMinusFaceProperty(),
            cube.GetZPlusFaceProperty(),
            cube.GetZMinusFaceProperty(),
        ):
            face.SetColor(*SIDE_LETTER)
            face.LightingOff()
        self.renderer = vtkRenderer()
        self.renderer.AddActor(cube)
        self.renderer.InteractiveOff()

    def set_still(self, *, still: bool) -> None:
        """Smooth the letters' edges at rest: while moving that takes a fifth of a frame."""
        self.renderer.SetUseFXAA(still)

    def turn_with(self, camera: vtkCamera) -> None:
        """Look at the cube from where a camera looks at the patient."""
        into = camera.GetDirectionOfProjection()
        own = self.renderer.GetActiveCamera()
        own.SetFocalPoint(0.0, 0.0, 0.0)
        own.SetPosition(*(-_DISTANCE * share for share in into))
        own.SetViewUp(*camera.GetViewUp())
        own.SetViewAngle(30.0)
        self.renderer.ResetCameraClippingRange()

    def fit(self, width_px: int, height_px: int, pixel_ratio: float) -> None:
        """Stay as large to the eye in a view of another size."""
        size_px = _SIZE_PX * pixel_ratio
        self.renderer.SetViewport(
            0.0, 0.0, min(1.0, size_px / width_px), min(1.0, size_px / height_px)
        )
