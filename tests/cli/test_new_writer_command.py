"""The README's writer is a whole package: it installs into a fresh environment and exports."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from planner.workflow.new_writer import package_files

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def in_readme(language: str, name: str) -> str:
    (text,) = re.findall(rf"```{language}\n# {re.escape(name)}\n(.*?)```", README, re.DOTALL)
    return text


def test_the_readme_shows_the_very_files_that_the_command_makes(
    vertebroplan, tmp_path: Path
) -> None:
    ended = vertebroplan("new-writer", "angle-list", "--out", tmp_path, "--json")
    folder = tmp_path / "angle-list"
    assert ended.document == {"path": str(folder)}
    made = {path.name: path.read_text("utf-8") for path in folder.iterdir()}
    assert made == {
        "angle_list.py": in_readme("python", "angle_list.py"),
        "pyproject.toml": in_readme("toml", "pyproject.toml"),
    }
    assert len(made["angle_list.py"].splitlines()) <= 25


def test_what_is_there_already_is_left_as_it_is(vertebroplan, tmp_path: Path) -> None:
    (tmp_path / "angle-list").mkdir()
    (tmp_path / "angle-list" / "notes").write_text("mine")
    ended = vertebroplan("new-writer", "angle-list", "--out", tmp_path)
    assert ended.status == 1
    assert "something of this name already" in ended.stderr
    assert [path.name for path in (tmp_path / "angle-list").iterdir()] == ["notes"]


@pytest.mark.parametrize("name", ["Angle", "9lives", "a_b", "a--b", "import", "../up", ""])
def test_what_cannot_name_a_package_is_refused(vertebroplan, tmp_path: Path, name: str) -> None:
    ended = vertebroplan("new-writer", name, "--out", tmp_path / "out")
    assert ended.status == 1
    assert "cannot name a package" in ended.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["x", "angle-list", "ward-4-board"])
def test_any_name_makes_code_that_compiles(name: str) -> None:
    for file_name, text in package_files(name).items():
        assert "$" not in text
        if file_name.endswith(".py"):
            compile(text, file_name, "exec")


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_readmes_package_installs_into_a_fresh_environment_and_exports(
    a_planned_case, tmp_path: Path
) -> None:
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not on the path: it makes the fresh environment")
    case, planned = a_planned_case
    package = tmp_path / "angle-list"
    package.mkdir()
    for language, name in (("python", "angle_list.py"), ("toml", "pyproject.toml")):
        (package / name).write_text(in_readme(language, name), "utf-8")
    fresh = tmp_path / "fresh"
    subprocess.run([uv, "venv", "-q", "--python", sys.executable, str(fresh)], check=True)
    binaries = fresh / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run(
        [uv, "pip", "install", "-q", "--python", str(binaries / "python"), str(ROOT), str(package)],
        check=True,
    )
    out = tmp_path / "out"
    said = subprocess.run(
        [str(binaries / "vertebroplan"), "export", str(case), "--to", "angle-list", "--out", out],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    lines = (out / "angle-list.txt").read_text("utf-8").splitlines()
    needles = planned["levels"][0]["needles"]
    assert lines[: len(needles)] == [
        f"T12 {needle['side']}: {needle['transverse_deg']:.1f} deg medial, "
        f"{needle['sagittal_deg']:.1f} deg caudad"
        for needle in needles
    ]
    assert "Not a medical device." in lines[-1]
