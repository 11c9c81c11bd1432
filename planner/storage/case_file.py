"""The case file: one SQLite file in which every change is one transaction."""

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from planner.anatomy.levels import VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.foundation.errors import CaseFileProblem
from planner.planning.plan import Plan
from planner.storage.audit_chain import CaseEntry, ChainCheck, check_chain
from planner.storage.case import Case
from planner.storage.case_format import (
    check_header,
    check_pages,
    connect,
    damaged,
    database_sentences,
    lay_out,
    refuse_case_in_use,
)
from planner.storage.codec import (
    EncodedVertebra,
    decode_plan,
    decode_study,
    decode_vertebra,
    encode_plan,
    encode_study,
    encode_vertebra,
    mask_names_in,
)
from planner.storage.entry_table import EntryTable
from planner.storage.migrations import migrate
from planner.storage.place_file import part_file_beside, place_new, place_over


class CaseFile:
    """An open case file. One thread uses it; nobody else can write to it meanwhile.

    Every command is on the disk when its method returns, and is there whole or not at all
    whenever the program is killed.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, *, read_only: bool) -> None:
        self.path = path
        self.read_only = read_only
        self._connection = connection
        self._table = EntryTable(connection)
        self._depth = 0
        self._is_open = True
        (is_clean,) = connection.execute("SELECT is_clean FROM session").fetchone()
        self.was_clean = bool(is_clean)
        """False when the program ended without closing this file: worth telling the user."""

    @classmethod
    def create(cls, path: Path, case: Case, *, who: str = "") -> Self:
        """Write a case into a new file and open it.

        Raises
        ------
        CaseFileProblem
            If there is a file of that name, or none can be written there.
        """
        with _new_file(path, replace=False) as part, database_sentences(path):
            part.touch()
            connection = connect(part)
            try:
                lay_out(connection)
                _record_whole(cls(part, connection, read_only=False), connection, case, who)
            finally:
                connection.close()
        return cls.open(path)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Self:
        """Open a case file, for oneself alone unless it is only read.

        Raises
        ------
        CaseFileProblem
            If the file is missing, foreign, damaged, of a newer version or open elsewhere; it
            is left as it was.
        """
        check_header(path)
        with database_sentences(path):
            connection = connect(path)
            try:
                connection.execute("PRAGMA query_only = ON")
                check_pages(connection, path)
                case_file = cls(path, connection, read_only=read_only)
                if not read_only:
                    _take_over(connection, path)
            except BaseException:
                connection.close()
                raise
            return case_file

    def __enter__(self) -> Self:
        """Return the open file."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Mark the file as closed in order and let go of it; a second call does nothing."""
        if not self._is_open:
            return
        self._is_open = False
        with database_sentences(self.path):
            try:
                if not self.read_only:
                    self._connection.execute("UPDATE session SET is_clean = 1")
            finally:
                self._connection.close()

    @contextlib.contextmanager
    def one_command(self) -> Iterator[None]:
        """Make several records one transaction: all of them last, or none."""
        if self.read_only:
            raise CaseFileProblem("The case file was opened for reading only.", path=self.path)
        with database_sentences(self.path):
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
                if self._depth == 1:
                    self._connection.execute("COMMIT")
            except BaseException:
                if self._depth == 1 and self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            finally:
                self._depth -= 1

    def record_plan(self, plan: Plan, description: str, *, who: str) -> CaseEntry:
        """Append a revision of the plan.

        Parameters
        ----------
        plan
            The whole plan after the change.
        description
            What was done, as in the undo menu: ``Move needle tip``.
        who
            Who did it.
        """
        with self.one_command():
            return self._table.append("plan", "", encode_plan(plan), description, who)

    def record_vertebra(
        self, vertebra: VertebraModel, description: str = "", *, who: str = ""
    ) -> CaseEntry:
        """Append a vertebra, found or changed; it takes the place of one of the same level."""
        encoded, level = encode_vertebra(vertebra), vertebra.level.name
        with self.one_command():
            self._connection.executemany(
                "INSERT OR IGNORE INTO masks VALUES (?, ?)", encoded.masks.items()
            )
            return self._table.append(
                "vertebra", level, encoded.text, description or f"Set {level}", who
            )

    def remove_vertebra(
        self, level: VertebraLevel, description: str = "", *, who: str = ""
    ) -> CaseEntry:
        """Append that a vertebra is no longer part of the case, such as before a new label."""
        with self.one_command():
            return self._table.append(
                "vertebra", level.name, None, description or f"Remove {level.name}", who
            )

    def record_view_state(self, view_state: Mapping[str, object]) -> None:
        """Keep what is shown, as JSON values; it is not part of the record of changes."""
        text = json.dumps(dict(view_state), allow_nan=False)
        with self.one_command():
            self._connection.execute("UPDATE view_state SET state = ?", (text,))

    def load(self) -> Case:
        """Return the case as last recorded.

        Raises
        ------
        CaseFileProblem
            If an entry or a mask that the case needs was changed after it was written.
        """
        with database_sentences(self.path):
            latest = self._table.latest()
            payloads = {(e.kind, e.subject): self._checked_payload(e) for e in latest}
            study, plan = payloads.get(("study", "")), payloads.get(("plan", ""))
            if study is None or plan is None:
                raise damaged(self.path)
            (state,) = self._connection.execute("SELECT state FROM view_state").fetchone()
            return Case(
                study=decode_study(study),
                vertebrae=tuple(
                    self._vertebra(text)
                    for level in VertebraLevel
                    if (text := payloads.get(("vertebra", level.name))) is not None
                ),
                plan=decode_plan(plan),
                view_state=cast("Mapping[str, object]", json.loads(state)),
            )

    def entries(self) -> tuple[CaseEntry, ...]:
        """Return the record of all changes, the oldest first."""
        with database_sentences(self.path):
            return self._table.all()

    def revisions(self) -> tuple[CaseEntry, ...]:
        """Return the changes of the plan, the oldest first."""
        with database_sentences(self.path):
            return self._table.of_plans()

    def load_revision(self, number: int) -> Plan:
        """Return the plan of one revision, by its `number` in `revisions`.

        Raises
        ------
        CaseFileProblem
            If there is no such revision, or it was changed after it was written.
        """
        with database_sentences(self.path):
            found = [entry for entry in self._table.of_plans() if entry.number == number]
        payload = self._checked_payload(found[0]) if found else None
        if payload is None:
            raise CaseFileProblem(f"The case has no plan revision {number}.", path=self.path)
        return decode_plan(payload)

    def verify_chain(self) -> ChainCheck:
        """Return whether the record of changes is whole and as it was written."""
        return check_chain(self.entries())

    def copy_to(self, path: Path, *, replace: bool = False) -> None:
        """Write the whole case into another file, in one step: save as.

        Onto itself it does nothing: the file holds everything already.

        Raises
        ------
        CaseFileProblem
            If the file cannot be written, is there and shall not be replaced, or is a case that
            is open in another window.
        """
        if path.exists():
            if path.samefile(self.path):
                return
            refuse_case_in_use(path)
        with _new_file(path, replace=replace) as part, database_sentences(path):
            copy = sqlite3.connect(part, isolation_level=None)
            try:
                self._connection.backup(copy)
                copy.execute("UPDATE session SET is_clean = 1")
            finally:
                copy.close()

    def _checked_payload(self, entry: CaseEntry) -> str | None:
        if not entry.is_intact:
            raise CaseFileProblem(
                f"Entry {entry.number} of the case file was changed after it was written.",
                path=self.path,
                hint="See its audit trail; open a copy of the file from a backup.",
            )
        return entry.payload

    def _vertebra(self, text: str) -> VertebraModel:
        names = mask_names_in(text)
        marks = ",".join("?" * len(names))
        rows = self._connection.execute(
            f"SELECT sha256, bits FROM masks WHERE sha256 IN ({marks})",  # noqa: S608  (only marks)
            names,
        )
        return decode_vertebra(EncodedVertebra(text, dict(rows)))


def _record_whole(
    case_file: CaseFile, connection: sqlite3.Connection, case: Case, who: str
) -> None:
    with case_file.one_command():
        EntryTable(connection).append("study", "", encode_study(case.study), "Create the case", who)
        for vertebra in case.vertebrae:
            case_file.record_vertebra(vertebra, who=who)
        case_file.record_plan(case.plan, "Create the case", who=who)
        case_file.record_view_state(case.view_state)


def _take_over(connection: sqlite3.Connection, path: Path) -> None:
    check = check_chain(EntryTable(connection).all())
    if not check.intact:
        raise CaseFileProblem(
            f"The record in the case file is not whole: {check.problem}",
            path=path,
            hint="It can be read and copied, not changed; open a copy from a backup.",
        )
    # From the first write until it is closed no other window or program can open the file.
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA query_only = OFF")
    migrate(connection)
    connection.execute("UPDATE session SET is_clean = 0")


@contextlib.contextmanager
def _new_file(path: Path, *, replace: bool) -> Iterator[Path]:
    try:
        if not replace:
            _refuse_existing(path)
        with part_file_beside(path) as part:
            yield part
            (place_over if replace else place_new)(part, path)
    except FileExistsError as error:
        raise CaseFileProblem(
            "There is a file of that name already; it was left as it is.",
            path=path,
            hint="Choose another name.",
        ) from error
    except OSError as error:
        raise CaseFileProblem(
            f"The case file cannot be written there: {error.strerror}.",
            path=path,
            hint="Choose a folder that you may write to.",
        ) from error


def _refuse_existing(path: Path) -> None:
    if os.path.lexists(path):
        raise FileExistsError(str(path))
