"""What can go wrong in a way the user can mend."""

from pathlib import Path
from typing import ClassVar


class PlannerError(Exception):
    """A problem with one sentence for the user and, where there is one, the way out.

    Parameters
    ----------
    message
        What is wrong, in one sentence without a trailing path.
    path
        The file or folder it concerns.
    hint
        What the user can do about it, in one sentence.
    """

    code: ClassVar[str] = "problem"

    def __init__(self, message: str, *, path: Path | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.hint = hint

    def __str__(self) -> str:
        """Return the whole sentence: what, where, what to do."""
        where = f" ({self.path})" if self.path is not None else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{self.message}{where}{hint}"


class DicomProblem(PlannerError):
    """Files that cannot be read as one regular volume."""

    code = "dicom"


class GeometryProblem(PlannerError):
    """Numbers that describe no possible point, direction or grid."""

    code = "geometry"


class AnatomyProblem(PlannerError):
    """No vertebra could be found or measured where one was asked for."""

    code = "anatomy"


class PlanProblem(PlannerError):
    """A plan that cannot be made or changed as asked."""

    code = "plan"


class CaseFileProblem(PlannerError):
    """A case file that cannot be opened or written."""

    code = "case-file"


class WriterProblem(PlannerError):
    """An export that could not be written."""

    code = "writer"
