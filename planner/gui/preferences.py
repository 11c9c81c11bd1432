"""What the user prefers, kept between runs."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path

import attrs

from planner.foundation.app_paths import config_folder

logger = logging.getLogger(__name__)


@attrs.frozen
class Preferences:
    """Choices that belong to the person, not to a case."""

    is_dark: bool = attrs.field(default=True, validator=attrs.validators.instance_of(bool))
    are_planes_aligned: bool = attrs.field(
        default=True, validator=attrs.validators.instance_of(bool)
    )
    """Views follow the vertebra's planes; otherwise the scanner's."""
    last_folder: str = attrs.field(default="", validator=attrs.validators.instance_of(str))
    trainee: str = attrs.field(default="", validator=attrs.validators.instance_of(str))
    """Whose training log a finished run goes into; empty for nobody's."""
    export_folder: str = attrs.field(default="", validator=attrs.validators.instance_of(str))
    connections: Mapping[str, Mapping[str, str]] = attrs.field(
        factory=dict,
        validator=attrs.validators.deep_mapping(
            attrs.validators.instance_of(str),
            attrs.validators.deep_mapping(
                attrs.validators.instance_of(str), attrs.validators.instance_of(str)
            ),
        ),
    )
    """Where plans were sent, by the sender's id; never a password."""
    segmenter: str = attrs.field(default="", validator=attrs.validators.instance_of(str))
    """Which one finds all levels; empty for the built-in one."""
    programs: Mapping[str, str] = attrs.field(
        factory=dict,
        validator=attrs.validators.deep_mapping(
            attrs.validators.instance_of(str), attrs.validators.instance_of(str)
        ),
    )
    """Where other programs lie, by the id of the segmenter that runs them."""


def _preferences_file() -> Path:
    return config_folder() / "preferences.json"


def load_preferences() -> Preferences:
    """Return the kept preferences; what cannot be read falls back to its default."""
    known = {field.name for field in attrs.fields(Preferences)}
    try:
        kept = json.loads(_preferences_file().read_text("utf-8"))
        return Preferences(**{name: value for name, value in kept.items() if name in known})
    except FileNotFoundError:
        return Preferences()
    except (OSError, ValueError, TypeError, AttributeError):
        logger.warning("the preferences could not be read; the defaults are used")
        return Preferences()


def save_preferences(preferences: Preferences) -> None:
    """Keep the preferences for the next run."""
    try:
        _preferences_file().write_text(json.dumps(attrs.asdict(preferences), indent=1), "utf-8")
    except OSError:
        logger.warning("the preferences could not be kept")
