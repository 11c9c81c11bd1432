"""A third party's writer to start from: a whole package that can be installed as it is."""

import keyword
import re
import string
from pathlib import Path

from planner.foundation.errors import WriterProblem
from planner.foundation.resource_files import resource

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def new_writer(name: str, folder: Path) -> Path:
    """Make the package of a writer and return its folder.

    Parameters
    ----------
    name
        Of the package and the writer: small letters, digits and hyphens.
    folder
        Where the package's own folder is made.

    Raises
    ------
    WriterProblem
        If the name can be none, or there is something of that name already.
    """
    files = package_files(name)
    made = folder / name
    try:
        made.mkdir(parents=True)
        for file_name, text in files.items():
            (made / file_name).write_text(text, "utf-8")
    except FileExistsError as error:
        raise WriterProblem(
            "There is something of this name already; it was left as it is.",
            path=made,
            hint="Choose another name, or another folder with --out.",
        ) from error
    except OSError as error:
        raise WriterProblem(
            f"The package cannot be written: {error.strerror}.",
            path=made,
            hint="Choose a folder that you may write to.",
        ) from error
    return made


def package_files(name: str) -> dict[str, str]:
    """Return the text of each file of the package, by its name.

    Raises
    ------
    WriterProblem
        If the name can be none.
    """
    module = name.replace("-", "_")
    if not _NAME.fullmatch(name) or keyword.iskeyword(module):
        raise WriterProblem(
            f"{name!r} cannot name a package.",
            hint="Use small letters, digits and hyphens, beginning with a letter: angle-list.",
        )
    words = {
        "id": name,
        "module": module,
        "title": name.replace("-", " ").capitalize(),
        "class_name": "".join(part.capitalize() for part in name.split("-")) + "Writer",
    }
    return {
        "pyproject.toml": _filled("pyproject.txt", words),
        f"{module}.py": _filled("writer.txt", words),
    }


def _filled(template: str, words: dict[str, str]) -> str:
    text = resource("new-writer", template).read_text("utf-8")
    return string.Template(text).substitute(words)
