"""What the DICOM writers write, read with pydicom, highdicom and other people's programs."""

import io
import shutil
import subprocess
from pathlib import Path

import attrs
import numpy as np
import pydicom
import pytest
from phantom_snapshot import CENTRE, HEADER, IDENTITY, SKIN, SOURCE, STUDY, TIP

from planner.anatomy.levels import Side, VertebraLevel
from planner.export.deidentify import deidentified
from planner.export.registry import discover
from planner.export.run_export import run_export
from planner.export.snapshot import DISCLAIMER, PlanSnapshot
from planner.planning.plan import (
    AcceptedFinding,
    BalloonLimits,
    CementPhases,
    DeadVolume,
    Injector,
)
from planner_writer_mesh.stl import read_stl

DICOM_IDS = ["dicom-pdf", "dicom-seg", "dicom-sr", "dicom-stl", "dicom-views"]
_TOLERANCE_MM = 1e-3


def written(writer_id: str, snapshot: PlanSnapshot, folder: Path) -> list[Path]:
    receipt = run_export(snapshot, discover().named(writer_id), folder)
    assert receipt.problems == ()
    return [file.path for file in receipt.files]


@pytest.fixture(params=DICOM_IDS)
def objects(
    request: pytest.FixtureRequest, a_snapshot: PlanSnapshot, tmp_path: Path
) -> list[pydicom.Dataset]:
    return [pydicom.dcmread(path) for path in written(request.param, a_snapshot, tmp_path)]


def test_objects_join_the_images_study_under_the_same_patient(
    objects: list[pydicom.Dataset],
) -> None:
    for found in objects:
        assert found.StudyInstanceUID == STUDY.study_uid
        assert str(found.PatientName) == IDENTITY.name
        assert (found.PatientID, found.PatientBirthDate, found.PatientSex) == (
            IDENTITY.patient_id, IDENTITY.birth_date, IDENTITY.sex,
        )  # fmt: skip
        assert (found.StudyDate, found.StudyTime) == (STUDY.study_date, HEADER.study_time)
        assert (found.StudyID, found.AccessionNumber) == (HEADER.study_id, HEADER.accession_number)
        assert found.StudyDescription == HEADER.study_description
        assert str(found.ReferringPhysicianName) == HEADER.referring_physician
        assert found.IssuerOfPatientID == HEADER.issuer_of_patient_id


def test_objects_are_in_a_series_of_their_own_with_software_and_time(
    objects: list[pydicom.Dataset],
) -> None:
    assert len({found.SeriesInstanceUID for found in objects}) == 1
    assert len({found.SOPInstanceUID for found in objects}) == len(objects)
    for found in objects:
        assert found.SeriesInstanceUID != STUDY.series_uid
        assert found.SoftwareVersions == "Vertebroplan 0.1.0"
        assert (found.ContentDate, found.ContentTime) == ("20260106", "143000")


def test_each_kind_of_object_has_another_series(a_snapshot: PlanSnapshot, tmp_path: Path) -> None:
    series = {
        pydicom.dcmread(path).SeriesInstanceUID
        for writer_id in DICOM_IDS
        for path in written(writer_id, a_snapshot, tmp_path)
    }
    assert len(series) == len(DICOM_IDS)


def test_another_state_of_the_plan_is_another_object(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    later = attrs.evolve(a_snapshot, made_at=a_snapshot.made_at.replace(minute=31))
    for writer_id in DICOM_IDS:
        first, second = (
            pydicom.dcmread(written(writer_id, snapshot, tmp_path / name)[0]).SOPInstanceUID
            for name, snapshot in (("now", a_snapshot), ("later", later))
        )
        assert first != second


def test_images_that_are_no_dicom_series_get_no_objects_but_a_sentence(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    for writer_id in DICOM_IDS:
        snapshot = attrs.evolve(a_snapshot, source=None)
        receipt = run_export(snapshot, discover().named(writer_id), tmp_path)
        assert receipt.problems[0].message.startswith("The images are no DICOM series")


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"frame_of_reference_uid": None}, "no frame of reference"), ({"study_uid": "x"}, "UIDs")],
)
def test_what_the_images_lack_is_named(
    a_snapshot: PlanSnapshot, tmp_path: Path, change: dict[str, object], reason: str
) -> None:
    snapshot = attrs.evolve(a_snapshot, study=attrs.evolve(STUDY, **change))
    receipt = run_export(snapshot, discover().named("dicom-sr"), tmp_path)
    assert [reason in problem.message for problem in receipt.problems] == [True]


# The segmentation


@pytest.fixture
def segmentation(a_snapshot: PlanSnapshot, tmp_path: Path) -> Path:
    (path,) = written("dicom-seg", a_snapshot, tmp_path)
    return path


def segment_points(path: Path, label: str) -> np.ndarray:
    """Return the voxel centres of a segment in LPS mm, as highdicom and pydicom say."""
    import highdicom

    dataset = highdicom.seg.segread(path)
    number = next(
        dataset.get_segment_description(n).segment_number
        for n in dataset.segment_numbers
        if dataset.get_segment_description(n).segment_label == label
    )
    frames = pydicom.dcmread(path).pixel_array
    (spacing,) = [
        item.PixelSpacing
        for item in dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence
    ]
    points = []
    for frame, item in zip(frames, dataset.PerFrameFunctionalGroupsSequence, strict=True):
        if item.SegmentIdentificationSequence[0].ReferencedSegmentNumber == number:
            x, y, z = item.PlanePositionSequence[0].ImagePositionPatient
            rows, columns = np.nonzero(frame)
            points += [
                (x + spacing[1] * i, y + spacing[0] * j, z)
                for j, i in zip(rows, columns, strict=True)
            ]
    return np.array(points)


def test_segments_name_bone_canal_and_cement_with_codes_and_the_level(segmentation: Path) -> None:
    segments = pydicom.dcmread(segmentation).SegmentSequence
    assert [segment.SegmentLabel for segment in segments] == [
        "T12 vertebral body",
        "T12 pedicles and arch",
        "T12 spinal canal",
        "T12 planned cement (illustration)",
    ]
    for segment in segments:
        assert segment.AnatomicRegionSequence[0].CodeValue == "23215003"
    assert segments[2].SegmentedPropertyTypeCodeSequence[0].CodeValue == "61853006"


def test_the_segmentation_lies_on_the_very_slices_of_the_ct(segmentation: Path) -> None:
    found = pydicom.dcmread(segmentation)
    assert (found.Rows, found.Columns) == (SOURCE.rows, SOURCE.columns)
    assert found.FrameOfReferenceUID == STUDY.frame_of_reference_uid
    by_uid = {image.sop_instance_uid: image for image in SOURCE.images}
    for item in found.PerFrameFunctionalGroupsSequence:
        (source,) = item.DerivationImageSequence[0].SourceImageSequence
        image = by_uid[source.ReferencedSOPInstanceUID]
        place = item.PlanePositionSequence[0].ImagePositionPatient
        assert place == pytest.approx(image.position_lps_mm, abs=_TOLERANCE_MM)
    assert {s.SeriesInstanceUID for s in found.ReferencedSeriesSequence} == {STUDY.series_uid}


def test_each_voxel_whose_centre_is_in_the_bone_is_in_the_segment_and_no_other(
    segmentation: Path,
) -> None:
    # The phantom's body is a box; its voxels of 2 mm reach one beyond their centres.
    centre = np.array(CENTRE)
    lower, upper = centre - np.array([18, 17, 12]), centre + np.array([18, 13, 12])
    expected = {
        (round(x, 3), round(y, 3), round(z, 3))
        for z in (image.position_lps_mm[2] for image in SOURCE.images)
        for y in -130.0 + 0.7 * np.arange(SOURCE.rows)
        for x in -70.0 + 0.75 * np.arange(SOURCE.columns)
        if (np.array([x, y, z]) > lower).all() and (np.array([x, y, z]) < upper).all()
    }
    points = segment_points(segmentation, "T12 vertebral body")
    found = {(round(x, 3), round(y, 3), round(z, 3)) for x, y, z in points}
    on_the_boundary = 0.02 * len(expected)
    assert len(expected) > 10_000
    assert len(found ^ expected) <= on_the_boundary


def test_the_planned_cement_lies_about_the_left_balloon_with_its_volume(
    segmentation: Path,
) -> None:
    points = segment_points(segmentation, "T12 planned cement (illustration)")
    voxel_ml = 0.75 * 0.7 * 2.5 / 1000.0
    assert len(points) * voxel_ml == pytest.approx(3.5, rel=0.1)
    assert points[:, 0].mean() > CENTRE[0] + 5.0


def test_frames_of_a_multi_frame_image_are_named_by_its_uid_and_their_number(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    images = tuple(
        attrs.evolve(
            image,
            sop_class_uid="1.2.840.10008.5.1.4.1.1.2.1",
            sop_instance_uid="1.2.3.4.5",
            frame=number,
        )
        for number, image in enumerate(SOURCE.images, start=1)
    )
    snapshot = attrs.evolve(a_snapshot, source=attrs.evolve(SOURCE, images=images))
    found = pydicom.dcmread(written("dicom-seg", snapshot, tmp_path)[0])
    frame_at = {image.position_lps_mm[2]: image.frame for image in images}
    for item in found.PerFrameFunctionalGroupsSequence:
        (source,) = item.DerivationImageSequence[0].SourceImageSequence
        assert source.ReferencedSOPInstanceUID == "1.2.3.4.5"
        z_mm = float(item.PlanePositionSequence[0].ImagePositionPatient[2])
        assert source.ReferencedFrameNumber == frame_at[z_mm]
    (series,) = found.ReferencedSeriesSequence
    assert [i.ReferencedSOPInstanceUID for i in series.ReferencedInstanceSequence] == ["1.2.3.4.5"]


# The structured report


def items_below(item: pydicom.Dataset) -> list[pydicom.Dataset]:
    found = []
    for child in item.get("ContentSequence", ()):
        found += [child, *items_below(child)]
    return found


@pytest.fixture
def report_items(a_snapshot: PlanSnapshot, tmp_path: Path) -> list[pydicom.Dataset]:
    return items_below(pydicom.dcmread(written("dicom-sr", a_snapshot, tmp_path)[0]))


def test_the_needle_is_a_polyline_from_skin_to_tip_in_the_frame_of_reference(
    report_items: list[pydicom.Dataset],
) -> None:
    lines = [item for item in report_items if item.ValueType == "SCOORD3D"]
    assert {line.GraphicType for line in lines} == {"POLYLINE"}
    frames = {line.ReferencedFrameOfReferenceUID for line in lines}
    assert frames == {STUDY.frame_of_reference_uid}
    assert lines[0].GraphicData == pytest.approx([*SKIN, *TIP], abs=_TOLERANCE_MM)


def test_the_report_says_side_measures_findings_and_that_this_is_no_medical_device(
    report_items: list[pydicom.Dataset],
) -> None:
    sides = {
        item.ConceptCodeSequence[0].CodeMeaning
        for item in report_items
        if item.ValueType == "CODE" and item.ConceptNameCodeSequence[0].CodeMeaning == "Laterality"
    }
    assert sides == {"Left"}
    texts = [item.TextValue for item in report_items if item.ValueType == "TEXT"]
    assert any(DISCLAIMER in text for text in texts)
    assert "CAUTION: The balloon comes within 3.2 mm of the superior endplate." in texts
    numbers = {
        item.ConceptNameCodeSequence[0].CodeMeaning: (
            float(item.MeasuredValueSequence[0].NumericValue),
            item.MeasuredValueSequence[0].MeasurementUnitsCodeSequence[0].CodeValue,
        )
        for item in report_items
        if item.ValueType == "NUM"
    }
    assert numbers["Transverse angle, medial positive"] == (18.27, "deg")
    assert numbers["Margin to the spinal canal"] == (5.24, "mm")
    assert numbers["Planned cement volume"] == (3.5, "mL")
    assert "Margin to the neural foramen" not in numbers


def test_highdicom_finds_the_measurement_groups_of_the_template(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    import highdicom

    (path,) = written("dicom-sr", a_snapshot, tmp_path)
    report = highdicom.sr.srread(path).content
    names = [group.tracking_identifier for group in report.get_image_measurement_groups()]
    assert names == ["T12 plan", "T12 left needle", "T12 left balloon"]


# Documents, models, pictures


def test_the_wrapped_report_is_the_pdf_of_the_report_writer(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    (pdf,) = written("report-pdf", a_snapshot, tmp_path)
    content = pydicom.dcmread(written("dicom-pdf", a_snapshot, tmp_path)[0])
    assert content.EncapsulatedDocument[: content.EncapsulatedDocumentLength] == pdf.read_bytes()


def test_the_wrapped_models_are_the_surfaces_in_the_frame_of_reference(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    found = [pydicom.dcmread(path) for path in written("dicom-stl", a_snapshot, tmp_path)]
    for model, named in zip(found, a_snapshot.meshes, strict=True):
        corners = read_stl(model.EncapsulatedDocument[: model.EncapsulatedDocumentLength])
        middle = corners.reshape(-1, 3).mean(axis=0)
        vertices = named.mesh.vertices_lps_mm[named.mesh.faces].reshape(-1, 3)
        assert middle == pytest.approx(vertices.mean(axis=0), abs=0.01)
        assert model.FrameOfReferenceUID == STUDY.frame_of_reference_uid
        assert model.MeasurementUnitsCodeSequence[0].CodeValue == "mm"
        assert model.ModelMirroring == "NO"


def test_a_key_view_has_the_pixels_of_its_picture(a_snapshot: PlanSnapshot, tmp_path: Path) -> None:
    from PIL import Image

    paths = written("dicom-views", a_snapshot, tmp_path)
    for path, picture in zip(paths, a_snapshot.pictures, strict=True):
        shown = np.asarray(Image.open(io.BytesIO(picture.png)).convert("RGB"))
        assert np.array_equal(pydicom.dcmread(path).pixel_array, shown)


def test_a_needle_moved_to_the_right_is_on_the_right_in_report_and_segmentation(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    (level,) = a_snapshot.plan.levels
    assert level.needles[0].side is Side.LEFT
    assert level.needles[0].tip_lps_mm[0] > CENTRE[0]
    (path,) = written("dicom-seg", a_snapshot, tmp_path)
    arch = segment_points(path, "T12 pedicles and arch")
    # The phantom's only pedicle is the left one.
    assert arch[:, 0].min() > CENTRE[0]


# Other people's programs


@pytest.mark.peer
@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy is not installed")
@pytest.mark.parametrize("writer_id", DICOM_IDS)
@pytest.mark.parametrize("removed", [False, True], ids=["identified", "deidentified"])
def test_dciodvfy_finds_no_error(
    a_snapshot: PlanSnapshot, tmp_path: Path, writer_id: str, removed: bool
) -> None:
    snapshot = deidentified(a_snapshot) if removed else a_snapshot
    for path in written(writer_id, snapshot, tmp_path):
        said = subprocess.run(
            ["dciodvfy", str(path)], check=False, capture_output=True, text=True
        ).stderr
        assert [line for line in said.splitlines() if line.startswith("Error")] == []


@pytest.mark.peer
@pytest.mark.skipif(shutil.which("dsrdump") is None, reason="dsrdump is not installed")
def test_dsrdump_prints_the_line_where_it_was_planned(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    (path,) = written("dicom-sr", a_snapshot, tmp_path)
    said = subprocess.run(
        ["dsrdump", "+Pl", str(path)], capture_output=True, text=True, check=True
    ).stdout
    assert "POLYLINE,,52/55/-412,18/-48/-421" in said
    assert '(7771000,SCT,"Left")' in said


def entered_snapshot(a_snapshot: PlanSnapshot) -> PlanSnapshot:
    """Return a snapshot whose user has read limits, an injector, a cement's times and a gauge."""
    plan = a_snapshot.plan
    (level,) = plan.levels
    read = tuple(attrs.evolve(balloon, gauge_psi=150.0) for balloon in level.balloons)
    entered = attrs.evolve(
        plan,
        levels=(attrs.evolve(level, is_healed=True, balloons=read),),
        balloon_limits=(BalloonLimits(level.balloons[0].model_id, 3.5, 350.0, "IFU rev. 7"),),
        dead_volumes=(DeadVolume("access-8g-125", 0.85, "IFU rev. 2"),),
        injector=Injector(0.4, 1.3),
        cement_phases=CementPhases(3.5, 9.5, 14.0, "sheet at 21 degrees"),
        accepted=(
            AcceptedFinding(
                VertebraLevel.L1, Side.LEFT, "balloon-contact", "caution", 0.4, 1.0, "mm", "seen"
            ),
        ),
    )
    return attrs.evolve(a_snapshot, plan=entered)


ENTERED_WORDS = (
    "3.5 ml, 350.0 psi, read in: IFU rev. 7.",
    "Dead volume of needle access-8g-125: 0.85 ml, read in: IFU rev. 2.",
    "Injector: 0.4 ml per turn, 1.3 ml per minute.",
    "ready from 3.5 min, working time until 9.5 min, set at 14.0 min, read in: sheet at 21",
    "Accepted caution balloon-contact, level L1, side left, value 0.4, limit 1.0, unit mm: seen",
)


def test_the_report_holds_what_the_user_entered_and_nothing_where_nothing_was(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    (bare,) = written("dicom-sr", a_snapshot, tmp_path)
    assert "read in" not in _texts(pydicom.dcmread(bare))
    (full,) = written("dicom-sr", entered_snapshot(a_snapshot), tmp_path / "entered")
    report = pydicom.dcmread(full)
    said = _texts(report)
    assert [words for words in ENTERED_WORDS if words not in said] == []
    numbers = {
        item.ConceptNameCodeSequence[0].get("CodeValue"): (
            float(item.MeasuredValueSequence[0].NumericValue),
            item.MeasuredValueSequence[0].MeasurementUnitsCodeSequence[0].CodeValue,
        )
        for item in items_below(report)
        if item.ValueType == "NUM"
    }
    assert numbers["gauge-pressure"] == (150.0, "[psi]")


def _texts(report: pydicom.Dataset) -> str:
    return "\n".join(item.TextValue for item in items_below(report) if item.ValueType == "TEXT")


@pytest.mark.peer
@pytest.mark.skipif(shutil.which("dsrdump") is None, reason="dsrdump is not installed")
def test_dsrdump_prints_what_the_user_entered(a_snapshot: PlanSnapshot, tmp_path: Path) -> None:
    (path,) = written("dicom-sr", entered_snapshot(a_snapshot), tmp_path)
    said = subprocess.run(
        ["dsrdump", "+Pl", str(path)], capture_output=True, text=True, check=True
    ).stdout
    assert [words for words in ENTERED_WORDS if words not in said] == []
