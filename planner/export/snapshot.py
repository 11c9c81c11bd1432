"""What a writer is given: immutable values in LPS millimetres, complete and checked."""

import datetime as dt
import enum

import attrs

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.assessment.findings import Assessment
from planner.devices.device_values import DeviceCatalog
from planner.dicom.study_reference import StudyReference
from planner.export.hand_measurement import HandMeasurement
from planner.export.source_images import SourceImages
from planner.imaging.volume import VoxelMask
from planner.mesh.triangle_mesh import TriangleMesh
from planner.planning.plan import Plan

DISCLAIMER = (
    "Research and education software. Not a medical device. "
    "Not for clinical decisions without independent verification."
)

REMOVED_TIME = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
"""Stands where a time was taken out together with the patient's identity."""


class MeshKind(enum.Enum):
    """What a surface shows."""

    BONE = "bone"
    CANAL = "canal"
    NEEDLE = "needle"
    BALLOON = "balloon"
    CEMENT = "cement"


@attrs.frozen(eq=False)
class NamedMesh:
    """A surface with what it shows."""

    name: str
    """Fit for a file name: ``T12-vertebra``, ``T12-left-needle``, ``T12-left-balloon``."""
    title: str
    level: VertebraLevel
    mesh: TriangleMesh
    kind: MeshKind
    side: Side | None = None
    """The patient's side of a needle or a balloon."""


@attrs.frozen(eq=False)
class PlannedFill:
    """Where the planned cement would come to lie in one body.

    An illustration: the volume is the planned one, the shape is what lies nearest to the balloons
    or the tips.
    """

    level: VertebraLevel
    mask: VoxelMask


class PictureKind(enum.Enum):
    """What a picture is made of."""

    VIEW = "view"
    """Slices and surfaces, as on screen."""
    XRAY = "xray"
    """A simulated X-ray with the planned needles drawn: an illustration."""


@attrs.frozen
class Picture:
    """A picture of a view, rendered before the writer runs."""

    name: str
    """Fit for a file name: ``T12-axial``."""
    title: str
    png: bytes = attrs.field(repr=False)
    level: VertebraLevel | None = None
    kind: PictureKind = PictureKind.VIEW


@attrs.frozen(eq=False)
class PlanSnapshot:
    """A plan at one moment with everything a writer may write."""

    title: str
    study: StudyReference
    plan: Plan
    assessment: Assessment
    vertebrae: tuple[VertebraModel, ...]
    devices: DeviceCatalog
    meshes: tuple[NamedMesh, ...]
    pictures: tuple[Picture, ...]
    made_at: dt.datetime
    """In UTC; the only time a writer may write, so that the same snapshot gives the same bytes."""
    software: str
    """Name and version of the program."""
    disclaimer: str = DISCLAIMER
    source: SourceImages | None = None
    """The slices the plan lies on; None where the images are no DICOM series."""
    fills: tuple[PlannedFill, ...] = ()
    """Of each level with cement."""
    measured: tuple[HandMeasurement, ...] = ()
    """What was measured by hand: in the slices, then in radiographs of the same patient."""
    is_deidentified: bool = False

    def vertebra(self, level: VertebraLevel) -> VertebraModel:
        """Return the vertebra of a level that the plan names.

        Raises
        ------
        KeyError
            If the snapshot holds no such level.
        """
        for vertebra in self.vertebrae:
            if vertebra.level is level:
                return vertebra
        raise KeyError(level.name)

    def fill(self, level: VertebraLevel) -> PlannedFill | None:
        """Return where a level's cement would lie, None where none is planned."""
        return next((fill for fill in self.fills if fill.level is level), None)
