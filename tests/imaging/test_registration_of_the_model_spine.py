"""A STIR of the model spine, whose place in the CT is known, laid onto it again."""

import attrs
import numpy as np
import pytest
from small_cases import SMALL

from planner.anatomy.levels import VertebraLevel
from planner.dicom.load_volume import load_volume
from planner.dicom.scan_folder import scan_folder
from planner.digital_spine.case_files import write_case
from planner.digital_spine.tissues import MrContrast
from planner.geometry.grids import GridGeometry
from planner.geometry.transforms import RigidTransform, rotation_about
from planner.imaging.registration import register_rigidly
from planner.imaging.volume import Volume

pytestmark = pytest.mark.slow

SPINE = attrs.evolve(
    SMALL,
    first_level=VertebraLevel.T11,
    last_level=VertebraLevel.L2,
    field_mm=160.0,
    mr=(MrContrast.STIR,),
)
TARGET_MM = 1.0
HALF_SPINE_MM = np.array([[x, y, z] for x in (-15, 15) for y in (-20, 20) for z in (-40, 40)])


@pytest.fixture(scope="module")
def the_ct_and_stir(tmp_path_factory: pytest.TempPathFactory) -> tuple[Volume, Volume]:
    made = write_case(SPINE, tmp_path_factory.mktemp("stir"))
    ct, stir = (
        load_volume(scan_folder(path).series[0]) for path in (made.series_path, made.mr_paths[0])
    )
    return ct, stir


@pytest.mark.parametrize("angle_deg", [0.0, 5.0], ids=["as scanned", "moved"])
def test_a_stir_lands_within_a_millimetre(
    angle_deg: float, the_ct_and_stir: tuple[Volume, Volume]
) -> None:
    ct, stir = the_ct_and_stir
    middle = stir.geometry.centre_lps_mm
    rotation = rotation_about((1.0, 0.5, -0.3), angle_deg)
    shift = np.array((6.0, -5.0, 7.0)) * (angle_deg > 0.0)
    motion = RigidTransform(rotation, middle - rotation @ middle + shift)
    grid = GridGeometry(stir.geometry.shape_ijk, motion.inverse.matrix @ stir.geometry.lps_from_ijk)
    found = register_rigidly(ct, attrs.evolve(stir, geometry=grid))
    off = found.fixed_from_moving @ motion.inverse
    points = middle + HALF_SPINE_MM
    assert np.linalg.norm(off.points(points) - points, axis=1).mean() < TARGET_MM
    assert found.is_reliable
