import re

import pytest

from planner.foundation.clinical_numbers import clinical_number, clinical_numbers


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
