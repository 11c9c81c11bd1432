"""Arrays between numpy and VTK, typed: VTK's own functions for it are not."""

from typing import cast

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util import numpy_support
from vtkmodules.vtkCommonCore import vtkDataArray, vtkIdTypeArray


def vtk_array_sharing(array: NDArray[np.generic]) -> vtkDataArray:
    """Return a VTK array on the memory of a contiguous one, which it keeps alive."""
    return cast("vtkDataArray", numpy_support.numpy_to_vtk(array))  # type: ignore[no-untyped-call]  # untyped in the wheel


def vtk_array_copied(array: NDArray[np.generic]) -> vtkDataArray:
    """Return a VTK array with its own memory."""
    copied = numpy_support.numpy_to_vtk(array, deep=True)  # type: ignore[no-untyped-call]  # untyped in the wheel
    return cast("vtkDataArray", copied)


def vtk_ids_copied(array: NDArray[np.int64]) -> vtkIdTypeArray:
    """Return VTK's array of ids with its own memory."""
    copied = numpy_support.numpy_to_vtkIdTypeArray(array, deep=True)  # type: ignore[no-untyped-call]  # untyped in the wheel
    return cast("vtkIdTypeArray", copied)


def numpy_array_sharing(array: vtkDataArray) -> NDArray[np.generic]:
    """Return a numpy array on the memory of a VTK one; copy it before the VTK one goes."""
    return cast("NDArray[np.generic]", numpy_support.vtk_to_numpy(array))  # type: ignore[no-untyped-call]  # untyped in the wheel
