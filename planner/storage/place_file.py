"""Put a finished file in its place in one step."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def part_file_beside(target: Path) -> Iterator[Path]:
    """Give a path beside `target` for a file in the making; what is left of it is removed."""
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def place_new(part: Path, target: Path) -> None:
    """Give a finished file its name.

    Raises
    ------
    FileExistsError
        If there is a file of that name; it stays as it is, even one made this very moment.
    """
    try:
        os.link(part, target)
    except (NotImplementedError, PermissionError, OSError) as error:
        if isinstance(error, FileExistsError) or target.exists():
            raise FileExistsError(str(target)) from error
        # File systems without hard links: an empty file reserves the name first.
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        part.replace(target)
    _sync_folder(target.parent)


def place_over(part: Path, target: Path) -> None:
    """Give a finished file its name, in place of one that has it already."""
    part.replace(target)
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    # Only where folders can be opened: elsewhere the file system keeps names by itself.
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
