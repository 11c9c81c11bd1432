"""Scenes of known truth, and their pixels without Qt."""

import tempfile
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkIOImage import vtkPNGReader

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.assessment.findings import Assessment
from planner.devices.catalog import device_catalog
from planner.geometry.grids import GridGeometry
from planner.imaging.volume import Volume
from planner.planning.plan import Plan
from planner.rendering.picture import render_png
from planner.rendering.picture_of_plan import plan_picture_of
from planner.rendering.plan_picture import PlanPicture
from planner.rendering.scene import Scene

Pixels = NDArray[np.uint8]


def decoded(png: bytes) -> Pixels:
    """Return rows from above, shape (height, width, 3)."""
    reader = vtkPNGReader()
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        file.write(png)
        file.flush()
        reader.SetFileName(file.name)
        reader.Update()
    image = reader.GetOutput()
    width, height, _ = image.GetDimensions()
    return vtk_to_numpy(image.GetPointData().GetScalars()).reshape(height, width, 3)[::-1]


@pytest.fixture
def pixels_of() -> Callable[[Scene, int, int], Pixels]:
    return lambda scene, width, height: decoded(render_png(scene, width, height))


@pytest.fixture
def a_picture(
    a_phantom_vertebra: VertebraModel, a_bipedicular_plan: Plan, an_assessment: Assessment
) -> PlanPicture:
    return plan_picture_of(
        a_bipedicular_plan,
        an_assessment,
        (a_phantom_vertebra,),
        device_catalog(),
        VertebraLevel.L1,
        Side.LEFT,
    )


@pytest.fixture
def a_volume_around_the_phantom(a_phantom_vertebra: VertebraModel) -> Volume:
    """Bone bright, all else soft tissue, on a grid whose slices run from the head down."""
    grid = a_phantom_vertebra.whole.geometry
    hu = np.where(a_phantom_vertebra.whole.voxels, 700, 40).astype(np.int16)
    matrix = np.array(grid.lps_from_ijk)
    matrix[:3, 3] = grid.lps_of((0, 0, grid.shape_ijk[2] - 1))
    matrix[:3, 2] *= -1.0
    return Volume(np.ascontiguousarray(hu[::-1]), GridGeometry(grid.shape_ijk, matrix))
