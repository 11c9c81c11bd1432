"""Run a writer so that a folder gets all of its files, checked, or none."""

import contextlib
import filecmp
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from planner.export.registry import plugin_errors_as_sentences
from planner.export.snapshot import PlanSnapshot
from planner.export.snapshot_check import missing_parts, snapshot_problems
from planner.export.writer import (
    PlanWriter,
    ReadsBack,
    WriteProblem,
    WriteReceipt,
    WrittenFile,
)
from planner.foundation.errors import WriterProblem
from planner.foundation.progress import Progress, no_progress, part_of

_SHARE_OF_WRITING = 0.8
"""How much of the time goes into writing, the rest into checking, for the progress bar."""


def run_export(
    snapshot: PlanSnapshot,
    writer: PlanWriter,
    folder: Path,
    progress: Progress = no_progress,
    *,
    may_replace: bool = False,
) -> WriteReceipt:
    """Write a snapshot, read the files back, and move them into a folder.

    When it is cancelled or fails, the folder is as it was before.

    Parameters
    ----------
    snapshot
        What to write.
    writer
        What writes it.
    folder
        Where the files go; made when it is missing.
    progress
        Told how far it is; raises `Cancelled` to stop.
    may_replace
        Whether files of the same names may be replaced, once the new ones are whole. Otherwise
        nothing is written where one of them holds something else.

    Returns
    -------
    WriteReceipt
        The files in place with their SHA-256, or why there are none.

    Raises
    ------
    WriterProblem
        If the folder cannot be written to or the writer breaks its contract.
    """
    progress(0.0, writer.info.title)
    with plugin_errors_as_sentences(writer.info.id):
        problems = (
            *snapshot_problems(snapshot),
            *missing_parts(
                writer.info, snapshot.plan, has_dicom_images=snapshot.source is not None
            ),
            *writer.check(snapshot),
        )
    if problems:
        return WriteReceipt(writer.info.id, problems=problems)
    with _private_folder_in(folder) as private:
        new = private / "new"
        new.mkdir()
        problems, files = _written(snapshot, writer, new, progress)
        if problems:
            return WriteReceipt(writer.info.id, problems=problems)
        targets = {path: folder / path.relative_to(new) for path in files}
        clashes = () if may_replace else _clashes(targets)
        if clashes:
            return WriteReceipt(writer.info.id, (), tuple(map(_is_there, clashes)), clashes)
        in_place = _move_all(targets, private)
    progress(1.0, writer.info.title)
    return WriteReceipt(writer.info.id, files=in_place)


def _written(
    snapshot: PlanSnapshot, writer: PlanWriter, private: Path, progress: Progress
) -> tuple[tuple[WriteProblem, ...], tuple[Path, ...]]:
    with plugin_errors_as_sentences(writer.info.id):
        listed = writer.write(snapshot, private, part_of(progress, 0.0, _SHARE_OF_WRITING))
        files = _checked(writer.info.id, listed, private)
        progress(_SHARE_OF_WRITING, "Reading back")
        differences = writer.read_back(snapshot, files) if isinstance(writer, ReadsBack) else ()
    return tuple(differences), files


def _checked(writer_id: str, listed: Sequence[Path], private: Path) -> tuple[Path, ...]:
    """Return the files of a writer in order, sure that they are files, there and its only ones."""
    present = {path for path in private.rglob("*") if path.is_symlink() or not path.is_dir()}
    if not listed or len(set(listed)) != len(listed) or set(listed) != present:
        raise WriterProblem(
            f"The writer {writer_id} did not list exactly the files that it wrote; "
            "nothing was exported.",
            hint="Report this to whoever made the writer.",
        )
    for path in listed:
        if path.is_symlink() or path.stat().st_size == 0:
            raise WriterProblem(
                f"The writer {writer_id} wrote {path.name} empty or as a link; "
                "nothing was exported."
            )
    return tuple(listed)


@contextlib.contextmanager
def _private_folder_in(folder: Path) -> Iterator[Path]:
    made = _make_missing(folder)
    try:
        with tempfile.TemporaryDirectory(prefix=".vertebroplan-", dir=folder) as private:
            yield Path(private)
    except OSError as error:
        raise _cannot_write(folder, error) from error
    finally:
        for parent in made:
            # Only where nothing was written into it: an export that came to nothing leaves nothing.
            with contextlib.suppress(OSError):
                parent.rmdir()


def _make_missing(folder: Path) -> tuple[Path, ...]:
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write(folder, error) from error
    return tuple(missing)


def _move_all(targets: Mapping[Path, Path], private: Path) -> tuple[WrittenFile, ...]:
    """Move files to their targets; when one cannot be moved, put everything back as it was."""
    for target in targets.values():
        if target.is_dir():
            raise WriterProblem(
                "A folder has the name of a file to be written; nothing was exported.",
                path=target,
                hint="Choose another folder for the export.",
            )
    written, undo = [], []
    try:
        for number, (path, target) in enumerate(targets.items()):
            sha256, size_bytes = _sealed(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            old = private / f"old-{number}" if target.exists() else None
            if old:
                shutil.copy2(target, old)
            path.replace(target)
            undo.append((target, old))
            written.append(WrittenFile(target, sha256, size_bytes))
    except OSError:
        for target, old in undo:
            old.replace(target) if old else target.unlink()
        raise
    return tuple(written)


def _clashes(targets: Mapping[Path, Path]) -> tuple[Path, ...]:
    """Return the targets that are there with another content."""
    return tuple(
        target
        for path, target in targets.items()
        if target.is_file() and not filecmp.cmp(path, target, shallow=False)
    )


def _is_there(path: Path) -> WriteProblem:
    return WriteProblem(f"{path.name} is there already with another content; it was kept.")


def _sealed(path: Path) -> tuple[str, int]:
    """Return a file's SHA-256 and size once its content is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return sha256, path.stat().st_size


def _cannot_write(folder: Path, error: OSError) -> WriterProblem:
    return WriterProblem(
        f"The folder for the export cannot be written to: {error.strerror}.",
        path=folder,
        hint="Choose a folder that you may write to.",
    )
