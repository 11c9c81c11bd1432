import json

from measured_snapshot import MEASURED_RADIOGRAPH

from planner.geometry.measurement import MeasureKind
from planner.storage.radiograph_notes import notes_as_json, notes_from_json


def test_what_was_measured_in_a_radiograph_comes_back_with_its_image_and_its_pixel_size() -> None:
    stored = json.loads(json.dumps(notes_as_json((MEASURED_RADIOGRAPH,))))
    assert notes_from_json(stored) == (MEASURED_RADIOGRAPH,)


def test_notes_of_an_earlier_version_are_read_without_image_and_size() -> None:
    line = {"id": "a", "kind": "distance", "points_px": [[1, 2], [3, 4]]}
    older = [{"series_uid": "1.2", "part": "", "image": 3, "measurements": [line]}]
    (picture,) = notes_from_json(older)
    assert (picture.series_uid, picture.number) == ("1.2", 3)
    assert picture.origin is picture.spacing is None
    assert picture.measurements[0].kind is MeasureKind.DISTANCE


def test_what_cannot_be_read_is_left_out_and_the_rest_stays() -> None:
    stored = [*notes_as_json((MEASURED_RADIOGRAPH,)), {"series_uid": "1"}, "nonsense", None]
    assert notes_from_json(stored) == (MEASURED_RADIOGRAPH,)
    assert notes_from_json("nonsense") == ()
