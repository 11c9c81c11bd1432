"""A choice on the page becomes the spec of exactly that case."""

import pytest

from planner.anatomy.levels import VertebraLevel
from planner.digital_spine.model_patient import BoneQuality
from planner.digital_spine.pathology import Cleft, Fracture, Lesion, WallHole
from planner.gui.make_case.case_request import CaseKind, CaseRequest


def test_a_healthy_case_has_nothing_wrong() -> None:
    assert CaseRequest(kind=CaseKind.HEALTHY).spec().pathologies == ()


@pytest.mark.parametrize(
    "kind", [CaseKind.WEDGE, CaseKind.BICONCAVE, CaseKind.CRUSH, CaseKind.HEALED, CaseKind.CLEFT]
)
def test_the_largest_loss_of_a_fracture_is_the_chosen_one(kind: CaseKind) -> None:
    spec = CaseRequest(level=VertebraLevel.T12, kind=kind, severity=0.4).spec()
    (fracture,) = [p for p in spec.pathologies if isinstance(p, Fracture)]
    losses = (fracture.anterior_loss, fracture.middle_loss, fracture.posterior_loss)
    assert max(losses) == pytest.approx(0.4)
    assert fracture.level is VertebraLevel.T12
    assert fracture.is_healed is (kind is CaseKind.HEALED)


def test_a_wedge_is_lowest_in_front_and_a_biconcave_body_in_the_middle() -> None:
    (wedge,) = CaseRequest(kind=CaseKind.WEDGE, severity=0.5).spec().pathologies
    (sunk,) = CaseRequest(kind=CaseKind.BICONCAVE, severity=0.5).spec().pathologies
    assert isinstance(wedge, Fracture)
    assert isinstance(sunk, Fracture)
    assert wedge.anterior_loss == pytest.approx(0.5)
    assert sunk.middle_loss == pytest.approx(0.5)


def test_clefts_and_lesions_lie_in_the_chosen_level() -> None:
    cleft = CaseRequest(level=VertebraLevel.T11, kind=CaseKind.CLEFT).spec().pathologies
    lytic = CaseRequest(level=VertebraLevel.L3, kind=CaseKind.LYTIC).spec().pathologies
    assert {type(p) for p in cleft} == {Fracture, Cleft}
    assert {type(p) for p in lytic} == {Lesion, WallHole}
    assert {p.level for p in cleft} == {VertebraLevel.T11}
    assert {p.level for p in lytic} == {VertebraLevel.L3}


@pytest.mark.parametrize(
    ("level", "first", "last"),
    [
        (VertebraLevel.T12, VertebraLevel.T10, VertebraLevel.L2),
        (VertebraLevel.T4, VertebraLevel.T4, VertebraLevel.T6),
        (VertebraLevel.L5, VertebraLevel.L3, VertebraLevel.L5),
    ],
)
def test_the_images_reach_two_levels_to_each_side_as_far_as_the_model_goes(
    level: VertebraLevel, first: VertebraLevel, last: VertebraLevel
) -> None:
    spec = CaseRequest(level=level).spec()
    assert (spec.first_level, spec.focus_level, spec.last_level) == (first, level, last)


def test_the_patient_is_the_chosen_one() -> None:
    spec = CaseRequest(bone=BoneQuality.SEVERE, sex="male", seed=77).spec()
    assert (spec.patient.bone, spec.patient.sex, spec.seed) == (BoneQuality.SEVERE, "male", 77)


def test_mr_and_x_rays_are_made_only_where_asked_for() -> None:
    alone, together = CaseRequest().spec(), CaseRequest(has_companions=True).spec()
    assert (alone.mr, alone.radiographs) == ((), False)
    assert {contrast.name for contrast in together.mr} == {"T1", "T2", "STIR"}
    assert together.radiographs


@pytest.mark.parametrize("wrong", [{"severity": 0.0}, {"severity": 0.9}, {"seed": -1}])
def test_what_no_model_can_be_cannot_be_asked_for(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        CaseRequest(**wrong)  # type: ignore[arg-type]
