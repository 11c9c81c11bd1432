"""Whether the images of a series make one regular volume."""

import itertools
from collections import Counter
from collections.abc import Callable, Hashable, Sequence

import attrs
import numpy as np
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID

from planner.dicom.image_header import ImageHeader
from planner.foundation.clinical_numbers import clinical_number
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray, angle_deg

_SAME_PLACE_MM = 0.01
"""Slices closer than this lie at the same place."""
_STEP_TOLERANCE_MM = 0.05
"""How far one step between slices may be from the others: positions are written rounded."""
_LATERAL_TOLERANCE_MM = 0.2
"""How far a slice may be shifted sideways from the line that the others lie on."""
_ORTHOGONALITY_TOLERANCE = 1e-3
"""Largest cosine between rows and columns that rounding can explain."""
_FEWEST_SLICES = 2


@attrs.frozen
class SeriesProblem:
    """Something about a series that the user should know."""

    code: str
    text: str
    is_blocking: bool = False
    """Whether the series cannot be loaded because of it."""


@attrs.frozen
class SeriesCheck:
    """What of a series makes one regular volume, and what is wrong with the rest."""

    slices: tuple[ImageHeader, ...]
    """The images to load, along the normal of their plane; none where a problem blocks."""
    geometry: GridGeometry | None
    problems: tuple[SeriesProblem, ...]


class _Blocked(Exception):
    """Ends a check at the first problem that leaves nothing to load."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.problem = SeriesProblem(code, text, is_blocking=True)


def _check_kind(headers: Sequence[ImageHeader]) -> None:
    first = headers[0]
    if first.modality != "CT":
        kind = first.modality or "of no stated kind"
        raise _Blocked("not-ct", f"The images are {kind}, not CT.")
    if any(header.frames > 1 for header in headers):
        raise _Blocked(
            "multi-frame",
            "Enhanced multi-frame images are not read: export the series as one file a slice.",
        )
    if any(header.samples != 1 for header in headers):
        raise _Blocked("colour", "The images are in colour: screen captures, not a scan.")
    for syntax in sorted({header.pixels.transfer_syntax_uid for header in headers}):
        if not _is_readable(syntax):
            name = UID(syntax).name or "an unnamed transfer syntax"
            raise _Blocked(
                "compression", f"The images are compressed as {name}, which is not read."
            )


def _is_readable(transfer_syntax_uid: str) -> bool:
    uid = UID(transfer_syntax_uid)
    if not uid.is_transfer_syntax:
        return False
    if not uid.is_compressed:
        return True
    try:
        return get_decoder(uid).is_available
    except NotImplementedError:
        return False


def _placed(headers: Sequence[ImageHeader], problems: list[SeriesProblem]) -> list[ImageHeader]:
    placed = [
        header
        for header in headers
        if header.position_lps_mm and header.orientation_lps and header.spacing_ij_mm
    ]
    if not placed:
        raise _Blocked("no-position", "The images do not say where they lie in the patient.")
    if len(placed) < len(headers):
        text = f"{len(headers) - len(placed)} images without a position are left out."
        problems.append(SeriesProblem("no-position", text))
    return placed


def _kind_of(header: ImageHeader) -> Hashable:
    orientation = np.round(np.array(header.orientation_lps), 3) + 0.0
    return (
        tuple(orientation.ravel()),
        header.rows,
        header.columns,
        header.spacing_ij_mm,
        header.frame_of_reference_uid,
    )


def _most_numerous(
    headers: Sequence[ImageHeader], kind_of: Callable[[ImageHeader], Hashable]
) -> list[ImageHeader]:
    kinds = Counter(kind_of(header) for header in headers)
    best = max(kinds.values())
    kind = next(kind for kind, count in kinds.items() if count == best)
    return [header for header in headers if kind_of(header) == kind]


def _of_one_kind(
    headers: Sequence[ImageHeader], problems: list[SeriesProblem]
) -> list[ImageHeader]:
    chosen = _most_numerous(headers, _kind_of)
    if len(chosen) < len(headers):
        text = (
            f"{len(headers) - len(chosen)} images of another direction, size or frame of reference "
            f"are left out; {len(chosen)} are used."
        )
        problems.append(SeriesProblem("mixed", text))
    return chosen


def _axes(header: ImageHeader) -> FloatArray:
    """Return the unit vectors along a row, along a column and along the normal, as rows."""
    row, column = np.array(header.orientation_lps, dtype=np.float64)
    lengths = np.linalg.norm(row), np.linalg.norm(column)
    if abs(row @ column) > _ORTHOGONALITY_TOLERANCE or not np.allclose(lengths, 1.0, atol=1e-3):
        raise _Blocked("orientation", "The rows and columns of the images are not at right angles.")
    row = row / lengths[0]
    column = column - (column @ row) * row
    column = column / np.linalg.norm(column)
    return np.array([row, column, np.cross(row, column)])


def _positions(headers: Sequence[ImageHeader]) -> FloatArray:
    return np.array([header.position_lps_mm for header in headers], dtype=np.float64)


def _in_order(
    headers: Sequence[ImageHeader], normal_lps: FloatArray, problems: list[SeriesProblem]
) -> list[ImageHeader]:
    heights_mm = _positions(headers) @ normal_lps
    order = sorted(
        range(len(headers)),
        key=lambda n: (round(float(heights_mm[n]) / _SAME_PLACE_MM), headers[n].instance_number, n),
    )
    kept = [order[0]]
    kept += [
        n
        for last, n in itertools.pairwise(order)
        if heights_mm[n] - heights_mm[last] > _SAME_PLACE_MM
    ]
    if len(kept) < len(order):
        text = (
            f"{len(order) - len(kept)} images lie at the place of another one and are left out; "
            "of each place the first image is used."
        )
        problems.append(SeriesProblem("duplicate-position", text))
    if len(kept) < _FEWEST_SLICES:
        raise _Blocked("one-slice", "There is only one slice: a volume needs more.")
    return [headers[n] for n in kept]


def _check_tilt(headers: Sequence[ImageHeader], axes: FloatArray) -> None:
    positions = _positions(headers)
    sideways_mm = (positions - positions[0]) @ axes[:2].T
    if np.abs(sideways_mm).max() <= _LATERAL_TOLERANCE_MM:
        return
    steps = np.diff(positions, axis=0)
    tilts_deg = [angle_deg(step, axes[2]) for step in steps]
    text = (
        f"The gantry was tilted by {float(np.median(tilts_deg)):.1f} degrees: the slices are "
        "shifted against each other and make no rectangular volume."
    )
    raise _Blocked("tilt", text)


def _longest_run(steps_mm: FloatArray) -> tuple[int, int]:
    """Return the first and last slice of the longest run of equal steps."""
    best = (0, 0)
    start = 0
    for n in range(1, len(steps_mm) + 1):
        if n == len(steps_mm) or abs(steps_mm[n] - steps_mm[start]) > _STEP_TOLERANCE_MM:
            if n - start > best[1] - best[0]:
                best = (start, n)
            start = n
    return best


def _regular_run(
    headers: Sequence[ImageHeader], normal_lps: FloatArray, problems: list[SeriesProblem]
) -> list[ImageHeader]:
    heights_mm = _positions(headers) @ normal_lps
    steps_mm = np.diff(heights_mm)
    first, last = _longest_run(steps_mm)
    if last - first == len(steps_mm):
        return list(headers)
    step_mm = float(np.median(steps_mm))
    missing = np.rint(steps_mm / step_mm).astype(int) - 1
    is_gap = np.abs(steps_mm - (missing + 1) * step_mm) <= _STEP_TOLERANCE_MM * (missing + 1)
    used = f"the longest regular run, {last - first + 1} of {len(headers)} slices, is used."
    if is_gap.all():
        text = f"Slices missing between others: {int(missing.sum())}; {used}"
        problems.append(SeriesProblem("gap", text))
    else:
        text = f"Slices lie {steps_mm.min():.2f} to {steps_mm.max():.2f} mm apart; {used}"
        problems.append(SeriesProblem("uneven-steps", text))
    return list(headers[first : last + 1])


def _geometry(headers: Sequence[ImageHeader], axes: FloatArray) -> GridGeometry:
    positions = _positions(headers)
    step_mm = float((positions[-1] - positions[0]) @ axes[2]) / (len(headers) - 1)
    spacing_ij_mm = headers[0].spacing_ij_mm or (0.0, 0.0)
    matrix = np.eye(4)
    matrix[:3, :3] = axes.T * np.array([*spacing_ij_mm, step_mm])
    matrix[:3, 3] = positions[0]
    return GridGeometry((headers[0].columns, headers[0].rows, len(headers)), matrix)


def _step_problems(step_mm: float) -> list[SeriesProblem]:
    for number_id, code, consequence in (
        ("slice-step-no-grade", "slice-step-no-grade", "too far for a breach grade"),
        ("slice-step-warning", "slice-step-warning", "margins are uncertain by half of it"),
        ("slice-step-note", "slice-step-note", "thinner slices would give surer margins"),
    ):
        limit_mm = clinical_number(number_id)
        if step_mm > limit_mm:
            text = f"Slices are {step_mm:.2f} mm apart (above {limit_mm:g} mm): {consequence}."
            return [SeriesProblem(code, text)]
    return []


def _value_problems(headers: Sequence[ImageHeader]) -> list[SeriesProblem]:
    problems = []
    if any(header.pixels.slope is None or header.pixels.intercept is None for header in headers):
        text = "The images do not say how their numbers become Hounsfield units; taken as they are."
        problems.append(SeriesProblem("no-rescale", text))
    return problems


def check_series(headers: Sequence[ImageHeader]) -> SeriesCheck:
    """Return which images of a series make one regular volume, and every problem on the way.

    Parameters
    ----------
    headers
        The images of one series, at least one, in any order.
    """
    problems: list[SeriesProblem] = []
    try:
        _check_kind(headers)
        chosen = _of_one_kind(_placed(headers, problems), problems)
        axes = _axes(chosen[0])
        chosen = _in_order(chosen, axes[2], problems)
        _check_tilt(chosen, axes)
        chosen = _regular_run(chosen, axes[2], problems)
    except _Blocked as blocked:
        return SeriesCheck((), None, (*problems, blocked.problem))
    geometry = _geometry(chosen, axes)
    problems += _step_problems(geometry.spacing_ijk_mm[2])
    problems += _value_problems(chosen)
    return SeriesCheck(tuple(chosen), geometry, tuple(problems))
