"""Which writers are installed, and which could not be loaded."""

import contextlib
import importlib.metadata
from collections.abc import Iterator
from typing import cast

import attrs

from planner.export.writer import API_VERSION, PlanWriter, WriterInfo
from planner.foundation.errors import PlannerError, WriterProblem
from planner.foundation.progress import Cancelled

GROUP = "planner.plan_writers"
_OWN_DISTRIBUTION = "vertebroplan"


@attrs.frozen
class PluginFailure:
    """A plugin that cannot be used, and why, in a sentence."""

    distribution: str
    error: str


@attrs.frozen(eq=False)
class InstalledWriter:
    """A writer with the package that brought it, which says what produced a file."""

    writer: PlanWriter
    distribution: str
    version: str

    @property
    def info(self) -> WriterInfo:
        """What the writer says of itself."""
        return self.writer.info


@attrs.frozen(eq=False)
class Writers:
    """Every writer that can be used, and every plugin that cannot."""

    writers: tuple[InstalledWriter, ...]
    failures: tuple[PluginFailure, ...] = ()

    def named(self, writer_id: str) -> PlanWriter:
        """Return the writer of an id.

        Raises
        ------
        WriterProblem
            If none is installed.
        """
        for installed in self.writers:
            if installed.info.id == writer_id:
                return installed.writer
        known = ", ".join(sorted(installed.info.id for installed in self.writers))
        raise WriterProblem(
            f"No writer is named {writer_id!r}.", hint=f"Installed are: {known or 'none'}."
        )


def discover(group: str = GROUP) -> Writers:
    """Return the writers of all installed packages; one that is broken becomes a failure.

    The program's own come first, so that another package cannot take the place of one of them.
    """
    writers: list[InstalledWriter] = []
    failures: list[PluginFailure] = []
    taken: dict[str, str] = {}
    points = importlib.metadata.entry_points(group=group)
    for point in sorted(points, key=_own_first):
        distribution, version = _origin(point)
        try:
            writer = _loaded(point)
            _refuse_taken(writer.info.id, taken)
        except Exception as error:  # noqa: BLE001  (a plugin may raise anything)
            failures.append(PluginFailure(distribution, _in_words(point.name, error)))
            continue
        taken[writer.info.id] = distribution
        writers.append(InstalledWriter(writer, distribution, version))
    return Writers(tuple(writers), tuple(failures))


@contextlib.contextmanager
def plugin_errors_as_sentences(writer_id: str) -> Iterator[None]:
    """Turn whatever a writer's code raises into a `WriterProblem`; let `Cancelled` through.

    Raises
    ------
    WriterProblem
        If the code inside raised anything that is no `PlannerError` already.
    """
    try:
        yield
    except (PlannerError, Cancelled):
        raise
    except Exception as error:
        raise WriterProblem(
            f"The writer {writer_id} failed: {type(error).__name__}: {error}.",
            hint="The other writers are not affected.",
        ) from error


def _own_first(point: importlib.metadata.EntryPoint) -> tuple[bool, str, str]:
    distribution, _ = _origin(point)
    return distribution != _OWN_DISTRIBUTION, distribution, point.name


def _origin(point: importlib.metadata.EntryPoint) -> tuple[str, str]:
    return (point.dist.name, point.dist.version) if point.dist else ("unknown", "unknown")


def _loaded(point: importlib.metadata.EntryPoint) -> PlanWriter:
    found: object = point.load()
    writer = found() if isinstance(found, type) else found
    info = getattr(writer, "info", None)
    if not isinstance(info, WriterInfo) or not all(
        callable(getattr(writer, name, None)) for name in ("check", "write")
    ):
        raise WriterProblem("it has no info, check and write")
    if info.api_version != API_VERSION:
        raise WriterProblem(
            f"it was made for version {info.api_version} of the writer interface, "
            f"this program has version {API_VERSION}"
        )
    return cast("PlanWriter", writer)


def _refuse_taken(writer_id: str, taken: dict[str, str]) -> None:
    if writer_id in taken:
        raise WriterProblem(f"its id {writer_id!r} is taken by {taken[writer_id]}")


def _in_words(name: str, error: Exception) -> str:
    reason = str(error) if isinstance(error, WriterProblem) else f"{type(error).__name__}: {error}"
    return f"The writer {name} cannot be used: {reason}."
