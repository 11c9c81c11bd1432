"""Write the study of the simulated fracture from the shipped study without one."""

from pathlib import Path

from planner.dicom.load_volume import load_volume
from planner.dicom.scan_folder import scan_folder
from planner.dicom.scan_result import likely_planning_series
from planner.dicom.write_series import write_series
from planner.foundation.progress import Progress, no_progress, part_of
from planner.samples.sample_label import sample_label
from planner.samples.wedge_fracture import break_spine, sample_fracture


def write_fracture_study(
    base_folder: Path, target_folder: Path, progress: Progress = no_progress
) -> None:
    """Write the base study with the sample fracture as a study of its own.

    The same base gives the same bytes.
    """
    scan = scan_folder(base_folder, part_of(progress, 0.0, 0.1))
    base = load_volume(likely_planning_series(scan), part_of(progress, 0.1, 0.4))
    label = sample_label(
        "wedge",
        title="Thorax T6 to L2, T12 wedge fracture simulated",
        derivation="LIDC-IDRI-0001 (CC BY 3.0), cropped, couch removed, fracture simulated",
    )
    broken = break_spine(base, sample_fracture())
    # Not compressed: it lies in the cache, and both making and opening it are quicker.
    write_series(target_folder, broken, label, progress=part_of(progress, 0.5, 1.0))
