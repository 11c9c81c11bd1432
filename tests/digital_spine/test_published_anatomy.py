"""The finished model, measured on its bones, beside the ranges in its table's sources."""

import functools
import itertools

import attrs
import pytest
from measured_bone import measured_body, measured_canal, measured_pedicle
from model_spines import MEAN

from planner.anatomy.levels import Side, VertebraLevel
from planner.digital_spine.level_table import columns, published_ranges, table_levels
from planner.digital_spine.model_patient import BONES, BoneQuality, ModelPatient, anatomy_of
from planner.digital_spine.model_spine import ModelSpine, build_model

_INDIVIDUAL_SHARE = 0.06
"""The ranges are of levels' means: one person's bone may lie two spreads of the model beside."""
_SEEDS = (1, 2)
_SEEDED_LEVELS = ("T9", "L5")


@functools.cache
def measures(model: ModelSpine, level: VertebraLevel) -> dict[str, tuple[float, ...]]:
    """Everything that a published range speaks of."""
    body, canal = measured_body(model, level), measured_canal(model, level)
    pedicles = [measured_pedicle(model, level, side) for side in (Side.LEFT, Side.RIGHT)]
    return {
        "pedicle_width": tuple(p.width_mm for p in pedicles),
        "pedicle_height": tuple(p.height_mm for p in pedicles),
        "superior_width": (body.superior_width_mm,),
        "superior_depth": (body.superior_depth_mm,),
        "posterior_height": (body.posterior_height_mm,),
        "body_volume": (body.volume_ml,),
        "canal_width": (canal.width_mm,),
        "canal_depth": (canal.depth_mm,),
    }


@functools.cache
def seeded_model(seed: int) -> ModelSpine:
    return build_model(ModelPatient(height_cm=170.0), (), seed)


def test_each_level_has_ranges_for_pedicles_canal_and_volume_or_height() -> None:
    for level in table_levels():
        held = {r.quantity for r in published_ranges() if level in r.levels}
        assert {"pedicle_width", "pedicle_height", "canal_width", "canal_depth"} <= held
        assert held & {"body_volume", "posterior_height"}


def test_each_column_and_range_names_its_source() -> None:
    assert all(c.source and c.unit in {"mm", "deg"} for c in columns())
    assert all(r.source and r.least < r.most for r in published_ranges())
    assert any(r.verified for r in published_ranges())


@pytest.mark.slow
@pytest.mark.parametrize("level", table_levels(), ids=lambda level: level.name)
def test_the_mean_adult_lies_inside_every_published_range(
    the_mean_model: ModelSpine, level: VertebraLevel
) -> None:
    found = measures(the_mean_model, level)
    for published in published_ranges():
        if level in published.levels:
            for value in found[published.quantity]:
                assert published.least <= value <= published.most, (published, value)


@pytest.mark.slow
@pytest.mark.parametrize("seed", _SEEDS)
def test_no_individual_lies_far_from_the_published_ranges(seed: int) -> None:
    for level in map(VertebraLevel.named, _SEEDED_LEVELS):
        found = measures(seeded_model(seed), level)
        for published in published_ranges():
            if level in published.levels:
                low = published.least * (1.0 - _INDIVIDUAL_SHARE)
                high = published.most * (1.0 + _INDIVIDUAL_SHARE)
                for value in found[published.quantity]:
                    assert low <= value <= high, (published, level, value)


@pytest.mark.slow
@pytest.mark.parametrize("side", list(Side), ids=lambda side: side.value)
def test_a_pedicle_measures_on_its_bone_what_its_truth_says(side: Side) -> None:
    model = seeded_model(1)
    for level in map(VertebraLevel.named, ("T5", "T11", "L2", "L4")):
        measured = measured_pedicle(model, level, side)
        true = model.spine.vertebra(level).anatomy.side(side)
        assert measured.width_mm == pytest.approx(true.pedicle_width, abs=0.3)
        assert measured.height_mm == pytest.approx(true.pedicle_height, abs=0.3)
        assert abs(measured.at_mm) <= 1.0


def test_no_two_patients_are_alike_and_no_two_sides() -> None:
    one, again, other = (anatomy_of(ModelPatient(), seed) for seed in (1, 1, 2))
    assert one == again
    for a, b in zip(one, other, strict=True):
        assert a.left.pedicle_width != b.left.pedicle_width
        assert a.left.pedicle_width != a.right.pedicle_width
        # Small: nobody is a tenth away from the table on one side only.
        assert a.left.pedicle_width == pytest.approx(a.right.pedicle_width, rel=0.12)


def test_without_variation_both_sides_are_the_tables_own() -> None:
    for anatomy in anatomy_of(MEAN, 7):
        assert anatomy.left == anatomy.right
    assert anatomy_of(MEAN, 7) == anatomy_of(MEAN, 8)


def test_a_taller_patient_has_larger_vertebrae() -> None:
    short, tall = (
        anatomy_of(attrs.evolve(MEAN, height_cm=height), 1)[-1].body for height in (150.0, 190.0)
    )
    assert tall.superior_width / short.superior_width == pytest.approx((190 / 150) ** 0.8)
    assert tall.pedicle_sagittal == short.pedicle_sagittal


def test_men_are_larger_than_women() -> None:
    assert ModelPatient(sex="male").scale > ModelPatient(sex="female").scale


def test_worse_bone_is_thinner_and_emptier() -> None:
    order = [BONES[quality] for quality in BoneQuality]
    for better, worse in itertools.pairwise(order):
        assert worse.trabecular_hu < better.trabecular_hu
        assert worse.cortex_share < better.cortex_share
        assert worse.cortex_hu < better.cortex_hu
