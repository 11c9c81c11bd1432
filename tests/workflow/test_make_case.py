"""A whole case: CT, truth and two X-rays of the same patient."""

import shutil
import subprocess
from pathlib import Path

import attrs
import numpy as np
import pydicom
import pytest
from small_cases import L1, LEFT, SMALL

from planner.dicom.load_radiograph import load_radiographs
from planner.dicom.load_volume import load_volume
from planner.dicom.scan_folder import scan_folder
from planner.digital_spine.pathology import Lesion
from planner.simulation.attenuation import prepare
from planner.simulation.c_arm import CArmPose, mobile_c_arm, view_of
from planner.simulation.xray import Quality, line_integrals
from planner.workflow import make_case as making
from planner.workflow.make_case import CaseMade, make_case

pytestmark = pytest.mark.slow

PICTURED = attrs.evolve(SMALL, radiographs=True)
PICTURED_LEFT = attrs.evolve(LEFT, radiographs=True)
DENSE_IN_FRONT = Lesion(L1, is_lytic=False, diameter_mm=12.0, offset_mm=(0.0, -10.0, 0.0))


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory):
    """Make cases whose X-rays are projected coarsely, for speed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "_VOXEL_MM", 2.5)
        patch.setattr(making, "_PIXELS", 240)
        patch.setattr(making, "_LEVELS_BEYOND", 1)
        yield lambda spec: make_case(spec, tmp_path_factory.mktemp("case"))


@pytest.fixture(scope="module")
def the_pictured_case(make) -> CaseMade:
    return make(PICTURED)


@pytest.fixture(scope="module")
def the_left_case(make) -> CaseMade:
    return make(PICTURED_LEFT)


def image_of(folder: Path) -> pydicom.Dataset:
    (path,) = folder.glob("*.dcm")
    return pydicom.dcmread(path)


def brighter_at(made: CaseMade, plain: CaseMade, place: int) -> tuple[float, float]:
    """Row and column, as shares of the picture, where one picture is brighter than the other."""
    one, other = (
        image_of(case.radiograph_paths[place]).pixel_array.astype(float) for case in (made, plain)
    )
    change = one / one.mean() - other / other.mean()
    spot = change > 0.6 * change.max()
    rows, columns = np.nonzero(spot)
    return float(rows.mean() / one.shape[0]), float(columns.mean() / one.shape[1])


def test_a_case_without_radiographs_has_none(make) -> None:
    made = make(SMALL)
    assert made.radiograph_paths == ()
    assert made.files.series_path.is_dir()
    assert made.files.truth_path.is_dir()


def test_both_pictures_belong_to_the_ct_and_say_how_they_lie(the_pictured_case: CaseMade) -> None:
    frontal, lateral = map(image_of, the_pictured_case.radiograph_paths)
    ct = pydicom.dcmread(min(the_pictured_case.files.series_path.glob("*.dcm")))
    for image in (frontal, lateral):
        assert image.Modality == "DX"
        assert str(image.PatientName) == str(ct.PatientName)
        assert str(image.PatientName).startswith("MODEL^")
        assert image.StudyInstanceUID == ct.StudyInstanceUID
        assert image.PhotometricInterpretation == "MONOCHROME2"
    assert list(frontal.PatientOrientation) == ["L", "F"]
    assert frontal.ViewPosition == "AP"
    assert lateral.ViewPosition == "LL"
    assert frontal.SeriesInstanceUID != lateral.SeriesInstanceUID


def test_the_left_of_the_patient_is_on_the_right_of_the_ap_picture(
    the_pictured_case: CaseMade, the_left_case: CaseMade
) -> None:
    row, column = brighter_at(the_left_case, the_pictured_case, 0)
    # 11 mm to the left at the isocentre, on 300 mm at a magnification of 1.15.
    assert column - 0.5 == pytest.approx(11.0 * 1.15 / 300.0, abs=0.012)
    assert row == pytest.approx(0.5, abs=0.03)


def test_the_lateral_picture_runs_to_where_its_orientation_says(
    make, the_pictured_case: CaseMade
) -> None:
    made = make(attrs.evolve(PICTURED, pathologies=(DENSE_IN_FRONT,)))
    _, column = brighter_at(made, the_pictured_case, 1)
    across, _ = image_of(the_pictured_case.radiograph_paths[1]).PatientOrientation
    sign = {"A": 1.0, "P": -1.0}[across]
    assert sign * (column - 0.5) == pytest.approx(10.0 * 1.15 / 300.0, abs=0.015)


def test_the_head_is_up_and_bone_is_bright(the_pictured_case: CaseMade) -> None:
    frontal, lateral = (
        image_of(path).pixel_array.astype(float) for path in the_pictured_case.radiograph_paths
    )
    spine = frontal[:, 100:140].mean()
    assert spine > frontal[:, 20:50].mean()
    assert lateral.std() > 100.0


def test_the_program_reads_its_own_pictures_with_their_spacing(the_pictured_case: CaseMade) -> None:
    (series,) = scan_folder(the_pictured_case.radiograph_paths[0]).series
    pictures = load_radiographs(series)
    assert len(pictures) == 1


def test_the_same_spec_gives_the_same_pictures(make, the_pictured_case: CaseMade) -> None:
    again = make(PICTURED)
    for one, other in zip(the_pictured_case.radiograph_paths, again.radiograph_paths, strict=True):
        assert (one / "0001.dcm").read_bytes() == (other / "0001.dcm").read_bytes()


def test_a_left_spot_is_on_the_left_half_of_the_operators_ap_shot(
    the_pictured_case: CaseMade, the_left_case: CaseMade
) -> None:
    shots = []
    for made in (the_left_case, the_pictured_case):
        (series,) = scan_folder(made.files.series_path).series
        volume = load_volume(series)
        view = view_of(mobile_c_arm(128), CArmPose(tuple(volume.geometry.centre_lps_mm)))
        shots.append(line_integrals(prepare(volume), view, Quality.FULL))
    change = shots[0] - shots[1]
    _, columns = np.nonzero(change > 0.5 * change.max())
    # Seen from behind, as the operator of a prone patient does: left is left.
    assert columns.mean() < 62


@pytest.mark.peer
def test_dciodvfy_finds_no_error_in_either_picture(the_pictured_case: CaseMade) -> None:
    program = shutil.which("dciodvfy")
    if program is None:
        pytest.skip("dciodvfy is not installed (Debian package dicom3tools)")
    for folder in the_pictured_case.radiograph_paths:
        path = folder / "0001.dcm"
        run = subprocess.run([program, str(path)], capture_output=True, text=True, check=False)
        assert "DX" in run.stderr
        assert not [line for line in run.stderr.splitlines() if line.startswith("Error")]
