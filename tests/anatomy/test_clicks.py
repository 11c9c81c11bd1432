"""A click that hits no whole vertebral body gets a sentence: what, where, and what to do."""

from collections.abc import Callable

import numpy as np
import pytest

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.segmentation import find_level
from planner.anatomy.vertebra import VertebraModel
from planner.digital_spine.arch_shape import pedicle_shape
from planner.digital_spine.bone_scene import bone_scene
from planner.digital_spine.case_field import case_field
from planner.digital_spine.case_spec import CaseSpec
from planner.digital_spine.case_truth import focus_point_lps_mm
from planner.digital_spine.lattice import Lattice
from planner.digital_spine.model_patient import BoneQuality, ModelPatient
from planner.digital_spine.model_spine import ModelSpine, build_model
from planner.digital_spine.pathology import Cement, Pathology
from planner.digital_spine.scan_settings import ScanSettings
from planner.digital_spine.scanner import scan_hu
from planner.digital_spine.truth import vertebra_truth
from planner.foundation.errors import AnatomyProblem
from planner.geometry.points import FloatArray
from planner.imaging.volume import Volume

pytestmark = pytest.mark.slow

T12, L1, L2 = VertebraLevel.T12, VertebraLevel.L1, VertebraLevel.L2


def scan_of(*pathologies: Pathology) -> tuple[ModelSpine, Volume]:
    spec = CaseSpec(
        "clicks",
        seed=22,
        patient=ModelPatient(bone=BoneQuality.OSTEOPOROTIC),
        scan=ScanSettings(spacing_mm=0.9, step_mm=1.2),
        first_level=T12,
        last_level=L2,
        focus_level=L1,
        field_mm=150.0,
        pathologies=pathologies,
    )
    model = build_model(spec.patient, spec.pathologies, spec.seed)
    field = case_field(spec, model)
    return model, Volume(scan_hu(model, field.lattice, spec.scan), field.grid)


@pytest.fixture(scope="module")
def the_scan() -> tuple[ModelSpine, Volume]:
    """T12 to L2 of an osteoporotic woman."""
    return scan_of()


@pytest.fixture(scope="module")
def the_cemented_scan() -> tuple[ModelSpine, Volume]:
    """The same with seven millilitres of cement in L1."""
    return scan_of(Cement(L1, 7.0, spongy=0.0))


def place(model: ModelSpine, of: Callable[[ModelSpine], tuple[float, float, float]]) -> FloatArray:
    vertebra = model.spine.vertebra(L1)
    return vertebra.lps_from_vertebra.point(of(model))


def overlap_of_bodies(found: VertebraModel, true: VertebraModel) -> float:
    kji = np.argwhere(true.body.voxels)
    grid = found.body.geometry
    ijk = np.round(grid.ijk_of(true.body.geometry.lps_of(kji[:, ::-1]))).astype(int)
    i, j, k = ijk[((ijk >= 0) & (ijk < grid.shape_ijk)).all(axis=1)].T
    shared_mm3 = np.count_nonzero(found.body.voxels[k, j, i]) * true.body.geometry.voxel_mm3
    return float(2.0 * shared_mm3 / (found.body.volume_mm3 + true.body.volume_mm3))


def half_width_mm(model: ModelSpine) -> float:
    return model.spine.vertebra(L1).body.half_width_mm


def half_depth_mm(model: ModelSpine) -> float:
    return model.spine.vertebra(L1).body.half_depth_mm


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        pytest.param(
            lambda m: (half_width_mm(m) + 14.0, 5.0, 0.0),
            r"soft tissue \d+ mm to the patient's left of the spinal canal, not in",
            id="left psoas",
        ),
        pytest.param(
            lambda m: (-half_width_mm(m) - 14.0, 5.0, 0.0),
            r"soft tissue \d+ mm to the patient's right of the spinal canal",
            id="right psoas",
        ),
        pytest.param(
            lambda m: (0.0, half_depth_mm(m) + 8.0, 3.0), "in the spinal canal", id="canal"
        ),
        pytest.param(
            lambda m: pedicle_shape(m.spine.vertebra(L1), Side.LEFT).isthmus_mm,
            r"bone \d+ mm to the patient's left of the spinal canal, in the arch",
            id="pedicle",
        ),
        pytest.param(
            lambda m: (0.0, half_depth_mm(m) + 31.0, -6.0),
            r"bone \d+ mm behind the spinal canal, in the arch",
            id="spinous process",
        ),
        pytest.param(
            lambda m: (0.0, -half_depth_mm(m) - 14.0, 0.0),
            r"\d+ mm in front of the spinal canal",
            id="in front",
        ),
        pytest.param(
            lambda m: (2.0, 0.0, m.spine.vertebra(L1).body.landmarks.upper_mm[1] + 4.0),
            "disc",
            id="disc",
        ),
    ],
)
def test_a_click_beside_the_bodies_is_told_what_it_hit_and_where(
    the_scan: tuple[ModelSpine, Volume],
    at: Callable[[ModelSpine], tuple[float, float, float]],
    sentence: str,
) -> None:
    model, volume = the_scan
    with pytest.raises(AnatomyProblem, match=sentence) as problem:
        find_level(volume, place(model, at), L1)
    assert problem.value.hint == "Click inside a vertebral body, about its middle."


def test_a_click_in_a_rib_is_told_so(the_scan: tuple[ModelSpine, Volume]) -> None:
    model, volume = the_scan
    ribs = np.argwhere(bone_scene(model, Lattice.of(volume.geometry)).ribs < -2.0)
    lps = volume.geometry.lps_of(ribs[:, ::-1])
    centre = np.asarray(focus_point_lps_mm(model, T12))
    aside = lps[np.abs(lps[:, 0] - centre[0]) > 38.0]
    for click in aside[:: max(len(aside) // 3, 1)][:3]:
        side = "left" if click[0] > centre[0] else "right"
        with pytest.raises(AnatomyProblem, match=f"bone .*patient's {side}.*in a rib"):
            find_level(volume, click, T12)


def cut(volume: Volume, axis: int, first: int, last: int) -> Volume:
    """Return a volume without what lies before and after two indices of an axis (i, j or k)."""
    lower, upper = [0, 0, 0], list(volume.geometry.shape_ijk)
    lower[axis], upper[axis] = first, last
    part = tuple(slice(a, b) for a, b in zip(lower, upper, strict=True))[::-1]
    voxels = np.ascontiguousarray(volume.voxels[part])
    low, high = ((p[0], p[1], p[2]) for p in (lower, upper))
    return Volume(voxels, volume.geometry.cropped(low, high))


@pytest.mark.parametrize(
    ("axis", "millimetres", "keeps_lower", "where"),
    [
        (2, 4.0, True, "above"),
        (2, 9.0, True, "above"),
        (2, 4.0, False, "below"),
        (2, 12.0, False, "below"),
        (0, 9.0, True, "on the left"),
        (0, 9.0, False, "on the right"),
        (1, 5.0, False, "in front"),
    ],
)
def test_a_body_that_the_pictures_cut_is_refused_with_the_side_that_is_missing(
    the_scan: tuple[ModelSpine, Volume],
    axis: int,
    millimetres: float,
    keeps_lower: bool,
    where: str,
) -> None:
    model, volume = the_scan
    click = focus_point_lps_mm(model, L1)
    middle = volume.geometry.ijk_of(np.asarray(click))[axis]
    away = millimetres / volume.geometry.spacing_ijk_mm[axis]
    ends = (0, round(middle + away)) if keeps_lower else (round(middle - away), None)
    last = ends[1] if ends[1] is not None else volume.geometry.shape_ijk[axis]
    with pytest.raises(AnatomyProblem, match=where) as problem:
        find_level(cut(volume, axis, ends[0], last), click, L1)
    assert "wholly inside the scan" in problem.value.hint


def test_a_click_in_cement_outlines_the_body_around_it_and_says_that_it_is_doubtful(
    the_cemented_scan: tuple[ModelSpine, Volume],
) -> None:
    model, volume = the_cemented_scan
    dense = volume.geometry.lps_of(np.argwhere(volume.voxels > 1800)[:, ::-1])
    click = dense[np.linalg.norm(dense - dense.mean(axis=0), axis=1).argmin()]
    found = find_level(volume, click, L1)
    assert any("Cement or metal lies in this body" in note for note in found.notes)
    assert found.trabecular_hu is None
    assert overlap_of_bodies(found, vertebra_truth(model, L1).model) > 0.9


def test_a_body_beside_a_cemented_one_is_outlined_as_if_it_were_not_there(
    the_cemented_scan: tuple[ModelSpine, Volume],
) -> None:
    model, volume = the_cemented_scan
    found = find_level(volume, focus_point_lps_mm(model, T12), T12)
    assert any("Cement or metal lies near this body" in note for note in found.notes)
    assert overlap_of_bodies(found, vertebra_truth(model, T12).model) > 0.92


def test_clicks_in_the_thorax_beside_bodies_are_never_a_vertebra(the_labelled_thorax) -> None:
    """Labels of another program: 52 is the aorta, 63 the vena cava, 79 the cord."""
    thorax = the_labelled_thorax
    rng = np.random.default_rng(3)
    for label in (52, 63, 79):
        places = np.argwhere(thorax.labels == label)
        lps = thorax.label_grid.lps_of(places[:, ::-1])
        lps = lps[(lps[:, 2] > -270.0) & (lps[:, 2] < -150.0)]
        for click in lps[rng.integers(len(lps), size=2)]:
            with pytest.raises(AnatomyProblem, match=r"This point lies in|No whole|No pedicle"):
                find_level(thorax.volume, click, T12)
