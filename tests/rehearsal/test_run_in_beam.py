"""What stands in the patient is seen in his X-ray, where it stands."""

import numpy as np
import pytest
from test_session import chain, in_the_body

from planner.anatomy.levels import Side
from planner.foundation.clinical_numbers import clinical_number
from planner.rehearsal.events import Advance, Exchange, Inflate, Inject, Tool
from planner.rehearsal.run_in_beam import scene_of
from planner.rehearsal.session import begin, replayed
from planner.simulation.attenuation import prepare
from planner.simulation.c_arm import CArmPose, mobile_c_arm, view_of
from planner.simulation.shot import water_along_rays


@pytest.fixture(scope="module")
def patient():
    from phantom_vertebra import PhantomShape
    from rehearsal_stages import stage_of

    return prepare(stage_of(PhantomShape()).volume)


@pytest.fixture
def added(a_stage, patient):
    """What a run adds to the empty patient's lateral, and the view."""
    centre = a_stage.vertebra.centre_lps_mm
    view = view_of(mobile_c_arm(256), CArmPose(centre, orbital_deg=90.0))
    empty = water_along_rays(scene_of(begin(a_stage), a_stage, patient), view)

    def of(events):
        state = replayed(events, a_stage)
        return water_along_rays(scene_of(state, a_stage, patient), view) - empty, view, state

    return of


def test_a_needle_ends_in_the_picture_where_it_ends_in_the_patient(added, a_plan) -> None:
    image, view, state = added(in_the_body(a_plan))
    (tip,) = view.pixels_of(np.array([state.on(Side.LEFT).tip_lps_mm]))
    columns = np.flatnonzero((image > 2.0).any(axis=0))
    # Anterior is image left: the tip is the needle's leftmost end.
    assert columns[0] == pytest.approx(tip[0], abs=2.0)


def test_a_balloon_full_of_contrast_and_cement_are_seen_where_they_are(added, a_plan) -> None:
    needle, balloon = a_plan.needle(Side.LEFT), a_plan.balloon(Side.LEFT)
    to_balloon = chain(
        a_plan,
        Advance(5.0, Side.LEFT, needle.path.length_mm - 20.0),
        Exchange(6.0, Side.LEFT, Tool.BALLOON, balloon.model_id),
        Advance(7.0, Side.LEFT, 20.0),
    )
    flat, view, _ = added([*to_balloon, Inflate(8.0, Side.LEFT, 0.0)])
    full, _, _ = added([*to_balloon, Inflate(8.0, Side.LEFT, 2.0)])
    middle = needle.path.point_at(needle.path.length_mm - 10.0)
    ((column, row),) = np.rint(view.pixels_of(np.array([middle]))).astype(int)
    grown = (full - flat)[row - 2 : row + 3, column - 2 : column + 3].mean()
    assert grown > 5.0 * clinical_number("xray-contrast")
    cement, _, state = added([*in_the_body(a_plan), Inject(8.0, Side.LEFT, 2.0)])
    bare, _, _ = added(in_the_body(a_plan))
    weighed_ml = (cement - bare).sum() * 0.001 * (view.pixel_mm * 530.0 / 1020.0) ** 2
    assert weighed_ml / clinical_number("xray-cement") == pytest.approx(
        state.fill.volume_ml, rel=0.06
    )


@pytest.mark.parametrize("tool", [Tool.WIRE, Tool.CANNULA, Tool.BIOPSY, Tool.DRILL, Tool.FILLER])
def test_every_tool_of_the_chain_is_seen(added, a_plan, tool) -> None:
    events = [*in_the_body(a_plan), Exchange(3.0, Side.LEFT, Tool.WIRE)]
    if tool is not Tool.WIRE:
        events += [Exchange(4.0, Side.LEFT, Tool.CANNULA), Advance(5.0, Side.LEFT, 60.0)]
    if tool in {Tool.BIOPSY, Tool.DRILL, Tool.FILLER}:
        events += [Exchange(6.0, Side.LEFT, tool)]
    image, _, _ = added(events)
    assert image.max() > 15.0
