"""What the views draw of a case: values only, nothing of VTK or Qt."""

import enum

import attrs

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.assessment.findings import Severity
from planner.geometry.measurement import Measurement
from planner.geometry.planes import Plane
from planner.geometry.points import Triple, distance_mm
from planner.geometry.shapes import Capsule, Segment
from planner.mesh.triangle_mesh import TriangleMesh
from planner.rendering.fill_picture import CementPicture, GhostPicture, RoutePicture

NEIGHBOUR_COUNT = 2
"""How many vertebrae beside the one being planned are drawn in 3D."""


class NeedleEnd(enum.Enum):
    """Which end of a needle a handle holds."""

    ENTRY = "entry"
    TIP = "tip"


@attrs.frozen
class Handle:
    """A point of the plan that the user can take hold of in any view."""

    level: VertebraLevel
    side: Side
    end: NeedleEnd
    lps_mm: Triple


@attrs.frozen
class MeasureHandle:
    """A point of a measurement that the user can take hold of."""

    measurement: Measurement
    index: int

    @property
    def lps_mm(self) -> Triple:
        """Where it is."""
        return self.measurement.points_lps_mm[self.index]


@attrs.frozen
class HeightHandle:
    """An end of a height line of the active vertebra that the user can take hold of."""

    level: VertebraLevel
    line: str
    """``anterior``, ``middle`` or ``posterior``."""
    is_superior: bool
    lps_mm: Triple


@attrs.frozen
class NeedlePicture:
    """A needle as drawn: its path from skin to tip and its outer radius."""

    level: VertebraLevel
    side: Side
    path: Segment
    radius_mm: float
    is_active: bool = False
    label: str = ""
    """What to write beside it: its smallest margin; empty where none is known for this path."""
    severity: Severity | None = None
    """The worst finding about this path; None where it was not judged."""

    @property
    def handles(self) -> tuple[Handle, Handle]:
        """The two points to drag."""
        return (
            Handle(self.level, self.side, NeedleEnd.ENTRY, self.path.start_lps_mm),
            Handle(self.level, self.side, NeedleEnd.TIP, self.path.end_lps_mm),
        )


@attrs.frozen
class BalloonPicture:
    """An inflated balloon as drawn."""

    level: VertebraLevel
    side: Side
    shape: Capsule
    flat: Plane | None = None
    """Where another balloon flattens it, its normal pointing out of this one."""


@attrs.frozen(eq=False)
class VertebraPicture:
    """A vertebra as drawn: its bone and its stretch of canal as surfaces."""

    model: VertebraModel
    bone: TriangleMesh
    canal: TriangleMesh
    coarse_bone: TriangleMesh = attrs.field(factory=TriangleMesh.empty)
    """Shown while the view moves; empty where the bone itself is quick enough."""
    coarse_canal: TriangleMesh = attrs.field(factory=TriangleMesh.empty)


@attrs.frozen(eq=False)
class PlanPicture:
    """Everything the views draw over the images."""

    vertebrae: tuple[VertebraPicture, ...] = ()
    needles: tuple[NeedlePicture, ...] = ()
    balloons: tuple[BalloonPicture, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    cement: CementPicture | None = None
    """Of the active level."""
    route: RoutePicture | None = None
    """The way of the leak that is looked at."""
    ghost: GhostPicture | None = None
    active_level: VertebraLevel | None = None
    defects: TriangleMesh = attrs.field(factory=TriangleMesh.empty)
    """Where the cortex of the active vertebra is not seen."""
    gas: TriangleMesh = attrs.field(factory=TriangleMesh.empty)
    """The gas in the active vertebra."""

    @property
    def in_focus(self) -> tuple[VertebraPicture, ...]:
        """The vertebra being planned, or all of them where none is."""
        if self.active_level is None:
            return self.vertebrae
        return tuple(v for v in self.vertebrae if v.model.level is self.active_level)

    @property
    def beside_focus(self) -> tuple[VertebraPicture, ...]:
        """The two vertebrae nearest to the one being planned."""
        focused = self.in_focus
        if self.active_level is None or not focused:
            return ()
        centre = focused[0].model.centre_lps_mm
        others = [v for v in self.vertebrae if v.model.level is not self.active_level]
        others.sort(key=lambda v: distance_mm(v.model.centre_lps_mm, centre))
        return tuple(others[:NEIGHBOUR_COUNT])

    @property
    def handles(self) -> tuple[Handle, ...]:
        """Every point to drag, those of the active needle first."""
        ordered = sorted(self.needles, key=lambda needle: not needle.is_active)
        return tuple(handle for needle in ordered for handle in needle.handles)

    @property
    def height_handles(self) -> tuple[HeightHandle, ...]:
        """Both ends of every height line of the vertebra being worked on."""
        if self.active_level is None or not self.in_focus:
            return ()
        model = self.in_focus[0].model
        return tuple(
            HeightHandle(
                model.level,
                name,
                is_superior,
                line.superior_lps_mm if is_superior else line.inferior_lps_mm,
            )
            for name, line in model.heights.named_lines()
            for is_superior in (True, False)
        )

    @property
    def measure_handles(self) -> tuple[MeasureHandle, ...]:
        """Every point of every measurement, the latest first."""
        latest = reversed(self.measurements)
        return tuple(MeasureHandle(m, n) for m in latest for n in range(len(m.points_lps_mm)))
