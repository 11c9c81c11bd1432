"""Compiled loops whose last bits may differ from machine to machine."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")
_LIBERTIES = frozenset({"contract", "reassoc", "nsz", "arcp"})
"""Sums may be taken in another order, products and sums in one step. NaN and infinity stay what
they are."""


def fast_compiled(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Return a function compiled for speed: for pictures, never for what a plan is judged by.

    As `planner.foundation.compiled.compiled`: at its first call, kept on disk, without the GIL. A
    sum of many terms may differ in its last bits between processors.
    """
    return cast(
        "Callable[_Parameters, _Result]",
        numba.njit(cache=True, nogil=True, fastmath=set(_LIBERTIES), error_model="numpy")(function),
    )
