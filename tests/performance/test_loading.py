"""How fast and in how little memory series are loaded, against SimpleITK in the same run.

Run it with `pytest tests/performance -m benchmark -n 0 -s`; it prints each figure.
"""

import math
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK
from fuzz_sources import as_jpeg_lossless
from pydicom.uid import JPEG2000Lossless, JPEGLosslessSV1, JPEGLSLossless

from planner.dicom.first_slice import FirstSlice
from planner.dicom.load_volume import load_volume
from planner.dicom.scan_folder import scan_folder
from planner.dicom.study_reference import PatientIdentity
from planner.dicom.write_series import SeriesLabel, write_series
from planner.geometry.grids import GridGeometry
from planner.gui.opening import open_series, scan_images
from planner.imaging.volume import Volume

pytestmark = [pytest.mark.benchmark, pytest.mark.slow, pytest.mark.timeout(900)]

_SLICES, _EDGE = 400, 512
_CODED_SLICES = 60
_ROUNDS = 5


def _body(count: int) -> np.ndarray:
    """Slices as smooth as a body and as noisy as a scan."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[-1 : 1 : _EDGE * 1j, -1 : 1 : _EDGE * 1j]
    smooth = np.where(x**2 + (1.3 * y) ** 2 < 0.8, 60 + 300 * np.cos(9 * x) * np.cos(7 * y), -1000)
    noisy = smooth[np.newaxis] + rng.normal(0, 12, (8, _EDGE, _EDGE))
    return np.stack([np.roll(noisy[k % 8], k, axis=0) for k in range(count)]).astype(np.int16)


def _write(folder: Path, count: int) -> Path:
    label = SeriesLabel(
        patient=PatientIdentity("BENCH^LOAD", "B"),
        study_uid="1.2.3",
        series_uid="1.2.4",
        frame_of_reference_uid="1.2.5",
        study_date="20260101",
        study_description="Benchmark",
        series_description="made",
    )
    grid = GridGeometry.axis_aligned((_EDGE, _EDGE, count), (-180, -180, 0), (0.7, 0.7, 1.0))
    write_series(folder, Volume(_body(count), grid), label)
    return folder


@pytest.fixture(scope="module")
def a_plain_series(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """400 uncompressed slices of 512 x 512."""
    return _write(tmp_path_factory.mktemp("plain"), _SLICES)


def _with_simpleitk(folder: Path) -> np.ndarray:
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(SimpleITK.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder)))
    return SimpleITK.GetArrayFromImage(reader.Execute())


def _with_ours(folder: Path) -> np.ndarray:
    (series,) = scan_folder(folder).series
    return load_volume(series).voxels


def _seconds(function: Callable[[Path], np.ndarray], folder: Path) -> float:
    start = time.perf_counter()
    function(folder).sum(dtype=np.int64)
    return time.perf_counter() - start


def _ratio(folder: Path, title: str) -> float:
    assert np.array_equal(_with_simpleitk(folder), _with_ours(folder))
    times = [
        (_seconds(_with_simpleitk, folder), _seconds(_with_ours, folder)) for _ in range(_ROUNDS)
    ]
    # The least of each: what others do on the machine only ever adds.
    theirs_s, ours_s = map(min, zip(*times, strict=True))
    print(f"{title}: SimpleITK {theirs_s:.2f} s, ours {ours_s:.2f} s, {ours_s / theirs_s:.2f}")  # noqa: T201
    return ours_s / theirs_s


def test_plain_slices_load_in_two_thirds_of_simpleitks_time(a_plain_series: Path) -> None:
    assert _ratio(a_plain_series, "400 plain slices") <= 0.65


@pytest.mark.parametrize(
    "syntax", [JPEGLosslessSV1, JPEGLSLossless, JPEG2000Lossless], ids=lambda uid: uid.keyword
)
def test_compressed_slices_load_no_slower_than_with_simpleitk(
    tmp_path: Path, syntax: pydicom.uid.UID
) -> None:
    if os.getloadavg()[0] > 1.5 * (os.cpu_count() or 1):
        pytest.skip("other programs keep the cores busy: threads cannot be compared with none")
    folder = _write(tmp_path / "coded", _CODED_SLICES)
    for path in folder.iterdir():
        image = pydicom.dcmread(path)
        if syntax == JPEGLosslessSV1:
            as_jpeg_lossless(image, tmp_path)
        else:
            image.compress(syntax, generate_instance_uid=False)
        image.save_as(path)
    assert _ratio(folder, f"{_CODED_SLICES} slices, {syntax.keyword}") <= 1.0


_MEASURE_MEMORY = """
import sys
from pathlib import Path
import planner.imaging.compressed_picture
from planner.workflow.open_study import open_study
from planner.workflow.planning_scene import planning_scene

def peak():
    # Not getrusage: there the peak of the process that started this one would count.
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024

idle = peak()
study = open_study(Path(sys.argv[1]), first_slice=lambda first: None)
planning_scene(study)
print((peak() - idle) / study.volume.voxels.nbytes)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to tell its peak")
def test_opening_takes_little_more_memory_than_the_voxels(a_plain_series: Path) -> None:
    words = [sys.executable, "-c", _MEASURE_MEMORY, str(a_plain_series)]
    run = subprocess.run(words, capture_output=True, text=True, check=True)
    times_the_voxels = float(run.stdout)
    print(f"peak memory: {times_the_voxels:.2f} times the voxels over idle")  # noqa: T201
    # Below half the voxels the measure itself would be wrong.
    assert 0.5 <= times_the_voxels <= 1.6


def test_the_first_slice_is_there_before_the_rest_is_read(a_plain_series: Path) -> None:
    (series,) = scan_folder(a_plain_series).series
    start = time.perf_counter()
    shown: list[float] = []

    def note(first: FirstSlice) -> None:
        assert first.voxels.shape == (_EDGE, _EDGE)
        shown.append(time.perf_counter() - start)

    load_volume(series, first_slice=note)
    whole_s = time.perf_counter() - start
    print(f"first slice after {shown[0]:.3f} s of {whole_s:.2f} s")  # noqa: T201
    assert shown[0] < whole_s / 10


@pytest.fixture(params=["folder", "zip", "nii", "nii.gz", "jpeg 2000", "tilted"])
def a_large_source(request: pytest.FixtureRequest, a_plain_series: Path, tmp_path: Path) -> Path:
    """400 slices in each of the forms that they come in."""
    form = request.param
    if form == "zip":
        return Path(shutil.make_archive(str(tmp_path / "study"), "zip", a_plain_series))
    if form.startswith("nii"):
        path = tmp_path / f"study.{form}"
        image = SimpleITK.GetImageFromArray(_with_simpleitk(a_plain_series))
        SimpleITK.WriteImage(image, str(path))
        return path
    if form == "folder":
        return a_plain_series
    folder = tmp_path / "changed"
    folder.mkdir()
    for number, path in enumerate(sorted(a_plain_series.iterdir())):
        image = pydicom.dcmread(path)
        if form == "tilted":
            image.ImageOrientationPatient = [1, 0, 0, 0, math.cos(0.3), math.sin(0.3)]
        elif number < _CODED_SLICES:
            image.compress(JPEG2000Lossless, generate_instance_uid=False)
        else:
            continue
        image.save_as(folder / path.name)
    return folder


def test_opening_asks_at_least_twice_a_second_whether_it_is_cancelled(a_large_source: Path) -> None:
    last_s = time.perf_counter()
    waits: list[tuple[float, str]] = []
    shown: list[FirstSlice] = []

    def note(fraction: float, message: str = "") -> None:
        nonlocal last_s
        now_s = time.perf_counter()
        waits.append((now_s - last_s, f"{message} {fraction:.0%}"))
        last_s = now_s

    found = scan_images(a_large_source, note)
    note(1.0, "scanned")
    open_series(found.series[0], note, shown.append, lambda _beat: None)
    assert shown, "the first slice was not shown"
    note(1.0, "opened")
    longest_s, where = max(waits)
    print(f"longest wait: {longest_s:.3f} s before {where}")  # noqa: T201
    assert longest_s < 0.5
