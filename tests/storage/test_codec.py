import json

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import HandMade, VertebraModel
from planner.dicom.study_reference import PatientIdentity, StudyReference
from planner.foundation.errors import CaseFileProblem, PlanProblem
from planner.geometry.measurement import MeasureKind, Measurement
from planner.geometry.planes import Plane
from planner.geometry.points import as_unit_vector
from planner.planning.edits import put_level
from planner.planning.plan import (
    LevelPlan,
    Plan,
    PlannedBalloon,
    PlannedCement,
    PlannedNeedle,
    Procedure,
)
from planner.planning.variants import keep_variant, rename_variant
from planner.storage.codec import (
    EncodedVertebra,
    decode_plan,
    decode_study,
    decode_vertebra,
    encode_plan,
    encode_study,
    encode_vertebra,
    mask_names_in,
)

_MASKS = ("whole", "body", "canal", "other_bone")
_mm = st.floats(-2000.0, 2000.0, allow_nan=False)
_points = st.tuples(_mm, _mm, _mm)
_words = st.text(max_size=20)


@st.composite
def _needles(draw: st.DrawFn, side: Side) -> PlannedNeedle:
    skin, tip = draw(_points), draw(_points)
    try:
        return PlannedNeedle(side, draw(_words), skin, tip)
    except PlanProblem:
        return PlannedNeedle(side, draw(_words), skin, (skin[0], skin[1] + 80.0, skin[2]))


@st.composite
def _level_plans(draw: st.DrawFn, level: VertebraLevel) -> LevelPlan:
    procedure = draw(st.sampled_from(Procedure))
    sides = draw(st.lists(st.sampled_from(Side), unique=True))
    with_balloons = sides if procedure is Procedure.KYPHOPLASTY and draw(st.booleans()) else []
    return LevelPlan(
        level,
        procedure,
        tuple(draw(_needles(side)) for side in sides),
        tuple(
            PlannedBalloon(side, draw(_words), draw(_mm), draw(st.floats(0.0, 9.0)))
            for side in with_balloons
        ),
        draw(st.none() | st.builds(PlannedCement, _words, st.floats(0.0, 20.0))),
    )


@st.composite
def _measurements(draw: st.DrawFn, identifier: str) -> Measurement:
    kind = draw(st.sampled_from(MeasureKind))
    points = tuple(draw(_points) for _ in range(kind.point_count))
    return Measurement(identifier, kind, points, (1.0, 0.0, 0.0), (0.0, 0.6, -0.8))


@st.composite
def _plans(draw: st.DrawFn) -> Plan:
    levels = draw(st.lists(st.sampled_from(VertebraLevel), unique=True, max_size=4))
    names = draw(st.lists(_words, unique=True, max_size=3))
    plan = Plan(
        tuple(draw(_level_plans(level)) for level in levels),
        tuple(draw(_measurements(name)) for name in names),
    )
    for level in levels[:2]:
        plan = put_level(keep_variant(plan, level), draw(_level_plans(level)))
        plan = rename_variant(plan, level, "B", draw(_words))
    return plan


_studies = st.builds(
    StudyReference,
    path=_words,
    study_uid=_words,
    series_uid=_words,
    frame_of_reference_uid=st.none() | _words,
    voxel_sha256=_words,
    patient=st.builds(PatientIdentity, _words, _words, _words, _words),
    study_date=_words,
    description=_words,
    shape_kji=st.tuples(*[st.integers(1, 900)] * 3),
    spacing_kji_mm=st.tuples(*[st.floats(0.1, 5.0)] * 3),
    contrast_agent=st.none() | st.booleans(),
    tube_voltage_kv=st.none() | st.floats(60.0, 150.0),
)


@given(_plans())
@settings(max_examples=150)
def test_a_plan_reads_back_equal_to_the_last_bit(plan: Plan) -> None:
    assert decode_plan(encode_plan(plan)) == plan


def test_a_plan_written_before_there_were_measurements_has_none() -> None:
    assert decode_plan('{"levels":[]}') == Plan()


@given(_studies)
@settings(max_examples=100)
def test_a_study_reference_reads_back_equal(study: StudyReference) -> None:
    assert decode_study(encode_study(study)) == study


@given(_points.filter(lambda v: any(abs(x) > 1e-3 for x in v)))
def test_a_direction_read_back_is_not_scaled_again(direction: tuple[float, float, float]) -> None:
    plane = Plane((0.0, 0.0, 0.0), direction)
    assert Plane((0.0, 0.0, 0.0), plane.normal_lps) == plane
    assert np.linalg.norm(as_unit_vector(direction)) == pytest.approx(1.0, abs=1e-15)


def test_a_vertebra_reads_back_equal_with_every_voxel(a_phantom_vertebra: VertebraModel) -> None:
    again = decode_vertebra(encode_vertebra(a_phantom_vertebra))
    for field in attrs.fields(VertebraModel):
        before, after = getattr(a_phantom_vertebra, field.name), getattr(again, field.name)
        if field.name in _MASKS:
            assert np.array_equal(after.voxels, before.voxels)
            assert after.geometry == before.geometry
        else:
            assert after == before, field.name


def test_a_vertebra_with_a_pedicle_missing_reads_back_without_it(
    a_phantom_vertebra: VertebraModel,
) -> None:
    vertebra = attrs.evolve(a_phantom_vertebra, left_pedicle=None, trabecular_hu=None)
    again = decode_vertebra(encode_vertebra(vertebra))
    assert again.left_pedicle is None
    assert again.trabecular_hu is None
    assert again.right_pedicle == vertebra.right_pedicle


def test_masks_lie_apart_from_the_text_and_are_small(a_phantom_vertebra: VertebraModel) -> None:
    encoded = encode_vertebra(a_phantom_vertebra)
    assert set(encoded.masks) == set(mask_names_in(encoded.text))
    assert len(encoded.text) < 5_000
    voxels = int(np.prod(a_phantom_vertebra.whole.geometry.shape_kji))
    assert sum(len(bits) for bits in encoded.masks.values()) < voxels / 20


def test_levels_and_sides_are_written_by_name_not_by_number() -> None:
    needle = PlannedNeedle(Side.LEFT, "n", (0, 0, 0), (0, -80, 0))
    text = encode_plan(Plan((LevelPlan(VertebraLevel.T12, Procedure.VERTEBROPLASTY, (needle,)),)))
    assert '"level":"T12"' in text
    assert '"side":"left"' in text
    assert '"procedure":"vertebroplasty"' in text


def test_a_changed_mask_is_refused(a_phantom_vertebra: VertebraModel) -> None:
    encoded = encode_vertebra(a_phantom_vertebra)
    name = mask_names_in(encoded.text)[0]
    bits = bytearray(encoded.masks[name])
    bits[len(bits) // 2] ^= 1
    with pytest.raises(CaseFileProblem, match="changed after it was written"):
        decode_vertebra(EncodedVertebra(encoded.text, {**encoded.masks, name: bytes(bits)}))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        '{"levels":[{"level":"T99"}]}',
        '{"levels":[],"extra":1}',
        '{"levels":[{"level":"L1","procedure":"vertebroplasty","needles":[{"side":"left",'
        '"model_id":"n","skin_lps_mm":[0,0],"tip_lps_mm":[0,0,0]}],"balloons":[],"cement":null}]}',
    ],
)
def test_text_that_is_no_plan_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(CaseFileProblem, match=r"^The plan in the case file cannot be read"):
        decode_plan(text)


def test_a_vertebra_written_before_hands_could_change_it_is_read_as_the_programs_own(
    a_phantom_vertebra: VertebraModel,
) -> None:
    encoded = encode_vertebra(a_phantom_vertebra)
    values = json.loads(encoded.text)
    del values["by_hand"]
    older = attrs.evolve(encoded, text=json.dumps(values))
    assert decode_vertebra(older).by_hand == ()


def test_what_the_user_set_by_hand_comes_back(a_phantom_vertebra: VertebraModel) -> None:
    made = (HandMade.OUTLINE, HandMade.LANDMARKS)
    by_hand = attrs.evolve(a_phantom_vertebra, by_hand=made)
    assert decode_vertebra(encode_vertebra(by_hand)).by_hand == made
