"""Files stay small."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_LINES = 400
MODULES = sorted([*(ROOT / "planner").rglob("*.py"), *(ROOT / "plugins").rglob("*.py")])


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_short_enough_to_read_at_a_sitting(module: Path) -> None:
    lines = len(module.read_text("utf-8").splitlines())
    assert lines <= LONGEST_LINES, f"split {module.name} ({lines} lines) by what it does"
