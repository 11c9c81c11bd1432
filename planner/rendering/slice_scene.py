"""A slice for a picture in a file: its pixels behind, its marks before them."""

import numpy as np
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkRenderingCore import (
    vtkActor,
    vtkActor2D,
    vtkCamera,
    vtkImageMapper,
    vtkRenderer,
)

from planner.mesh.vtk_arrays import vtk_array_copied
from planner.rendering.blending import Pixels
from planner.rendering.palette import BLACK
from planner.rendering.scene import Scene
from planner.rendering.slice_content import SliceContent
from planner.rendering.slice_marks import SliceMark, Strokes
from planner.rendering.visuals.convex_fill import ConvexFill
from planner.rendering.visuals.line_set import LineSet

_CAMERA_DISTANCE_MM = 500.0
_HALF_RANGE_MM = 20.0
_LIFT_MM = 0.02
"""From one mark to the next one above it; in parallel projection nothing moves on screen."""


class SliceScene(Scene):
    """Draws the content of a slice with VTK; on screen Qt draws the same."""

    def __init__(self, content: SliceContent | None = None) -> None:
        self.content = content or SliceContent()
        self._camera = vtkCamera()
        self._camera.ParallelProjectionOn()
        self._back, self._front = vtkRenderer(), vtkRenderer()
        self._back.SetBackground(*BLACK)
        self._front.SetActiveCamera(self._camera)
        self._front.UseOITOff()
        super().__init__((self._back, self._front))
        self._image = vtkImageMapper()
        self._image.SetColorWindow(255.0)
        self._image.SetColorLevel(127.5)
        actor = vtkActor2D()
        actor.SetMapper(self._image)
        self._back.AddViewProp(actor)
        self._actors: list[vtkActor] = []

    def fit(self) -> None:
        """Let the content fill the size."""
        self.content.resize(self.width_px, self.height_px)

    def prepare(self) -> None:
        """Take the content as it is now."""
        self._image.SetInputData(_as_image(self.content.pixels(still=True)))
        self._place_camera()
        for actor in self._actors:
            self._front.RemoveActor(actor)
        into = self.content.plane.into_screen_lps
        self._actors = [self._actor_of(mark) for mark in self.content.marks()]
        for order, actor in enumerate(self._actors, start=1):
            actor.SetPosition(*(-order * _LIFT_MM * into))
            self._front.AddActor(actor)

    def _actor_of(self, mark: SliceMark) -> vtkActor:
        if isinstance(mark, Strokes):
            lines = LineSet(mark.colour, mark.width_px * self.pixel_ratio, mark.opacity)
            lines.show(mark.segments_lps_mm)
            return lines.actor
        fill = ConvexFill(mark.colour, mark.opacity)
        fill.show(mark.outlines_lps_mm)
        return fill.actor

    def _place_camera(self) -> None:
        plane = self.content.plane
        centre, into = np.asarray(plane.centre_lps_mm), plane.into_screen_lps
        self._camera.SetFocalPoint(*centre)
        self._camera.SetPosition(*(centre - _CAMERA_DISTANCE_MM * into))
        self._camera.SetViewUp(*(-np.asarray(plane.down_lps)))
        self._camera.SetParallelScale(self.content.height_mm / 2.0)
        self._camera.SetClippingRange(
            _CAMERA_DISTANCE_MM - _HALF_RANGE_MM, _CAMERA_DISTANCE_MM + _HALF_RANGE_MM
        )


def _as_image(pixels: Pixels) -> vtkImageData:
    """Return pixels as a VTK image, whose rows count from below."""
    height_px, width_px = pixels.shape
    flat = pixels[::-1].ravel()
    shifts = (0, 0, 0) if pixels.dtype == np.uint8 else (16, 8, 0)
    channels = [(flat.astype(np.uint32) >> np.uint32(n)) & np.uint32(255) for n in shifts]
    image = vtkImageData()
    image.SetDimensions(width_px, height_px, 1)
    image.GetPointData().SetScalars(vtk_array_copied(np.stack(channels, axis=1).astype(np.uint8)))
    return image
