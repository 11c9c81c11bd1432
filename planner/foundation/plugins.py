"""What installed packages add to the program, found by entry points; failures are values."""

import importlib.metadata
from typing import cast

import attrs

_OWN_DISTRIBUTION = "vertebroplan"


@attrs.frozen
class PluginKind:
    """What a plugin of a group must have to be usable."""

    noun: str
    info: type
    """Of its attribute ``info``, which has an ``id`` and an ``api_version``."""
    methods: tuple[str, ...]
    api_version: int


@attrs.frozen
class PluginFailure:
    """A plugin that cannot be used, and why, in a sentence."""

    distribution: str
    error: str


@attrs.frozen(eq=False)
class FoundPlugin:
    """A plugin with the package that brought it."""

    plugin: object
    distribution: str
    version: str


class _Unusable(Exception):
    """Why a plugin cannot be used, in words."""


def usable_plugins(
    group: str, kind: PluginKind
) -> tuple[tuple[FoundPlugin, ...], tuple[PluginFailure, ...]]:
    """Return the plugins of all installed packages; one that is broken becomes a failure.

    The program's own come first, so that another package cannot take the place of one of them.
    """
    found: list[FoundPlugin] = []
    failures: list[PluginFailure] = []
    taken: dict[str, str] = {}
    for point in sorted(importlib.metadata.entry_points(group=group), key=_own_first):
        distribution, version = _origin(point)
        try:
            plugin, plugin_id = _loaded(point, kind)
            _refuse_taken(plugin_id, taken)
        except Exception as error:  # noqa: BLE001  (a plugin may raise anything)
            failures.append(PluginFailure(distribution, _in_words(kind, point.name, error)))
            continue
        taken[plugin_id] = distribution
        found.append(FoundPlugin(plugin, distribution, version))
    return tuple(found), tuple(failures)


def _own_first(point: importlib.metadata.EntryPoint) -> tuple[bool, str, str]:
    distribution, _ = _origin(point)
    return distribution != _OWN_DISTRIBUTION, distribution, point.name


def _origin(point: importlib.metadata.EntryPoint) -> tuple[str, str]:
    if point.dist is None:
        return "unknown", "unknown"
    # Read once: each look at the metadata parses all of it.
    metadata = point.dist.metadata
    return metadata["Name"], metadata["Version"]


def _loaded(point: importlib.metadata.EntryPoint, kind: PluginKind) -> tuple[object, str]:
    """Return a plugin and its id."""
    found: object = point.load()
    plugin = found() if isinstance(found, type) else found
    info = getattr(plugin, "info", None)
    if not isinstance(info, kind.info) or not all(
        callable(getattr(plugin, name, None)) for name in kind.methods
    ):
        *others, last = ("info", *kind.methods)
        raise _Unusable(f"it has no {', '.join(others)} and {last}")
    api_version = cast("object", getattr(info, "api_version", None))
    if api_version != kind.api_version:
        raise _Unusable(
            f"it was made for version {api_version} of the {kind.noun} interface, "
            f"this program has version {kind.api_version}"
        )
    return plugin, str(getattr(info, "id", ""))


def _refuse_taken(plugin_id: str, taken: dict[str, str]) -> None:
    if plugin_id in taken:
        raise _Unusable(f"its id {plugin_id!r} is taken by {taken[plugin_id]}")


def _in_words(kind: PluginKind, name: str, error: Exception) -> str:
    reason = str(error) if isinstance(error, _Unusable) else f"{type(error).__name__}: {error}"
    return f"The {kind.noun} {name} cannot be used: {reason.removesuffix('.')}."
