"""Whether the images of a series, or of a part of it, make one regular volume."""

from collections.abc import Callable, Sequence

import attrs
import numpy as np

from planner.dicom.image_header import ImageHeader, SkippedFile
from planner.dicom.series_problem import SeriesProblem
from planner.dicom.slice_stack import (
    SliceStack,
    StackProblem,
    axes_of,
    in_order,
    positions_of,
    regular_run,
    stack_of,
)
from planner.dicom.transfer_syntaxes import why_unreadable
from planner.foundation.clinical_numbers import clinical_number
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray
from planner.imaging.shear import SliceShear

_FEWEST_SLICES = 2
_GAP_TOLERANCE_MM = 0.1
"""How far a gap may be from a whole number of steps."""


@attrs.frozen
class SeriesCheck:
    """What of a series makes one regular volume, and what is wrong with the rest."""

    slices: tuple[ImageHeader, ...]
    """The images to load, along the normal of their plane; none where a problem blocks."""
    geometry: GridGeometry | None
    problems: tuple[SeriesProblem, ...]
    shear: SliceShear | None = None
    left_out: tuple[SkippedFile, ...] = ()
    """The files of which no image is used, each with its reason."""


class _Sorting:
    """Images on their way into a volume, with what was said of those left out."""

    def __init__(self, headers: Sequence[ImageHeader]) -> None:
        self.headers = list(headers)
        self.problems: list[SeriesProblem] = []
        self._left_out: list[tuple[ImageHeader, str, str]] = []

    def keep(self, why_not: Callable[[ImageHeader], str], code: str) -> int:
        """Leave out images for which there is a reason, and return how many those are."""
        kept = []
        for header in self.headers:
            if text := why_not(header):
                self._left_out.append((header, code, text))
            else:
                kept.append(header)
        count = len(self.headers) - len(kept)
        self.headers = kept
        return count

    def keep_only(self, kept: Sequence[ImageHeader], code: str, text: str) -> None:
        """Leave out all but some images, for one reason."""
        wanted = {id(header) for header in kept}
        self._left_out += [(h, code, text) for h in self.headers if id(h) not in wanted]
        self.headers = list(kept)

    def left_out(self) -> tuple[SkippedFile, ...]:
        """Return the files of which no image is used."""
        used = {header.path for header in self.headers}
        reasons = {h.path: (code, text) for h, code, text in self._left_out if h.path not in used}
        return tuple(SkippedFile(path, *reason) for path, reason in reasons.items())


def _leave_out_what_cannot_be_placed(sorting: _Sorting) -> None:
    first = sorting.headers[0]
    unreadable = sorting.keep(lambda h: why_unreadable(h.pixels.transfer_syntax_uid), "compression")
    if not sorting.headers:
        raise StackProblem("compression", why_unreadable(first.pixels.transfer_syntax_uid))
    if unreadable:
        text = f"{_images(unreadable)} compressed in a way that is not read; left out."
        sorting.problems.append(SeriesProblem("compression", text, brief=_left_out(unreadable)))
    unplaced = sorting.keep(
        lambda h: "" if h.is_placed else "It does not say where it lies in the patient.",
        "no-position",
    )
    if not sorting.headers:
        text = "The images do not say where they lie in the patient, or how large a pixel is."
        raise StackProblem("no-position", text)
    if unplaced:
        text = f"{_images(unplaced)} without a place in the patient; left out."
        sorting.problems.append(SeriesProblem("no-position", text, brief=_left_out(unplaced)))


def _images(count: int) -> str:
    return "1 image is" if count == 1 else f"{count} images are"


def _left_out(count: int) -> str:
    return "1 image left out" if count == 1 else f"{count} images left out"


def _leave_out_repeated(sorting: _Sorting, kept: Sequence[ImageHeader]) -> None:
    count = len(sorting.headers) - len(kept)
    sorting.keep_only(
        kept, "duplicate-position", "Another image lies at its place; it is not used."
    )
    if count:
        text = (
            f"{count} images lie at the place of another one and are left out; "
            "of each place the first image is used."
        )
        sorting.problems.append(SeriesProblem("duplicate-position", text, brief=_left_out(count)))
    if len(kept) < _FEWEST_SLICES:
        raise StackProblem("one-slice", "There is only one slice: a volume needs more.")


def _leave_out_irregular(sorting: _Sorting, run: slice, normal_lps: FloatArray) -> None:
    headers = sorting.headers
    used = headers[run]
    if len(used) == len(headers):
        return
    steps_mm = np.diff(positions_of(headers) @ normal_lps)
    step_mm = float(np.median(steps_mm))
    missing = np.rint(steps_mm / step_mm).astype(int) - 1
    is_gap = np.abs(steps_mm - (missing + 1) * step_mm) <= _GAP_TOLERANCE_MM * (missing + 1)
    used_words = f"the longest regular run, {len(used)} of {len(headers)} slices, is used."
    if is_gap.all() and missing.any():
        text = f"Slices missing between others: {int(missing.sum())}; {used_words}"
        brief = f"{int(missing.sum())} slices missing: {len(used)} can be used"
        sorting.problems.append(SeriesProblem("gap", text, brief=brief))
    else:
        text = f"Slices lie {steps_mm.min():.2f} to {steps_mm.max():.2f} mm apart; {used_words}"
        brief = f"{_steps_in_words(steps_mm)}: {len(used)} slices can be used"
        sorting.problems.append(SeriesProblem("uneven-steps", text, brief=brief))
    sorting.keep_only(used, "outside-run", "It lies outside the longest run of equal steps.")


def _steps_in_words(steps_mm: FloatArray) -> str:
    steps = sorted({f"{step:.1f}" for step in steps_mm}, key=float)
    if len(steps) > 4:
        return f"steps from {steps[0]} to {steps[-1]} mm"
    if len(steps) == 1:
        return f"uneven steps of {steps[0]} mm"
    return f"steps of {', '.join(steps[:-1])} and {steps[-1]} mm"


def _tilt_problems(shear: SliceShear | None) -> list[SeriesProblem]:
    if shear is None:
        return []
    text = (
        f"The gantry was tilted by {shear.tilt_deg:.1f} degrees: the slices are straightened "
        "onto the table's axis, interpolated once as they are read."
    )
    brief = f"gantry tilt {shear.tilt_deg:.1f} degrees, will be straightened"
    return [SeriesProblem("tilt", text, brief=brief)]


def _step_problems(step_mm: float) -> list[SeriesProblem]:
    for number_id, code, consequence in (
        ("slice-step-no-grade", "slice-step-no-grade", "too far for a breach grade"),
        ("slice-step-warning", "slice-step-warning", "margins are uncertain by half of it"),
        ("slice-step-note", "slice-step-note", "thinner slices would give surer margins"),
    ):
        limit_mm = clinical_number(number_id)
        if step_mm > limit_mm:
            text = f"Slices are {step_mm:.2f} mm apart (above {limit_mm:g} mm): {consequence}."
            brief = f"slices {step_mm:.2g} mm apart, {consequence}"
            is_note = number_id == "slice-step-note"
            return [SeriesProblem(code, text, is_note=is_note, brief=brief)]
    return []


def _extent_problems(geometry: GridGeometry) -> list[SeriesProblem]:
    """Say where the images are too small to show a vertebra, whatever lies in them."""
    corners = geometry.corners_lps_mm()
    edges_mm = np.abs(geometry.lps_from_ijk[:3, :3]).sum(axis=1)
    extent_mm = np.ptp(corners, axis=0) + edges_mm
    problems = []
    for axis, (number_id, word) in enumerate(
        (
            ("pedicle-region-width", "wide"),
            ("pedicle-region-depth", "deep"),
            ("vertebra-height-needed", "high"),
        )
    ):
        if extent_mm[axis] < clinical_number(number_id):
            what = "one vertebra" if word == "high" else "a vertebra with its pedicles"
            text = f"The images are only {extent_mm[axis]:.0f} mm {word}: too little for {what}."
            brief = f"only {extent_mm[axis]:.0f} mm {word}"
            problems.append(SeriesProblem("small-field", text, brief=brief))
    return problems


def geometry_problems(geometry: GridGeometry) -> list[SeriesProblem]:
    """Return what a volume's step and size mean for a plan on it."""
    return _step_problems(geometry.spacing_ijk_mm[2]) + _extent_problems(geometry)


def _value_problems(headers: Sequence[ImageHeader]) -> list[SeriesProblem]:
    unsaid = [
        h
        for h in headers
        if h.pixels.modality_lut is None and None in {h.pixels.slope, h.pixels.intercept}
    ]
    if not unsaid:
        return []
    text = "The images do not say how their numbers become Hounsfield units; taken as they are."
    return [SeriesProblem("no-rescale", text, brief="Hounsfield units not stated")]


def check_series(headers: Sequence[ImageHeader], *, is_ct: bool = True) -> SeriesCheck:
    """Return which images of a part make one regular volume, and every problem on the way.

    Parameters
    ----------
    headers
        The images of one part, at least one, in any order.
    is_ct
        Whether they are judged as images to plan on.
    """
    sorting = _Sorting(headers)
    try:
        stack = _stack(sorting)
    except StackProblem as blocked:
        problem = SeriesProblem(blocked.code, blocked.text, is_blocking=True)
        sorting.keep_only((), blocked.code, blocked.text)
        return SeriesCheck((), None, (*sorting.problems, problem), None, sorting.left_out())
    problems = [*sorting.problems, *_tilt_problems(stack.shear)]
    if is_ct:
        problems += geometry_problems(stack.geometry)
        problems += _value_problems(sorting.headers)
    slices = tuple(sorting.headers)
    return SeriesCheck(slices, stack.geometry, tuple(problems), stack.shear, sorting.left_out())


def _stack(sorting: _Sorting) -> SliceStack:
    _leave_out_what_cannot_be_placed(sorting)
    axes = axes_of(sorting.headers[0])
    kept, _ = in_order(sorting.headers, axes[2])
    _leave_out_repeated(sorting, kept)
    _leave_out_irregular(sorting, regular_run(sorting.headers, axes[2]), axes[2])
    if len(sorting.headers) < _FEWEST_SLICES:
        raise StackProblem("uneven-steps", "No two slices follow each other at one step.")
    return stack_of(sorting.headers, axes)
