import gc

import pytest
from vtkmodules.vtkCommonCore import vtkObjectBase

from planner.anatomy.levels import VertebraLevel
from planner.foundation.errors import AnatomyProblem
from planner.imaging.volume import Volume
from planner.rendering.level_pictures import HEIGHT_PX, WIDTH_PX, render_plan_pictures
from planner.rendering.plan_picture import PlanPicture

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.slow
def test_a_level_has_slices_in_line_with_each_needle_and_3d_pictures(
    a_picture: PlanPicture, a_volume_around_the_phantom: Volume
) -> None:
    gc.collect()
    before = sum(isinstance(thing, vtkObjectBase) for thing in gc.get_objects())
    pictures = render_plan_pictures(a_volume_around_the_phantom, a_picture, VertebraLevel.L1)
    assert [picture.name for picture in pictures] == [
        "L1-axial",
        "L1-sagittal",
        "L1-left-needle-axial",
        "L1-left-needle-sagittal",
        "L1-right-needle-axial",
        "L1-right-needle-sagittal",
        "L1-3d-ap",
        "L1-3d-lateral",
    ]
    for picture in pictures:
        assert picture.png.startswith(PNG)
        width, height = (int.from_bytes(picture.png[at : at + 4], "big") for at in (16, 20))
        assert (width, height) == (WIDTH_PX, HEIGHT_PX)
    assert len({picture.png for picture in pictures}) == len(pictures)
    gc.collect()
    after = sum(isinstance(thing, vtkObjectBase) for thing in gc.get_objects())
    assert after <= before


def test_a_level_that_was_not_found_is_refused_by_name(
    a_picture: PlanPicture, a_volume_around_the_phantom: Volume
) -> None:
    with pytest.raises(AnatomyProblem, match="T12"):
        render_plan_pictures(a_volume_around_the_phantom, a_picture, VertebraLevel.T12)
