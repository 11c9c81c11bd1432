"""What is measured once is measured anew as soon as anything it depends on changes."""

import attrs
from phantom_vertebra import phantom_plan

from planner.assessment.assess import assess
from planner.planning.kept_measures import measured_once
from planner.planning.plan import Plan


def test_the_same_is_measured_once_and_anything_else_anew(the_maps):
    made = []

    def measure(number):
        made.append(number)
        return number

    assert [measured_once(the_maps, ("kept", n), lambda n=n: measure(n)) for n in (1, 1, 2)] == [
        1,
        1,
        2,
    ]
    assert made == [1, 2]
    others = [measured_once(the_maps, ("others", n), lambda n=n: n) for n in range(40)]
    assert others == list(range(40))
    assert measured_once(the_maps, ("kept", 1), lambda: measure(3)) == 3


def test_a_moved_needle_and_a_fuller_balloon_are_judged_anew(the_maps, the_catalog):
    (level,) = phantom_plan().levels

    def judged(item):
        return assess(Plan((item,)), {item.level: the_maps}, the_catalog, slice_step_mm=0.7).levels[
            0
        ]

    before, again = judged(level), judged(level)
    assert again.needles[0] is before.needles[0]
    needle = level.needles[0]
    shorter = attrs.evolve(needle, tip_lps_mm=needle.path.point_at(needle.path.length_mm - 3.0))
    moved = judged(attrs.evolve(level, needles=(shorter, *level.needles[1:])))
    assert moved.needles[0].tip_lps_mm == shorter.tip_lps_mm
    assert moved.needles[0].depth_from_skin_mm < before.needles[0].depth_from_skin_mm
    fuller = attrs.evolve(level.balloons[0], volume_ml=level.balloons[0].volume_ml + 0.5)
    wider = judged(attrs.evolve(level, balloons=(fuller, *level.balloons[1:])))
    assert wider.balloons[0].shape.volume_mm3 > before.balloons[0].shape.volume_mm3
