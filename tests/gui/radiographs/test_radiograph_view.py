import json

import attrs
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from pytestqt.qtbot import QtBot

from planner.geometry.measurement import MeasureKind
from planner.geometry.side_letters import SideLetters
from planner.gui.radiographs.measurement_book import MeasurementBook
from planner.gui.radiographs.radiograph_greys import radiograph_greys
from planner.gui.radiographs.radiograph_view import RadiographView
from planner.gui.radiographs.radiograph_words import (
    NO_SIDES,
    caveat_of,
    measured_words,
    sides_words,
)
from planner.gui.views.overlay import qcolor
from planner.imaging.radiograph import PixelSpacing, Radiograph, SpacingKind
from planner.imaging.radiograph_measurement import RadiographMeasurement, RegionValues
from planner.imaging.window_level import WindowLevel
from planner.rendering.palette import SIDE_LETTER

KEY = ("1.2", "", 0)
LEFT = Qt.MouseButton.LeftButton
DETECTOR = PixelSpacing(0.2, 0.2, SpacingKind.DETECTOR, "Lengths are those on the detector.")


def _radiograph(spacing: PixelSpacing | None = DETECTOR) -> Radiograph:
    """Return a picture that is bright above and to the left."""
    pixels = np.zeros((200, 300), dtype=np.float32)
    pixels[:100, :150] = 1000.0
    return Radiograph(pixels, spacing, "DX", "LL", "")


@pytest.fixture
def a_view(qtbot: QtBot) -> RadiographView:
    view = RadiographView(MeasurementBook())
    qtbot.addWidget(view)
    view.resize(600, 400)
    picture = _radiograph()
    view.show_radiograph(picture, radiograph_greys(picture), KEY)
    view.show()
    return view


def _at(view: RadiographView, column: float, row: float) -> QPoint:
    return view.position_of((column, row)).toPoint()


def _drag(qtbot: QtBot, view: RadiographView, start: QPoint, end: QPoint) -> None:
    qtbot.mousePress(view, LEFT, pos=start)
    qtbot.mouseRelease(view, LEFT, pos=end)


def test_the_picture_is_upright_and_not_mirrored(a_view: RadiographView) -> None:
    image = a_view.grab().toImage()

    def grey(column: float, row: float) -> int:
        return image.pixelColor(_at(a_view, column, row)).red()

    assert grey(75, 50) > 200
    assert max(grey(225, 50), grey(75, 150), grey(225, 150)) < 40


def test_a_dragged_line_is_measured_in_pixels_of_the_picture_at_any_zoom(
    a_view: RadiographView, qtbot: QtBot
) -> None:
    a_view._zoom *= 1.7
    a_view.measure(MeasureKind.DISTANCE)
    _drag(qtbot, a_view, _at(a_view, 100, 60), _at(a_view, 160, 140))
    (made,) = a_view._book.of(KEY)
    assert np.ptp(made.points_px, axis=0) == pytest.approx((60, 80), abs=0.8)
    assert measured_words(made, _radiograph()).startswith("20.")


def test_each_change_is_one_step_of_undo(a_view: RadiographView, qtbot: QtBot) -> None:
    a_view.measure(MeasureKind.DISTANCE)
    _drag(qtbot, a_view, _at(a_view, 100, 60), _at(a_view, 160, 140))
    book = a_view._book
    (made,) = book.of(KEY)
    for column in (165, 170, 180):
        moved = made.with_point(1, (column, 140))
        book.replace(KEY, moved, "one drag")
    assert book.stack.count() == 2
    a_view.chosen = made.id
    a_view.delete_chosen()
    assert book.of(KEY) == ()
    book.stack.undo()
    book.stack.undo()
    assert book.of(KEY) == (made,)
    book.stack.undo()
    assert book.of(KEY) == ()


def test_measurements_belong_to_their_own_picture(a_view: RadiographView) -> None:
    a_view._book.add(KEY, MeasureKind.DISTANCE, ((0, 0), (1, 1)))
    assert a_view._book.of(("1.2", "", 1)) == ()


def test_a_place_of_the_widget_and_a_pixel_are_one_another(a_view: RadiographView) -> None:
    place = a_view.place_of(QPointF(123.0, 77.0))
    back = a_view.position_of(place)
    assert (back.x(), back.y()) == pytest.approx((123.0, 77.0))


def test_every_length_says_where_its_millimetres_hold() -> None:
    line = RadiographMeasurement("a", MeasureKind.DISTANCE, ((0, 0), (30, 40)))
    assert measured_words(line, _radiograph()) == "10.0 mm on the detector"
    calibrated = PixelSpacing(0.2, 0.2, SpacingKind.CALIBRATED, "c")
    assert measured_words(line, _radiograph(calibrated)) == "10.0 mm calibrated"
    heights = RadiographMeasurement(
        "b", MeasureKind.HEIGHTS, ((0, 0), (0, 20), (5, 0), (5, 22), (9, 0), (9, 26))
    )
    assert "mm on the detector" in measured_words(heights, _radiograph())


def test_without_a_pixel_size_no_millimetre_is_written_and_it_is_said_why() -> None:
    picture = _radiograph(None)
    for kind in MeasureKind:
        points = tuple((float(n * 7 % 50), float(n * 13 % 40)) for n in range(kind.point_count))
        assert "mm" not in measured_words(RadiographMeasurement("a", kind, points), picture)
    assert "no pixel size" in caveat_of(picture.spacing)


def test_a_side_is_named_only_where_the_file_names_it() -> None:
    assert "part" not in sides_words(_radiograph())
    of_left = Radiograph(np.zeros((2, 2), np.float32), None, "CR", "AP", "L")
    assert "part: left" in sides_words(of_left)


def test_a_picture_shown_small_is_averaged_and_keeps_its_window() -> None:
    pixels = np.indices((512, 512)).sum(axis=0).astype(np.float32) % 2 * 1000.0
    greys = radiograph_greys(Radiograph(pixels, None, "DX", "", ""))
    times, steps = greys.at_zoom(0.25)
    assert times == 4
    shades = greys.greys(steps, WindowLevel(1000.0, 500.0))
    assert shades.min() == pytest.approx(127, abs=1) == shades.max()
    assert greys.at_zoom(1.0)[0] == 1


def test_the_lens_shows_what_is_under_it_larger_while_its_key_is_held(
    a_view: RadiographView, qtbot: QtBot
) -> None:
    # Just beside the border between bright and dark: three times as far away in the lens.
    border = a_view.position_of((149.5, 50.0))
    a_view._last = border + QPointF(20.0, 0.0)
    probe = (border + QPointF(-10.0, 0.0)).toPoint()
    without = a_view.grab().toImage()
    qtbot.keyPress(a_view, Qt.Key.Key_Z)
    assert without.pixelColor(probe).red() > 200
    within = a_view.grab().toImage()
    assert within.pixelColor((border + QPointF(-50.0, 0.0)).toPoint()).red() > 200
    assert within.pixelColor((border + QPointF(-30.0, 0.0)).toPoint()).red() < 40
    qtbot.keyRelease(a_view, Qt.Key.Key_Z)
    assert a_view.grab().toImage() == without


def test_what_is_measured_in_the_cases_patient_comes_back_with_the_case() -> None:
    book = MeasurementBook()
    other = ("9.9", "", 0)
    book.keep_in_case(KEY[:2], kept=True)
    book.add(KEY, MeasureKind.DISTANCE, ((1.0, 2.0), (3.5, 4.0)))
    book.add(other, MeasureKind.DISTANCE, ((5.0, 5.0), (6.0, 6.0)))
    stored = json.loads(json.dumps(book.as_json()))
    assert [entry["series_uid"] for entry in stored] == ["1.2"], "nothing of another patient"
    again = MeasurementBook()
    again.restore(stored)
    assert again.of(KEY) == book.of(KEY)
    assert again.is_in_case(KEY[:2])


def test_another_case_shows_nothing_of_the_one_before_and_undo_does_not_lead_back() -> None:
    book = MeasurementBook()
    book.keep_in_case(KEY[:2], kept=True)
    book.add(KEY, MeasureKind.DISTANCE, ((1.0, 2.0), (3.5, 4.0)))
    book.restore([{"series_uid": "3.4"}, "nonsense"])
    assert book.of(KEY) == ()
    assert not book.stack.canUndo()
    assert book.as_json() == []


def test_the_book_keeps_image_size_and_values_so_that_they_can_be_told_without_the_picture(
    a_view: RadiographView,
) -> None:
    book = a_view._book
    book.keep_in_case(KEY[:2], kept=True)
    made = book.add(KEY, MeasureKind.REGION, ((60.0, 40.0), (80.0, 60.0)))
    (kept,) = book.kept()
    assert (kept.spacing, kept.origin, kept.modality) == (DETECTOR, _radiograph().origin, "DX")
    assert kept.measurements[0].values == RegionValues(1000.0, 0.0)
    into_the_dark = made.with_point(0, (200.0, 120.0)).with_point(1, (220.0, 140.0))
    book.replace(KEY, into_the_dark)
    assert book.of(KEY)[0].values == RegionValues(0.0, 0.0)


def test_showing_a_picture_again_completes_what_an_earlier_version_kept() -> None:
    book = MeasurementBook()
    region = {"id": "r", "kind": "region", "points_px": [[60, 40], [80, 60]]}
    book.restore([{"series_uid": KEY[0], "part": "", "image": 0, "measurements": [region]}])
    assert book.kept()[0].origin is None
    book.note(KEY, _radiograph())
    (kept,) = book.kept()
    assert kept.spacing == DETECTOR
    assert kept.measurements[0].values == RegionValues(1000.0, 0.0)


PA = SideLetters(left="R", right="L", top="S", bottom="I")


def _ink(view: RadiographView, edge: QRect) -> set[tuple[int, int]]:
    """Return where a side letter is drawn within a part of the view."""
    image, colour = view.grab().toImage(), qcolor(SIDE_LETTER)
    return {
        (x - edge.left(), y - edge.top())
        for x in range(edge.left(), edge.right())
        for y in range(edge.top(), edge.bottom())
        if image.pixelColor(x, y) == colour
    }


def test_the_patients_sides_stand_at_the_edges_that_the_file_names(
    a_view: RadiographView,
) -> None:
    def shown(sides: SideLetters | None) -> tuple[set[tuple[int, int]], ...]:
        picture = attrs.evolve(_radiograph(), sides=sides, pixels=np.zeros((200, 300), np.float32))
        a_view.show_radiograph(picture, radiograph_greys(picture), KEY)
        height, width = a_view.height(), a_view.width()
        left = QRect(0, height // 2 - 15, 40, 30)
        return _ink(a_view, left), _ink(a_view, left.translated(width - 40, 0))

    assert shown(None) == (set(), set())
    left, right = shown(PA)
    mirrored_left, mirrored_right = shown(SideLetters(left="L", right="R", top="S", bottom="I"))
    assert left
    assert right
    # An R has more ink than an L at the same edge, where both lie alike between pixels.
    assert len(left) > len(mirrored_left) > 0, "the patient's right is on the left of a PA picture"
    assert len(mirrored_right) > len(right) > 0


def test_where_the_file_names_no_sides_none_are_shown_and_it_is_said() -> None:
    assert NO_SIDES in sides_words(_radiograph())
    assert NO_SIDES not in sides_words(attrs.evolve(_radiograph(), sides=PA))
