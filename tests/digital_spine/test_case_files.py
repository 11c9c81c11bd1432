"""Made cases on disk: the same bytes for the same spec, and read back where they belong."""

import json
import shutil
import subprocess
from pathlib import Path

import attrs
import numpy as np
import pydicom
import pytest
import SimpleITK
from small_cases import L1, LEFT, SMALL

from planner.anatomy.levels import VertebraLevel
from planner.dicom.load_volume import load_volume
from planner.dicom.scan_folder import scan_folder
from planner.digital_spine.case_field import case_field
from planner.digital_spine.case_files import MadeCase, case_name, write_case
from planner.digital_spine.case_spec import CaseSpec
from planner.digital_spine.case_truth import Part
from planner.digital_spine.model_spine import build_model
from planner.digital_spine.pathology import Cement, NeedleTrack, WallHole, fracture_of_kind
from planner.digital_spine.tissues import MrContrast
from planner.digital_spine.truth import landmarks_lps_mm
from planner.foundation.errors import PlannerError
from planner.foundation.progress import Cancelled
from planner.imaging.volume import Volume

pytestmark = pytest.mark.slow

TREATED = attrs.evolve(
    SMALL,
    title="Treated",
    scan=attrs.evolve(SMALL.scan, contrast=True, feet_first=True, kvp=100.0, thickness_mm=2.0),
    pathologies=(
        fracture_of_kind(L1, "wedge", 0.25),
        Cement(L1, 3.0),
        NeedleTrack(L1),
    ),
    mr=(MrContrast.STIR,),
)


@pytest.fixture(scope="module")
def the_small_case(tmp_path_factory: pytest.TempPathFactory) -> MadeCase:
    return write_case(SMALL, tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def the_left_case(tmp_path_factory: pytest.TempPathFactory) -> MadeCase:
    return write_case(LEFT, tmp_path_factory.mktemp("left"))


@pytest.fixture(scope="module")
def the_treated_case(tmp_path_factory: pytest.TempPathFactory) -> MadeCase:
    return write_case(TREATED, tmp_path_factory.mktemp("treated"))


def loaded(folder: Path) -> Volume:
    (series,) = scan_folder(folder).series
    return load_volume(series)


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def first_image(folder: Path) -> pydicom.Dataset:
    return pydicom.dcmread(min(folder.glob("*.dcm")))


def test_the_same_spec_gives_the_same_bytes_and_another_seed_others(
    the_small_case: MadeCase, tmp_path: Path
) -> None:
    one = files_of(the_small_case.folder)
    again = files_of(write_case(SMALL, tmp_path / "again").folder)
    assert one.keys() == again.keys()
    assert {name for name in one if one[name] != again[name]} == set()
    other = files_of(write_case(attrs.evolve(SMALL, seed=5), tmp_path / "other").folder)
    shared = [name for name in one if name in other and name.endswith(".dcm")]
    assert shared
    assert all(one[name] != other[name] for name in shared)
    assert one["truth/truth.json"] != other["truth/truth.json"]


def test_everything_in_a_spec_changes_its_name() -> None:
    changed = [
        attrs.evolve(SMALL, seed=9),
        attrs.evolve(SMALL, title="Other"),
        attrs.evolve(SMALL, scan=attrs.evolve(SMALL.scan, tilt_deg=3.0)),
        LEFT,
    ]
    assert len({case_name(spec) for spec in (SMALL, *changed)}) == 5


def test_the_series_says_that_it_is_a_model(the_small_case: MadeCase) -> None:
    image = first_image(the_small_case.series_path)
    assert str(image.PatientName).startswith("MODEL^")
    assert image.PatientID.startswith("MODEL-")
    assert "not a patient" in image.StudyDescription
    assert "Not a patient" in image.DerivationDescription
    assert image.ImageType[0] == "DERIVED"


def test_spacing_thickness_and_the_way_of_scanning_stand_in_the_headers(
    the_small_case: MadeCase, the_treated_case: MadeCase
) -> None:
    plain, treated = (first_image(c.series_path) for c in (the_small_case, the_treated_case))
    assert [float(v) for v in plain.PixelSpacing] == [1.25, 1.25]
    assert (float(plain.SliceThickness), float(treated.SliceThickness)) == (1.5, 2.0)
    assert (plain.PatientPosition, treated.PatientPosition) == ("HFS", "FFS")
    assert (float(plain.KVP), float(treated.KVP)) == (120.0, 100.0)
    assert "ContrastBolusAgent" not in plain
    assert treated.ContrastBolusAgent == "IV"


def test_feet_first_changes_nothing_but_the_tag() -> None:
    spec = attrs.evolve(SMALL, scan=attrs.evolve(SMALL.scan, feet_first=True))
    head, feet = (case_field(s, build_model(s.patient, (), s.seed)) for s in (SMALL, spec))
    assert np.array_equal(head.lattice.lps_from_ijk, feet.lattice.lps_from_ijk)


def test_the_program_and_simpleitk_read_the_series_where_it_was_made(
    the_small_case: MadeCase,
) -> None:
    ours = loaded(the_small_case.series_path)
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(the_small_case.series_path)))
    theirs = reader.Execute()
    grid = ours.geometry
    made = case_field(SMALL, build_model(SMALL.patient, (), SMALL.seed)).grid
    assert grid.lps_from_ijk == pytest.approx(made.lps_from_ijk, abs=1e-5)
    assert theirs.GetSize() == grid.shape_ijk == made.shape_ijk
    assert theirs.GetSpacing() == pytest.approx(grid.spacing_ijk_mm, abs=1e-5)
    assert theirs.GetOrigin() == pytest.approx(grid.lps_of((0, 0, 0)), abs=1e-5)
    assert np.reshape(theirs.GetDirection(), (3, 3)) == pytest.approx(grid.axes_lps, abs=1e-6)
    assert np.array_equal(SimpleITK.GetArrayFromImage(theirs), ours.voxels)


def centre_of(spec: CaseSpec) -> np.ndarray:
    model = build_model(spec.patient, spec.pathologies, spec.seed)
    return np.asarray(landmarks_lps_mm(model, L1)["body_centre"])


def test_a_dense_spot_on_the_left_is_read_back_on_the_left(
    the_small_case: MadeCase, the_left_case: MadeCase
) -> None:
    healthy, sick = (loaded(case.series_path) for case in (the_small_case, the_left_case))
    change = sick.voxels.astype(int) - healthy.voxels
    points = healthy.geometry.lps_of(np.argwhere(change > 200)[:, ::-1])
    assert len(points) > 50
    assert points.mean(axis=0) - centre_of(SMALL) == pytest.approx([11.0, 0.0, 0.0], abs=2.0)
    assert (points[:, 0] > centre_of(SMALL)[0]).all()


@pytest.mark.parametrize("tilt_deg", [-18.0, 12.0])
def test_a_tilted_series_is_straightened_so_that_cement_lies_where_its_truth_says(
    tmp_path: Path, tilt_deg: float
) -> None:
    spec = attrs.evolve(
        SMALL,
        scan=attrs.evolve(SMALL.scan, tilt_deg=tilt_deg, noise_hu=0.0),
        pathologies=(Cement(L1, 4.0, spongy=0.0),),
    )
    made = write_case(spec, tmp_path)
    volume = loaded(made.series_path)
    bright = volume.geometry.lps_of(np.argwhere(volume.voxels > 1400)[:, ::-1])
    labels = SimpleITK.ReadImage(str(made.truth_path / "parts.nii.gz"))
    cement = SimpleITK.GetArrayFromImage(labels) == Part.CEMENT
    true = [
        labels.TransformIndexToPhysicalPoint(tuple(int(n) for n in kji[::-1]))
        for kji in np.argwhere(cement)
    ]
    assert bright.mean(axis=0) == pytest.approx(np.mean(true, axis=0), abs=0.6)
    # Each file alone says where its pixels lie.
    image = first_image(made.series_path)
    row, column = np.reshape(np.array(image.ImageOrientationPatient, float), (2, 3))
    assert row == pytest.approx([1.0, 0.0, 0.0])
    assert np.degrees(np.arcsin(column[2])) == pytest.approx(tilt_deg, abs=0.01)
    assert abs(float(image.GantryDetectorTilt)) == pytest.approx(abs(tilt_deg))


def test_the_label_maps_lie_on_the_ct_and_name_levels_and_parts(the_treated_case: MadeCase) -> None:
    volume = loaded(the_treated_case.series_path)
    maps = []
    for name in ("levels", "parts"):
        image = SimpleITK.ReadImage(str(the_treated_case.truth_path / f"{name}.nii.gz"))
        assert image.GetSize() == volume.geometry.shape_ijk
        assert image.GetOrigin() == pytest.approx(volume.geometry.lps_of((0, 0, 0)), abs=1e-4)
        assert image.GetSpacing() == pytest.approx(volume.geometry.spacing_ijk_mm, abs=1e-5)
        maps.append(SimpleITK.GetArrayFromImage(image))
    levels, parts = maps
    assert {VertebraLevel.T12.verse_number, 20, 21} <= set(np.unique(levels))
    assert {1, 2, 3, 4, 5, int(Part.CEMENT)} <= set(np.unique(parts))
    body = (levels == 20) & (parts == Part.BODY)
    assert 60 < np.median(volume.voxels[body]) < 500
    assert volume.voxels[parts == Part.CEMENT].mean() > 1500
    cement_ml = (parts == Part.CEMENT).sum() * volume.geometry.voxel_mm3 / 1000.0
    assert cement_ml == pytest.approx(3.0, rel=0.06)


def test_the_truth_is_a_document_of_plain_numbers(the_treated_case: MadeCase) -> None:
    document = json.loads((the_treated_case.truth_path / "truth.json").read_text("utf-8"))
    assert document["schema"] == "vertebroplan-digital-spine-1"
    assert "not a patient" in document["note"].lower()
    (level,) = [row for row in document["levels"] if row["label"] == "L1"]
    before, now = level["heights_before_mm"], level["heights_mm"]
    assert 1.0 - now["anterior"] / before["anterior"] == pytest.approx(0.25, abs=0.002)
    for name, (upper, lower) in level["height_lines_lps_mm"].items():
        assert np.linalg.norm(np.subtract(upper, lower)) == pytest.approx(now[name], abs=0.01)
    left, right = (level["pedicles"][side]["isthmus_lps_mm"][0] for side in ("left", "right"))
    assert left > level["landmarks_lps_mm"]["body_centre"][0] > right
    assert level["cement_ml"] == [3.0]
    kinds = [row["kind"] for row in document["pathologies"]]
    assert kinds == ["Fracture", "Cement", "NeedleTrack"]


def test_the_numbers_returned_are_those_in_the_truth(the_treated_case: MadeCase) -> None:
    document = json.loads((the_treated_case.truth_path / "truth.json").read_text("utf-8"))
    assert [row["label"] for row in document["levels"]] == [
        facts.level.name for facts in the_treated_case.levels
    ]
    for row, facts in zip(document["levels"], the_treated_case.levels, strict=True):
        assert tuple(row["heights_mm"].values()) == pytest.approx(facts.heights_mm, abs=1e-3)
        assert row["wedge_deg"] == pytest.approx(facts.wedge_deg, abs=1e-3)


def test_the_mr_lies_in_the_cts_frame_and_shows_the_fresh_level_bright(
    the_treated_case: MadeCase,
) -> None:
    (folder,) = the_treated_case.mr_paths
    assert folder.name == "mr-stir"
    image, ct = first_image(folder), first_image(the_treated_case.series_path)
    assert image.Modality == "MR"
    assert image.FrameOfReferenceUID == ct.FrameOfReferenceUID
    assert image.StudyInstanceUID == ct.StudyInstanceUID
    assert image.SeriesInstanceUID != ct.SeriesInstanceUID
    assert float(image.InversionTime) > 100.0
    volume = loaded(folder)
    model = build_model(TREATED.patient, TREATED.pathologies, TREATED.seed)

    def signal(level: VertebraLevel, v_mm: float) -> float:
        points = model.spine.vertebra(level).lps_from_vertebra.points(
            np.array([(9.0 * s, v_mm, w) for s in (-1, 1) for w in (-5.0, -4.0, -6.0)])
        )
        i, j, k = np.round(volume.geometry.ijk_of(points)).astype(int).T
        inside = (k >= 0) & (k < volume.voxels.shape[0])
        return float(np.median(volume.voxels[k[inside], j[inside], i[inside]]))

    assert signal(L1, 10.0) > 2.5 * signal(VertebraLevel.T12, 10.0)


def test_an_earlier_case_leaves_no_pictures_behind(tmp_path: Path) -> None:
    for folder in ("ct", "truth", "mr-t1", "dx-ap", "dx-lateral"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "0999.dcm").write_bytes(b"of another case")
    (tmp_path / "notes.txt").write_text("the user's own")
    made = write_case(attrs.evolve(SMALL, scan=attrs.evolve(SMALL.scan, step_mm=5.0)), tmp_path)
    assert not list(tmp_path.rglob("0999.dcm"))
    assert {p.name for p in tmp_path.iterdir()} == {"ct", "truth", "notes.txt"}
    assert made.folder == tmp_path


def test_a_folder_that_cannot_be_written_to_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(PlannerError, match="cannot be written") as refused:
        write_case(SMALL, tmp_path / "file")
    assert refused.value.hint


def test_a_spec_that_cannot_be_made_leaves_an_earlier_case_alone(tmp_path: Path) -> None:
    made = write_case(attrs.evolve(SMALL, scan=attrs.evolve(SMALL.scan, step_mm=5.0)), tmp_path)
    before = files_of(made.folder)
    wrong = attrs.evolve(SMALL, pathologies=(WallHole(VertebraLevel.L6),))
    with pytest.raises(PlannerError, match="no vertebra L6"):
        write_case(wrong, tmp_path)
    assert files_of(made.folder) == before


def test_progress_grows_and_can_cancel(tmp_path: Path) -> None:
    told: list[float] = []

    def note(fraction: float, _message: str = "") -> None:
        told.append(fraction)
        if len(told) > 6:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_case(SMALL, tmp_path, note)
    assert told == sorted(told)


@pytest.mark.peer
def test_dciodvfy_finds_no_error_in_ct_or_mr(the_treated_case: MadeCase, tmp_path: Path) -> None:
    program = shutil.which("dciodvfy")
    if program is None:
        pytest.skip("dciodvfy is not installed (Debian package dicom3tools)")
    tilted = attrs.evolve(SMALL, scan=attrs.evolve(SMALL.scan, tilt_deg=8.0, step_mm=5.0))
    folders = [
        the_treated_case.series_path,
        *the_treated_case.mr_paths,
        write_case(tilted, tmp_path).series_path,
    ]
    for folder in folders:
        path = min(folder.glob("*.dcm"))
        run = subprocess.run([program, str(path)], capture_output=True, text=True, check=False)
        assert "Image" in run.stderr
        assert not [line for line in run.stderr.splitlines() if line.startswith("Error")]
