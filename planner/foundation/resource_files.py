"""The one place that opens what the program ships."""

import importlib.resources
import tomllib
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import cast

from planner.foundation.errors import PlannerError


def resource(*parts: str) -> Traversable:
    """Return a shipped file or folder, such as ``resource("devices", "needles.toml")``."""
    return importlib.resources.files("planner.resources").joinpath(*parts)


def resource_path(*parts: str) -> Path:
    """Return a shipped file or folder as a path; the program is always installed unzipped."""
    found = resource(*parts)
    if not isinstance(found, Path) or not found.exists():
        raise PlannerError(
            f"The program's own file {'/'.join(parts)} is missing.",
            hint="Install the program again.",
        )
    return found


def read_toml(*parts: str) -> Mapping[str, object]:
    """Return a shipped TOML file's content."""
    return cast("Mapping[str, object]", tomllib.loads(resource(*parts).read_text("utf-8")))
