"""The X-ray of a real CT, against exact line integrals of the same voxels."""

import numpy as np
import pytest
from siddon import exact_integrals, in_shadow

from planner.geometry.points import as_triple
from planner.samples.catalog import sample_folder
from planner.simulation.attenuation import prepare
from planner.simulation.c_arm import CArmGeometry, CArmPose, view_of
from planner.simulation.xray import Quality, line_integrals
from planner.workflow.open_study import open_study

ARM = CArmGeometry(530.0, 1020.0, 298.0, pixels=128)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def the_shipped_thorax():
    volume = open_study(sample_folder("thorax")).volume
    return volume, prepare(volume, couch=True, bone=False)


@pytest.mark.parametrize("orbital_deg", [0.0, 25.0, 45.0, 90.0])
@pytest.mark.parametrize("quality", Quality)
def test_a_real_ct_is_projected_within_one_percent(
    the_shipped_thorax, orbital_deg, quality
) -> None:
    volume, attenuation = the_shipped_thorax
    centre = as_triple(volume.geometry.centre_lps_mm)
    view = view_of(ARM, CArmPose(centre, orbital_deg=orbital_deg))
    exact = exact_integrals(attenuation.values, volume.geometry, view) / 1000.0
    image = line_integrals(attenuation, view, quality)
    inside = in_shadow(volume.geometry, view) & (exact > 0.0)
    assert inside.mean() > 0.5
    difference = np.sqrt(np.mean((image - exact)[inside] ** 2))
    assert difference <= 0.01 * np.sqrt(np.mean(exact[inside] ** 2))


def test_it_takes_at_most_half_as_much_memory_again_as_the_ct(the_shipped_thorax) -> None:
    volume, attenuation = the_shipped_thorax
    # The couch reaches the end of the images here. A last plane, averaged from fewer than the
    # others, is kept whole: hence the half percent.
    assert attenuation.bytes <= 1.505 * volume.voxels.nbytes


def test_a_patient_off_his_couch_takes_no_more_than_one_and_a_half_times_the_ct(
    the_shipped_thorax,
) -> None:
    volume, _with_couch = the_shipped_thorax
    assert prepare(volume).bytes <= 1.5 * volume.voxels.nbytes
