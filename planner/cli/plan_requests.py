"""What ``vertebroplan plan`` is asked for: options after a ``--level`` belong to that level."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import attrs
import typer

from planner.anatomy.levels import VertebraLevel
from planner.cli.points import parse_click, parse_level
from planner.geometry.points import Triple
from planner.planning.plan import Approach, Procedure
from planner.workflow.level_request import LevelRequest

AUTO = "auto"
_Change = Callable[[LevelRequest], LevelRequest]
_Choice = TypeVar("_Choice", Procedure, Approach)


@attrs.frozen
class PlanRequest:
    """A whole ``plan`` command line."""

    path: Path
    levels: tuple[LevelRequest, ...]
    out: Path
    as_json: bool


@attrs.define
class _Reader:
    """Collects the words of a command line; `common` is what was said before the first level."""

    common: list[_Change] = attrs.field(factory=list)
    levels: list[LevelRequest] = attrs.field(factory=list)
    path: Path | None = None
    out: Path | None = None
    as_json: bool = False

    def change(self, change: _Change) -> None:
        """Give an option to the last level, or to all that follow."""
        if self.levels:
            self.levels[-1] = change(self.levels[-1])
        else:
            self.common.append(change)

    def add(self, level: VertebraLevel, at_lps_mm: Triple | None = None) -> None:
        """Begin a level with what was said for all."""
        request = LevelRequest(level)
        for change in self.common:
            request = change(request)
        here = at_lps_mm or request.at_lps_mm
        self.levels.append(attrs.evolve(request, at_lps_mm=here))

    def take(self, word: str, rest: Iterator[str]) -> None:
        """Take one word and, for an option, its value."""
        if word == "--json":
            self.as_json = True
        elif word.startswith("--"):
            self._take_option(*_option_and_value(word, rest))
        elif self.path is None:
            self.path = Path(word)
        else:
            raise typer.BadParameter(f"{word!r} is one path too many.")

    def _take_option(self, option: str, value: str) -> None:
        match option:
            case "--level":
                self.add(parse_level(value))
            case "--at":
                self._take_click(value)
            case "--procedure":
                procedure = _one_of(Procedure, value, option)
                self.change(lambda request: attrs.evolve(request, procedure=procedure))
            case "--approach":
                chosen = None if value == AUTO else _one_of(Approach, value, option)
                self.change(lambda request: attrs.evolve(request, approach=chosen))
            case "--gauge":
                gauge = _whole_number(value, option)
                self.change(lambda request: attrs.evolve(request, gauge=gauge))
            case "--out":
                self.out = Path(value)
            case _:
                raise typer.BadParameter(f"There is no option {option}.")

    def _take_click(self, value: str) -> None:
        click = parse_click(value)
        if click.level is None or (self.levels and self.levels[-1].level is click.level):
            self.change(lambda request: attrs.evolve(request, at_lps_mm=click.lps_mm))
            return
        for place, request in enumerate(self.levels):
            if request.level is click.level:
                self.levels[place] = attrs.evolve(request, at_lps_mm=click.lps_mm)
                return
        self.add(click.level, click.lps_mm)


def _option_and_value(word: str, rest: Iterator[str]) -> tuple[str, str]:
    option, equals, value = word.partition("=")
    if equals:
        return option, value
    try:
        return option, next(rest)
    except StopIteration:
        raise typer.BadParameter(f"{option} needs a value.") from None


def _one_of(kind: type[_Choice], text: str, option: str) -> _Choice:
    try:
        return kind(text)
    except ValueError as error:
        known = ", ".join(item.value for item in kind)
        raise typer.BadParameter(f"{option} takes {known}, not {text!r}.") from error


def _whole_number(text: str, option: str) -> int:
    if not text.isdigit():
        raise typer.BadParameter(f"{option} takes a whole number, not {text!r}.")
    return int(text)


def read_plan_request(words: Sequence[str]) -> PlanRequest:
    """Return what a ``plan`` command line asks for; anything unclear is wrong usage."""
    reader = _Reader()
    rest = iter(words)
    for word in rest:
        reader.take(word, rest)
    if reader.path is None:
        raise typer.BadParameter("Name the folder with the CT.")
    if reader.out is None:
        raise typer.BadParameter("Name the case to write with --out CASE.vplan.")
    if not reader.levels:
        raise typer.BadParameter("Name at least one level with --level or --at X,Y,Z=L1.")
    return PlanRequest(reader.path, tuple(reader.levels), reader.out, reader.as_json)
