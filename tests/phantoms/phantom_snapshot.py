"""A snapshot made by hand, for the export and its writers, with every number known.

The patient is asymmetric on purpose: the only needle and balloon lie on the left, with positive x,
so that a mirrored export is wrong in every file.
"""

import datetime as dt
import io
import struct
import zlib

import attrs
import numpy as np
import pytest

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import BodyHeights, BodyWalls, HeightLine, Pedicle, VertebraModel
from planner.assessment.findings import Assessment, Finding, LevelAssessment, Severity
from planner.devices.device_values import (
    BalloonModel,
    CementModel,
    DeviceCatalog,
    NeedleModel,
    Source,
)
from planner.dicom.study_reference import PatientIdentity, StudyReference
from planner.export.planned_fill import planned_fill
from planner.export.snapshot import MeshKind, NamedMesh, Picture, PictureKind, PlanSnapshot
from planner.export.source_images import SourceImage, SourceImages, StudyHeader
from planner.geometry.grids import GridGeometry
from planner.geometry.planes import Plane
from planner.geometry.points import Triple
from planner.geometry.shapes import capsule_between
from planner.geometry.transforms import RigidTransform
from planner.imaging.volume import VoxelMask
from planner.mesh.triangle_mesh import TriangleMesh
from planner.planning.measures import (
    BalloonMeasures,
    BreachGrade,
    CArmAngles,
    CementBand,
    CementMeasures,
    Margin,
    NeedleMargins,
    NeedleMeasures,
)
from planner.planning.plan import (
    LevelPlan,
    Plan,
    PlannedBalloon,
    PlannedCement,
    PlannedNeedle,
    Procedure,
)

LEVEL = VertebraLevel.T12
CENTRE: Triple = (10.0, -40.0, -420.0)
SKIN: Triple = (52.0, 55.0, -412.0)
BONE: Triple = (30.0, 5.0, -416.0)
TIP: Triple = (18.0, -48.0, -421.0)
IDENTITY = PatientIdentity("Müller-Lüdenscheidt^Änne", "PAT-4711", "F", "19470312")
STUDY = StudyReference(
    path="/images/Mueller Aenne/series 3",
    study_uid="1.2.826.0.1.3680043.8.498.11",
    series_uid="1.2.826.0.1.3680043.8.498.12",
    frame_of_reference_uid="1.2.826.0.1.3680043.8.498.13",
    voxel_sha256="5f" * 32,
    patient=IDENTITY,
    study_date="20260105",
    description="CT BWS/LWS nativ, Dr. Beispiel",
    shape_kji=(300, 512, 512),
    spacing_kji_mm=(1.0, 0.7, 0.7),
    contrast_agent=False,
    tube_voltage_kv=120.0,
)
HEADER = StudyHeader(
    study_time="101530",
    study_id="ST-0815",
    study_description="Wirbelsäule Fremdaufnahme",
    accession_number="ACC-90210",
    referring_physician="Hausarzt^Käthe",
    issuer_of_patient_id="Klinikum Musterstadt",
)
CT_CLASS = "1.2.840.10008.5.1.4.1.1.2"
SOURCE = SourceImages(
    images=tuple(
        SourceImage(CT_CLASS, f"1.2.826.0.1.3680043.8.498.14.{number + 1}", (-70.0, -130.0, z_mm))
        for number, z_mm in enumerate(np.arange(-450.0, -390.0, 2.5))
    ),
    row_lps=(1.0, 0.0, 0.0),
    column_lps=(0.0, 1.0, 0.0),
    spacing_ij_mm=(0.75, 0.7),
    columns=220,
    rows=240,
    slice_step_mm=2.5,
    header=HEADER,
)
"""Twenty-four slices; the phantom's bone lies in those to the left of their middle."""
READ = Source("Read in the manufacturer's table", verified=True)
NOT_READ = Source("Not read anywhere: check the product's sheet", verified=False)
DEVICES = DeviceCatalog(
    needles=(
        NeedleModel("n-11", "Access needle 11 G, 125 mm", 11, 3.05, 2.39, 125.0, READ, NOT_READ),
        NeedleModel("n-8", "Access needle 8 G, 100 mm", 8, 4.19, 3.43, 100.0, READ, NOT_READ),
    ),
    balloons=(BalloonModel("b-15", "Balloon 15/3", 15.0, 3.2, 11, 4.0, 400.0, READ, NOT_READ),),
    cements=(
        CementModel("c-hv", "PMMA, high viscosity", "high", READ),
        CementModel("c-lv", "PMMA, low viscosity", "low", NOT_READ),
    ),
)


def box_mesh(centre: Triple, half_mm: Triple) -> TriangleMesh:
    """Return a closed box of twelve outward triangles."""
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = [face for a, b, c, d in quads for face in ((a, b, c), (a, c, d))]
    return TriangleMesh(np.array(centre) + corners * np.array(half_mm), np.array(faces))


def box_vertebra(level: VertebraLevel = LEVEL) -> VertebraModel:
    """Return a vertebra of boxes around `CENTRE`."""
    grid = GridGeometry.axis_aligned((24, 30, 16), np.array(CENTRE) - (23, 20, 15), (2, 2, 2))
    body, whole, canal, other = (np.zeros(grid.shape_kji, dtype=bool) for _ in range(4))
    body[2:14, 2:17, 3:21] = True
    whole |= body
    whole[5:11, 17:23, 16:20] = True
    canal[:, 18:24, 9:15] = True

    def at(dx: float, dy: float, dz: float) -> Triple:
        return CENTRE[0] + dx, CENTRE[1] + dy, CENTRE[2] + dz

    return VertebraModel(
        level=level,
        whole=VoxelMask(whole, grid),
        body=VoxelMask(body, grid),
        canal=VoxelMask(canal, grid),
        other_bone=VoxelMask(other, grid),
        lps_from_vertebra=RigidTransform(np.eye(3), np.array(CENTRE)),
        walls=BodyWalls(
            superior=Plane(at(0, 0, 12), (0, 0, 1)),
            inferior=Plane(at(0, 0, -12), (0, 0, -1)),
            anterior=Plane(at(0, -15, 0), (0, -1, 0)),
            posterior=Plane(at(0, 15, 0), (0, 1, 0)),
        ),
        heights=BodyHeights(
            anterior=HeightLine(at(0, -15, 8), at(0, -15, -10)),
            middle=HeightLine(at(0, 0, 10), at(0, 0, -12)),
            posterior=HeightLine(at(0, 15, 12), at(0, 15, -12)),
        ),
        left_pedicle=Pedicle(Side.LEFT, at(15, 20, 3), (-0.2, -0.97, 0.1), 8.4, 13.2),
        right_pedicle=None,
        trabecular_hu=96.0,
        boundary_uncertainty_mm=0.8,
        notes=("The right pedicle was not found.",),
    )


def left_needle() -> PlannedNeedle:
    """Return the only needle, on the patient's left."""
    return PlannedNeedle(Side.LEFT, "n-11", SKIN, TIP)


def left_measures() -> NeedleMeasures:
    """Return the measures of `left_needle`."""
    return NeedleMeasures(
        side=Side.LEFT,
        skin_lps_mm=SKIN,
        bone_entry_lps_mm=BONE,
        tip_lps_mm=TIP,
        transverse_deg=18.27,
        sagittal_deg=4.96,
        skin_entry_from_midline_mm=42.0,
        depth_from_skin_mm=108.87,
        depth_from_bone_mm=54.57,
        pedicle_fill_share=0.363,
        margins=NeedleMargins(
            pedicle_wall=Margin(2.91, 0.8),
            canal=Margin(5.24, 0.8),
            foramen=None,
            endplate=Margin(7.06, 0.8),
            anterior_cortex=Margin(6.13, 0.8),
        ),
        grade=BreachGrade.A,
        en_face=CArmAngles(orbital_deg=18.3, angular_deg=5.0),
        tip_depth_share=0.77,
    )


def left_balloon_measures() -> BalloonMeasures:
    """Return the measures of the only balloon."""
    return BalloonMeasures(
        side=Side.LEFT,
        shape=capsule_between((18.6, -44.0, -420.6), (20.0, -40.0, -420.2), 5.8),
        contact_mm=3.2,
        nearest_wall="superior endplate",
        rear_marker_beyond_cannula_mm=2.5,
        front_marker_lps_mm=(18.4, -46.0, -420.8),
        rear_marker_lps_mm=(21.3, -32.0, -419.5),
    )


FINDINGS = (
    Finding(
        Severity.CAUTION,
        "balloon-contact",
        "The balloon comes within 3.2 mm of the superior endplate.",
        LEVEL,
        Side.LEFT,
        3.2,
        4.0,
        "mm",
    ),
    Finding(
        Severity.SAFE,
        "canal-margin",
        "The left needle stays 5.2 +/- 0.8 mm from the spinal canal.",
        LEVEL,
        Side.LEFT,
        5.24,
        2.0,
        "mm",
    ),
)


def png_picture(
    red: int, *, width_px: int = 96, height_px: int = 72, is_mirrored: bool = False
) -> bytes:
    """Return a PNG whose left half is of one red and whose right half is dark, or mirrored."""
    half = width_px // 2
    halves = (bytes([red, 60, 60]) * half, bytes([20, 20, 20]) * (width_px - half))
    row = b"\0" + b"".join(reversed(halves) if is_mirrored else halves)
    out = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    out.seek(0, io.SEEK_END)
    header = struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(row * height_px)), (b"IEND", b""))
    for kind, data in chunks:
        out.write(struct.pack(">I", len(data)) + kind + data)
        out.write(struct.pack(">I", zlib.crc32(kind + data)))
    return out.getvalue()


def left_sided_snapshot() -> PlanSnapshot:
    """Return a kyphoplasty of T12 through one needle on the left."""
    plan = LevelPlan(
        LEVEL,
        Procedure.KYPHOPLASTY,
        (left_needle(),),
        (PlannedBalloon(Side.LEFT, "b-15", front_beyond_tip_mm=-2.0, volume_ml=2.5),),
        PlannedCement("c-lv", volume_ml=3.5),
    )
    level = LevelAssessment(
        LEVEL,
        (left_measures(),),
        (left_balloon_measures(),),
        CementMeasures(3.5, CementBand(2.2, 4.1, 5.2, "share of the body"), 4.1, 0.205),
        FINDINGS,
    )
    bone, needle = box_mesh(CENTRE, (23.0, 17.0, 12.0)), box_mesh(TIP, (1.5, 30.0, 1.5))
    vertebra = box_vertebra()
    fill = planned_fill(plan, level, vertebra)
    return PlanSnapshot(
        title="Müller-Lüdenscheidt, T12 kyphoplasty",
        study=STUDY,
        plan=Plan((plan,)),
        assessment=Assessment((level,), (Finding(Severity.NOTE, "slices", "Slices of 1.0 mm."),)),
        vertebrae=(vertebra,),
        devices=DEVICES,
        meshes=(
            NamedMesh("T12-vertebra", "T12", LEVEL, bone, MeshKind.BONE),
            NamedMesh("T12-left-needle", "Left needle", LEVEL, needle, MeshKind.NEEDLE, Side.LEFT),
        ),
        pictures=(
            Picture("T12-axial", "Axial", png_picture(200), LEVEL),
            Picture("T12-sagittal", "Sagittal", png_picture(120), LEVEL),
            Picture("T12-xray-ap", "X-ray AP", png_picture(90), LEVEL, PictureKind.XRAY),
            Picture("T12-left-barrel", "Down it", png_picture(60), LEVEL, PictureKind.XRAY),
        ),
        made_at=dt.datetime(2026, 1, 6, 14, 30, tzinfo=dt.UTC),
        software="Vertebroplan 0.1.0",
        source=SOURCE,
        fills=(fill,) if fill else (),
    )


def empty_snapshot() -> PlanSnapshot:
    """Return a snapshot whose plan has nothing in it."""
    return attrs.evolve(
        left_sided_snapshot(),
        plan=Plan(),
        assessment=Assessment(()),
        vertebrae=(),
        meshes=(),
        pictures=(),
        fills=(),
    )


@pytest.fixture
def a_snapshot() -> PlanSnapshot:
    """A kyphoplasty of T12 through one needle on the patient's left."""
    return left_sided_snapshot()


@pytest.fixture
def an_empty_snapshot() -> PlanSnapshot:
    """A snapshot whose plan has nothing in it."""
    return empty_snapshot()


def snapshot_of(plan: Plan) -> PlanSnapshot:
    """Return a snapshot of any plan, each level assessed with the phantom's numbers."""
    return attrs.evolve(
        left_sided_snapshot(),
        plan=plan,
        assessment=Assessment(tuple(_assessed(level) for level in plan.levels)),
        vertebrae=tuple(box_vertebra(level.level) for level in plan.levels),
        fills=(),
    )


def _assessed(level: LevelPlan) -> LevelAssessment:
    needles = tuple(
        attrs.evolve(
            left_measures(), side=n.side, skin_lps_mm=n.skin_lps_mm, tip_lps_mm=n.tip_lps_mm
        )
        for n in level.needles
    )
    balloons = tuple(attrs.evolve(left_balloon_measures(), side=b.side) for b in level.balloons)
    band = CementBand(2.2, 4.1, 5.2, "share of the body")
    cement = CementMeasures(level.cement.volume_ml, band, 4.1, 0.205) if level.cement else None
    return LevelAssessment(level.level, needles, balloons, cement, ())


def three_level_plan() -> Plan:
    """Return needles, balloons and cement on several levels, with numbers no decimal ends."""
    third = 1.0 / 3.0
    right = PlannedNeedle(Side.RIGHT, "n-8", (-52.0 - third, 55.1, -412.7), (-18.0, -48.3, -421.1))
    left = PlannedNeedle(Side.LEFT, "n-11", (52.0 + third, 55.2, -412.9), (18.1, -48.2, -421.3))
    return Plan(
        (
            LevelPlan(VertebraLevel.T11, Procedure.VERTEBROPLASTY, (right,)),
            LevelPlan(
                VertebraLevel.T13,
                Procedure.KYPHOPLASTY,
                (right, left),
                (
                    PlannedBalloon(Side.LEFT, "b-15", -2.0 * third, 2.0 + third),
                    PlannedBalloon(Side.RIGHT, "b-15", 0.1, 0.7),
                ),
                PlannedCement("c-hv", 3.0 + third),
            ),
            LevelPlan(
                VertebraLevel.L5,
                Procedure.VERTEBROPLASTY,
                (left, right),
                cement=PlannedCement("a-product-with-a-name-far-beyond-sixteen", 0.1 + 0.2),
            ),
        )
    )


def _mirrored(lps_mm: Triple) -> Triple:
    x, y, z = lps_mm
    return 2.0 * CENTRE[0] - x, y, z


def _mirrored_mask(mask: VoxelMask) -> VoxelMask:
    # The phantom's grid is as wide to the left of `CENTRE` as to the right.
    return VoxelMask(mask.voxels[:, :, ::-1], mask.geometry)


def right_sided_snapshot() -> PlanSnapshot:
    """Return the left-sided snapshot seen in a mirror: its needle lies on the patient's right."""
    left = left_sided_snapshot()
    (level,), (assessed,), (vertebra,) = left.plan.levels, left.assessment.levels, left.vertebrae
    right = Side.RIGHT
    skin, tip = _mirrored(SKIN), _mirrored(TIP)
    plan = attrs.evolve(
        level,
        needles=(PlannedNeedle(right, "n-11", skin, tip),),
        balloons=tuple(attrs.evolve(b, side=right) for b in level.balloons),
    )
    balloon = left_balloon_measures()
    axis = balloon.shape.axis
    shape = capsule_between(
        _mirrored(axis.start_lps_mm), _mirrored(axis.end_lps_mm), balloon.shape.radius_mm
    )
    measured = attrs.evolve(
        assessed,
        needles=(
            attrs.evolve(
                left_measures(),
                side=right,
                skin_lps_mm=skin,
                tip_lps_mm=tip,
                bone_entry_lps_mm=_mirrored(BONE),
                en_face=CArmAngles(orbital_deg=-18.3, angular_deg=5.0),
            ),
        ),
        balloons=(
            attrs.evolve(
                balloon,
                side=right,
                shape=shape,
                front_marker_lps_mm=_mirrored(balloon.front_marker_lps_mm),
                rear_marker_lps_mm=_mirrored(balloon.rear_marker_lps_mm),
            ),
        ),
        findings=tuple(attrs.evolve(finding, side=right) for finding in FINDINGS),
    )
    masks = {
        name: _mirrored_mask(getattr(vertebra, name))
        for name in ("whole", "body", "canal", "other_bone")
    }
    pedicle = attrs.evolve(
        vertebra.left_pedicle,
        side=right,
        isthmus_lps_mm=_mirrored(vertebra.left_pedicle.isthmus_lps_mm),
        axis_lps=(0.2, -0.97, 0.1),
    )
    mirrored = attrs.evolve(vertebra, left_pedicle=None, right_pedicle=pedicle, **masks)
    fill = planned_fill(plan, measured, mirrored)
    bone, _ = left.meshes
    return attrs.evolve(
        left,
        plan=Plan((plan,)),
        assessment=attrs.evolve(left.assessment, levels=(measured,)),
        vertebrae=(mirrored,),
        meshes=(
            bone,
            NamedMesh(
                "T12-right-needle", "Right needle", LEVEL,
                box_mesh(_mirrored(TIP), (1.5, 30.0, 1.5)), MeshKind.NEEDLE, right,
            ),
        ),
        pictures=tuple(
            attrs.evolve(picture, png=png_picture(200, is_mirrored=True))
            for picture in left.pictures
        ),
        fills=(fill,) if fill else (),
    )  # fmt: skip
