import attrs
import numpy as np
import pytest

from planner.anatomy.chain import SpineChain, find_chain
from planner.anatomy.levels import VertebraLevel
from planner.digital_spine.case_field import case_field
from planner.digital_spine.case_spec import CaseSpec, ready_spec
from planner.digital_spine.model_patient import BoneQuality, ModelPatient
from planner.digital_spine.model_spine import ModelSpine, build_model
from planner.digital_spine.pathology import Pathology, Screws, Spurs, fracture_of_kind
from planner.digital_spine.scan_settings import ScanSettings
from planner.digital_spine.scanner import scan_hu
from planner.foundation.errors import AnatomyProblem
from planner.geometry.grids import GridGeometry
from planner.imaging.volume import Volume

pytestmark = pytest.mark.slow

T12, L1, L2, L3 = (VertebraLevel.named(name) for name in ("T12", "L1", "L2", "L3"))
T8_TO_L4 = [f"T{n}" for n in range(8, 13)] + [f"L{n}" for n in range(1, 5)]
THIN = BoneQuality.OSTEOPOROTIC
_CENTRE_MM = 8.0
CASES: dict[str, tuple[ModelPatient, float, bool, tuple[Pathology, ...]]] = {
    "healthy man": (ModelPatient(sex="male"), 1.0, False, ()),
    "healthy woman": (ModelPatient(), 2.0, False, ()),
    "osteoporotic": (ModelPatient(bone=THIN, kyphosis_deg=45.0), 1.0, False, ()),
    "severe": (ModelPatient(bone=BoneQuality.SEVERE, kyphosis_deg=50.0), 2.5, False, ()),
    "wedge": (
        ModelPatient(bone=BoneQuality.OSTEOPENIC, kyphosis_deg=38.0),
        1.0,
        False,
        (fracture_of_kind(T12, "wedge", 0.3),),
    ),
    "severe wedge": (
        ModelPatient(bone=THIN),
        2.5,
        False,
        (fracture_of_kind(L1, "wedge", 0.45),),
    ),
    "biconcave": (
        ModelPatient(bone=THIN),
        1.5,
        False,
        (fracture_of_kind(L1, "biconcave", 0.4), fracture_of_kind(L3, "biconcave", 0.3)),
    ),
    "crush": (
        ModelPatient(sex="male", bone=THIN),
        1.25,
        False,
        (fracture_of_kind(L2, "crush", 0.4),),
    ),
    "spurs": (ModelPatient(sex="male"), 2.0, False, (Spurs(L2), Spurs(L3))),
    "contrast": (ModelPatient(), 1.25, True, ()),
    "contrast, thin bone": (ModelPatient(sex="male", bone=THIN), 2.5, True, ()),
    "scoliosis": (ModelPatient(scoliosis_deg=25.0, rotation_deg=10.0), 1.5, False, ()),
}


def scanned(spec: CaseSpec) -> tuple[ModelSpine, Volume]:
    model = build_model(spec.patient, spec.pathologies, spec.seed)
    field = case_field(spec, model)
    return model, Volume(scan_hu(model, field.lattice, spec.scan), field.grid)


def names(chain: SpineChain) -> list[str]:
    return [place.level.name for place in chain.levels]


def farthest_centre_mm(chain: SpineChain, model: ModelSpine) -> float:
    return max(
        float(
            np.linalg.norm(
                np.subtract(
                    place.centre_lps_mm,
                    model.spine.vertebra(place.level).lps_from_vertebra.translation_mm,
                )
            )
        )
        for place in chain.levels
    )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_model_spine_is_found_and_named_without_a_click(case: str) -> None:
    patient, step_mm, contrast, pathologies = CASES[case]
    spec = CaseSpec(
        case,
        seed=100 + list(CASES).index(case),
        patient=patient,
        scan=ScanSettings(step_mm=step_mm, contrast=contrast),
        first_level=VertebraLevel.T8,
        last_level=VertebraLevel.L4,
        pathologies=pathologies,
    )
    model, volume = scanned(spec)
    chain = find_chain(volume)
    assert names(chain) == T8_TO_L4
    assert farthest_centre_mm(chain, model) < _CENTRE_MM
    assert any("sideways" in remark for remark in chain.remarks) == (case == "scoliosis")


@pytest.fixture(scope="module")
def a_small_scan() -> tuple[ModelSpine, Volume]:
    return scanned(
        CaseSpec(
            "small",
            seed=7,
            scan=ScanSettings(spacing_mm=0.9, step_mm=2.0),
            first_level=VertebraLevel.T10,
            last_level=VertebraLevel.L3,
        )
    )


def turned(volume: Volume) -> Volume:
    """The same patient in the same place, all axes of the array run the other way, two swapped."""
    old = volume.geometry
    k, j, i = volume.voxels.shape
    swap = np.zeros((4, 4))
    swap[0, 1] = swap[1, 0] = swap[2, 2] = -1.0
    swap[:, 3] = (i - 1, j - 1, k - 1, 1)
    voxels = np.ascontiguousarray(volume.voxels[::-1, ::-1, ::-1].transpose(0, 2, 1))
    return Volume(voxels, GridGeometry((j, i, k), old.lps_from_ijk @ swap))


def cropped(volume: Volume) -> Volume:
    i, j, k = volume.geometry.shape_ijk
    lower, upper = (i // 6, j // 8, 0), (i - i // 6, j, k)
    part = volume.voxels[:, lower[1] : upper[1], lower[0] : upper[0]]
    return Volume(np.ascontiguousarray(part), volume.geometry.cropped(lower, upper))


@pytest.mark.parametrize("change", [turned, cropped], ids=["turned", "cropped"])
def test_names_and_places_do_not_depend_on_how_the_images_are_stored(
    a_small_scan: tuple[ModelSpine, Volume], change
) -> None:
    model, volume = a_small_scan
    before, after = find_chain(volume), find_chain(change(volume))
    assert names(before) == names(after) == ["T10", "T11", "T12", "L1", "L2", "L3"]
    assert farthest_centre_mm(after, model) < _CENTRE_MM
    for one, other in zip(before.levels, after.levels, strict=True):
        assert np.allclose(one.centre_lps_mm, other.centre_lps_mm, atol=3.0)


def test_one_correction_renames_the_whole_chain(a_small_scan: tuple[ModelSpine, Volume]) -> None:
    _, volume = a_small_scan
    chain = find_chain(volume)
    renamed = chain.renamed(VertebraLevel.T13, chain.levels[3].centre_lps_mm)
    assert names(renamed) == ["T10", "T11", "T12", "T13", "L1", "L2"]
    assert renamed.naming.certain
    anchored = find_chain(volume, anchor=(VertebraLevel.T13, chain.levels[3].centre_lps_mm))
    assert names(anchored) == names(renamed)


def test_a_name_for_a_point_beside_the_spine_is_refused(
    a_small_scan: tuple[ModelSpine, Volume],
) -> None:
    _, volume = a_small_scan
    beside = np.add(find_chain(volume).levels[2].centre_lps_mm, (55.0, 0.0, 0.0))
    with pytest.raises(AnatomyProblem, match="no whole vertebra"):
        find_chain(volume, anchor=(T12, beside))


def test_a_volume_without_a_spine_is_refused() -> None:
    grid = GridGeometry.axis_aligned((60, 60, 60), (0.0, 0.0, 0.0), (2.0, 2.0, 2.0))
    noise = np.random.default_rng(1).normal(40.0, 15.0, (60, 60, 60)).astype(np.int16)
    with pytest.raises(AnatomyProblem):
        find_chain(Volume(noise, grid))


def test_cement_is_told_at_its_level_only() -> None:
    _, volume = scanned(ready_spec("treated-l1"))
    told = [remark for remark in find_chain(volume).remarks if "cement" in remark]
    assert len(told) == 1
    assert told[0].startswith("L1 ")


def test_screws_are_told_as_metal() -> None:
    spec = CaseSpec("screws", seed=30, pathologies=(Screws(L1),))
    _, volume = scanned(attrs.evolve(spec, scan=ScanSettings(step_mm=1.25)))
    told = [remark for remark in find_chain(volume).remarks if "Metal" in remark]
    assert len(told) == 1
    assert "L1" in told[0]
    assert "T12" not in told[0]
    assert names(find_chain(volume))[0] == "T10"


def test_every_whole_level_of_the_thorax_ct_is_named(the_labelled_thorax) -> None:
    chain = find_chain(the_labelled_thorax.volume)
    expected = [f"T{n}" for n in range(1, 13)] + ["L1"]
    assert names(chain)[: len(expected)] == expected
    assert chain.naming.certain
