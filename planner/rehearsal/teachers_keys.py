"""The keys that a teacher has set on this machine, in place of the scenarios' own."""

import json
from collections.abc import Mapping
from pathlib import Path

import attrs

from planner.foundation.app_paths import config_folder
from planner.foundation.errors import PlannerError
from planner.rehearsal.scenario import Scenario, TeachersKey


def with_kept_key(scenario: Scenario) -> Scenario:
    """Return a scenario that is marked as the teacher has set it.

    Raises
    ------
    PlannerError
        If the file of keys cannot be read: nothing is marked by a key nobody chose.
    """
    kept = _kept_keys().get(scenario.id)
    return scenario if kept is None else attrs.evolve(scenario, key=kept)


def keep_key(scenario: Scenario, key: TeachersKey) -> None:
    """Mark a scenario by a key from now on; its own key needs no file.

    Raises
    ------
    PlannerError
        If the keys cannot be read or written.
    """
    others = {name: kept for name, kept in _kept_keys().items() if name != scenario.id}
    keys = others if key == scenario.key else {**others, scenario.id: key}
    document = {name: attrs.asdict(kept) for name, kept in sorted(keys.items())}
    path = _file()
    scratch = path.with_suffix(".new")
    try:
        scratch.write_text(json.dumps(document, indent=1), "utf-8")
        scratch.replace(path)
    except OSError as error:
        raise PlannerError(f"The teacher's keys cannot be kept: {error.strerror}.") from error


def _kept_keys() -> Mapping[str, TeachersKey]:
    path = _file()
    try:
        rows = json.loads(path.read_text("utf-8"))
        return {name: TeachersKey(row["weights"], row["pass_mark"]) for name, row in rows.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise PlannerError(
            f"The teacher's keys in {path.name} cannot be read.",
            hint="Mend or remove that file, then set the keys again.",
        ) from error


def _file() -> Path:
    return config_folder() / "teachers-keys.json"
