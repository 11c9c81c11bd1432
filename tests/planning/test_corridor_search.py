import time

import attrs
import numpy as np
import pytest
from phantom_vertebra import PhantomShape, phantom_skin, phantom_vertebra

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.devices.device_values import DeviceCatalog
from planner.foundation.errors import PlanProblem
from planner.foundation.progress import Cancelled
from planner.geometry.points import distance_mm
from planner.imaging.volume import VoxelMask
from planner.planning.corridor_search import Proposal, propose, warm_up_search
from planner.planning.gauge_choice import ProposalRequest, needles_to_try
from planner.planning.needle_checks import needle_checks, unmet
from planner.planning.needle_margins import measure_needle
from planner.planning.plan import Approach, Procedure
from planner.planning.safety_maps import SafetyMaps, build_safety_maps

VERTEBROPLASTY = ProposalRequest(Procedure.VERTEBROPLASTY)


@pytest.fixture
def the_proposals(the_maps: SafetyMaps, the_catalog: DeviceCatalog) -> tuple[Proposal, ...]:
    return propose(the_maps, VERTEBROPLASTY, the_catalog)


def narrow_maps(width_mm: float) -> SafetyMaps:
    """A vertebra whose left pedicle is narrow."""
    shape = PhantomShape(left_width_mm=width_mm)
    return build_safety_maps(phantom_vertebra(shape), phantom_skin(shape))


def test_two_needles_are_proposed_where_both_pedicles_take_one(
    the_proposals: tuple[Proposal, ...],
) -> None:
    pairs = [p for p in the_proposals if p.approach is Approach.BIPEDICULAR]
    assert len(pairs) >= 3
    assert list(the_proposals[: len(pairs)]) == pairs
    for proposal in pairs:
        assert [needle.side for needle in proposal.needles] == [Side.LEFT, Side.RIGHT]
        assert proposal.is_admissible
        assert proposal.tried >= 100_000


def test_every_proposed_needle_keeps_every_hard_limit_as_measured(
    the_proposals: tuple[Proposal, ...], the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    for proposal in the_proposals:
        for needle, measures in zip(proposal.needles, proposal.measures, strict=True):
            again = measure_needle(needle, the_maps, the_catalog)
            assert again == measures
            model = the_catalog.needle(needle.model_id)
            assert unmet(needle_checks(again, model, the_maps.vertebra)) == ()


def test_the_needle_of_a_side_lies_on_the_patients_side(
    the_proposals: tuple[Proposal, ...], the_maps: SafetyMaps
) -> None:
    frame = the_maps.vertebra.lps_from_vertebra.inverse
    for needle in the_proposals[0].needles:
        assert frame.point(needle.skin_lps_mm)[0] * needle.side.sign > 0
        assert frame.point(needle.tip_lps_mm)[0] * needle.side.sign > 0


def test_proposals_are_ranked_and_differ(the_proposals: tuple[Proposal, ...]) -> None:
    pairs = [p for p in the_proposals if len(p.needles) == 2]
    scores = [proposal.score for proposal in pairs]
    assert scores == sorted(scores, reverse=True)
    for number, one in enumerate(pairs):
        for other in pairs[number + 1 :]:
            assert any(
                distance_mm(a.tip_lps_mm, b.tip_lps_mm) > 1.0
                or distance_mm(a.skin_lps_mm, b.skin_lps_mm) > 1.0
                for a, b in zip(one.needles, other.needles, strict=True)
            )


def test_every_proposal_has_its_place_among_the_others_and_one_needle_is_an_alternative(
    the_proposals: tuple[Proposal, ...],
) -> None:
    assert the_proposals[0].place
    assert all(proposal.place for proposal in the_proposals)
    ways = {proposal.approach for proposal in the_proposals}
    assert {Approach.UNIPEDICULAR_LEFT, Approach.UNIPEDICULAR_RIGHT} & ways


def test_a_proposal_gives_its_reasons_in_words(the_proposals: tuple[Proposal, ...]) -> None:
    reasons = " ".join(the_proposals[0].reasons)
    for word in ("left", "right", "pedicle wall", "spinal canal", "endplate", "depth"):
        assert word in reasons


def test_proposed_needles_stay_clear_by_more_than_the_outline_may_err(
    the_proposals: tuple[Proposal, ...],
) -> None:
    for measures in the_proposals[0].measures:
        wall = measures.margins.pedicle_wall
        assert wall is not None
        assert wall.distance_mm > wall.uncertainty_mm
        assert measures.bone_entry_lps_mm is not None
        assert 0.6 <= measures.tip_depth_share <= 0.85


@pytest.mark.parametrize("side", Side)
def test_a_single_needle_reaches_the_midline(
    side: Side, the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    approach = Approach(f"unipedicular-{side.value}")
    request = ProposalRequest(Procedure.VERTEBROPLASTY, approach)
    proposals = propose(the_maps, request, the_catalog)
    assert len(proposals) >= 3
    (measures,) = proposals[0].measures
    assert proposals[0].needles[0].side is side
    assert measures.tip_lateral_share is not None
    assert measures.tip_lateral_share < 0.15
    assert measures.transverse_deg > 15.0
    assert proposals[0].tried >= 100_000


@pytest.mark.slow
def test_in_a_mirror_the_search_finds_the_mirrored_needles(the_catalog: DeviceCatalog) -> None:
    angles = {}
    for name, shape in (("as it is", PhantomShape()), ("mirrored", PhantomShape().mirrored())):
        vertebra = phantom_vertebra(shape, in_mirror=name == "mirrored")
        maps = build_safety_maps(vertebra, phantom_skin())
        best = propose(maps, VERTEBROPLASTY, the_catalog)[0]
        angles[name] = {m.side: (m.transverse_deg, m.tip_lateral_share) for m in best.measures}
    for side in Side:
        turned, lateral = angles["as it is"][side]
        mirrored_turned, mirrored_lateral = angles["mirrored"][side.opposite]
        assert mirrored_turned == pytest.approx(turned, abs=1.0)
        assert mirrored_lateral == pytest.approx(lateral, abs=0.03)


def test_a_gauge_too_wide_for_a_pedicle_is_refused_with_side_width_and_the_widest_that_fits(
    the_catalog: DeviceCatalog,
) -> None:
    request = ProposalRequest(Procedure.VERTEBROPLASTY, gauge=8)
    with pytest.raises(PlanProblem) as problem:
        propose(narrow_maps(4.6), request, the_catalog)
    sentence = str(problem.value)
    for part in ("8 G", "left", "L1", "4.6 mm", "10 G"):
        assert part in sentence


def test_a_gauge_that_no_balloon_passes_is_refused_for_a_kyphoplasty(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    with pytest.raises(PlanProblem, match="11 G"):
        propose(the_maps, ProposalRequest(Procedure.KYPHOPLASTY, gauge=11), the_catalog)


@pytest.mark.parametrize(
    ("procedure", "level", "narrowest_mm", "gauge"),
    [
        (Procedure.KYPHOPLASTY, VertebraLevel.L1, 8.0, 8),
        (Procedure.KYPHOPLASTY, VertebraLevel.T8, 5.0, 10),
        (Procedure.VERTEBROPLASTY, VertebraLevel.L1, 8.0, 11),
        (Procedure.VERTEBROPLASTY, VertebraLevel.L1, 3.5, 13),
        (Procedure.VERTEBROPLASTY, VertebraLevel.T8, 6.0, 13),
        (Procedure.VERTEBROPLASTY, VertebraLevel.T5, 2.9, 15),
    ],
)
def test_the_default_gauge_follows_the_procedure_and_the_narrower_pedicle(
    procedure: Procedure,
    level: VertebraLevel,
    narrowest_mm: float,
    gauge: int,
    a_phantom_vertebra: VertebraModel,
    the_catalog: DeviceCatalog,
) -> None:
    right = a_phantom_vertebra.right_pedicle
    assert right is not None
    vertebra = attrs.evolve(
        a_phantom_vertebra,
        level=level,
        right_pedicle=attrs.evolve(right, width_mm=narrowest_mm),
    )
    models = needles_to_try(vertebra, ProposalRequest(procedure), tuple(Side), the_catalog)
    assert {model.gauge for model in models} == {gauge}


def test_a_thinner_needle_is_proposed_where_the_usual_one_finds_no_way(
    the_catalog: DeviceCatalog,
) -> None:
    # 8 G would fill 76 % of these pedicles, and a millimetre of canal lies nearer than usual.
    shape = PhantomShape(left_width_mm=5.5, right_width_mm=5.5, canal_radius_mm=10.2)
    maps = build_safety_maps(phantom_vertebra(shape), phantom_skin())
    request = ProposalRequest(Procedure.KYPHOPLASTY, Approach.BIPEDICULAR)
    best = propose(maps, request, the_catalog)[0]
    assert best.is_admissible
    assert {the_catalog.needle(needle.model_id).gauge for needle in best.needles} == {10}


def test_a_canal_too_near_makes_the_least_bad_path_inadmissible_and_says_why(
    the_catalog: DeviceCatalog,
) -> None:
    # A canal so wide that its bone leaves two pedicles of less than three millimetres.
    shape = PhantomShape(canal_radius_mm=13.0, left_width_mm=5.0, right_width_mm=5.0)
    maps = build_safety_maps(phantom_vertebra(shape), phantom_skin())
    proposals = propose(
        maps, attrs.evolve(VERTEBROPLASTY, approach=Approach.BIPEDICULAR), the_catalog
    )
    assert len(proposals) == 1
    assert not proposals[0].is_admissible
    assert "canal-margin" in proposals[0].forbidden_by
    assert any(reason.startswith("forbidden: ") for reason in proposals[0].reasons)


def test_bone_across_every_way_in_forbids_them(
    a_phantom_vertebra: VertebraModel, a_phantom_skin: VoxelMask, the_catalog: DeviceCatalog
) -> None:
    grid = a_phantom_vertebra.whole.geometry
    y = grid.lps_of(np.stack(np.meshgrid(*map(np.arange, grid.shape_ijk), indexing="ij"), -1))
    behind = (y[..., 1] > a_phantom_vertebra.centre_lps_mm[1] + 42.0).transpose(2, 1, 0)
    walled = attrs.evolve(
        a_phantom_vertebra,
        other_bone=VoxelMask(behind & ~a_phantom_vertebra.whole.voxels, grid),
    )
    maps = build_safety_maps(walled, a_phantom_skin)
    request = ProposalRequest(Procedure.VERTEBROPLASTY, Approach.UNIPEDICULAR_LEFT)
    assert "neighbour-bone" in propose(maps, request, the_catalog)[0].forbidden_by


def test_a_pedicle_that_was_not_found_is_asked_for_in_a_sentence(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    maps = attrs.evolve(the_maps, vertebra=attrs.evolve(the_maps.vertebra, left_pedicle=None))
    request = ProposalRequest(Procedure.VERTEBROPLASTY, Approach.BIPEDICULAR)
    with pytest.raises(PlanProblem, match="left pedicle"):
        propose(maps, request, the_catalog)
    found = propose(maps, VERTEBROPLASTY, the_catalog)
    assert found[0].approach is Approach.UNIPEDICULAR_RIGHT


def test_a_search_that_is_cancelled_stops(the_maps: SafetyMaps, the_catalog: DeviceCatalog) -> None:
    def cancel(*_: object) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        propose(the_maps, VERTEBROPLASTY, the_catalog, cancel)


def test_a_level_is_searched_in_less_than_a_second(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    warm_up_search()
    propose(the_maps, VERTEBROPLASTY, the_catalog)
    start = time.process_time()
    propose(the_maps, VERTEBROPLASTY, the_catalog)
    assert time.process_time() - start < 1.0
