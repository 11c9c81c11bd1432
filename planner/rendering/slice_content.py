"""What one slice shows: a plane of the volume, what lies over it, and the plan that it cuts."""

from collections.abc import Callable, Hashable, Iterator
from functools import partial

import attrs
import numpy as np

from planner.editing.part_labels import PartLabels
from planner.geometry.points import PointLike
from planner.geometry.transforms import RigidTransform
from planner.imaging.slab import THIN, Slab
from planner.imaging.volume import HuArray, Volume
from planner.imaging.window_level import SPINE, WindowLevel, greys_of
from planner.rendering.blending import Pixels, blended
from planner.rendering.cameras import SliceOrientation, SlicePlane, anatomical_plane
from planner.rendering.cement_colours import with_cement
from planner.rendering.image_overlay import ImageOverlay
from planner.rendering.layers import Layer
from planner.rendering.palette import DEFECT, GAS
from planner.rendering.part_overlay import tinted
from planner.rendering.picking import SliceMapping
from planner.rendering.plan_picture import PlanPicture
from planner.rendering.render_schedule import NoSchedule, RenderSchedule
from planner.rendering.slice_marks import SliceMark
from planner.rendering.slice_sampler import SliceSampler
from planner.rendering.visuals.balloon_slice import balloon_marks
from planner.rendering.visuals.endplate_lines import endplate_marks
from planner.rendering.visuals.ghost_outline import ghost_marks
from planner.rendering.visuals.needle_slice import needle_marks
from planner.rendering.visuals.route_line import route_marks
from planner.rendering.visuals.surface_outline import bone_marks, canal_marks, surface_marks

_USUAL_HEIGHT_MM = 110.0
_QUICK_SAMPLES, _STILL_SAMPLES = 1_000_000, 4_000_000
"""So many samples are read in 10 and in 45 ms: more would make scrolling jerk, and freeze the
window when it comes to rest."""
_COARSEST = 4
_MOVING_SHARE_OF_VOXEL = 0.5
"""While a slice moves, samples need lie no closer than this share of a voxel's least edge: what
lies between them is as straight in the volume as it is drawn."""
_Part = tuple[Hashable, object, Callable[[], tuple[SliceMark, ...]]]
_Drawn = tuple[object, tuple[float, ...], tuple[SliceMark, ...]]


class SliceContent:
    """Holds what a slice shows and gives it as pixels and marks; draws nothing itself."""

    def __init__(self) -> None:
        self.width_px, self.height_px = 1, 1
        self._schedule: RenderSchedule = NoSchedule()
        self._sampler, self._overlay_sampler = SliceSampler(), SliceSampler()
        self._cement_sampler = SliceSampler(mixes=False)
        self._plane = anatomical_plane(
            SliceOrientation.AXIAL, RigidTransform.identity(), (0.0, 0.0, 0.0)
        )
        self._height_mm = _USUAL_HEIGHT_MM
        self._window_level = SPINE
        self._slab = THIN
        self._overlay: ImageOverlay | None = None
        self._picture = PlanPicture()
        self._hidden: frozenset[Layer] = frozenset()
        self._drawn: dict[Hashable, _Drawn] = {}
        self._images_read: tuple[Hashable, Pixels] | None = None
        self._steps_read: tuple[Hashable, HuArray] | None = None
        self._parts_edited: PartLabels | None = None

    def set_schedule(self, schedule: RenderSchedule) -> None:
        """Tell another schedule of changes."""
        self._schedule = schedule

    @property
    def mapping(self) -> SliceMapping:
        """How the pixels map to the patient now."""
        return SliceMapping(self._plane, self.width_px, self.height_px, self._px_mm)

    @property
    def plane(self) -> SlicePlane:
        """The plane shown, its centre in the middle of the view."""
        return self._plane

    @property
    def height_mm(self) -> float:
        """How much of the patient the view shows from top to bottom."""
        return self._height_mm

    @property
    def overlay(self) -> ImageOverlay | None:
        """What lies over the volume."""
        return self._overlay

    def resize(self, width_px: int, height_px: int) -> None:
        """Fill so many device pixels."""
        if (width_px, height_px) != (self.width_px, self.height_px):
            self.width_px, self.height_px = width_px, height_px
            self._schedule.request_frame()

    def show_volume(
        self, volume: Volume | None, lps_from_volume: RigidTransform | None = None
    ) -> None:
        """Show the voxels of a volume, moved by a rigid transform where one is given."""
        self._sampler.show(volume, lps_from_volume)
        self._images_read = None
        self._schedule.request_frame()

    def show_overlay(self, overlay: ImageOverlay | None) -> None:
        """Lay another volume over it, or none."""
        if overlay != self._overlay:
            self._overlay = overlay
            self._images_read = None
            if overlay is not None:
                self._overlay_sampler.show(overlay.volume, overlay.lps_from_overlay)
            self._schedule.request_frame()

    def show_window_level(self, window_level: WindowLevel) -> None:
        """Map values to grey."""
        if window_level != self._window_level:
            self._window_level = window_level
            self._schedule.request_frame()

    def show_slab(self, slab: Slab) -> None:
        """Show a slice of another thickness."""
        if slab != self._slab:
            self._slab = slab
            self._schedule.request_frame()

    def show_plane(self, plane: SlicePlane) -> None:
        """Show another plane."""
        if not plane.shows_the_same(self._plane):
            self._plane = plane
            self._schedule.request_frame()

    def show_height(self, height_mm: float) -> None:
        """Zoom until the view shows this much of the patient from top to bottom."""
        if height_mm != self._height_mm:
            self._height_mm = height_mm
            self._schedule.request_frame()

    def show_picture(self, picture: PlanPicture, hidden: frozenset[Layer] = frozenset()) -> None:
        """Draw what the plan holds, but for hidden layers."""
        self._picture, self._hidden = picture, hidden
        cement = picture.cement
        if cement is not None and cement.steps is not self._cement_sampler.volume:
            self._cement_sampler.show(cement.steps)
            self._steps_read = None
        self._schedule.request_frame()

    @property
    def is_edited(self) -> bool:
        """Whether the parts of a vertebra are being edited over the slice."""
        return self._parts_edited is not None

    def show_parts(self, labels: PartLabels | None) -> None:
        """Lay the parts of a vertebra over the slice while they are edited, or no longer."""
        if labels is not self._parts_edited:
            self._parts_edited = labels
            self._schedule.request_frame()

    def pixels(self, *, still: bool) -> Pixels:
        """Return the images, rows from above: greys, or ``0xffRRGGBB`` where two are blended.

        Returns
        -------
        pixels, shape (height_px, width_px)
            While moving, and in a thick slab, perhaps a whole number of times fewer, to be drawn
            larger.
        """
        mapping = _coarser(self.mapping, self._coarseness(still=still))
        pixels = self._pixels(mapping, finely=still)
        return pixels if self._parts_edited is None else tinted(pixels, self._parts_edited, mapping)

    def magnified(self, mapping: SliceMapping) -> Pixels:
        """Return the images as another mapping shows them, in their finest."""
        return self._pixels(mapping, finely=True)

    def _pixels(self, mapping: SliceMapping, *, finely: bool) -> Pixels:
        pixels = self._images(mapping, finely=finely)
        cement = self._picture.cement
        if cement is None or not self._shows(Layer.CEMENT):
            return pixels
        return with_cement(pixels, self._steps(mapping), cement)

    def _steps(self, mapping: SliceMapping) -> HuArray:
        """Return when cement comes to each pixel: read once, whatever volume is shown of it."""
        if self._steps_read is None or self._steps_read[0] != mapping:
            # Always the nearest voxel: fine and quick pictures read the same.
            steps = self._cement_sampler.sample(mapping, finely=False).copy()
            self._steps_read = (mapping, steps)
        return self._steps_read[1]

    def _images(self, mapping: SliceMapping, *, finely: bool) -> Pixels:
        """Return the slice of the volumes: the same pixels as before where nothing moved."""
        key = (mapping, self._window_level, self._slab, self._overlay, finely)
        if self._images_read is None or self._images_read[0] != key:
            self._images_read = (key, self._read_images(mapping, finely=finely))
        return self._images_read[1]

    def _read_images(self, mapping: SliceMapping, *, finely: bool) -> Pixels:
        greys = greys_of(
            self._sampler.sample(mapping, self._slab, finely=finely), self._window_level
        )
        overlay = self._overlay
        if overlay is None or overlay.share == 0.0:
            return greys
        values = self._overlay_sampler.sample(mapping, finely=finely)
        return blended(greys, greys_of(values, overlay.window_level), overlay.share)

    def marks(self) -> Iterator[SliceMark]:
        """Return what the plan draws, back to front; kept where neither it nor the slice moved."""
        drawn, self._drawn = self._drawn, {}
        into = self._plane.into_screen_lps
        place = (*into, float(into @ np.asarray(self._plane.centre_lps_mm)))
        for key, value, make in self._parts():
            known = drawn.get(key)
            if known is None or known[1] != place or not _is_same(known[0], value):
                known = (value, place, make())
            self._drawn[key] = known
            yield from known[2]

    def _parts(self) -> Iterator[_Part]:
        picture, plane = self._picture, self._plane
        # What is being edited is drawn from its labels: outlines of before would lie beside them.
        if self._parts_edited is None:
            yield from self._bone_parts()
        yield from self._modelled_parts()
        for balloon in picture.balloons if self._shows(Layer.BALLOONS) else ():
            key = ("balloon", balloon.level, balloon.side)
            yield key, balloon, partial(balloon_marks, balloon, plane)
        for needle in picture.needles if self._shows(Layer.NEEDLES) else ():
            key = ("needle", needle.level, needle.side)
            drawn = attrs.evolve(needle, label="", severity=None)
            yield key, drawn, partial(needle_marks, needle, plane)

    def _bone_parts(self) -> Iterator[_Part]:
        picture, plane = self._picture, self._plane
        for item in picture.in_focus:
            level = item.model.level
            if self._shows(Layer.OUTLINES):
                yield ("bone", level), item.bone, partial(bone_marks, item.bone, plane)
            if self._shows(Layer.CANAL):
                yield ("canal", level), item.canal, partial(canal_marks, item.canal, plane)
            if self._shows(Layer.ENDPLATES):
                model = item.model
                yield ("endplates", level), model, partial(endplate_marks, model, plane)
        if self._shows(Layer.OUTLINES):
            for kind, mesh, colour in (
                ("defects", picture.defects, DEFECT),
                ("gas", picture.gas, GAS),
            ):
                yield kind, mesh, partial(surface_marks, mesh, plane, colour)

    def _modelled_parts(self) -> Iterator[_Part]:
        ghost, route, plane = self._picture.ghost, self._picture.route, self._plane
        if ghost is not None and self._shows(Layer.GHOST):
            yield "ghost", ghost, partial(ghost_marks, ghost, plane)
        if route is not None and self._shows(Layer.CEMENT):
            yield "route", route, partial(route_marks, route, plane)

    def recentre(self, point_lps_mm: PointLike) -> None:
        """Put a point in the middle of the view, on its own slice."""
        self.show_plane(self._plane.centred_on(point_lps_mm))

    def _shows(self, layer: Layer) -> bool:
        return layer not in self._hidden

    def _coarseness(self, *, still: bool) -> int:
        """Return how many times fewer pixels a side are ready in time."""
        if still and self._slab.is_thin:
            return 1
        layers = 1.0 if self._slab.is_thin else self._slab.thickness_mm
        samples = self.width_px * self.height_px * (layers + (self._overlay is not None))
        limit = _STILL_SAMPLES if still else _QUICK_SAMPLES
        shrink = int(np.ceil(np.sqrt(samples / limit)))
        enough = 1 if still else int(_MOVING_SHARE_OF_VOXEL * self._least_edge_mm() / self._px_mm)
        return min(max(shrink, enough, 1), _COARSEST)

    @property
    def _px_mm(self) -> float:
        return self._height_mm / self.height_px

    def _least_edge_mm(self) -> float:
        """Return the least edge of a voxel of what is shown; 0 where nothing is."""
        volumes = (self._sampler.volume, self._overlay.volume if self._overlay else None)
        edges = [min(v.geometry.spacing_ijk_mm) for v in volumes if v is not None]
        return min(edges, default=0.0)


def _coarser(mapping: SliceMapping, times: int) -> SliceMapping:
    if times == 1:
        return mapping
    width_px, height_px = -(-mapping.width_px // times), -(-mapping.height_px // times)
    # Their last row and column may reach beyond the view: the corner above left stays in place.
    plane, mm = mapping.plane, mapping.mm_per_px * times
    corner = np.asarray(mapping.lps_of((0.0, 0.0)))
    middle = corner + mm / 2.0 * (
        width_px * np.asarray(plane.right_lps) + height_px * np.asarray(plane.down_lps)
    )
    return SliceMapping(plane.centred_on(middle), width_px, height_px, mm)


def _is_same(one: object, other: object) -> bool:
    """Meshes and vertebrae are themselves or another; needles and balloons are their values."""
    return one is other or one == other
