from collections.abc import Callable

import numpy as np
import pytest

from planner.foundation.progress import Cancelled
from planner.geometry.grids import GridGeometry
from planner.imaging.volume import Volume
from planner.rendering.cameras import CameraPose
from planner.rendering.rendered_bone import rendered_bone
from planner.rendering.volume_scene import VolumeScene


def _ball_to_the_left() -> Volume:
    """Return soft tissue with a dense ball to the patient's left and above, mirrored columns."""
    matrix = np.diag([-1.5, 1.5, 2.0, 1.0])
    matrix[:3, 3] = (75.0, -75.0, -80.0)
    grid = GridGeometry((100, 100, 80), matrix)
    k, j, i = np.indices(grid.shape_kji)
    lps = grid.lps_of(np.stack([i, j, k], axis=-1))
    ball = np.linalg.norm(lps - np.array([25.0, 0.0, 20.0]), axis=-1) < 12.0
    return Volume(np.where(ball, 900, 20).astype(np.int16), grid)


@pytest.mark.parametrize("still", [False, True])
def test_what_is_dense_appears_on_its_side_and_soft_tissue_does_not(
    still: bool, pixels_of: Callable[..., np.ndarray]
) -> None:
    scene = VolumeScene()
    scene.show_rendered(rendered_bone(_ball_to_the_left(), (0.0, 0.0, 0.0)))
    scene.frame_on((0.0, 0.0, 0.0), 60.0)
    # From behind, as the operator stands: the patient's left is on the left of the picture.
    scene.look(CameraPose((0.0, -1.0, 0.0), (0.0, 0.0, 1.0)))
    scene.set_still(still=still)
    bright = pixels_of(scene, 200, 160)[:80, :, 0] > 40  # the cube lies below
    rows, columns = np.nonzero(bright)
    assert 100 < bright.sum() < 4000
    x_px, y_px = scene.mapping.px_of((25.0, 0.0, 20.0))
    assert columns.mean() == pytest.approx(x_px, abs=4.0)
    assert rows.mean() == pytest.approx(y_px, abs=4.0)
    assert x_px < 100


def test_cutting_out_stops_when_asked_to() -> None:
    def stop(_fraction: float, _message: str = "") -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        rendered_bone(_ball_to_the_left(), (0.0, 0.0, 0.0), stop)
