from collections.abc import Callable

import numpy as np
import pytest

from planner.anatomy.skin import find_skin, skin_crossing_lps_mm
from planner.foundation.errors import AnatomyProblem
from planner.geometry.grids import GridGeometry
from planner.geometry.points import Triple
from planner.imaging.volume import Volume

MakePatient = Callable[[float], tuple[Volume, Triple]]


@pytest.mark.parametrize("gap_mm", [3.0, 6.0, 30.0])
def test_a_ray_backwards_ends_at_the_skin_and_not_at_the_couch(
    a_patient_on_a_couch: MakePatient, gap_mm: float
) -> None:
    volume, middle = a_patient_on_a_couch(gap_mm)
    crossing = skin_crossing_lps_mm(volume, find_skin(volume), middle, (0.0, 1.0, 0.0))
    assert crossing is not None
    assert crossing[1] == pytest.approx(90.0, abs=3.0)


def test_an_oblique_ray_ends_on_the_oval_of_the_skin(a_patient_on_a_couch: MakePatient) -> None:
    volume, middle = a_patient_on_a_couch(10.0)
    crossing = skin_crossing_lps_mm(volume, find_skin(volume), middle, (0.5, 1.0, 0.0))
    assert crossing is not None
    assert np.hypot(crossing[0] / 130.0, crossing[1] / 90.0) == pytest.approx(1.0, abs=0.025)


def test_a_ray_that_leaves_the_ct_inside_the_patient_has_no_crossing(
    a_patient_on_a_couch: MakePatient,
) -> None:
    volume, middle = a_patient_on_a_couch(10.0)
    assert skin_crossing_lps_mm(volume, find_skin(volume), middle, (0.0, 0.1, 1.0)) is None


def test_the_couch_is_no_part_of_the_patient(a_patient_on_a_couch: MakePatient) -> None:
    volume, _ = a_patient_on_a_couch(10.0)
    skin = find_skin(volume)
    places = skin.geometry.lps_of(np.argwhere(skin.voxels)[:, ::-1])
    assert places[:, 1].max() < 95.0


def test_air_alone_holds_no_patient() -> None:
    grid = GridGeometry.axis_aligned((40, 40, 10), (0, 0, 0), (3.0, 3.0, 3.0))
    with pytest.raises(AnatomyProblem, match="No patient"):
        find_skin(Volume(np.full((10, 40, 40), -1000, np.int16), grid))


def test_a_tall_patient_is_whole_in_every_layer() -> None:
    grid = GridGeometry.axis_aligned((60, 60, 150), (0, 0, 0), (3.0, 3.0, 2.0))
    voxels = np.full(grid.shape_kji, -1000, np.int16)
    voxels[:, 15:45, 10:50] = 40
    areas = find_skin(Volume(voxels, grid)).voxels.sum(axis=(1, 2))
    assert len(areas) > 100
    assert np.ptp(areas) == 0 < areas[0]
