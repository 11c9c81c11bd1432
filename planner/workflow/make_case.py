"""Make a case of the model spine: CT, MR, X-rays and truth."""

from pathlib import Path

import attrs
import numpy as np

from planner.dicom.write_radiograph import RadiographGeometry, RadiographView, write_radiograph
from planner.digital_spine.case_field import case_field
from planner.digital_spine.case_files import (
    AP_FOLDER,
    LATERAL_FOLDER,
    MadeCase,
    series_label,
    write_case,
)
from planner.digital_spine.case_spec import CaseSpec
from planner.digital_spine.case_truth import focus_point_lps_mm
from planner.digital_spine.model_spine import build_model
from planner.digital_spine.scanner import scan_hu
from planner.foundation.progress import Progress, no_progress, part_of
from planner.geometry.points import Triple
from planner.imaging.volume import Volume
from planner.simulation.attenuation import AttenuationVolume, prepare
from planner.simulation.c_arm import CArmGeometry, CArmPose, view_of
from planner.simulation.plane_stack import FloatImage
from planner.simulation.xray import Quality, line_integrals

_SOURCE_PATIENT_MM, _SOURCE_DETECTOR_MM = 1000.0, 1150.0
_DETECTOR_MM, _PIXELS = 300.0, 1200
_TRUNK_MM = 400.0
_LEVELS_BEYOND = 3
"""The trunk is projected this many levels further, so that its cut ends stay out of sight."""
_VOXEL_MM = 0.8
_GRAIN = 0.012
"""Of the picture's spread."""
_VIEWS = {
    RadiographView.AP: (AP_FOLDER, 0.0),
    RadiographView.LATERAL: (LATERAL_FOLDER, 90.0),
}


@attrs.frozen
class CaseMade:
    """Everything that was made."""

    files: MadeCase
    radiograph_paths: tuple[Path, ...]


def make_case(spec: CaseSpec, folder: Path, progress: Progress = no_progress) -> CaseMade:
    """Make a case of the model spine; the same spec gives the same bytes.

    Parameters
    ----------
    spec
        What shall be made.
    folder
        Where; ``ct``, ``truth`` and a folder for each MR image and X-ray are made in it.
    progress
        Told of each step.

    Raises
    ------
    PlannerError
        If the spec cannot be made, or the folder cannot be written to.
    Cancelled
        If the user has cancelled.
    """
    share = 0.6 if spec.radiographs else 1.0
    made = write_case(spec, folder, part_of(progress, 0.0, share))
    if not spec.radiographs:
        return CaseMade(made, ())
    return CaseMade(made, _radiographs(spec, folder, part_of(progress, share, 1.0)))


def _radiographs(spec: CaseSpec, folder: Path, progress: Progress) -> tuple[Path, ...]:
    """Project the whole trunk, wider than the CT's field, onto two pictures."""
    scan = attrs.evolve(
        spec.scan,
        spacing_mm=_VOXEL_MM,
        step_mm=_VOXEL_MM,
        thickness_mm=None,
        tilt_deg=0.0,
        noise_hu=0.0,
        metal_streaks=False,
    )
    model = build_model(spec.patient, spec.pathologies, spec.seed)
    levels = [vertebra.level for vertebra in model.spine.vertebrae]
    first = max(levels.index(spec.first_level) - _LEVELS_BEYOND, 0)
    last = min(levels.index(spec.last_level) + _LEVELS_BEYOND, len(levels) - 1)
    wide = attrs.evolve(
        spec,
        field_mm=_TRUNK_MM,
        scan=scan,
        first_level=levels[first],
        last_level=levels[last],
    )
    field = case_field(wide, model)
    hu = scan_hu(model, field.lattice, scan, part_of(progress, 0.0, 0.8))
    patient = prepare(Volume(hu, field.grid))
    centre = focus_point_lps_mm(model, spec.focus_level)
    paths = []
    for view, (name, orbital_deg) in _VIEWS.items():
        progress(0.85, "Taking X-rays")
        picture = _projected(patient, centre, orbital_deg, spec.seed)
        if view is RadiographView.AP:
            # A C-arm shows the back of a prone patient; a radiograph is read from the front.
            picture = picture[:, ::-1]
        label = series_label(spec, name, f"{view.name} X-ray, {spec.title}")
        geometry = RadiographGeometry(
            view, _DETECTOR_MM / _PIXELS, _SOURCE_DETECTOR_MM, _SOURCE_PATIENT_MM
        )
        write_radiograph(folder / name, picture, label, geometry)
        paths.append(folder / name)
    progress(1.0, "Taking X-rays")
    return tuple(paths)


def _projected(
    patient: AttenuationVolume, centre: Triple, orbital_deg: float, seed: int
) -> FloatImage:
    arm = CArmGeometry(_SOURCE_PATIENT_MM, _SOURCE_DETECTOR_MM, _DETECTOR_MM, _PIXELS)
    picture = line_integrals(patient, view_of(arm, CArmPose(centre, orbital_deg)), Quality.FULL)
    grain = np.random.default_rng([seed, 6]).standard_normal(picture.shape, dtype=np.float32)
    # Water's weakening is exponential: grain grows where the patient is thick.
    return picture + np.float32(_GRAIN) * picture * grain
