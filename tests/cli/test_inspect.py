"""What `inspect` says of each source, and that every file is in its document once."""

import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
import SimpleITK

from planner.samples.catalog import sample_folder, sample_study


@pytest.fixture
def an_archive(tmp_path: Path) -> Path:
    """The shipped thorax in a ZIP archive, with a letter beside it."""
    path = tmp_path / "thorax.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(sample_folder("thorax").glob("*.dcm")):
            archive.write(file, f"disc/{file.name}")
        archive.writestr("letter.txt", "no image")
    return path


def test_an_archive_reads_as_its_folder_does(vertebroplan, an_archive: Path) -> None:
    x, y, z = sample_study("thorax").anchor_lps_mm
    probe = ("--probe", f"{x},{y},{z}", "--json")
    packed = vertebroplan("inspect", an_archive, *probe).document
    plain = vertebroplan("inspect", sample_folder("thorax"), *probe).document
    assert packed["studies"] == plain["studies"]
    assert packed["probes"] == plain["probes"]
    assert [(row["path"], row["code"]) for row in packed["skipped"]] == [
        (f"{an_archive}/letter.txt", "not-dicom")
    ]


def test_a_series_says_its_kind_its_part_and_its_verdict(vertebroplan) -> None:
    document = vertebroplan("inspect", sample_folder("thorax"), "--json").document
    (series,) = document["studies"][0]["series"]
    assert (series["kind"], series["part"], series["left_out"]) == ("ct", None, [])
    assert series["verdict"]["level"] == "caution"
    assert "slices 2.5 mm apart" in series["verdict"]["text"]
    assert {warning["code"] for warning in series["warnings"]} == {"slice-step-warning"}


def test_an_image_that_is_not_used_is_named_with_its_reason(vertebroplan, tmp_path: Path) -> None:
    files = sorted(sample_folder("thorax").glob("*.dcm"))
    for file in files[:12]:
        shutil.copy(file, tmp_path)
    (tmp_path / files[3].name).unlink()
    (series,) = vertebroplan("inspect", tmp_path, "--json").document["studies"][0]["series"]
    assert (series["images"], series["usable_images"]) == (11, 8)
    assert [Path(row["path"]).name for row in series["left_out"]] == [f.name for f in files[:3]]
    text = vertebroplan("inspect", tmp_path).stdout
    assert all(f"Left out {tmp_path / file.name}" in text for file in files[:3])


def test_the_value_at_a_point_is_simpleitks(vertebroplan, tmp_path: Path) -> None:
    values = np.random.default_rng(1).integers(-900, 1200, (20, 30, 40)).astype(np.int16)
    image = SimpleITK.GetImageFromArray(values)
    image.SetSpacing((2.0, 2.5, 3.0))
    image.SetDirection((0.8, 0.0, 0.6, 0.36, 0.8, -0.48, -0.48, 0.6, 0.64))
    path = tmp_path / "volume.nii.gz"
    SimpleITK.WriteImage(image, str(path))
    read = SimpleITK.ReadImage(str(path), SimpleITK.sitkFloat64)
    inside = [
        read.TransformContinuousIndexToPhysicalPoint(p) for p in ((3.3, 7.8, 9.1), (20, 2, 4))
    ]
    words = [word for p in inside for word in ("--probe", ",".join(map(repr, p)))]
    probes = vertebroplan("inspect", path, *words, "--probe", "900,0,0", "--json").document[
        "probes"
    ]
    theirs = [read.EvaluateAtPhysicalPoint(p, SimpleITK.sitkLinear) for p in inside]
    assert [probe["value"] for probe in probes[:2]] == pytest.approx(theirs, abs=0.01)
    assert probes[2]["value"] is None
