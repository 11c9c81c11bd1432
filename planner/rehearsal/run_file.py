"""A recorded run as JSON: who did what when, enough to do it again."""

import json
from pathlib import Path

import attrs
from cattrs import Converter
from cattrs.errors import BaseValidationError

from planner.anatomy.levels import VertebraLevel
from planner.foundation.errors import PlannerError
from planner.rehearsal.events import (
    Advance,
    Event,
    Exchange,
    Finish,
    Hammer,
    Inflate,
    Inject,
    LayPointer,
    MoveArm,
    NameLevel,
    PlaceNeedle,
    TakeShot,
    TurnBevel,
)

_FORMAT = "vertebroplan-run-1"
_KINDS: dict[str, type[Event]] = {
    "move-arm": MoveArm,
    "take-shot": TakeShot,
    "name-level": NameLevel,
    "lay-pointer": LayPointer,
    "place-needle": PlaceNeedle,
    "turn-bevel": TurnBevel,
    "advance": Advance,
    "hammer": Hammer,
    "exchange": Exchange,
    "inflate": Inflate,
    "inject": Inject,
    "finish": Finish,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


@attrs.frozen
class RecordedRun:
    """The actions of one run of a scenario, in order."""

    scenario_id: str
    events: tuple[Event, ...]

    def __attrs_post_init__(self) -> None:
        times = [event.time_s for event in self.events]
        if times != sorted(times):
            raise PlannerError("The actions of a run follow each other in time.")


class RunProblem(PlannerError):
    """A recorded run that cannot be read or done again."""

    code = "run"


def _make_converter() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    converter.register_unstructure_hook(VertebraLevel, lambda level: level.name)
    converter.register_structure_hook(VertebraLevel, lambda name, _: VertebraLevel.named(name))
    return converter


_converter = _make_converter()


def encode_run(run: RecordedRun) -> str:
    """Return a run as JSON text; equal runs give equal text."""
    events = [{"do": _NAMES[type(event)], **_converter.unstructure(event)} for event in run.events]
    document = {"format": _FORMAT, "scenario": run.scenario_id, "events": events}
    return json.dumps(document, indent=1, allow_nan=False)


def decode_run(text: str) -> RecordedRun:
    """Return the run of a text made by `encode_run`.

    Raises
    ------
    RunProblem
        If the text describes no possible run.
    """
    try:
        document = json.loads(text)
        if document["format"] != _FORMAT:
            raise RunProblem(
                f"This run is of the format {document['format']!r}; {_FORMAT!r} is understood."
            )
        events = tuple(_event_of(row) for row in document["events"])
        return RecordedRun(str(document["scenario"]), events)
    except (KeyError, TypeError, ValueError, AttributeError, BaseValidationError) as error:
        raise RunProblem(
            "This file holds no recorded run.", hint="Choose a file written by a rehearsal."
        ) from error


def _event_of(row: dict[str, object]) -> Event:
    fields = dict(row)
    kind = _KINDS[str(fields.pop("do"))]
    event: Event = _converter.structure(fields, kind)
    return event


def read_run(path: Path) -> RecordedRun:
    """Return the run of a file.

    Raises
    ------
    RunProblem
        If the file cannot be read or holds no run.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RunProblem("This run cannot be read.", path=path) from error
    try:
        return decode_run(text)
    except PlannerError as problem:
        raise RunProblem(problem.message, path=path, hint=problem.hint) from problem
