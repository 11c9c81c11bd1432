"""What lies along the needle: curve, clock and slider say where they are, and of which needle."""

import attrs
import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from planner.anatomy.levels import Side
from planner.anatomy.vertebra import VertebraModel
from planner.assessment.findings import Severity
from planner.gui.desk_state import DeskState
from planner.gui.finding_places import place_of
from planner.gui.panels.findings_list import FindingsList
from planner.gui.panels.needle_plots import NeedlePlots
from planner.gui.theme import DARK
from planner.imaging.volume import VoxelMask
from planner.planning.needle_profile import NeedleProfile, needle_profile
from planner.planning.plan import Plan
from planner.planning.safety_maps import build_safety_maps

_RADIUS_MM = 1.5


@pytest.fixture
def a_profile(
    a_phantom_vertebra: VertebraModel, a_phantom_skin: VoxelMask, a_bipedicular_plan: Plan
) -> NeedleProfile:
    planned = a_bipedicular_plan.at(a_phantom_vertebra.level)
    assert planned is not None
    maps = build_safety_maps(a_phantom_vertebra, a_phantom_skin)
    profile = needle_profile(planned.needles[0], maps, _RADIUS_MM)
    assert profile is not None
    return profile


@pytest.fixture
def the_plots(qtbot: QtBot, the_theme: None) -> NeedlePlots:
    del the_theme
    plots = NeedlePlots(DARK)
    qtbot.addWidget(plots)
    plots.resize(290, 380)
    plots.show()
    return plots


def _shown(plots: NeedlePlots) -> QImage:
    return plots.grab().toImage()


def _count(image: QImage, colour: str) -> int:
    wanted = QColor(colour).rgb()
    return sum(
        image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height())
    )


def test_nothing_is_plotted_of_a_needle_that_is_not_judged(
    the_plots: NeedlePlots, a_profile: NeedleProfile
) -> None:
    the_plots.show_profile(a_profile, 40.0)
    assert the_plots.isVisible()
    the_plots.show_profile(None, 0.0)
    assert not the_plots.isVisible()


def test_the_title_names_side_and_depth_from_bone_and_the_slider_speaks_from_the_entry(
    qtbot: QtBot, the_plots: NeedlePlots, a_profile: NeedleProfile
) -> None:
    with qtbot.assertNotEmitted(the_plots.depth_chosen):
        the_plots.show_profile(a_profile, a_profile.bone_mm + 12.5)
    side = a_profile.needle.side.value
    assert the_plots._title.text() == f"Along the {side} needle: 12.5 mm from bone"
    with qtbot.waitSignal(the_plots.depth_chosen) as chosen:
        the_plots.slider.setValue(2 * 30)
    assert chosen.args == [30.0]
    assert the_plots.slider.maximum() == int(2 * a_profile.needle.path.length_mm)


def test_the_curve_moves_its_place_with_the_slider(
    the_plots: NeedlePlots, a_profile: NeedleProfile
) -> None:
    profile = attrs.evolve(a_profile, value_hu=np.full_like(a_profile.value_hu, 200.0))
    the_plots.show_profile(profile, profile.bone_mm)
    at_bone = the_plots.profile_plot.grab().toImage()
    the_plots.show_profile(profile, profile.bone_mm + 30.0)
    deeper = the_plots.profile_plot.grab().toImage()
    assert at_bone != deeper
    denser = attrs.evolve(profile, value_hu=np.full_like(a_profile.value_hu, 600.0))
    the_plots.show_profile(denser, profile.bone_mm + 30.0)
    assert the_plots.profile_plot.grab().toImage() != deeper, "the curve follows the values"


def test_a_needle_out_of_its_bone_has_a_red_clock_and_one_well_inside_a_green_one(
    the_plots: NeedlePlots, a_profile: NeedleProfile
) -> None:
    for margin_mm, colour, others in (
        (-1.0, DARK.danger, (DARK.safe, DARK.caution)),
        (1.0, DARK.caution, (DARK.safe, DARK.danger)),
        (5.0, DARK.safe, (DARK.danger, DARK.caution)),
    ):
        clock = np.full_like(a_profile.clock_mm, margin_mm)
        the_plots.show_profile(attrs.evolve(a_profile, clock_mm=clock), a_profile.bone_mm + 15.0)
        image = the_plots.clock_plot.grab().toImage()
        assert _count(image, colour) > 500
        assert all(_count(image, other) == 0 for other in others)


def test_a_pressed_finding_asks_for_the_place_where_its_margin_is_least(
    qtbot: QtBot, the_theme: None, a_desk_state: DeskState
) -> None:
    del the_theme
    shown = FindingsList(DARK)
    qtbot.addWidget(shown)
    shown.show_state(a_desk_state)
    row = next(r for r in shown.rows() if r.finding and r.finding.side is not None)
    finding = row.finding
    assert finding is not None
    assert finding.severity is not Severity.SAFE
    with qtbot.waitSignal(shown.chosen) as chosen:
        row.click()
    assert chosen.args == [finding]
    place = place_of(finding, a_desk_state)
    vertebra = a_desk_state.vertebra
    assert place is not None
    assert vertebra is not None
    left_mm = float(vertebra.lps_from_vertebra.inverse.point(place)[0])
    assert (left_mm > 0.0) == (finding.side is Side.LEFT), "on the side that it speaks of"
