"""Part a series into stacks, phases and echoes, each of which could be one volume."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence

import attrs
import numpy as np

from planner.dicom.image_header import ImageHeader

_SAME_PLACE_MM = 0.02
"""Images closer than this lie at the same place."""
_DIRECTION_TOLERANCE = 2e-3
"""Largest difference in a direction's parts within one stack: some scanners write few digits."""
_SPACING_TOLERANCE_MM = 1e-3
_MOST_GROUPS = 2
"""How many times more groups than images at one place a label may make: a label that changes from
slice to slice does not part phases."""


@attrs.frozen
class SeriesPart:
    """Images that may make one volume."""

    name: str
    """Empty where it is the whole series."""
    headers: tuple[ImageHeader, ...]


@attrs.frozen
class _Label:
    """Something images say of themselves that can part a series."""

    of: Callable[[ImageHeader], Hashable]
    words: Callable[[Hashable], str]


_LABELS = (
    _Label(lambda h: h.labels.phase_percent, lambda v: f"phase {v:g} %"),
    _Label(lambda h: h.labels.temporal_position, lambda v: f"time {v}"),
    _Label(lambda h: h.labels.echo, lambda v: f"echo {v}"),
    _Label(lambda h: h.labels.echo_time_ms, lambda v: f"echo {v:g} ms"),
    _Label(lambda h: h.labels.b_value, lambda v: f"b {v:g}"),
    _Label(lambda h: h.labels.trigger_time_ms, lambda v: f"trigger {v:g} ms"),
    _Label(lambda h: h.labels.acquisition, lambda v: f"acquisition {v}"),
    _Label(lambda h: h.image_type, lambda v: f"type {_last_words(v)}"),
)


def _last_words(image_type: Hashable) -> str:
    words = image_type if isinstance(image_type, tuple) else ()
    return " ".join(words[2:]) or "unnamed"


def _place(header: ImageHeader) -> Hashable:
    position = header.position_lps_mm
    return None if position is None else tuple(round(v / _SAME_PLACE_MM) for v in position)


def _is_same_stack(one: ImageHeader, other: ImageHeader) -> bool:
    if (one.rows, one.columns, one.labels.stack) != (other.rows, other.columns, other.labels.stack):
        return False
    same_way = one.orientation_lps == other.orientation_lps or np.allclose(
        one.orientation_lps or 0.0, other.orientation_lps or 0.0, atol=_DIRECTION_TOLERANCE
    )
    return same_way and (
        one.spacing_ij_mm == other.spacing_ij_mm
        or np.allclose(
            one.spacing_ij_mm or 0.0, other.spacing_ij_mm or 0.0, atol=_SPACING_TOLERANCE_MM
        )
    )


def _stacks(headers: Sequence[ImageHeader]) -> list[list[ImageHeader]]:
    """Return images of one size and direction together, the largest group first."""
    stacks: list[list[ImageHeader]] = []
    for header in headers:
        for stack in stacks:
            if _is_same_stack(stack[0], header):
                stack.append(header)
                break
        else:
            stacks.append([header])
    return sorted(stacks, key=len, reverse=True)


def _repeats(headers: Sequence[ImageHeader]) -> tuple[int, int]:
    """Return how many images lie where another one does, and the most at one place."""
    counts = Counter(map(_place, headers))
    return len(headers) - len(counts), max(counts.values())


def _by(label: _Label, headers: Sequence[ImageHeader]) -> dict[Hashable, list[ImageHeader]]:
    groups: dict[Hashable, list[ImageHeader]] = defaultdict(list)
    for header in headers:
        groups[label.of(header)].append(header)
    return groups


def _parted(headers: Sequence[ImageHeader]) -> list[SeriesPart]:
    """Part images of one stack until hardly two lie at the same place."""
    repeats, most = _repeats(headers)
    places = len(headers) - repeats
    if places < 2 or repeats < places / 2:
        return [SeriesPart("", tuple(headers))]
    for label in _LABELS:
        groups = _by(label, headers)
        if not 2 <= len(groups) <= _MOST_GROUPS * most or None in groups:
            continue
        if sum(_repeats(group)[0] for group in groups.values()) < repeats:
            return [
                attrs.evolve(part, name=" ".join(filter(None, (label.words(value), part.name))))
                for value, group in sorted(groups.items(), key=_order)
                for part in _parted(group)
            ]
    return _in_turn(headers, most)


def _order(item: tuple[Hashable, list[ImageHeader]]) -> tuple[float, str]:
    value = item[0]
    return (float(value) if isinstance(value, int | float) else 0.0), str(value)


def _in_turn(headers: Sequence[ImageHeader], most: int) -> list[SeriesPart]:
    """Part images that say nothing of what differs by their numbers at each place."""
    by_place: dict[Hashable, list[ImageHeader]] = defaultdict(list)
    for header in sorted(headers, key=lambda h: (h.instance_number, h.frame, str(h.path))):
        by_place[_place(header)].append(header)
    return [
        SeriesPart(f"repeat {n + 1}", tuple(at[n] for at in by_place.values() if n < len(at)))
        for n in range(most)
    ]


def parts_of(headers: Sequence[ImageHeader]) -> list[SeriesPart]:
    """Return the parts of a series, the largest stack first.

    Images of another size, direction or stack are parts of their own. Where several images lie at
    each place, the first thing that tells them apart parts them: phase, time, echo, and so on;
    where nothing does, the order of their numbers. A few images at the place of another one make
    no part: whoever builds the volume leaves them out.

    Parameters
    ----------
    headers
        Images with a place, at least one.
    """
    stacks = _stacks(headers)
    if len(stacks) == 1:
        return _parted(stacks[0])
    names = [f"stack {stack[0].labels.stack or number}" for number, stack in enumerate(stacks, 1)]
    if len(set(names)) < len(names):
        names = [f"stack {number}" for number in range(1, len(stacks) + 1)]
    return [
        attrs.evolve(part, name=f"{name} {part.name}".strip())
        for name, stack in zip(names, stacks, strict=True)
        for part in _parted(stack)
    ]
