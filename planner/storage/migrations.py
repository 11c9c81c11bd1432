"""How a case file of an earlier format becomes one of the present format, step by step.

A file is changed only when it is opened to be written; nothing in its record changes by that.
"""

import sqlite3
from collections.abc import Mapping

import attrs

OLDEST_FORMAT = 1


@attrs.frozen
class Migration:
    """One step: what is new, and what SQLite has to do for it."""

    news: str
    statements: tuple[str, ...] = ()


MIGRATIONS: Mapping[int, Migration] = {
    # The record itself keeps its shape: a program of format 1 would call such a plan damaged.
    2: Migration("A plan may hold variants of a level."),
}
"""By the format that a step leads to."""

FORMAT_VERSION = max(MIGRATIONS)
"""Kept in SQLite's ``user_version``."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring an open case file to the present format, all steps in one transaction."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == FORMAT_VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    for step in range(version + 1, FORMAT_VERSION + 1):
        for statement in MIGRATIONS[step].statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
    connection.execute("COMMIT")
