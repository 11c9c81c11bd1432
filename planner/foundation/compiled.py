"""The one way numeric loops are compiled."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


def compiled(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Return a function compiled at its first call, kept on disk and run without the GIL."""
    return cast("Callable[_Parameters, _Result]", numba.njit(cache=True, nogil=True)(function))
