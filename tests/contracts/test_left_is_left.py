"""Left is left in every format, as an independent reader of each format sees it.

Each reader returns how far the plan's only needle (or what belongs to it) lies to the patient's
left of the vertebra: positive on the plan with a needle on the left, negative on its mirror image.
"""

import csv
import io
import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pydicom
import pypdf
import pytest
from phantom_snapshot import CENTRE, left_sided_snapshot, right_sided_snapshot

from planner.export.deidentify import deidentified
from planner.export.registry import discover
from planner.export.run_export import run_export

LeftOf = Callable[[Sequence[Path], Path], float]
_A4_WIDTH_POINTS = 595.0


def named(paths: Sequence[Path], word: str) -> Path:
    (path,) = [path for path in paths if word in path.name]
    return path


def in_json(paths: Sequence[Path], scratch: Path) -> float:
    del scratch
    (level,) = json.loads(paths[0].read_text("utf-8"))["levels"]
    (needle,) = level["needles"]
    said = {"left": 1.0, "right": -1.0}[needle["side"]]
    offset_mm = needle["tip_lps_mm"][0] - level["vertebra"]["centre_lps_mm"][0]
    assert said * offset_mm > 0.0
    return offset_mm


def in_table(paths: Sequence[Path], scratch: Path) -> float:
    del scratch
    rows = list(csv.DictReader(io.StringIO(paths[0].read_text("utf-8"))))
    (tip,) = [r for r in rows if r["quantity"] == "Tip, LPS x (to the patient's left)"]
    assert tip["unit"] == "mm"
    offset_mm = float(tip["value"]) - CENTRE[0]
    assert {"left": 1.0, "right": -1.0}[tip["side"]] * offset_mm > 0.0
    return offset_mm


def with_vtk(reader_name: str) -> LeftOf:
    def left_of(paths: Sequence[Path], scratch: Path) -> float:
        del scratch
        return vtk_centre(named(paths, "needle"), reader_name) - vtk_centre(
            named(paths, "vertebra"), reader_name
        )

    return left_of


def vtk_centre(path: Path, reader_name: str) -> float:
    from vtkmodules import vtkIOGeometry, vtkIOPLY

    reader = getattr(vtkIOGeometry, reader_name, None) or getattr(vtkIOPLY, reader_name)
    reader = reader()
    reader.SetFileName(str(path))
    reader.Update()
    return float(reader.GetOutput().GetCenter()[0])


def with_vtk_gltf(paths: Sequence[Path], scratch: Path) -> float:
    del scratch
    from vtkmodules.vtkIOGeometry import vtkGLTFReader

    reader = vtkGLTFReader()
    reader.SetFileName(str(paths[0]))
    reader.ApplyDeformationsToGeometryOn()
    reader.Update()
    blocks, output = [], reader.GetOutput()
    pieces = output.NewIterator()
    while not pieces.IsDoneWithTraversal():
        blocks.append(np.array(pieces.GetCurrentDataObject().GetCenter()))
        pieces.GoToNextItem()
    bone, needle = blocks
    # Upright, facing +z: x to the patient's left; and in metres.
    assert bone == pytest.approx(np.array([CENTRE[0], CENTRE[2], -CENTRE[1]]) / 1000.0, abs=1e-4)
    return float(needle[0] - bone[0])


def with_lib3mf(paths: Sequence[Path], scratch: Path) -> float:
    del scratch
    import lib3mf

    model = lib3mf.get_wrapper().CreateModel()
    model.QueryReader("3mf").ReadFromFile(str(paths[0]))
    assert model.GetUnit() == lib3mf.ModelUnit.MilliMeter
    objects = model.GetMeshObjects()
    centres = {}
    while objects.MoveNext():
        found = objects.GetCurrentMeshObject()
        places = np.array([list(vertex.Coordinates) for vertex in found.GetVertices()])
        centres[found.GetName()] = places.mean(axis=0)
    bone = centres.pop("T12")
    assert bone == pytest.approx(CENTRE, abs=1e-3)
    (needle,) = centres.values()
    return float(needle[0] - bone[0])


def in_markups(paths: Sequence[Path], scratch: Path) -> float:
    del scratch
    (markup,) = json.loads(named(paths, ".mrk.json").read_text("utf-8"))["markups"]
    assert markup["coordinateSystem"] == "LPS"
    return float(markup["controlPoints"][1]["position"][0] - CENTRE[0])


def with_simpleitk(paths: Sequence[Path], scratch: Path) -> float:
    """Read Slicer's segmentation: the phantom's only pedicle is on the needle's side."""
    import SimpleITK as sitk  # noqa: N813

    in_markups(paths, scratch)
    image = sitk.ReadImage(str(named(paths, ".seg.nrrd")))
    labels = sitk.GetArrayFromImage(image)
    first = labels[..., 0] if labels.ndim == 4 else labels
    middle = {}
    for name, value in (("body", 1), ("arch", 2)):
        k, j, i = (float(v.mean()) for v in np.nonzero(first == value))
        middle[name] = image.TransformContinuousIndexToPhysicalPoint((i, j, k))
    return float(middle["arch"][0] - middle["body"][0])


def on_paper(paths: Sequence[Path], scratch: Path) -> float:
    """Read where the needle's angle is printed: the left of the page is the patient's left."""
    del scratch
    places = {}

    def note(text: str, page_from_text: list[float], *_rest: object) -> None:
        places[text.strip()] = page_from_text[4]

    pypdf.PdfReader(paths[0]).pages[0].extract_text(visitor_text=note)
    assert places["Left needle"] < places["Right needle"]
    return _A4_WIDTH_POINTS / 2.0 - places["18.3\N{DEGREE SIGN}"]


def in_wrapped_paper(paths: Sequence[Path], scratch: Path) -> float:
    return on_paper([unwrapped(named(paths, "report"), scratch / "report.pdf")], scratch)


def in_wrapped_models(paths: Sequence[Path], scratch: Path) -> float:
    needle = unwrapped(named(paths, "needle"), scratch / "needle.stl")
    bone = unwrapped(named(paths, "vertebra"), scratch / "bone.stl")
    return vtk_centre(needle, "vtkSTLReader") - vtk_centre(bone, "vtkSTLReader")


def unwrapped(path: Path, into: Path) -> Path:
    dataset = pydicom.dcmread(path)
    into.write_bytes(dataset.EncapsulatedDocument[: dataset.EncapsulatedDocumentLength])
    return into


def with_highdicom(paths: Sequence[Path], scratch: Path) -> float:
    """Read the segmentation: the phantom's only pedicle is on the needle's side."""
    del scratch
    import highdicom

    found = highdicom.seg.segread(paths[0])
    middle = {}
    for number in (1, 2):
        volume = found.get_volume(segment_numbers=[number], combine_segments=False)
        indices = np.argwhere(volume.array[..., 0])
        middle[number] = volume.map_indices_to_reference(indices.astype(float)).mean(axis=0)
    return float(middle[2][0] - middle[1][0])


def in_report(paths: Sequence[Path], scratch: Path) -> float:
    del scratch
    import highdicom

    groups = highdicom.sr.srread(paths[0]).content.get_image_measurement_groups()
    (needle,) = [g for g in groups if g.tracking_identifier.endswith("needle")]
    (line,) = [
        item.GraphicData
        for measurement in needle.get_measurements()
        for item in measurement[0].get("ContentSequence", ())
        if item.ValueType == "SCOORD3D"
    ]
    side = needle.finding_sites[0].laterality.meaning
    assert {"Left": 1.0, "Right": -1.0}[side] * (line[3] - CENTRE[0]) > 0.0
    return float(line[3] - CENTRE[0])


def in_pixels(paths: Sequence[Path], scratch: Path) -> float:
    """Compare the halves of the phantom's picture, whose red half is on the needle's side."""
    del scratch
    red = pydicom.dcmread(paths[0]).pixel_array[..., 0].astype(float)
    half = red.shape[1] // 2
    return float(red[:, :half].mean() - red[:, half:].mean())


READERS: dict[str, LeftOf] = {
    "plan-json": in_json,
    "table-csv": in_table,
    "mesh-stl": with_vtk("vtkSTLReader"),
    "mesh-ply": with_vtk("vtkPLYReader"),
    "mesh-3mf": with_lib3mf,
    "mesh-gltf": with_vtk_gltf,
    "slicer-markups": in_markups,
    "slicer-folder": with_simpleitk,
    "report-pdf": on_paper,
    "card-pdf": on_paper,
    "dicom-pdf": in_wrapped_paper,
    "dicom-stl": in_wrapped_models,
    "dicom-seg": with_highdicom,
    "dicom-sr": in_report,
    "dicom-views": in_pixels,
}


def test_every_writer_has_a_reader_of_its_own_here() -> None:
    assert set(READERS) == {installed.info.id for installed in discover().writers}


@pytest.mark.parametrize("writer_id", sorted(READERS))
def test_left_is_left_and_right_is_right(writer_id: str, tmp_path: Path) -> None:
    writer = discover().named(writer_id)
    for snapshot, sign in ((left_sided_snapshot(), 1.0), (right_sided_snapshot(), -1.0)):
        for kept in (snapshot, deidentified(snapshot)):
            receipt = run_export(kept, writer, tmp_path / f"{sign}{kept.is_deidentified}")
            assert receipt.problems == ()
            found = READERS[writer_id]([file.path for file in receipt.files], tmp_path)
            assert sign * found > 0.0


@pytest.mark.peer
def test_dsrdump_sees_the_needle_on_the_same_side(tmp_path: Path) -> None:
    import shutil

    if shutil.which("dsrdump") is None:
        pytest.skip("dsrdump is not installed")
    for snapshot, side, x in (
        (left_sided_snapshot(), "Left", 52),
        (right_sided_snapshot(), "Right", -32),
    ):
        receipt = run_export(snapshot, discover().named("dicom-sr"), tmp_path / side)
        said = subprocess.run(
            ["dsrdump", "+Pl", str(receipt.files[0].path)],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        assert f"POLYLINE,,{x}/55/-412" in said
        assert f'SCT,"{side}")' in said
