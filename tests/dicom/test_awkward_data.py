"""Real files that go wrong elsewhere: each is loaded right, or named with a sentence."""

import os
import tarfile
from pathlib import Path

import numpy as np
import pytest
import SimpleITK

from planner.dicom.load_volume import load_volume
from planner.dicom.scan_folder import scan_folder
from planner.dicom.scan_result import ScanResult, SeriesSummary
from planner.geometry.grids import GridGeometry
from planner.imaging.hounsfield import sample_voxels

_FOLDERS = ["tilted-ct", "uneven-tilted-ct", "transfer-syntaxes", "empty-uids", "misc"]


@pytest.fixture(scope="session")
def the_awkward_folders(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The folders of awkward data, unpacked where they come packed."""
    folders = {}
    for name in _FOLDERS:
        source = shared_data / "awkward-dicom" / name
        archive = source.with_name(f"{name}.tar.xz")
        if archive.exists():
            source = tmp_path_factory.mktemp(name)
            with tarfile.open(archive) as packed:
                packed.extractall(source, filter="data")
        folders[name] = source
    return folders


def _files_under(folder: Path) -> set[Path]:
    return {Path(top, name) for top, _, names in os.walk(folder) for name in names}


def _accounted_for(scan: ScanResult) -> list[Path]:
    """Return each file as often as it is shown, left out with a sentence, or skipped with one."""
    found = [file.path for file in scan.skipped if file.text.endswith(".")]
    for series in scan.series:
        found += {header.path for header in series.slices}
        found += [file.path for file in series.left_out if file.text.endswith(".")]
    return found


@pytest.mark.parametrize("name", _FOLDERS)
def test_every_file_is_shown_or_named_with_a_sentence_and_counted_once(
    the_awkward_folders: dict[str, Path], name: str
) -> None:
    folder = the_awkward_folders[name]
    scan = scan_folder(folder)
    accounted = _accounted_for(scan)
    assert set(accounted) == _files_under(folder)
    assert len(accounted) == len(set(accounted))
    assert sum(s.images for s in scan.series) + len(scan.skipped) == len(_files_under(folder))
    assert all(series.verdict.text for series in scan.series)


def _sitk_image(series: SeriesSummary) -> SimpleITK.Image:
    paths = list(dict.fromkeys(str(header.path) for header in series.slices))
    if len(paths) == 1:
        return SimpleITK.ReadImage(paths[0], SimpleITK.sitkFloat64)
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(paths)
    return SimpleITK.Cast(reader.Execute(), SimpleITK.sitkFloat64)


def _largest_distance_mm(grid: GridGeometry, image: SimpleITK.Image) -> float:
    """Between where each corner voxel lies and where SimpleITK has a voxel."""
    corners = grid.corners_lps_mm()
    indices = [image.TransformPhysicalPointToContinuousIndex(c.tolist()) for c in corners]
    off_voxels = np.abs(np.array(indices) - np.rint(indices))
    return float((off_voxels * image.GetSpacing()).max())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["thorax", "empty-uids", "misc"])
def test_regular_series_lie_and_read_as_with_simpleitk(
    the_awkward_folders: dict[str, Path], the_thorax_ct_folder: Path, name: str
) -> None:
    folder = the_thorax_ct_folder if name == "thorax" else the_awkward_folders[name]
    regular = [s for s in scan_folder(folder).series if s.geometry is not None]
    assert len(regular) == 1
    volume = load_volume(regular[0])
    image = _sitk_image(regular[0])
    assert volume.geometry.shape_ijk == image.GetSize()
    assert _largest_distance_mm(volume.geometry, image) < 0.01
    rng = np.random.default_rng(3)
    last = np.array(volume.geometry.shape_ijk) - 1
    points = volume.geometry.lps_of(rng.random((50, 3)) * last)
    theirs = [image.EvaluateAtPhysicalPoint(p.tolist(), SimpleITK.sitkLinear) for p in points]
    np.testing.assert_allclose(sample_voxels(volume, points), theirs, atol=0.01)


def _usable_head(folder: Path) -> SeriesSummary:
    return next(s for s in scan_folder(folder).series if s.usable_images == 54)


@pytest.mark.slow
def test_the_philips_head_is_straightened_and_its_edges_stay_straight(
    the_awkward_folders: dict[str, Path],
) -> None:
    series = _usable_head(the_awkward_folders["tilted-ct"])
    assert "gantry tilt 18.5 degrees, will be straightened" in series.verdict.text
    volume = load_volume(series)
    np.testing.assert_allclose(volume.geometry.axes_lps[:, 2], [0, 0, 1], atol=1e-6)
    # The front of the post that stands in the head: where air becomes plastic, slice by slice.
    slices = np.arange(38, 48)
    rows = []
    for k in slices:
        profile = volume.voxels[k, 235:260, 256].astype(float)
        rise = int(np.argmax(profile > -450.0))
        low, high = profile[rise - 1], profile[rise]
        assert low < -450.0 < high
        rows.append(rise - 1 + (-450.0 - low) / (high - low))
    line = np.polyval(np.polyfit(slices, rows, 1), slices)
    assert np.abs(line - rows).max() < 0.5


def test_a_series_of_uneven_steps_offers_its_longest_run(
    the_awkward_folders: dict[str, Path],
) -> None:
    (series,) = scan_folder(the_awkward_folders["uneven-tilted-ct"]).series
    assert (series.images, series.usable_images) == (28, 14)
    assert series.verdict.text.startswith("steps of 1.1, 4.0 and 7.0 mm: 14 slices can be used")
    assert len(series.left_out) == 14


def test_empty_uids_and_names_without_suffix_make_one_series(
    the_awkward_folders: dict[str, Path],
) -> None:
    (series,) = scan_folder(the_awkward_folders["empty-uids"]).series
    assert (series.usable_images, series.verdict.text) == (20, "20 slices, 2 mm, ready")
    assert series.description == "CT Body 3.0"
