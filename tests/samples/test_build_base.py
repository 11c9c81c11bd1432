"""The shipped study against its source."""

from pathlib import Path

import numpy as np
import pytest
import SimpleITK

from planner.dicom.load_volume import load_volume
from planner.dicom.scan_folder import scan_folder
from planner.dicom.scan_result import likely_planning_series
from planner.imaging.volume import Volume
from planner.samples.build_base import body_voxels, build_base
from planner.samples.catalog import sample_folder

_T6, _L2 = 38, 30


@pytest.fixture(scope="module")
def the_source(the_thorax_ct_folder: Path) -> Volume:
    return load_volume(likely_planning_series(scan_folder(the_thorax_ct_folder)))


@pytest.fixture(scope="module")
def the_shipped() -> Volume:
    return load_volume(likely_planning_series(scan_folder(sample_folder("thorax"))))


@pytest.mark.slow
def test_voxels_of_the_body_and_their_places_are_those_of_the_source(
    the_source: Volume, the_shipped: Volume
) -> None:
    offset = np.rint(the_source.geometry.ijk_of(the_shipped.geometry.lps_of((0, 0, 0))))
    i, j, k = offset.astype(int)
    depth, height, width = the_shipped.voxels.shape
    np.testing.assert_allclose(
        the_source.geometry.lps_of(offset), the_shipped.geometry.lps_of((0, 0, 0)), atol=1e-4
    )
    same = the_source.voxels[k : k + depth, j : j + height, i : i + width] == the_shipped.voxels
    air = the_shipped.voxels == -1000
    assert (same | air).all()
    tissue = the_shipped.voxels > -300
    assert same[tissue].all()
    assert np.count_nonzero(tissue) > 9_000_000


@pytest.mark.slow
def test_all_vertebrae_from_t6_to_l2_are_in_the_shipped_study(
    shared_data: Path, the_shipped: Volume
) -> None:
    labels = SimpleITK.ReadImage(str(shared_data / "thorax-ct" / "mask.nii.gz"))
    voxels = SimpleITK.GetArrayViewFromImage(labels)
    for label in range(_L2, _T6 + 1):
        places = np.argwhere(voxels == label)[::50, ::-1]
        lps_mm = [labels.TransformIndexToPhysicalPoint([int(v) for v in ijk]) for ijk in places]
        assert all(the_shipped.geometry.contains(point) for point in lps_mm)
        i, j, k = np.rint(the_shipped.geometry.ijk_of(lps_mm)).astype(int).T
        assert the_shipped.voxels[k, j, i].mean() > 100


@pytest.mark.slow
def test_the_source_gives_the_shipped_bytes(the_thorax_ct_folder: Path, tmp_path: Path) -> None:
    build_base(the_thorax_ct_folder, tmp_path / "made")
    shipped = sample_folder("thorax")
    assert {p.name for p in shipped.iterdir()} == {p.name for p in (tmp_path / "made").iterdir()}
    for path in shipped.iterdir():
        assert path.read_bytes() == (tmp_path / "made" / path.name).read_bytes()


def test_couch_and_sheet_go_and_the_lungs_stay() -> None:
    y, x = np.mgrid[:80, :100]
    voxels = np.full((6, 80, 100), -1000, np.int16)
    body = ((x - 50) / 35) ** 2 + ((y - 35) / 22) ** 2 < 1
    lung = ((x - 40) / 8) ** 2 + ((y - 35) / 8) ** 2 < 1
    voxels[:, body] = 40
    voxels[:, lung] = -850
    voxels[:, 57:59] = -200
    voxels[:, 68:71] = 300
    found = body_voxels(voxels)
    assert found[:, body].all()
    assert not found[:, 61:].any()
    assert not found[:, 58:60, :30].any()
