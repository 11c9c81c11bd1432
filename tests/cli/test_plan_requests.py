"""The order of words decides which level an option belongs to."""

from pathlib import Path

import pytest
import typer

from planner.anatomy.levels import VertebraLevel
from planner.cli.main import with_open_implied
from planner.cli.plan_requests import read_plan_request
from planner.planning.plan import Approach, Procedure


def words(text: str) -> list[str]:
    return text.split()


def test_options_before_the_first_level_belong_to_all_levels() -> None:
    request = read_plan_request(words("ct --gauge 13 --level T12 --level L1 --out a.vplan"))
    assert [level.gauge for level in request.levels] == [13, 13]


def test_options_after_a_level_belong_to_that_level_alone() -> None:
    request = read_plan_request(
        words("ct --level T12 --procedure kyphoplasty --level L1 --gauge 8 --out a.vplan")
    )
    first, second = request.levels
    assert (first.procedure, first.gauge) == (Procedure.KYPHOPLASTY, None)
    assert (second.procedure, second.gauge) == (Procedure.VERTEBROPLASTY, 8)


def test_a_named_point_goes_to_its_level_wherever_it_stands() -> None:
    request = read_plan_request(
        words("ct --level T12 --level L1 --at 1,2,-3=T12 --out a.vplan --json")
    )
    first, second = request.levels
    assert first.at_lps_mm == (1.0, 2.0, -3.0)
    assert second.at_lps_mm is None
    assert request.as_json


def test_a_named_point_alone_asks_for_its_level() -> None:
    request = read_plan_request(words("ct --at 1,2,-3=L2 --approach auto --out a.vplan"))
    assert [level.level for level in request.levels] == [VertebraLevel.L2]
    assert request.levels[0].approach is None


def test_the_approach_names_the_side_of_the_patient() -> None:
    request = read_plan_request(words("ct --level L1 --approach unipedicular-left --out=a.vplan"))
    assert request.levels[0].approach is Approach.UNIPEDICULAR_LEFT
    assert request.out == Path("a.vplan")


@pytest.mark.parametrize(
    "text",
    [
        "--level L1 --out a.vplan",
        "ct --level L1",
        "ct --out a.vplan",
        "ct --level L1 --out a.vplan --gauge wide",
        "ct --level Q7 --out a.vplan",
        "ct --level L1 --at 1,2 --out a.vplan",
        "ct other --level L1 --out a.vplan",
        "ct --level L1 --out a.vplan --colour red",
        "ct --level L1 --out",
    ],
)
def test_an_unclear_command_line_is_wrong_usage(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        read_plan_request(words(text))


def test_open_is_implied_for_a_path_and_for_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ct").mkdir()
    (tmp_path / "plan").mkdir()
    assert with_open_implied(["ct"]) == ["open", "ct"]
    assert with_open_implied(["plan", "ct"]) == ["plan", "ct"]
    assert with_open_implied(["no-such-thing"]) == ["no-such-thing"]
