"""Logging, set up once. Log lines never hold names, birth dates, ids or paths with them."""

import hashlib
import logging
import logging.handlers

from planner.foundation.app_paths import log_folder

_LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_FILE_BYTES = 1_000_000


def log_to_file() -> None:
    """Send log lines of the program to a rotating file in its log folder."""
    handler = logging.handlers.RotatingFileHandler(
        log_folder() / "vertebroplan.log", maxBytes=_FILE_BYTES, backupCount=3, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter(_LINE))
    logger = logging.getLogger("planner")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)


def short_name_of(uid: str) -> str:
    """Return a name for a UID that says nothing of the patient, for log lines."""
    return hashlib.sha256(uid.encode()).hexdigest()[:8]
