"""A grid of views on the phantom, with a tool that writes down what it is told."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.assessment.findings import Assessment
from planner.devices.catalog import device_catalog
from planner.gui.tools.tool import Pointer
from planner.gui.view_state import ViewState
from planner.gui.views.view_grid import ViewGrid
from planner.imaging.volume import Volume
from planner.planning.plan import Plan
from planner.rendering.picture_of_plan import plan_picture_of
from planner.rendering.plan_picture import PlanPicture


class RecordingTool:
    """Takes every handle, or everything when told to."""

    takes_handles = True

    def __init__(self, *, takes_everything: bool = False) -> None:
        self.takes_everything = takes_everything
        self.heard: list[tuple[str, Pointer | None]] = []

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.heard]

    def last(self, name: str) -> Pointer:
        return next(p for n, p in reversed(self.heard) if n == name and p is not None)

    def press(self, pointer: Pointer) -> bool:
        self.heard.append(("press", pointer))
        return self.takes_everything or pointer.handle is not None

    def move(self, pointer: Pointer) -> None:
        self.heard.append(("move", pointer))

    def release(self, pointer: Pointer) -> None:
        self.heard.append(("release", pointer))

    def cancel(self) -> None:
        self.heard.append(("cancel", None))


@pytest.fixture
def a_tool() -> RecordingTool:
    return RecordingTool()


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
def a_volume(a_phantom_vertebra: VertebraModel) -> Volume:
    whole = a_phantom_vertebra.whole
    return Volume(np.where(whole.voxels, 700, 40).astype(np.int16), whole.geometry)


@pytest.fixture(scope="module")
def _one_grid(qapp: QApplication) -> Iterator[tuple[ViewGrid, ViewState]]:
    """Four OpenGL contexts and their shaders, made once for all tests of a file."""
    state = ViewState(qapp)
    grid = ViewGrid(state)
    grid.resize(520, 420)
    grid.show()
    yield grid, state
    grid.close()
    grid.deleteLater()


@pytest.fixture
def a_view_state(_one_grid: tuple[ViewGrid, ViewState]) -> ViewState:
    state = _one_grid[1]
    state.restore(ViewState().as_json())
    return state


@pytest.fixture
def a_grid(
    _one_grid: tuple[ViewGrid, ViewState],
    a_view_state: ViewState,
    a_volume: Volume,
    a_picture: PlanPicture,
) -> Iterator[ViewGrid]:
    """The four views as they are after a study was opened and its L1 chosen."""
    grid = _one_grid[0]
    grid.show_plan(PlanPicture())
    grid.show_volume(a_volume)
    a_view_state.set_active(VertebraLevel.L1, Side.LEFT)
    grid.show_plan(a_picture)
    grid.grab()
    yield grid
    grid.set_tool(None)
