"""Proposals on real CT against labels of another program, whose canal is computed apart."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from labelled_ct import (
    AORTA,
    CORD,
    LUMBAR,
    RIBS,
    THORAX,
    VENA_CAVA,
    LabelledCt,
    labelled_lumbar,
    labelled_thorax,
)

from planner.anatomy.levels import Side
from planner.anatomy.vertebra import VertebraModel
from planner.devices.catalog import device_catalog
from planner.geometry.points import FloatArray
from planner.planning.corridor_search import Proposal, propose
from planner.planning.gauge_choice import ProposalRequest, fits
from planner.planning.measures import BreachGrade, NeedleMeasures
from planner.planning.plan import NeedleRoute, PlannedNeedle, Procedure
from planner.planning.safety_maps import build_safety_maps

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
PLACES = [*(("thorax", name) for name in THORAX), *(("lumbar", name) for name in LUMBAR)]
CORD_LIMIT_MM = 2.0


class Proposed(NamedTuple):
    ct: LabelledCt
    number: int
    vertebra: VertebraModel
    proposals: tuple[Proposal, ...]

    def needles(self) -> list[tuple[PlannedNeedle, NeedleMeasures]]:
        """The first admissible needle of each side."""
        found: dict[Side, tuple[PlannedNeedle, NeedleMeasures]] = {}
        for proposal in self.proposals:
            if proposal.is_admissible:
                for needle, measures in zip(proposal.needles, proposal.measures, strict=True):
                    found.setdefault(needle.side, (needle, measures))
        return list(found.values())


_KNOWN: dict[tuple[str, str], Proposed] = {}


@pytest.fixture(params=PLACES, ids="-".join)
def a_level(request: pytest.FixtureRequest, shared_data: Path) -> Proposed:
    """A level found from a click, and what is proposed for it."""
    which, name = request.param
    if request.param not in _KNOWN:
        ct = labelled_thorax(shared_data) if which == "thorax" else labelled_lumbar(shared_data)
        number = (THORAX if which == "thorax" else LUMBAR)[name]
        vertebra = ct.found(name, number)
        maps = build_safety_maps(vertebra, ct.skin, ct.volume)
        proposals = propose(maps, ProposalRequest(Procedure.VERTEBROPLASTY), device_catalog())
        _KNOWN[request.param] = Proposed(ct, number, vertebra, proposals)
    return _KNOWN[request.param]


def axis_points(needle: PlannedNeedle, behind_tip_mm: float) -> FloatArray:
    """Return points of the axis, from so far behind the tip to the tip."""
    length_mm = needle.path.length_mm
    along = np.arange(max(length_mm - behind_tip_mm, 0.0), length_mm, 0.5)
    return np.array([needle.path.point_at(mm) for mm in (*along, length_mm)])


def radius_mm(needle: PlannedNeedle) -> float:
    return device_catalog().needle(needle.model_id).outer_radius_mm


def test_each_side_whose_pedicle_takes_13_g_gets_a_needle_of_grade_a_or_hears_what_forbids_it(
    a_level: Proposed,
) -> None:
    thin = device_catalog().needles_of_gauge(13)[0]
    got = {needle.side: measures for needle, measures in a_level.needles()}
    for side in Side:
        pedicle = a_level.vertebra.pedicle(side)
        if pedicle is not None and fits(thin, pedicle):
            if side not in got:
                refused = [
                    p.forbidden_by
                    for p in a_level.proposals
                    if not p.is_admissible and p.needles[0].side is side
                ]
                assert refused, f"nothing is said of the {side.value} side"
                print(f"{a_level.vertebra.level.name} {side.value}: {refused}")  # noqa: T201
            elif got[side].route is NeedleRoute.TRANSPEDICULAR:
                assert got[side].grade is BreachGrade.A


def test_every_point_of_the_axis_inside_bone_lies_in_the_labelled_vertebra(
    a_level: Proposed,
) -> None:
    for needle, measures in a_level.needles():
        landmarks = measures.landmarks
        if measures.route is NeedleRoute.EXTRAPEDICULAR or landmarks is None:
            continue
        assert landmarks.isthmus_mm is not None
        assert landmarks.tip_mm is not None
        points = axis_points(needle, landmarks.tip_mm - landmarks.isthmus_mm)
        assert a_level.ct.is_in(a_level.number, points).all()


def test_no_needle_comes_near_the_labelled_cord_canal_foramina_ribs_or_vessels(
    a_level: Proposed,
) -> None:
    ct = a_level.ct
    canal, foramina = ct.canal_and_foramina(a_level.number)
    for needle, _ in a_level.needles():
        points = axis_points(needle, 70.0)
        for name, inside, limit_mm in (
            ("cord", ct.labels == CORD, CORD_LIMIT_MM),
            ("canal", canal, 0.0),
            ("foramina", foramina, 0.0),
            ("ribs", np.isin(ct.labels, RIBS), 0.0),
            ("vessels", np.isin(ct.labels, (AORTA, VENA_CAVA)), 0.0),
        ):
            least_mm = ct.least_distance_mm(inside, points)
            margin_mm = None if least_mm is None else least_mm - radius_mm(needle)
            print(a_level.vertebra.level.name, needle.side.value, name, margin_mm)  # noqa: T201
            assert margin_mm is None or margin_mm >= limit_mm, (name, needle.side)


def test_where_no_needle_is_safe_the_least_bad_one_says_which_limit_forbids_it(
    a_level: Proposed,
) -> None:
    for proposal in a_level.proposals:
        if not proposal.is_admissible:
            assert proposal.forbidden_by
            assert proposal.place == "least bad, breaks a limit"
            assert any(reason.startswith("forbidden: ") for reason in proposal.reasons)
