"""Case specs so small that a test may make them: L1 with its neighbours' halves."""

import attrs

from planner.anatomy.levels import VertebraLevel
from planner.digital_spine.case_spec import CaseSpec
from planner.digital_spine.model_patient import ModelPatient
from planner.digital_spine.pathology import Lesion
from planner.digital_spine.scan_settings import ScanSettings

L1 = VertebraLevel.L1
SMALL = CaseSpec(
    title="Small",
    seed=4,
    patient=ModelPatient(height_cm=170.0),
    scan=ScanSettings(spacing_mm=1.25, step_mm=1.5, noise_hu=10.0),
    first_level=L1,
    last_level=L1,
    focus_level=L1,
    field_mm=80.0,
)
DENSE_LEFT = Lesion(L1, is_lytic=False, diameter_mm=12.0, offset_mm=(11.0, 0.0, 0.0))
LEFT = attrs.evolve(SMALL, title="Left", pathologies=(DENSE_LEFT,))
"""The same patient with a dense spot in the left half of L1."""

SMALL_TOML = """
title = "Small"
seed = 4
first_level = "L1"
last_level = "L1"
focus_level = "L1"
field_mm = 80.0

[patient]
height_cm = 170.0

[scan]
spacing_mm = 1.25
step_mm = 1.5
"""
