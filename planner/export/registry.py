"""Which writers and senders are installed, and which could not be loaded."""

import contextlib
from collections.abc import Iterator
from typing import cast

import attrs

from planner.export.sender import SENDER_API_VERSION, PlanSender, SenderInfo
from planner.export.writer import API_VERSION, PlanWriter, WriterInfo
from planner.foundation.errors import PlannerError, WriterProblem
from planner.foundation.plugins import PluginFailure, PluginKind, usable_plugins
from planner.foundation.progress import Cancelled

GROUP = "planner.plan_writers"
SENDER_GROUP = "planner.plan_senders"


_WRITER = PluginKind("writer", WriterInfo, ("check", "write"), API_VERSION)
_SENDER = PluginKind("sender", SenderInfo, ("test", "parcels", "connected"), SENDER_API_VERSION)


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
    found, failures = usable_plugins(group, _WRITER)
    writers = (
        InstalledWriter(cast("PlanWriter", one.plugin), one.distribution, one.version)
        for one in found
    )
    return Writers(tuple(writers), failures)


def discover_senders(group: str = SENDER_GROUP) -> Senders:
    """Return the senders of all installed packages, as `discover` does the writers."""
    found, failures = usable_plugins(group, _SENDER)
    return Senders(tuple(cast("PlanSender", one.plugin) for one in found), failures)


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
