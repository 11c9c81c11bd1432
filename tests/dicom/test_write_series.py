import shutil
import subprocess
from pathlib import Path

import pydicom
import pytest

from planner.dicom.write_series import SeriesLabel, derived_uid, write_series
from planner.foundation.errors import DicomProblem
from planner.imaging.volume import Volume


@pytest.mark.parametrize("compressed", [False, True])
def test_the_same_volume_gives_the_same_bytes(
    a_volume: Volume, a_label: SeriesLabel, tmp_path: Path, compressed: bool
) -> None:
    first, second = (
        write_series(tmp_path / name, a_volume, a_label, compressed=compressed) for name in "ab"
    )
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_derived_uids_are_valid_and_differ_by_what_they_are_of() -> None:
    uids = {derived_uid("a", "b"), derived_uid("ab"), derived_uid("a", "c")}
    assert len(uids) == 3
    assert all(pydicom.uid.UID(uid).is_valid for uid in uids)


def test_a_folder_that_cannot_be_written_to_is_a_problem_in_words(
    a_volume: Volume, a_label: SeriesLabel, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DicomProblem, match="cannot be written"):
        write_series(tmp_path / "file", a_volume, a_label)


@pytest.mark.peer
@pytest.mark.parametrize("compressed", [False, True])
def test_dciodvfy_finds_no_error(
    a_volume: Volume, a_label: SeriesLabel, tmp_path: Path, compressed: bool
) -> None:
    program = shutil.which("dciodvfy")
    if program is None:
        pytest.skip("dciodvfy is not installed (Debian package dicom3tools)")
    path = write_series(tmp_path, a_volume, a_label, compressed=compressed)[0]
    run = subprocess.run([program, str(path)], capture_output=True, text=True, check=False)
    assert "CTImage" in run.stderr
    assert not [line for line in run.stderr.splitlines() if line.startswith("Error")]
