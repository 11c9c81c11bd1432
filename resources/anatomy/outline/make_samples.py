"""Make the samples that the outline network learns from.

usage: python resources/anatomy/outline/make_samples.py OUT spine [CASE...]
       python resources/anatomy/outline/make_samples.py OUT thorax DICOM_FOLDER LABELS.nii.gz

The thorax CT is LIDC-IDRI-0001 (CC BY 3.0) with TotalSegmentator's labels (Apache-2.0).
"""

import sys
from pathlib import Path

import numpy as np
import SimpleITK
from samples import Truth, clicks, write_samples

from planner.anatomy.levels import VertebraLevel
from planner.dicom.load_volume import load_volume
from planner.dicom.scan_folder import scan_folder
from planner.dicom.scan_result import likely_planning_series
from planner.digital_spine.case_field import case_field
from planner.digital_spine.case_spec import CaseSpec
from planner.digital_spine.model_patient import BoneQuality, ModelPatient
from planner.digital_spine.model_spine import build_model
from planner.digital_spine.pathology import Spurs, fracture_of_kind
from planner.digital_spine.scan_settings import ScanSettings
from planner.digital_spine.scanner import scan_hu
from planner.digital_spine.truth import vertebra_truth
from planner.geometry.grids import GridGeometry
from planner.imaging.volume import Volume

_L = VertebraLevel
_RANGES = ((_L.T5, _L.T9), (_L.T8, _L.T12), (_L.T11, _L.L2), (_L.L1, _L.L4), (_L.L2, _L.L5))
_STEPS_MM = (0.8, 1.25, 2.0, 3.0)
_CASES = 11
_KINDS = ("wedge", "biconcave", "crush")
_SEVERITY = 0.35
_FIELD_MM = 150.0
_TRUTH_STEP_MM = 0.7
_THORAX_CLICKS, _SPINE_CLICKS = 3, 1
_FIRST_SEED = 500
_T1_LABEL = 43
"""TotalSegmentator's number of T1; they fall towards the feet."""
_VERTEBRA_LABELS, _RIB_LABELS = (26, 50), (92, 115)


def case(number: int) -> CaseSpec:
    """Return a case of the training set: levels, slices, bone and pathology in turn."""
    first, last = _RANGES[number % len(_RANGES)]
    middle = VertebraLevel((first.value + last.value) // 2)
    pathologies = ()
    if number % 3 == 1:
        pathologies = (fracture_of_kind(middle, _KINDS[number // 3 % 3], _SEVERITY),)
    elif number % 3 == 2:
        pathologies = (Spurs(middle, 4.0),)
    bones = tuple(BoneQuality)
    return CaseSpec(
        title="Sample",
        seed=_FIRST_SEED + number,
        patient=ModelPatient(
            sex="male" if number % 2 else "female", bone=bones[number % len(bones)]
        ),
        scan=ScanSettings(
            spacing_mm=0.8, step_mm=_STEPS_MM[number % 4], contrast=number % 4 in (1, 2)
        ),
        first_level=first,
        last_level=last,
        field_mm=_FIELD_MM,
        pathologies=pathologies,
        focus_level=middle,
    )


def spine_samples(folder: Path, number: int) -> None:
    """Write the samples of one case of the digital spine."""
    spec = case(number)
    model = build_model(spec.patient, spec.pathologies, spec.seed)
    field = case_field(spec, model)
    volume = Volume(scan_hu(model, field.lattice, spec.scan), field.grid)
    for value in range(spec.first_level.value, spec.last_level.value + 1):
        level = VertebraLevel(value)
        if level not in [v.level for v in model.spine.vertebrae]:
            continue
        true = vertebra_truth(model, level, _TRUTH_STEP_MM).model
        labels = true.whole.voxels * np.uint8(1) + true.other_bone.voxels * np.uint8(2)
        truth = Truth(labels, true.whole.geometry)
        clicked = clicks(np.array(true.centre_lps_mm), _SPINE_CLICKS + 1, value + 100 * number)
        next(clicked)
        write_samples(folder, f"spine{number:02d}_{level.name}", volume, clicked, truth, 1)


def thorax_samples(folder: Path, dicom: Path, labels_file: Path) -> None:
    """Write the samples of every whole level of the thorax CT."""
    volume = load_volume(likely_planning_series(scan_folder(dicom)))
    image = SimpleITK.DICOMOrient(SimpleITK.ReadImage(str(labels_file)), "LPS")
    grid = GridGeometry.axis_aligned(image.GetSize(), image.GetOrigin(), image.GetSpacing())
    labels = SimpleITK.GetArrayFromImage(image).astype(np.uint8)
    bones = np.zeros_like(labels)
    for low, high in (_VERTEBRA_LABELS, _RIB_LABELS):
        among = (labels >= low) & (labels <= high)
        bones[among] = labels[among]
    truth = Truth(bones, grid)
    for own in range(_T1_LABEL, 29, -1):
        place = np.argwhere(bones == own)
        front = place[place[:, 1] < np.percentile(place[:, 1], 45)]
        centre = grid.lps_of(front.mean(axis=0)[::-1])
        write_samples(
            folder, f"thorax_{own}", volume, clicks(centre, _THORAX_CLICKS, own), truth, own
        )


def main() -> None:
    """Make the samples that the command line asks for."""
    folder, what, *rest = sys.argv[1:]
    Path(folder).mkdir(parents=True, exist_ok=True)
    if what == "thorax":
        thorax_samples(Path(folder), Path(rest[0]), Path(rest[1]))
    else:
        for number in map(int, rest or range(_CASES)):
            spine_samples(Path(folder), number)


if __name__ == "__main__":
    main()
