"""`vertebroplan xray`: one shot of a study or a case, with its geometry."""

from pathlib import Path

import numpy as np
import pytest
import SimpleITK

from planner.samples.catalog import sample_folder, sample_study
from planner.simulation.c_arm import XrayView


def pixels_of(path: Path) -> np.ndarray:
    return SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path)))


def a_shot(vertebroplan, path: Path, out: Path, *words: str, orbital: float = 0.0) -> dict:
    ended = vertebroplan(
        "xray", path, "--orbital", str(orbital), "--angular", "0", "--out", out, "--json", *words
    )
    assert ended.status == 0, ended.stderr
    return ended.document


@pytest.fixture
def an_anchor() -> str:
    return ",".join(str(v) for v in sample_study("thorax").anchor_lps_mm)


@pytest.mark.slow
def test_a_shot_of_a_folder_says_where_source_and_detector_stand(
    vertebroplan, an_anchor, tmp_path
) -> None:
    out, raw = tmp_path / "shot.png", tmp_path / "shot.mha"
    document = a_shot(
        vertebroplan, sample_folder("thorax"), out,
        "--at", an_anchor, "--size", "128", "--raw", str(raw),
        "--source-isocentre", "700", "--source-detector", "1000", "--detector", "200",
    )  # fmt: skip
    x, y, z = sample_study("thorax").anchor_lps_mm
    assert document["source_lps_mm"] == pytest.approx([x, y - 700.0, z], abs=1e-3)
    detector = document["detector"]
    assert detector["centre_lps_mm"] == pytest.approx([x, y + 300.0, z], abs=1e-3)
    assert detector["right_lps"] == [-1.0, 0.0, 0.0]
    assert detector["down_lps"] == [0.0, 0.0, -1.0]
    assert detector["pixel_mm"] == pytest.approx(200.0 / 128)
    assert set(document["seconds"]) == {"load", "warm", "prepare", "shot"}
    assert pixels_of(out).shape == (128, 128)
    water_mm = pixels_of(raw)
    assert water_mm.dtype == np.float32
    assert 100.0 < np.median(water_mm) < 400.0


@pytest.mark.slow
def test_instruments_of_a_case_darken_its_picture_where_they_are(
    vertebroplan, a_planned_case, tmp_path
) -> None:
    case, planned = a_planned_case
    without, with_them = tmp_path / "without.png", tmp_path / "with.png"
    a_shot(vertebroplan, case, without)
    document = a_shot(vertebroplan, case, with_them, "--instruments")
    detector = document["detector"]
    view = XrayView(
        document["source_lps_mm"],
        detector["centre_lps_mm"],
        detector["right_lps"],
        detector["down_lps"],
        detector["pixel_mm"],
        512,
    )
    darkened = pixels_of(without).astype(int) - pixels_of(with_them).astype(int)
    for needle in planned["levels"][0]["needles"]:
        skin, bone = (np.array(needle[f"entry_{name}_lps_mm"]) for name in ("skin", "bone"))
        places = view.pixels_of(bone + np.linspace(0.1, 0.4, 4)[:, np.newaxis] * (skin - bone))
        for column, row in np.rint(places).astype(int):
            assert darkened[row - 2 : row + 3, column - 2 : column + 3].max() > 25


def test_instruments_without_a_case_are_refused(vertebroplan, tmp_path) -> None:
    ended = vertebroplan(
        "xray", sample_folder("thorax"), "--orbital", "0", "--angular", "0",
        "--out", tmp_path / "shot.png", "--instruments",
    )  # fmt: skip
    assert ended.status == 1
    assert "case" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_a_picture_under_another_ending_is_refused_before_anything_is_loaded(
    vertebroplan, tmp_path
) -> None:
    ended = vertebroplan(
        "xray", tmp_path / "nowhere", "--orbital", "0", "--angular", "0",
        "--out", tmp_path / "shot.jpg",
    )  # fmt: skip
    assert ended.status == 1
    assert ".png" in ended.stderr


def test_a_size_of_nothing_is_wrong_usage(vertebroplan, tmp_path) -> None:
    ended = vertebroplan(
        "xray", tmp_path, "--orbital", "0", "--angular", "0", "--size", "0",
        "--out", tmp_path / "shot.png",
    )  # fmt: skip
    assert ended.status == 2
