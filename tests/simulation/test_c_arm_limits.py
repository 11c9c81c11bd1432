import pytest

from planner.simulation.attenuating_bodies import Block
from planner.simulation.c_arm import CArmPose, mobile_c_arm
from planner.simulation.c_arm_limits import pose_problems, within_reach
from planner.simulation.instruments import table_top

CENTRE = (0.0, 0.0, 0.0)


def codes(pose: CArmPose, table: Block | None = None) -> set[str]:
    return {problem.code for problem in pose_problems(pose, mobile_c_arm(64), table)}


def test_the_usual_views_are_within_reach() -> None:
    for orbital_deg in (0.0, 30.0, 90.0, -90.0):
        assert codes(CArmPose(CENTRE, orbital_deg=orbital_deg)) == set()


def test_each_motion_has_its_limit_and_the_nearest_pose_keeps_them() -> None:
    far = CArmPose(CENTRE, orbital_deg=150.0, angular_deg=-60.0, wig_wag_deg=30.0)
    assert codes(far) == {"orbital-limit", "angular-limit", "wig-wag-limit"}
    assert codes(within_reach(far)) == set()
    assert within_reach(far).angular_deg == -45.0


def test_a_source_raised_into_the_table_strikes_it_and_one_below_does_not() -> None:
    table = table_top((0.0, -120.0, 0.0)).shape
    assert isinstance(table, Block)
    assert codes(CArmPose(CENTRE), table) == set()
    # Lateral, with the table too near to the height of the isocentre's beam and wide enough.
    low = CArmPose((0.0, -120.0, 0.0), orbital_deg=90.0)
    assert codes(low, table) == set()
    oblique = CArmPose((0.0, 330.0, 0.0))
    assert codes(oblique, table) == {"source-strikes-table"}
    (problem,) = pose_problems(oblique, mobile_c_arm(64), table)
    assert problem.strikes_lps_mm == pytest.approx((0.0, -165.0, 0.0), abs=46.0)
