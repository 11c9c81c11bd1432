"""Ideal shapes in the beam: instruments, balloons, the table."""

from collections.abc import Iterable

import attrs
import numpy as np

from planner.geometry.planes import Plane
from planner.geometry.points import FloatArray, PointLike, Triple, as_triple, as_unit_vector
from planner.geometry.shapes import Capsule, Segment
from planner.simulation.c_arm import XrayView
from planner.simulation.chords import Rays, Solid, Window, add_chords
from planner.simulation.plane_stack import FloatImage
from planner.simulation.worker_bands import in_bands

_MARGIN_PX = 2
_ENDLESS_MM = 1e5


def _as_unit_triple(value: PointLike) -> Triple:
    return as_triple(as_unit_vector(value))


@attrs.frozen
class Rod:
    """A round bar with flat ends, cut further by planes: a bevel is one, a trocar's tip three."""

    axis: Segment
    radius_mm: float = attrs.field(validator=attrs.validators.gt(0.0))
    cuts: tuple[Plane, ...] = ()
    """What lies on the positive side of any of them is taken away."""


@attrs.frozen
class Block:
    """A box with its edges along three directions at right angles."""

    centre_lps_mm: Triple = attrs.field(converter=as_triple)
    edges_lps: tuple[Triple, Triple, Triple]
    size_mm: Triple = attrs.field(converter=as_triple)


@attrs.frozen
class AttenuatingBody:
    """A shape of one material."""

    shape: Rod | Capsule | Block
    water: float
    """Millimetres of water that weaken as much as one millimetre of it; negative for a bore."""


def add_bodies(image: FloatImage, bodies: Iterable[AttenuatingBody], view: XrayView) -> None:
    """Add to line integrals what bodies weaken, in place, exact for each pixel's ray.

    A body is added to the patient, not put in its place: metal weakens so much more than the bone
    it displaces that nobody sees the difference.
    """
    source = np.asarray(view.source_lps_mm)
    rays = Rays(
        view.first_pixel_lps_mm - source,
        np.asarray(view.right_lps) * view.pixel_mm,
        np.asarray(view.down_lps) * view.pixel_mm,
    )
    for body in bodies:
        _add_solid(image, rays, _window(body.shape, view), _solid(body, source))


def _add_solid(image: FloatImage, rays: Rays, window: Window, solid: Solid) -> None:
    first = window.first_row
    in_bands(
        max(window.stop_row - first, 0),
        lambda start, stop: add_chords(
            image,
            rays,
            window._replace(first_row=first + start, stop_row=first + stop),
            solid,
        ),
    )


def _window(shape: Rod | Capsule | Block, view: XrayView) -> Window:
    """Return the pixels a shape may fall on: all where a part of it is beside the source."""
    pixels = view.pixels_of(_corners_lps_mm(shape))
    if not np.isfinite(pixels).all():
        return Window(0, view.pixels, 0, view.pixels)
    low = np.clip(np.floor(pixels.min(axis=0)) - _MARGIN_PX, 0, view.pixels).astype(int)
    high = np.clip(np.ceil(pixels.max(axis=0)) + _MARGIN_PX + 1, 0, view.pixels).astype(int)
    return Window(int(low[1]), int(high[1]), int(low[0]), int(high[0]))


def _corners_lps_mm(shape: Rod | Capsule | Block) -> FloatArray:
    """Return points whose hull holds the shape, shape (n, 3)."""
    signs = np.array(np.meshgrid(*[(-1.0, 1.0)] * 3)).reshape(3, 8).T
    if isinstance(shape, Block):
        corners: FloatArray = shape.centre_lps_mm + (signs * shape.size_mm / 2.0) @ shape.edges_lps
        return corners
    ends = np.array([shape.axis.start_lps_mm, shape.axis.end_lps_mm])
    hull: FloatArray = (ends[:, np.newaxis] + signs * shape.radius_mm).reshape(16, 3)
    return hull


def _solid(body: AttenuatingBody, source_lps_mm: FloatArray) -> Solid:
    shape = body.shape
    if isinstance(shape, Block):
        start = np.asarray(shape.centre_lps_mm)
        end, axis, radius_mm, cuts = start, np.array([0.0, 0.0, 1.0]), _ENDLESS_MM, _sides(shape)
    else:
        start, end = np.array(shape.axis.start_lps_mm), np.array(shape.axis.end_lps_mm)
        radius_mm = shape.radius_mm
        # A capsule of no length is a sphere, whose axis may be any.
        axis = np.array([0.0, 0.0, 1.0])
        if shape.axis.length_mm > 0.0:
            axis = np.array(shape.axis.direction_lps)
        cuts = (Plane(as_triple(start), as_triple(-axis)), Plane(as_triple(end), as_triple(axis)))
        cuts += shape.cuts if isinstance(shape, Rod) else ()
    planes = np.array(
        [
            [*cut.normal_lps, np.subtract(cut.point_lps_mm, source_lps_mm) @ cut.normal_lps]
            for cut in cuts
        ]
    )
    return Solid(
        start - source_lps_mm,
        end - source_lps_mm,
        axis,
        radius_mm,
        planes,
        isinstance(shape, Capsule),
        body.water,
    )


def _sides(block: Block) -> tuple[Plane, ...]:
    centre = np.asarray(block.centre_lps_mm)
    return tuple(
        Plane(
            as_triple(centre + sign * size_mm / 2.0 * np.asarray(edge)),
            as_triple(sign * np.asarray(edge)),
        )
        for edge, size_mm in zip(block.edges_lps, block.size_mm, strict=True)
        for sign in (-1.0, 1.0)
    )
