"""TotalSegmentator runs as the user's own program; its labels go through the importer."""

import os
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import SimpleITK

from planner.anatomy.levels import VertebraLevel
from planner.anatomy.segmenter import SegmenterInfo, SegmenterJob
from planner.digital_spine.case_field import case_field
from planner.digital_spine.case_spec import CaseSpec
from planner.digital_spine.case_truth import part_labels
from planner.digital_spine.model_patient import ModelPatient
from planner.digital_spine.model_spine import build_model
from planner.digital_spine.scan_settings import ScanSettings
from planner.digital_spine.scanner import scan_hu
from planner.foundation.errors import AnatomyProblem
from planner.foundation.progress import Cancelled, no_progress
from planner.geometry.grids import GridGeometry
from planner.imaging.volume import Volume
from planner.workflow.segment_levels import (
    Segmenters,
    discover_segmenters,
    program_of,
    segment_levels,
)
from planner_segmenter_totalsegmentator.segmenter import TotalSegmentator

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a script")
GRID = GridGeometry((9, 8, 7), [[-2, 0, 0, 5.0], [0, 2, 0, 3.0], [0, 0, 3, -40.0], [0, 0, 0, 1]])
ARGUMENTS = """
import sys, shutil, time, subprocess
words = sys.argv[1:]
ct, out = words[words.index("-i") + 1], words[words.index("-o") + 1]
assert "--ml" in words
"""


def _program(folder: Path, body: str) -> Path:
    path = folder / "TotalSegmentator"
    path.write_text(f"#!{sys.executable}\n{ARGUMENTS}{body}")
    path.chmod(0o755)
    return path


def _volume(grid: GridGeometry = GRID) -> Volume:
    voxels = np.arange(np.prod(grid.shape_kji), dtype=np.int16).reshape(grid.shape_kji)
    return Volume(voxels, grid)


def test_the_program_gets_the_voxels_where_they_lie_and_its_labels_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    program = _program(tmp_path, "shutil.copy(ct, out)")
    told: list[float] = []
    labels = TotalSegmentator().segment(
        SegmenterJob(_volume(), program=program), lambda share, _text="": told.append(share)
    )
    lps_mm = GRID.lps_of((7, 2, 5))
    i, j, k = (int(n) for n in np.rint(labels.geometry.ijk_of(lps_mm)))
    assert labels.layers[0][k, j, i] == _volume().voxels[5, 2, 7]
    assert sorted(told) == told
    assert not list(tmp_path.glob("vertebroplan-*"))


def test_what_the_program_says_is_shown_as_its_progress(tmp_path: Path) -> None:
    body = "print('Predicting 50%|#####     |', flush=True); time.sleep(0.4); shutil.copy(ct, out)"
    told: list[tuple[float, str]] = []
    TotalSegmentator().segment(
        SegmenterJob(_volume(), program=_program(tmp_path, body)),
        lambda share, text="": told.append((share, text)),
    )
    assert any(0.4 < share < 0.6 and "Predicting" in text for share, text in told)


def test_cancelling_ends_the_program_and_all_it_started(tmp_path: Path) -> None:
    body = f"""
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open({str(tmp_path / "pids")!r}, "w").write(str(child.pid))
print("started", flush=True)
time.sleep(60)
"""
    program = _program(tmp_path, body)

    def cancel_once_started(_share: float, text: str = "") -> None:
        if text == "started":
            raise Cancelled

    began_s = time.monotonic()
    with pytest.raises(Cancelled):
        TotalSegmentator().segment(SegmenterJob(_volume(), program=program), cancel_once_started)
    assert time.monotonic() - began_s < 20.0
    pid = int((tmp_path / "pids").read_text())
    while _is_running(pid):
        assert time.monotonic() - began_s < 20.0


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("print('CUDA out of memory'); sys.exit(3)", "CUDA out of memory"),
        ("pass", "without writing one label map"),
        ("open(out, 'wb').write(b'nonsense')", "damaged or no volume"),
    ],
)
def test_a_program_that_fails_is_told_in_its_own_last_words(
    tmp_path: Path, body: str, words: str
) -> None:
    study = SimpleNamespace(volume=_volume(), study=SimpleNamespace(series_uid="1.2"))
    with pytest.raises(Exception, match=words) as refused:
        segment_levels(study, TotalSegmentator(), _program(tmp_path, body))
    assert "\n" not in str(refused.value)


def test_where_it_is_not_installed_the_user_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AnatomyProblem) as refused:
        program_of(TotalSegmentator.info, {})
    assert "pip install TotalSegmentator" in str(refused.value)
    program = _program(tmp_path, "pass")
    assert program_of(TotalSegmentator.info, {}) == program
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    chosen = _program(elsewhere, "pass")
    assert program_of(TotalSegmentator.info, {"totalsegmentator": str(chosen)}) == chosen
    with pytest.raises(AnatomyProblem, match="not installed"):
        program_of(TotalSegmentator.info, {"totalsegmentator": str(tmp_path / "gone")})


def test_the_built_in_segmenter_is_the_first_and_stands_in_for_one_that_has_gone() -> None:
    found = discover_segmenters()
    assert found.failures == ()
    assert [s.info.id for s in found.segmenters] == ["built-in", "totalsegmentator"]
    assert found.named("of a package long gone").info.id == "built-in"
    assert program_of(found.segmenters[0].info, {}) is None


class _Raising:
    info = SegmenterInfo("raising", "Raising")

    def segment(self, _job: SegmenterJob, _progress: object) -> None:
        raise ZeroDivisionError("by nothing")


def test_a_segmenter_that_raises_anything_gets_a_sentence() -> None:
    study = SimpleNamespace(volume=_volume(), study=SimpleNamespace(series_uid="1.2"))
    assert Segmenters((_Raising(),)).segmenters
    with pytest.raises(AnatomyProblem, match="The segmenter Raising failed: ZeroDivisionError"):
        segment_levels(study, _Raising(), None, no_progress)


@pytest.mark.slow
def test_its_labels_become_measured_levels_on_their_own_sides(tmp_path: Path) -> None:
    spec = CaseSpec(
        "case", seed=5, patient=ModelPatient(sex="female"),
        scan=ScanSettings(spacing_mm=0.8, step_mm=1.0),
        first_level=VertebraLevel.T12, last_level=VertebraLevel.T12, field_mm=140.0,
    )  # fmt: skip
    model = build_model(spec.patient, spec.pathologies, spec.seed)
    field = case_field(spec, model)
    volume = Volume(scan_hu(model, field.lattice, spec.scan), field.grid)
    verse, _parts = part_labels(model, field.grid)
    numbers = np.where(verse == VertebraLevel.T12.verse_number, 32, 0).astype(np.uint8)
    numbers[0, 0, 0] = 52
    image = SimpleITK.GetImageFromArray(numbers)
    image.SetSpacing(field.grid.spacing_ijk_mm)
    image.SetOrigin(tuple(field.grid.lps_from_ijk[:3, 3]))
    image.SetDirection(tuple(field.grid.axes_lps.ravel()))
    SimpleITK.WriteImage(image, str(tmp_path / "made.nii.gz"))
    program = _program(tmp_path, f"shutil.copy({str(tmp_path / 'made.nii.gz')!r}, out)")
    study = SimpleNamespace(volume=volume, study=SimpleNamespace(series_uid="1.2"))
    (vertebra,) = segment_levels(study, TotalSegmentator(), program).vertebrae
    assert vertebra.level is VertebraLevel.T12
    assert vertebra.notes[-1] == "The outline comes from label map of TotalSegmentator."
    left, right = vertebra.left_pedicle, vertebra.right_pedicle
    assert left.isthmus_lps_mm[0] > right.isthmus_lps_mm[0] + 10.0
