"""What `make-case` prints and writes, and one sentence for what it refuses."""

from pathlib import Path

import pydicom
import pytest
from small_cases import SMALL_TOML

NAMES = {
    "series_path",
    "truth_path",
    "mr_paths",
    "radiograph_paths",
    "levels",
    "seconds",
}


@pytest.fixture
def a_spec(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(SMALL_TOML, "utf-8")
    return path


def only_sentence(ended) -> str:
    assert ended.status == 1
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    assert "Traceback" not in ended.stderr
    return lines[0]


@pytest.mark.slow
def test_a_case_is_one_document_with_its_levels(vertebroplan, a_spec: Path, tmp_path: Path) -> None:
    ended = vertebroplan("make-case", a_spec, "--out", tmp_path / "out", "--json")
    assert ended.status == 0
    assert ended.stderr == ""
    document = ended.document
    assert set(document) == NAMES
    assert Path(document["series_path"]).is_dir()
    assert (Path(document["truth_path"]) / "truth.json").is_file()
    assert document["seconds"] > 0.0
    (level,) = [row for row in document["levels"] if row["label"] == "L1"]
    assert set(level) == {"label", "heights_mm", "heights_before_mm", "wedge_deg", "pedicles"}
    assert set(level["heights_mm"]) == {"anterior", "middle", "posterior"}
    assert set(level["pedicles"]) == {"left", "right"}
    for pedicle in level["pedicles"].values():
        assert 6.0 < pedicle["width_mm"] < pedicle["height_mm"] < 20.0


@pytest.mark.slow
def test_spacing_and_seed_are_those_of_the_command(
    vertebroplan, a_spec: Path, tmp_path: Path
) -> None:
    documents = []
    for seed in (7, 8):
        words = ("--out", tmp_path / str(seed), "--spacing", "2.5", "--seed", str(seed), "--json")
        documents.append(vertebroplan("make-case", a_spec, *words).document)
    paths = sorted(Path(documents[0]["series_path"]).glob("*.dcm"))
    first, second = (pydicom.dcmread(path) for path in paths[:2])
    assert [float(v) for v in first.PixelSpacing] == [2.5, 2.5]
    assert float(first.SliceThickness) == 2.5
    step = float(second.ImagePositionPatient[2]) - float(first.ImagePositionPatient[2])
    assert step == pytest.approx(2.5)
    one, other = (row["levels"][0]["pedicles"]["left"]["width_mm"] for row in documents)
    assert one != other


@pytest.mark.slow
def test_lines_to_read_say_that_it_is_a_model(vertebroplan, a_spec: Path, tmp_path: Path) -> None:
    ended = vertebroplan("make-case", a_spec, "--out", tmp_path / "out", "--spacing", "4")
    assert ended.status == 0
    assert "A model, not a patient." in ended.stdout
    assert "L1" in ended.stdout


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("title = 'x'\ncolour = 1", "colour"),
        ("title = ", "TOML"),
        ("title = 'x'\n[[pathology]]\nkind = 'wedge'\nlevel = 'L6'", "L6"),
        ("title = 'x'\nfirst_level = 'L3'\nlast_level = 'T11'", "L3"),
    ],
)
def test_a_wrong_spec_is_refused_in_one_sentence_and_one_document(
    vertebroplan, tmp_path: Path, text: str, named: str
) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text, "utf-8")
    out = tmp_path / "out"
    ended = vertebroplan("make-case", path, "--out", out, "--json")
    assert named in only_sentence(ended)
    error = ended.document["error"]
    assert set(error) == {"code", "message", "path", "hint"}
    assert named in error["message"]
    assert not out.exists()


def test_a_spec_that_is_not_there_is_refused(vertebroplan, tmp_path: Path) -> None:
    ended = vertebroplan("make-case", tmp_path / "nowhere.toml", "--out", tmp_path / "out")
    assert "nowhere.toml" in only_sentence(ended)


def test_an_id_that_no_ready_spec_has_is_refused_with_those_there_are(
    vertebroplan, tmp_path: Path
) -> None:
    ended = vertebroplan("make-case", "unicorn", "--out", tmp_path / "out")
    assert "wedge-t12" in only_sentence(ended)


def test_a_folder_that_cannot_be_written_to_is_refused(
    vertebroplan, a_spec: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    ended = vertebroplan("make-case", a_spec, "--out", tmp_path / "file", "--json")
    assert str(tmp_path / "file") in only_sentence(ended)
    assert ended.document["error"]["path"]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("spec.toml",),
        ("spec.toml", "--out", "x", "--spacing", "0.1"),
        ("spec.toml", "--out", "x", "--spacing", "9"),
        ("spec.toml", "--out", "x", "--seed", "-1"),
        ("spec.toml", "--out", "x", "--seed", "one"),
    ],
)
def test_wrong_usage_ends_with_status_2(vertebroplan, words: tuple[str, ...]) -> None:
    assert vertebroplan("make-case", *words).status == 2
