"""Left is left in the pictures of a real CT: a needle on the left, and a dot in the left lung."""

import io

import attrs
import numpy as np
import pydicom
import pytest
from PIL import Image

from planner.anatomy.levels import VertebraLevel
from planner.export.registry import discover
from planner.export.run_export import run_export
from planner.export.snapshot import PlanSnapshot
from planner.planning.plan import Approach, Procedure
from planner.samples.catalog import sample_folder
from planner.workflow.level_request import LevelRequest
from planner.workflow.plan_study import PlannedStudy, plan_study
from planner.workflow.take_snapshot import take_snapshot

pytestmark = pytest.mark.slow
LEVEL = VertebraLevel.T9
DOT_HU, DOT_RADIUS_MM, DOT_REACH_MM = 3000, 6.0, 15.0
"""Upright, so that every axial plane through the body meets it: tall, and round from above."""
TO_DOT_LPS_MM = (45.0, -10.0, 0.0)
"""From the middle of the body to the dot, in the left lung beside it."""
ON_THE_LEFT = {"xray-ap": True, "left-barrel": True, "axial": False}
"""Which half of a picture the patient's left is: X-rays are seen from behind, slices from the
feet."""


@pytest.fixture(scope="module")
def planned() -> PlannedStudy:
    request = LevelRequest(
        LEVEL, procedure=Procedure.VERTEBROPLASTY, approach=Approach.UNIPEDICULAR_LEFT
    )
    return plan_study(sample_folder("thorax"), (request,))


@pytest.fixture(scope="module")
def with_dot(planned: PlannedStudy) -> PlannedStudy:
    """The same plan on the same images with a dot in the left lung."""
    scene = planned.scene
    volume = scene.study.volume
    (vertebra,) = planned.case.vertebrae
    centre = np.add(vertebra.centre_lps_mm, TO_DOT_LPS_MM)
    k, j, i = np.meshgrid(*map(np.arange, volume.voxels.shape), indexing="ij", sparse=True)
    ijk, steps = volume.geometry.ijk_of(centre), volume.geometry.spacing_ijk_mm
    off_mm = [(axis - at) * step for axis, at, step in zip((i, j, k), ijk, steps, strict=True)]
    across, back, up = off_mm
    inside = (across**2 + back**2 <= DOT_RADIUS_MM**2) & (np.abs(up) <= DOT_REACH_MM)
    assert volume.voxels[inside].mean() < -500.0, "the dot lies in the lung"
    voxels = volume.voxels.copy()
    voxels[inside] = DOT_HU
    study = attrs.evolve(scene.study, volume=attrs.evolve(volume, voxels=voxels))
    return attrs.evolve(planned, scene=attrs.evolve(scene, study=study))


@pytest.fixture(scope="module")
def snapshots(planned, with_dot) -> tuple[PlanSnapshot, PlanSnapshot]:
    """What is handed over without and with the dot."""
    return take_snapshot(planned.case, planned.scene), take_snapshot(with_dot.case, with_dot.scene)


@pytest.fixture(scope="module")
def pictures(snapshots) -> dict[str, tuple[bytes, bytes]]:
    """Each picture's PNG without and with the dot, by its name."""
    plain, dotted = (
        {picture.name: picture.png for picture in snapshot.pictures} for snapshot in snapshots
    )
    return {name: (plain[name], dotted[name]) for name in plain}


def grey(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("L"), dtype=float)


def column_of_difference(plain: np.ndarray, dotted: np.ndarray) -> float:
    """Return where across the picture the two differ most, from -1 at its left to 1."""
    strength = np.abs(dotted - plain)
    strength[strength < 0.5 * strength.max()] = 0.0
    columns = np.arange(strength.shape[1]) + 0.5
    share = (strength.sum(axis=0) * columns).sum() / strength.sum() / strength.shape[1]
    return float(2.0 * share - 1.0)


@pytest.mark.parametrize("word", sorted(ON_THE_LEFT))
def test_the_dot_lies_on_the_patients_left_of_each_picture(word, pictures) -> None:
    place = column_of_difference(*map(grey, pictures[f"{LEVEL.name}-{word}"]))
    assert abs(place) > 0.1
    assert (place < 0.0) is ON_THE_LEFT[word]


def test_needle_and_dot_are_on_one_side_of_the_xray(pictures, planned) -> None:
    """The needle's colour and the dot stand on the same half: neither is mirrored alone."""
    pair = pictures[f"{LEVEL.name}-xray-ap"]
    rgb = np.asarray(Image.open(io.BytesIO(pair[0])).convert("RGB"), dtype=float)
    blue = (np.abs(rgb - (92.0, 199.0, 245.0)).sum(axis=-1) < 60.0).nonzero()[1]
    assert len(blue) > 50
    needle = planned.case.plan.levels[0].needles[0]
    assert needle.skin_lps_mm[0] > needle.tip_lps_mm[0]
    assert blue.mean() < rgb.shape[1] / 2.0
    assert column_of_difference(*map(grey, pair)) < 0.0


def test_the_written_key_views_show_the_dot_where_the_picture_does(snapshots, tmp_path) -> None:
    writer = discover().named("dicom-views")
    found = []
    for name, snapshot in zip(("plain", "dotted"), snapshots, strict=True):
        receipt = run_export(snapshot, writer, tmp_path / name)
        found.append(
            {
                file.path.name: pydicom.dcmread(file.path).pixel_array.astype(float).mean(axis=-1)
                for file in receipt.files
            }
        )
    plain, dotted = found
    for word, is_left in ON_THE_LEFT.items():
        start = f"view-{LEVEL.name}-{word}-"
        (one,) = [pixels for name, pixels in plain.items() if name.startswith(start)]
        (other,) = [pixels for name, pixels in dotted.items() if name.startswith(start)]
        assert (column_of_difference(one, other) < 0.0) is is_left
