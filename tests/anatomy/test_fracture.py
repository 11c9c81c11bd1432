import math

import numpy as np
import pytest

from planner.anatomy.fracture import (
    FractureShape,
    ReferenceHeights,
    fracture_grade,
    height_ratios,
    reference_heights,
)
from planner.anatomy.vertebra import BodyHeights, HeightLine
from planner.foundation.errors import AnatomyProblem


def heights(anterior_mm: float, middle_mm: float, posterior_mm: float) -> BodyHeights:
    lines = [
        HeightLine((0.0, y, height), (0.0, y, 0.0))
        for y, height in ((-15.0, anterior_mm), (0.0, middle_mm), (15.0, posterior_mm))
    ]
    return BodyHeights(*lines)


WHOLE = ReferenceHeights(25.0, 25.0, 25.0)


@pytest.mark.parametrize(
    ("anterior_mm", "grade"), [(25.0, 0), (20.5, 0), (19.5, 1), (18.0, 2), (14.0, 3)]
)
def test_the_grade_grows_with_the_anterior_height_lost(anterior_mm: float, grade: int) -> None:
    found = fracture_grade(heights(anterior_mm, 24.0, 25.0), WHOLE)
    assert found.grade == grade


def test_a_body_low_in_front_is_a_wedge() -> None:
    assert fracture_grade(heights(17.0, 21.0, 25.0), WHOLE).shape is FractureShape.WEDGE


def test_a_body_low_in_its_middle_is_biconcave() -> None:
    assert fracture_grade(heights(22.0, 17.0, 25.0), WHOLE).shape is FractureShape.BICONCAVE


def test_a_body_low_at_its_back_is_crushed() -> None:
    assert fracture_grade(heights(17.0, 17.0, 18.0), WHOLE).shape is FractureShape.CRUSH


def test_without_neighbours_the_loss_is_against_the_posterior_height() -> None:
    found = fracture_grade(heights(17.5, 24.0, 25.0), None)
    assert not found.against_neighbours
    assert math.isclose(found.height_loss_share, 0.3)


def test_a_whole_body_has_no_shape_of_fracture() -> None:
    found = fracture_grade(heights(26.0, 25.0, 25.0), WHOLE)
    assert found.shape is FractureShape.NONE
    assert found.height_loss_share == 0.0


def test_the_reference_is_the_mean_of_the_neighbours() -> None:
    reference = reference_heights((heights(20, 21, 22), heights(24, 23, 26)))
    assert np.allclose(
        (reference.anterior_mm, reference.middle_mm, reference.posterior_mm), (22, 22, 24)
    )


def test_a_reference_without_neighbours_is_refused() -> None:
    with pytest.raises(AnatomyProblem, match="neighbour"):
        reference_heights(())


def test_ratios_compare_with_the_own_back_and_with_the_neighbours() -> None:
    ratios = height_ratios(heights(15.0, 18.0, 20.0), WHOLE)
    assert np.allclose((ratios.wedge, ratios.biconcavity, ratios.crush), (0.75, 0.9, 0.8))


def test_the_crush_ratio_is_unknown_without_neighbours() -> None:
    assert height_ratios(heights(15.0, 18.0, 20.0), None).crush is None
