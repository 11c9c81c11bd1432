"""The keys and limits that a teacher has set on this machine, for the scenarios' own."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import attrs

from planner.foundation.app_paths import config_folder
from planner.foundation.errors import PlannerError
from planner.rehearsal.run_limits import RunLimits, limits_of
from planner.rehearsal.scenario import Scenario, TeachersKey


def with_kept_key(scenario: Scenario) -> Scenario:
    """Return a scenario that is marked as the teacher has set it.

    Raises
    ------
    PlannerError
        If the file of keys cannot be read: nothing is marked by a key nobody chose.
    """
    kept = _kept().get(scenario.id)
    if kept is None:
        return scenario
    return attrs.evolve(scenario, key=kept.key, limits=kept.limits or scenario.limits)


@attrs.frozen
class _Kept:
    """What a teacher has set for one scenario."""

    key: TeachersKey
    limits: RunLimits | None = None
    """None for the scenario's own."""


def keep_key(scenario: Scenario, key: TeachersKey, limits: RunLimits | None = None) -> None:
    """Mark a scenario by a key and limits from now on; its own need no file.

    Parameters
    ----------
    scenario
        As it comes with the program.
    key
        How it is marked from now on.
    limits
        What a run may cost from now on; None for the scenario's own.

    Raises
    ------
    PlannerError
        If the keys cannot be read or written.
    """
    kept = {name: row for name, row in _kept().items() if name != scenario.id}
    own_limits = limits is None or limits == scenario.limits
    if key != scenario.key or not own_limits:
        kept[scenario.id] = _Kept(key, None if own_limits else limits)
    document = {name: _row_of(row) for name, row in sorted(kept.items())}
    path = _file()
    scratch = path.with_suffix(".new")
    try:
        scratch.write_text(json.dumps(document, indent=1), "utf-8")
        scratch.replace(path)
    except OSError as error:
        raise PlannerError(f"The teacher's keys cannot be kept: {error.strerror}.") from error


def _row_of(kept: _Kept) -> dict[str, object]:
    limits = {} if kept.limits is None else {"limits": attrs.asdict(kept.limits)}
    return {**attrs.asdict(kept.key), **limits}


def _kept_of(row: Mapping[str, object]) -> _Kept:
    key = TeachersKey(cast("Mapping[str, float]", row["weights"]), cast("float", row["pass_mark"]))
    # Files from before there were limits hold none.
    return _Kept(key, limits_of(row["limits"]) if "limits" in row else None)


def _kept() -> Mapping[str, _Kept]:
    path = _file()
    try:
        rows = json.loads(path.read_text("utf-8"))
        return {name: _kept_of(row) for name, row in rows.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise PlannerError(
            f"The teacher's keys in {path.name} cannot be read.",
            hint="Mend or remove that file, then set the keys again.",
        ) from error


def _file() -> Path:
    return config_folder() / "teachers-keys.json"
