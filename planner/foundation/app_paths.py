"""Where the program keeps its own files on this machine."""

from pathlib import Path

import platformdirs

_APPLICATION = "vertebroplan"


def config_folder() -> Path:
    """Return the folder of preferences, made if missing."""
    return platformdirs.user_config_path(_APPLICATION, appauthor=False, ensure_exists=True)


def cache_folder() -> Path:
    """Return the folder of files that can be made again, made if missing."""
    return platformdirs.user_cache_path(_APPLICATION, appauthor=False, ensure_exists=True)


def data_folder() -> Path:
    """Return the folder of the user's cases that were never given a name, made if missing."""
    return platformdirs.user_data_path(_APPLICATION, appauthor=False, ensure_exists=True)


def log_folder() -> Path:
    """Return the folder of log files, made if missing."""
    return platformdirs.user_log_path(_APPLICATION, appauthor=False, ensure_exists=True)
