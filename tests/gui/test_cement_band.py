"""The band under the cement slider: its limits can be read wherever they lie."""

import itertools

import pytest

from planner.gui.panels.cement_band import CementSlider
from planner.gui.theme import DARK
from planner.planning.measures import CementBand

pytestmark = pytest.mark.usefixtures("the_theme")


@pytest.mark.parametrize(
    "limits_ml", [(3.0, 5.3, 6.6), (4.3, 4.3, 5.4), (2.0, 2.0, 2.1), (6.5, 6.5, 7.0)]
)
@pytest.mark.parametrize("width_px", [230, 300])
def test_no_limit_is_written_over_another_or_beyond_the_edge(qtbot, limits_ml, width_px) -> None:
    slider = CementSlider(DARK)
    qtbot.addWidget(slider)
    slider.setFixedWidth(width_px)
    slider.show()
    slider.show_volume(limits_ml[0], CementBand(*limits_ml, "share of the body"))
    areas = slider.picture.label_areas()
    assert len(areas) == 3
    assert not any(one.intersects(other) for one, other in itertools.combinations(areas, 2))
    for area in areas:
        assert slider.picture.rect().toRectF().contains(area)
