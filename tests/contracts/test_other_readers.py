"""Our files as other people's programs read them: dcmqi for SEG and SR, trimesh for glTF."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk  # noqa: N813
from phantom_snapshot import CENTRE, left_sided_snapshot, right_sided_snapshot

from planner.export.registry import discover
from planner.export.run_export import run_export
from planner.export.snapshot import PlanSnapshot

SIGNS = pytest.mark.parametrize(
    ("snapshot", "sign"), [(left_sided_snapshot(), 1.0), (right_sided_snapshot(), -1.0)],
    ids=["left", "right"],
)  # fmt: skip


def exported(writer_id: str, snapshot: PlanSnapshot, folder: Path) -> Path:
    receipt = run_export(snapshot, discover().named(writer_id), folder)
    assert receipt.problems == ()
    return receipt.files[0].path


def dcmqi(program: str, *words: str | Path) -> None:
    found = shutil.which(program, path=str(Path(sys.executable).parent)) or shutil.which(program)
    if found is None:
        pytest.skip("dcmqi is not installed")
    said = subprocess.run([found, *map(str, words)], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.peer
@SIGNS
def test_dcmqi_reads_each_segment_voxel_for_voxel_where_it_lies(
    snapshot: PlanSnapshot, sign: float, tmp_path: Path
) -> None:
    path = exported("dicom-seg", snapshot, tmp_path)
    into = tmp_path / "segments"
    into.mkdir()
    dcmqi("segimage2itkimage", "--inputDICOM", path, "--outputDirectory", into)
    labels = [
        segment[0]["SegmentLabel"]
        for segment in json.loads((into / "meta.json").read_text())["segmentAttributes"]
    ]
    dataset = pydicom.dcmread(path)
    assert labels == [item.SegmentLabel for item in dataset.SegmentSequence]
    middle = []
    for number, _label in enumerate(labels, start=1):
        image = sitk.ReadImage(str(into / f"{number}.nrrd"))
        assert as_places(image) == places_in(dataset, number)
        middle.append(np.mean(sorted(as_places(image)), axis=0))
    body, arch = middle[0], middle[1]
    assert sign * (arch[0] - body[0]) > 5.0


def as_places(image: sitk.Image) -> set[tuple[float, float, float]]:
    """Return where the voxels of a segment lie, as ITK says, to a hundredth of a millimetre."""
    indices = np.argwhere(sitk.GetArrayFromImage(image) > 0)
    return {
        tuple(np.round(image.TransformIndexToPhysicalPoint((int(i), int(j), int(k))), 2) + 0.0)
        for k, j, i in indices
    }


def places_in(dataset: pydicom.Dataset, number: int) -> set[tuple[float, float, float]]:
    """Return the same from the frames themselves, by the standard's equation C.7.6.2.1-1."""
    shared = dataset.SharedFunctionalGroupsSequence[0]
    row, column = np.split(np.array(shared.PlaneOrientationSequence[0].ImageOrientationPatient), 2)
    between_rows, between_columns = shared.PixelMeasuresSequence[0].PixelSpacing
    found = set()
    for frame, group in zip(
        dataset.pixel_array, dataset.PerFrameFunctionalGroupsSequence, strict=True
    ):
        if group.SegmentIdentificationSequence[0].ReferencedSegmentNumber != number:
            continue
        corner = np.array(group.PlanePositionSequence[0].ImagePositionPatient, dtype=float)
        for j, i in np.argwhere(frame):
            place = corner + row * between_columns * i + column * between_rows * j
            found.add(tuple(np.round(place, 2) + 0.0))
    return found


@pytest.mark.peer
@SIGNS
def test_dcmqi_reads_the_needles_numbers_with_their_side(
    snapshot: PlanSnapshot, sign: float, tmp_path: Path
) -> None:
    path, document = exported("dicom-sr", snapshot, tmp_path), tmp_path / "report.json"
    dcmqi("tid1500reader", "--inputDICOM", path, "--outputMetadata", document)
    groups = json.loads(document.read_text())["Measurements"]
    (needle,) = [g for g in groups if g["TrackingIdentifier"].endswith("needle")]
    assert needle["Laterality"]["CodeMeaning"] == ("Left" if sign > 0 else "Right")
    numbers = {m["quantity"]["CodeMeaning"]: float(m["value"]) for m in needle["measurementItems"]}
    units = {
        m["quantity"]["CodeMeaning"]: m["units"]["CodeValue"] for m in needle["measurementItems"]
    }
    (planned,) = snapshot.plan.levels[0].needles
    names = [name for name in numbers if "tip" in name.lower() and "lps" in name.lower()]
    tip = [numbers[name] for name in sorted(names)]
    assert tip == pytest.approx(planned.tip_lps_mm, abs=1e-3)
    assert {units[name] for name in names} == {"mm"}
    assert sign * (tip[0] - CENTRE[0]) > 0.0


@SIGNS
def test_trimesh_reads_the_gltf_in_metres_upright_with_names_and_colours(
    snapshot: PlanSnapshot, sign: float, tmp_path: Path
) -> None:
    import trimesh

    scene = trimesh.load(exported("mesh-gltf", snapshot, tmp_path))
    side = "Left" if sign > 0 else "Right"
    assert set(scene.graph.nodes_geometry) == {"T12", f"{side} needle"}
    middle, colour = {}, {}
    for name in scene.graph.nodes_geometry:
        transform, key = scene.graph[name]
        mesh = scene.geometry[key]
        middle[name] = trimesh.transform_points([mesh.bounds.mean(axis=0)], transform)[0]
        colour[name] = tuple(mesh.visual.material.baseColorFactor[:3])
        assert mesh.is_watertight
        assert mesh.volume > 0.0
    x, y, z = CENTRE
    assert middle["T12"] == pytest.approx(np.array([x, z, -y]) / 1000.0, abs=1e-6)
    assert sign * (middle[f"{side} needle"][0] - middle["T12"][0]) > 0.0
    assert colour["T12"] != colour[f"{side} needle"]
