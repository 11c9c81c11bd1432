"""Which value has which visual: kept by key, built once, gone with its value."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Visual = TypeVar("Visual")


class VisualRegistry(Generic[Key, Value, Visual]):
    """The visuals of all values of one kind.

    Parameters
    ----------
    build
        Makes the visual of a key that was not there before, and adds it to its renderer.
    show
        Gives a visual its value.
    remove
        Takes a visual whose value is gone out of its renderer.
    """

    def __init__(
        self,
        build: Callable[[Key], Visual],
        show: Callable[[Visual, Value], None],
        remove: Callable[[Visual], None],
    ) -> None:
        self._build, self._show, self._remove = build, show, remove
        self._visuals: dict[Key, Visual] = {}

    def show(self, values: Mapping[Key, Value]) -> None:
        """Show exactly these values."""
        for key in [key for key in self._visuals if key not in values]:
            self._remove(self._visuals.pop(key))
        for key, value in values.items():
            if key not in self._visuals:
                self._visuals[key] = self._build(key)
            self._show(self._visuals[key], value)

    def __iter__(self) -> Iterator[Visual]:
        """Return all visuals."""
        return iter(self._visuals.values())

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._visuals)
