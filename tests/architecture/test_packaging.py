"""What is installed is what stands in the folders."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
TOP_LEVEL = {
    "planner",
    "resources",
    "plugins",
    "tests",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
}


def packages_on_disk() -> set[str]:
    folders = {p.parent.relative_to(ROOT) for p in (ROOT / "planner").rglob("__init__.py")}
    folders |= {
        p.parent.relative_to(ROOT / "plugins") for p in (ROOT / "plugins").rglob("__init__.py")
    }
    return {".".join(folder.parts) for folder in folders} | {"planner.resources"}


def test_every_folder_with_an_init_file_is_listed_for_installation() -> None:
    assert set(PYPROJECT["tool"]["setuptools"]["packages"]) == packages_on_disk()


def test_every_package_holds_a_module() -> None:
    folders = [init.parent for init in (ROOT / "planner").rglob("__init__.py")]
    empty = [
        folder
        for folder in folders
        if folder != ROOT / "planner" and len(list(folder.glob("*.py"))) == 1
    ]
    assert empty == []


def test_the_top_level_holds_nothing_beside_the_agreed_folders() -> None:
    import subprocess

    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    top = {name.split("/")[0] for name in listed}
    assert {name for name in top if not name.startswith(".")} <= TOP_LEVEL


def test_every_writer_plugin_is_registered_under_its_own_id() -> None:
    from planner.export.registry import discover

    writers = discover()
    assert writers.failures == ()
    points = PYPROJECT["project"]["entry-points"]["planner.plan_writers"]
    assert {writer.info.id for writer in writers.writers} == set(points)
