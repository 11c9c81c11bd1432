import pytest

from planner.foundation.errors import PlannerError
from planner.foundation.resource_files import read_toml, resource, resource_path


def test_a_shipped_file_is_found_as_text_and_as_a_path() -> None:
    assert resource("clinical-numbers.toml").read_text("utf-8")
    assert resource_path("clinical-numbers.toml").is_file()
    assert "slice-step-note" in read_toml("clinical-numbers.toml")


def test_a_missing_file_says_what_to_do() -> None:
    with pytest.raises(PlannerError, match=r"no/such\.file is missing") as raised:
        resource_path("no", "such.file")
    assert "Install" in raised.value.hint
