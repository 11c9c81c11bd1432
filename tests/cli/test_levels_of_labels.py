"""`levels --labels` measures what another program outlined, and refuses a map of elsewhere."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import SimpleITK

from planner.samples.catalog import sample_folder, sample_study

Vertebroplan = Callable[..., "object"]


@pytest.fixture(scope="module")
def written(vertebroplan: Vertebroplan, tmp_path_factory: pytest.TempPathFactory):
    """The label map that `levels` wrote of T12 of the shipped thorax, and what it said of it."""
    path = tmp_path_factory.mktemp("labels") / "labels.nii.gz"
    x, y, z = sample_study("thorax").anchor_lps_mm
    ended = vertebroplan(
        "levels", sample_folder("thorax"), "--at", f"{x},{y},{z}=T12", "--out", path, "--json"
    )
    assert ended.status == 0, ended.stderr
    return path, ended.document["levels"][0]


@pytest.mark.slow
def test_a_label_map_that_levels_wrote_gives_the_same_vertebra_on_the_same_side(
    vertebroplan, written
) -> None:
    path, found = written
    ended = vertebroplan("levels", sample_folder("thorax"), "--labels", path, "--json")
    assert ended.status == 0, ended.stderr
    (level,) = ended.document["levels"]
    assert level["label"] == "T12"
    assert level.keys() == found.keys()
    assert level["centre_lps_mm"] == pytest.approx(found["centre_lps_mm"], abs=2.0)
    for height in ("anterior", "middle", "posterior"):
        assert level["heights_mm"][height] == pytest.approx(found["heights_mm"][height], abs=2.0)
    left, right = (level["pedicles"][side]["isthmus_lps_mm"] for side in ("left", "right"))
    assert left[0] > right[0] + 10.0
    assert any("label map" in note for note in level["findings"])
    assert any("VerSe" in sentence for sentence in ended.document["warnings"])


@pytest.mark.slow
def test_a_map_mirrored_across_the_patient_is_refused(
    vertebroplan, written, tmp_path: Path
) -> None:
    """Its header says left where the patient's right is: no vertebra may come of it."""
    image = SimpleITK.ReadImage(str(written[0]))
    mirrored = SimpleITK.GetImageFromArray(SimpleITK.GetArrayFromImage(image)[:, :, ::-1])
    mirrored.CopyInformation(image)
    path = tmp_path / "mirrored.nii.gz"
    SimpleITK.WriteImage(mirrored, str(path))
    ended = vertebroplan("levels", sample_folder("thorax"), "--labels", path, "--json")
    assert ended.status == 1
    error = json.loads(ended.stdout)["error"]
    assert error["path"] == str(path)
    assert error["message"]
    assert error["hint"]


def test_a_label_map_that_is_none_and_points_beside_one_are_refused(
    vertebroplan, tmp_path: Path
) -> None:
    study = sample_folder("thorax")
    ended = vertebroplan("levels", study, "--labels", tmp_path / "nowhere.nii.gz")
    assert ended.status == 1
    assert "nowhere.nii.gz" in ended.stderr
    ended = vertebroplan("levels", study, "--labels", tmp_path / "a.nii.gz", "--at", "1,2,3=L1")
    assert ended.status == 2
