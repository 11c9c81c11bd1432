"""Open damaged sources one after the other, in a process of their own.

usage: fuzz_worker.py FOLDER SEED FIRST COUNT

Prints one JSON document: what went wrong, how long the slowest took and how much memory. It ends
by itself where one source takes longer than it may.
"""

import faulthandler
import json
import os
import resource
import shutil
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path

import attrs
import numpy as np

sys.path.append(str(Path(__file__).parent))

from fuzz_mutations import BYTE_MUTATIONS, odd_archive, odd_folder
from fuzz_sources import Files, make_sources, zipped

from planner.dicom.load_radiograph import load_radiographs
from planner.dicom.load_volume import load_volume
from planner.dicom.scan_folder import scan_folder
from planner.dicom.scan_result import ScanResult, SeriesKind
from planner.dicom.thumbnail import thumbnail_of
from planner.foundation.errors import PlannerError

LONGEST_S = 10.0
"""That one source may take."""
MOST_ABOVE_IDLE_MB = 2048


def _damaged(files: Files, rng: np.random.Generator) -> Files:
    """Damage one to all of some files."""
    names = list(files)
    chosen = rng.permutation(len(names))[: int(rng.integers(1, len(names) + 1))]
    changed = dict(files)
    for n in chosen:
        for _ in range(int(rng.integers(1, 3))):
            mutate = BYTE_MUTATIONS[int(rng.integers(0, len(BYTE_MUTATIONS)))]
            content = changed[names[n]]
            changed[names[n]] = mutate(content, rng) if content else content
    return changed


def _written(files: Files, folder: Path) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    volumes = [name for name in files if name.startswith("volume.")]
    return folder / volumes[0] if volumes else folder


def make_case(sources: dict[str, Files], rng: np.random.Generator, folder: Path) -> Path:
    """Write one damaged source into a folder and return what is to be opened."""
    names = list(sources)
    files = sources[names[int(rng.integers(0, len(names)))]]
    kind = rng.random()
    if kind < 0.08:
        path = folder / "study.zip"
        path.write_bytes(odd_archive(files, rng, folder))
        return path
    if kind < 0.16:
        path = folder / "study.zip"
        path.write_bytes(zipped(_damaged(files, rng), folder))
        return path
    path = _written(_damaged(files, rng), folder / "study")
    if kind < 0.24 and path.is_dir():
        odd_folder(path, rng)
    if kind < 0.34 and path.is_dir():
        return next(p for p in sorted(path.iterdir()) if p.is_file() and not p.is_symlink())
    return path


def _count_files(path: Path) -> int:
    return sum(len(names) for _, _, names in os.walk(path))


def _miscounted(path: Path, scan: ScanResult) -> Iterator[str]:
    if not path.is_dir():
        return
    links = sum(file.code == "link" for file in scan.skipped)
    counted = sum(series.images for series in scan.series) + len(scan.skipped) - links
    if counted != _count_files(path):
        yield f"{counted} files accounted for of {_count_files(path)}"


def open_all(path: Path) -> list[str]:
    """Open whatever is there as the program does, and return what is wrong with the result."""
    try:
        scan = scan_folder(path)
    except PlannerError as problem:
        return [] if problem.message.endswith(".") else [f"no sentence: {problem.message}"]
    wrong = list(_miscounted(path, scan))
    for series in scan.series:
        if not series.verdict.text:
            wrong.append("a series without a verdict")
        picture = thumbnail_of(series, 48)
        if picture.dtype != np.uint8 or max(picture.shape) > 48:
            wrong.append(f"a thumbnail of {picture.shape}")
        try:
            if series.kind is SeriesKind.RADIOGRAPH:
                load_radiographs(series)
            else:
                load_volume(series)
        except PlannerError:
            continue
    return wrong


def _peak_mb() -> float:
    """Return the most memory since the last `_forget_peak`, where the system can forget."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _forget_peak() -> None:
    forget = Path("/proc/self/clear_refs")
    if forget.exists():
        forget.write_text("5")


def _longest_s() -> float:
    """Return how long one source may take here and now: longer where others are at work too."""
    return LONGEST_S * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def _listing(folder: Path) -> dict[str, int]:
    return {
        str(Path(top, name)): os.lstat(Path(top, name)).st_mtime_ns
        for top, _, names in os.walk(folder)
        for name in names
    }


def _wait_for_decoders() -> None:
    """Let those come back that were left behind: each removes the file that it works on."""
    for thread in threading.enumerate():
        if thread.name == "within-time":
            thread.join(_longest_s())


@attrs.frozen
class Outcome:
    """How opening one damaged source went."""

    wrong: list[str]
    seconds: float
    peak_mb: float


def _one(sources: dict[str, Files], rng: np.random.Generator, folder: Path) -> Outcome:
    place = folder / "case"
    place.mkdir()
    path = make_case(sources, rng, place)
    before = _listing(folder)
    # What hangs in a library cannot be stopped from within: the process ends, and says where.
    faulthandler.dump_traceback_later(_longest_s() + 5.0, exit=True)
    _forget_peak()
    start = time.perf_counter()
    try:
        wrong = open_all(path)
    except BaseException:  # noqa: BLE001 - whatever is raised is what the test is about
        wrong = [traceback.format_exc(limit=-6)]
    seconds = time.perf_counter() - start
    faulthandler.cancel_dump_traceback_later()
    _wait_for_decoders()
    if _listing(folder) != before:
        wrong.append("files were written and left")
    shutil.rmtree(place)
    return Outcome(wrong, seconds, _peak_mb())


def main(folder: Path, seed: int, first: int, count: int) -> None:
    """Open that many damaged sources, each given by the seed and its number."""
    warnings.simplefilter("ignore")
    faulthandler.enable()
    (folder / "made").mkdir(parents=True)
    os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
    sources = make_sources(folder / "made")
    for files in sources.values():
        open_all(_written(files, folder / "warm"))
        shutil.rmtree(folder / "warm")
    idle_mb = _peak_mb()
    wrong: list[str] = []
    slowest_s = most_mb = 0.0
    for number in range(first, first + count):
        (folder / "made" / "number").write_text(str(number))
        found = _one(sources, np.random.default_rng([seed, number]), folder)
        above_idle_mb = found.peak_mb - idle_mb
        if found.seconds > _longest_s() or above_idle_mb > MOST_ABOVE_IDLE_MB:
            found.wrong.append(f"{found.seconds:.1f} s, {above_idle_mb:.0f} MB above idle")
        slowest_s, most_mb = max(slowest_s, found.seconds), max(most_mb, above_idle_mb)
        wrong += [f"seed {seed} case {number}: {text}" for text in found.wrong]
    report = {"wrong": wrong, "slowest_s": slowest_s, "above_idle_mb": most_mb}
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:5]))
