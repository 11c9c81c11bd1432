import ast
import re
import tomllib
from pathlib import Path

import pytest

from planner.foundation.clinical_numbers import clinical_number, clinical_numbers

ROOT = Path(__file__).parents[2]


def test_every_number_has_a_unit_a_title_and_a_source() -> None:
    numbers = clinical_numbers()
    assert numbers
    for number_id, number in numbers.items():
        assert re.fullmatch(r"[a-z0-9-]+", number_id)
        assert number.id == number_id
        assert number.unit
        assert number.title
        assert number.source


def test_the_limits_of_the_slice_step_grow_with_their_consequence() -> None:
    note, warning, no_grade = (
        clinical_number(f"slice-step-{name}") for name in ("note", "warning", "no-grade")
    )
    assert (note, warning, no_grade) == (1.25, 2.0, 3.0)


def test_a_number_that_is_not_in_the_file_is_an_error() -> None:
    with pytest.raises(KeyError):
        clinical_number("no-such-number")


def _in_code() -> dict[float, list[str]]:
    """Return where each number of the program's own code is written, and in its sentences."""
    found: dict[float, list[str]] = {}
    for folder in ("planner", "plugins"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.Constant):
                    continue
                if isinstance(node.value, str):
                    texts = re.findall(r"(?<![\w.])\d+\.\d+(?![\w.])", node.value)
                    values = [float(text) for text in texts]
                elif type(node.value) in (int, float):
                    values = [float(node.value)]
                else:
                    continue
                for value in values:
                    found.setdefault(value, []).append(f"{path.name}:{node.lineno}")
    return found


def _has_three_digits(value: float) -> bool:
    """Return whether a number is told apart from one that any program may have."""
    return len(f"{abs(value):.6e}".split("e")[0].rstrip("0").replace(".", "")) >= 3


def test_numbers_of_the_literature_stand_in_the_data_files_alone() -> None:
    numbers = clinical_numbers()
    # A quarter more than one is a factor in geometry too.
    telling = {n.value: n.id for n in numbers.values() if _has_three_digits(n.value)}
    del telling[numbers["slice-step-note"].value]
    needles = tomllib.loads((ROOT / "resources/devices/needles.toml").read_text("utf-8"))
    for gauge, row in needles["gauge"].items():
        for key in ("outer_diameter_mm", "inner_diameter_mm"):
            telling[row[key]] = f"{key} of {gauge} G"
    assert len(telling) >= 20
    written = _in_code()
    assert {name: written[value] for value, name in telling.items() if value in written} == {}


def test_each_number_of_the_literature_stands_once_in_its_data_file() -> None:
    values = [n.value for n in clinical_numbers().values() if _has_three_digits(n.value)]
    assert len(values) == len(set(values))
