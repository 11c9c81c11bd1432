"""Which writers and senders are installed, and which could not be loaded."""

import contextlib
import importlib.metadata
from collections.abc import Iterator
from typing import cast

import attrs

from planner.export.sender import SENDER_API_VERSION, PlanSender, SenderInfo
from planner.export.writer import API_VERSION, PlanWriter, WriterInfo
from planner.foundation.errors import PlannerError, WriterProblem
from planner.foundation.progress import Cancelled

GROUP = "planner.plan_writers"
SENDER_GROUP = "planner.plan_senders"
_OWN_DISTRIBUTION = "vertebroplan"


@attrs.frozen
class _Kind:
    """What a plugin of a group must have to be usable."""

    noun: str
    info: type[WriterInfo] | type[SenderInfo]
    methods: tuple[str, ...]
    api_version: int


_WRITER = _Kind("writer", WriterInfo, ("check", "write"), API_VERSION)
_SENDER = _Kind("sender", SenderInfo, ("test", "parcels", "connected"), SENDER_API_VERSION)


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


@attrs.frozen(eq=False)
class Senders:
    """Every sender that can be used, and every plugin that cannot."""

    senders: tuple[PlanSender, ...]
    failures: tuple[PluginFailure, ...] = ()

    def named(self, sender_id: str) -> PlanSender:
        """Return the sender of an id.

        Raises
        ------
        WriterProblem
            If none is installed.
        """
        for sender in self.senders:
            if sender.info.id == sender_id:
                return sender
        known = ", ".join(sorted(sender.info.id for sender in self.senders))
        raise WriterProblem(
            f"No sender is named {sender_id!r}.", hint=f"Installed are: {known or 'none'}."
        )


def discover(group: str = GROUP) -> Writers:
    """Return the writers of all installed packages; one that is broken becomes a failure.

    The program's own come first, so that another package cannot take the place of one of them.
    """
    found, failures = _usable(group, _WRITER)
    writers = (
        InstalledWriter(cast("PlanWriter", plugin), *_origin(point)) for point, plugin in found
    )
    return Writers(tuple(writers), failures)


def discover_senders(group: str = SENDER_GROUP) -> Senders:
    """Return the senders of all installed packages, as `discover` does the writers."""
    found, failures = _usable(group, _SENDER)
    return Senders(tuple(cast("PlanSender", plugin) for _point, plugin in found), failures)


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


def _usable(
    group: str, kind: _Kind
) -> tuple[list[tuple[importlib.metadata.EntryPoint, object]], tuple[PluginFailure, ...]]:
    found: list[tuple[importlib.metadata.EntryPoint, object]] = []
    failures: list[PluginFailure] = []
    taken: dict[str, str] = {}
    for point in sorted(importlib.metadata.entry_points(group=group), key=_own_first):
        distribution, _ = _origin(point)
        try:
            plugin, plugin_id = _loaded(point, kind)
            _refuse_taken(plugin_id, taken)
        except Exception as error:  # noqa: BLE001  (a plugin may raise anything)
            failures.append(PluginFailure(distribution, _in_words(kind, point.name, error)))
            continue
        taken[plugin_id] = distribution
        found.append((point, plugin))
    return found, tuple(failures)


def _own_first(point: importlib.metadata.EntryPoint) -> tuple[bool, str, str]:
    distribution, _ = _origin(point)
    return distribution != _OWN_DISTRIBUTION, distribution, point.name


def _origin(point: importlib.metadata.EntryPoint) -> tuple[str, str]:
    return (point.dist.name, point.dist.version) if point.dist else ("unknown", "unknown")


def _loaded(point: importlib.metadata.EntryPoint, kind: _Kind) -> tuple[object, str]:
    """Return a plugin and its id."""
    found: object = point.load()
    plugin = found() if isinstance(found, type) else found
    info = getattr(plugin, "info", None)
    if not isinstance(info, kind.info) or not all(
        callable(getattr(plugin, name, None)) for name in kind.methods
    ):
        *others, last = ("info", *kind.methods)
        raise WriterProblem(f"it has no {', '.join(others)} and {last}")
    if info.api_version != kind.api_version:
        raise WriterProblem(
            f"it was made for version {info.api_version} of the {kind.noun} interface, "
            f"this program has version {kind.api_version}"
        )
    return plugin, info.id


def _refuse_taken(plugin_id: str, taken: dict[str, str]) -> None:
    if plugin_id in taken:
        raise WriterProblem(f"its id {plugin_id!r} is taken by {taken[plugin_id]}")


def _in_words(kind: _Kind, name: str, error: Exception) -> str:
    reason = str(error) if isinstance(error, WriterProblem) else f"{type(error).__name__}: {error}"
    return f"The {kind.noun} {name} cannot be used: {reason.removesuffix('.')}."
