"""What a ``.vplan`` file looks like inside, and how one is told from anything else.

It is one SQLite file. ``entries`` only grows: every study, vertebra and plan ever recorded, each
chained to the one before. ``masks`` holds packed bits by their hash, so that one that did not
change is stored once. ``view_state`` and ``session`` hold what is not part of the record.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from planner.foundation.errors import CaseFileProblem
from planner.storage.migrations import FORMAT_VERSION, OLDEST_FORMAT

APPLICATION_ID = 0x56504C4E
"""``VPLN``, so that other programs can name the file."""

SCHEMA = """
CREATE TABLE entries (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('study', 'vertebra', 'plan')),
    subject TEXT NOT NULL,
    made_at TEXT NOT NULL,
    who TEXT NOT NULL,
    description TEXT NOT NULL,
    payload TEXT,
    previous_sha256 TEXT NOT NULL,
    sha256 TEXT NOT NULL
);
CREATE INDEX entries_by_subject ON entries (kind, subject, number);
CREATE TRIGGER entries_never_change BEFORE UPDATE ON entries
    BEGIN SELECT RAISE(ABORT, 'the record only grows'); END;
CREATE TRIGGER entries_never_go BEFORE DELETE ON entries
    BEGIN SELECT RAISE(ABORT, 'the record only grows'); END;
CREATE TABLE masks (sha256 TEXT PRIMARY KEY, bits BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE view_state (id INTEGER PRIMARY KEY CHECK (id = 1), state TEXT NOT NULL);
CREATE TABLE session (id INTEGER PRIMARY KEY CHECK (id = 1), is_clean INTEGER NOT NULL);
INSERT INTO view_state VALUES (1, '{}');
INSERT INTO session VALUES (1, 1);
"""

_BUSY_S = 0.3
"""How long to wait for somebody who only reads."""
_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100
_USER_VERSION_AT = 60
_APPLICATION_ID_AT = 68
_DAMAGED_HINT = "It was not changed; open a copy of it from a backup."
_IN_USE = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_PRIMARY_CODE_MASK = 0xFF
"""SQLite's extended codes hold the primary one in their low byte."""


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection to a file that is there, set to survive a power cut.

    A transaction is begun and ended only where the code says so.
    """
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=_BUSY_S
    )
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def lay_out(connection: sqlite3.Connection) -> None:
    """Make the tables of an empty file, in one transaction."""
    connection.executescript(
        f"BEGIN; PRAGMA application_id = {APPLICATION_ID}; "
        f"PRAGMA user_version = {FORMAT_VERSION}; {SCHEMA} COMMIT;"
    )


def check_header(path: Path) -> None:
    """Refuse a file that is no case file of a known version, without SQLite touching it.

    Raises
    ------
    CaseFileProblem
        If the file is missing, foreign, cut short or made by a newer version.
    """
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except FileNotFoundError as error:
        raise CaseFileProblem("There is no such case file.", path=path) from error
    except OSError as error:
        raise CaseFileProblem(
            f"The case file cannot be read: {error.strerror}.",
            path=path,
            hint="Choose a .vplan file that you may read.",
        ) from error
    if len(header) < _HEADER_BYTES and (_MAGIC.startswith(header[:16]) or header[:16] == _MAGIC):
        raise damaged(path)
    application_id = int.from_bytes(header[_APPLICATION_ID_AT : _APPLICATION_ID_AT + 4])
    if header[:16] != _MAGIC or application_id != APPLICATION_ID:
        raise CaseFileProblem(
            "This is not a Vertebroplan case file.", path=path, hint="Choose a .vplan file."
        )
    version = int.from_bytes(header[_USER_VERSION_AT : _USER_VERSION_AT + 4])
    if not OLDEST_FORMAT <= version <= FORMAT_VERSION:
        raise CaseFileProblem(
            f"{path.name} has case format {version}; this program reads up to "
            f"format {FORMAT_VERSION}.",
            path=path,
            hint="Open it with the version of the program that wrote it, or a newer one.",
        )


def check_pages(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file whose pages do not fit together.

    Raises
    ------
    CaseFileProblem
        If the file is cut short or overwritten.
    """
    (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
    # SQLite itself forgives a last page that is cut short.
    if answer != "ok" or path.stat().st_size < pages * page_bytes:
        raise damaged(path)


def refuse_case_in_use(path: Path) -> None:
    """Refuse to put another file in the place of a case that somebody has open.

    Raises
    ------
    CaseFileProblem
        If another window or program holds it: its next changes would go nowhere.
    """
    try:
        # What is damaged beyond reading is open nowhere.
        with (
            contextlib.suppress(UnicodeDecodeError),
            contextlib.closing(connect(path)) as connection,
        ):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        if _primary_code(error) in _IN_USE:
            raise _sentence(error, path) from error


def damaged(path: Path) -> CaseFileProblem:
    """Return the sentence for a file that was cut short or overwritten."""
    return CaseFileProblem(
        "The case file is damaged: part of it is missing or overwritten.",
        path=path,
        hint=_DAMAGED_HINT,
    )


@contextlib.contextmanager
def database_sentences(path: Path) -> Iterator[None]:
    """Turn what SQLite says of a case file into a sentence for the user."""
    try:
        yield
    except sqlite3.ProgrammingError:
        # Not the file's fault: it was used after it was closed, or from another thread.
        raise
    except sqlite3.Error as error:
        raise _sentence(error, path) from error
    except UnicodeDecodeError as error:
        # SQLite quotes what it cannot parse, and overwritten text is no text any more.
        raise damaged(path) from error


def _sentence(error: sqlite3.Error, path: Path) -> CaseFileProblem:
    code = _primary_code(error)
    if code in _IN_USE:
        return CaseFileProblem(
            "The case file is open in another window or program.",
            path=path,
            hint="Close it there first.",
        )
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN}:
        return CaseFileProblem(
            "The case file cannot be written where it is.",
            path=path,
            hint="Copy it to a folder that you may write to, and open the copy.",
        )
    if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
        return CaseFileProblem(
            "The disk did not take the change; the case file holds everything before it.",
            path=path,
            hint="Free some space or save the case elsewhere.",
        )
    return damaged(path)


def _primary_code(error: sqlite3.Error) -> int:
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    return code & _PRIMARY_CODE_MASK
