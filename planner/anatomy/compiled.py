"""Loops that run as machine code, kept between runs."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


def compiled(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Return a function of numbers and arrays as machine code that lets other threads run."""
    return cast("Callable[_Parameters, _Result]", numba.njit(cache=True, nogil=True)(function))
