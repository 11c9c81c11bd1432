import attrs

from planner.geometry.shapes import Segment
from planner.gui.views.slice_frames import SliceFrames
from planner.imaging.volume import Volume
from planner.imaging.window_level import WindowLevel
from planner.rendering.plan_picture import PlanPicture
from planner.rendering.slice_content import SliceContent


def _moved(picture: PlanPicture, number: int, by_mm: float) -> PlanPicture:
    needles = list(picture.needles)
    path = needles[number].path
    end = (path.end_lps_mm[0] + by_mm, path.end_lps_mm[1], path.end_lps_mm[2])
    needles[number] = attrs.evolve(needles[number], path=Segment(path.start_lps_mm, end))
    return attrs.evolve(picture, needles=tuple(needles))


def test_a_slice_of_which_only_what_moved_is_drawn_looks_like_one_drawn_anew(
    a_picture: PlanPicture, a_volume: Volume
) -> None:
    content = SliceContent()
    content.resize(240, 180)
    content.show_volume(a_volume)
    content.recentre(a_picture.needles[0].path.end_lps_mm)
    frames = SliceFrames(content)
    drawn = []
    last = len(a_picture.needles) - 1
    for number, by_mm in ((0, 0.0), (0, 2.0), (0, 4.0), (last, 3.0), (last, 6.0), (0, 0.0)):
        content.show_picture(_moved(a_picture, number, by_mm))
        image = frames.frame(still=False)
        assert image == SliceFrames(content).frame(still=False)
        drawn.append(image)
    assert drawn[0] != drawn[1], "the needle is seen to move"
    assert drawn[0] == drawn[-1]
    content.show_window_level(WindowLevel(300.0, 500.0))
    assert frames.frame(still=False) == SliceFrames(content).frame(still=False) != drawn[0]
    content.show_height(60.0)
    assert frames.frame(still=False) == SliceFrames(content).frame(still=False)
