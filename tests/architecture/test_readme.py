"""The README says what is."""

import re
from pathlib import Path

from planner.gui.actions import ACTIONS
from planner.gui.fluoroscopy.rehearsal_keys import REHEARSAL_KEYS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_table_of_keys_lists_every_action_with_a_key() -> None:
    rows = [f"| {a.shortcut} | {a.status_tip} |" for a in ACTIONS if a.shortcut]
    missing = [row for row in rows if row not in README]
    assert missing == [], "write these rows into the README's table of keys"


def test_the_table_of_a_rehearsals_keys_is_what_its_help_says() -> None:
    rows = [f"| {key} | {what} |" for key, what in REHEARSAL_KEYS]
    assert [row for row in rows if row not in README] == []


def test_every_picture_it_shows_is_there() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert len(pictures) >= 4
    assert [path for path in pictures if not (ROOT / path).is_file()] == []


def test_every_package_is_on_its_map() -> None:
    packages = {p.name for p in (ROOT / "planner").iterdir() if (p / "__init__.py").is_file()}
    assert {name for name in packages if f"`planner.{name}`" not in README} == set()
