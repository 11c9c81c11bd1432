"""One X-ray picture: patient and instruments, from the beam to the screen."""

from collections.abc import Sequence

import attrs
import numpy as np

from planner.geometry.grids import GridGeometry
from planner.geometry.points import as_triple
from planner.geometry.shapes import Segment
from planner.imaging.volume import Volume
from planner.simulation.attenuating_bodies import AttenuatingBody, add_bodies
from planner.simulation.attenuation import AttenuationVolume, prepare
from planner.simulation.c_arm import CArmPose, XrayView, mobile_c_arm, view_of
from planner.simulation.detector import DetectorSettings, GreyImage, detector_image
from planner.simulation.instruments import steel_bar
from planner.simulation.plane_stack import FloatImage
from planner.simulation.xray import Quality, add_to, line_integrals


@attrs.frozen(eq=False)
class XrayScene:
    """What is in the beam."""

    patient: AttenuationVolume
    bodies: Sequence[AttenuatingBody] = ()
    cement: AttenuationVolume | None = None
    """What cement adds to the bone it fills, on its own grid."""


def water_along_rays(
    scene: XrayScene, view: XrayView, quality: Quality = Quality.COARSE
) -> FloatImage:
    """Return the millimetres of water that weaken each ray as much as the scene does."""
    water_mm = line_integrals(scene.patient, view, quality)
    if scene.cement is not None:
        add_to(water_mm, scene.cement, view, Quality.FULL)
    add_bodies(water_mm, scene.bodies, view)
    return water_mm


def take_shot(
    scene: XrayScene,
    view: XrayView,
    settings: DetectorSettings,
    quality: Quality = Quality.COARSE,
) -> GreyImage:
    """Return the picture of a scene, shape (rows, columns), rows downwards."""
    return detector_image(water_along_rays(scene, view, quality), view.pixel_mm, settings)


def warm_up() -> None:
    """Compile what a shot needs, or load it from the disk, on a tiny problem."""
    grid = GridGeometry.axis_aligned((30, 30, 4), (0.0, 0.0, 0.0), (0.9, 0.9, 5.0))
    tiny = Volume(np.full(grid.shape_kji, 40, np.int16), grid)
    prepare(tiny, couch=True)
    wire = steel_bar(Segment((0.0, 0.0, 0.0), as_triple(grid.centre_lps_mm)), diameter_mm=1.0)
    scene = XrayScene(prepare(tiny), wire)
    for orbital_deg in (0.0, 90.0):
        view = view_of(mobile_c_arm(pixels=64), CArmPose(grid.centre_lps_mm, orbital_deg))
        take_shot(scene, view, DetectorSettings())
