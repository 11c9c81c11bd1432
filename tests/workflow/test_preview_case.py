"""The preview of a digital-spine case shows the case that will be made."""

import numpy as np
import pytest

from planner.anatomy.levels import VertebraLevel
from planner.digital_spine.case_spec import CaseSpec
from planner.digital_spine.pathology import fracture_of_kind
from planner.foundation.progress import Cancelled
from planner.workflow.preview_case import preview_case

_BONE_HU = 250


def _spec(severity: float = 0.0) -> CaseSpec:
    level = VertebraLevel.L1
    wrong = (fracture_of_kind(level, "wedge", severity),) if severity else ()
    return CaseSpec("Preview", focus_level=level, pathologies=wrong)


def test_the_front_of_a_wedge_is_lower_by_what_was_asked_for() -> None:
    whole, broken = preview_case(_spec()), preview_case(_spec(0.4))
    assert broken.heights_mm[0] == pytest.approx(0.6 * whole.heights_mm[0], rel=0.02)
    assert broken.heights_mm[2] > 0.9 * whole.heights_mm[2]


def test_the_front_is_on_the_left_and_the_head_above() -> None:
    preview = preview_case(_spec())
    i_lps, j_lps, _ = preview.geometry.axes_lps.T
    assert i_lps == pytest.approx([0.0, 1.0, 0.0])
    assert j_lps == pytest.approx([0.0, 0.0, 1.0])
    # Behind the canal lie the spinous processes, before the bodies only soft tissue.
    bone = preview.voxels_hu > _BONE_HU
    columns = bone.shape[1]
    assert bone[:, : columns // 5].mean() < 0.02
    assert bone[:, columns // 2 :].mean() > 0.04


def test_the_same_spec_gives_the_same_picture_and_another_seed_another() -> None:
    first, again = preview_case(_spec(0.3)), preview_case(_spec(0.3))
    other = preview_case(CaseSpec("Preview", seed=2, focus_level=VertebraLevel.L1))
    assert np.array_equal(first.voxels_hu, again.voxels_hu)
    assert not np.array_equal(first.voxels_hu, other.voxels_hu)


def test_a_cancelled_preview_stops() -> None:
    def cancel(fraction: float, _message: str = "") -> None:
        if fraction > 0.1:
            raise Cancelled

    with pytest.raises(Cancelled):
        preview_case(_spec(), cancel)
