"""What is to be drawn, apart from where and when."""

from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow

from planner.rendering.render_schedule import NoSchedule, RenderSchedule


class Scene:
    """Renderers on top of each other and the schedule that is told of changes."""

    def __init__(self, renderers: tuple[vtkRenderer, ...]) -> None:
        self.renderers = renderers
        self.width_px, self.height_px = 1, 1
        self.pixel_ratio = 1.0
        """Device pixels in one pixel of the user's eye; widths of lines grow with it."""
        self._schedule: RenderSchedule = NoSchedule()

    def set_schedule(self, schedule: RenderSchedule) -> None:
        """Tell another schedule of changes."""
        self._schedule = schedule

    def request_frame(self) -> None:
        """Say that the picture is out of date."""
        self._schedule.request_frame()

    def resize(self, width_px: int, height_px: int, pixel_ratio: float) -> None:
        """Fit the scene to a window of device pixels."""
        if (width_px, height_px, pixel_ratio) == (self.width_px, self.height_px, self.pixel_ratio):
            return
        self.width_px, self.height_px, self.pixel_ratio = width_px, height_px, pixel_ratio
        self.fit()

    def fit(self) -> None:
        """Adapt cameras and line widths to the size; called before the first frame."""

    def prepare(self) -> None:
        """Take over what changed since the last frame; called before each."""

    def set_still(self, *, still: bool) -> None:
        """Draw finely at rest, quickly while moving."""

    def attach(self, window: vtkRenderWindow) -> None:
        """Draw into a window."""
        window.SetNumberOfLayers(len(self.renderers))
        for layer, renderer in enumerate(self.renderers):
            renderer.SetLayer(layer)
            window.AddRenderer(renderer)

    def detach(self, window: vtkRenderWindow) -> None:
        """Leave a window, so that its buffers can go."""
        self._schedule = NoSchedule()
        for renderer in self.renderers:
            renderer.ReleaseGraphicsResources(window)
            window.RemoveRenderer(renderer)
