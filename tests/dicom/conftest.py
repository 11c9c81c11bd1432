"""Small DICOM series whose every voxel and place is known."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from planner.dicom.study_reference import PatientIdentity
from planner.dicom.write_series import SeriesLabel, derived_uid, write_series
from planner.geometry.grids import GridGeometry
from planner.imaging.volume import Volume

SeriesWriter = Callable[..., tuple[Path, ...]]


def _label(name: str) -> SeriesLabel:
    return SeriesLabel(
        patient=PatientIdentity("PHANTOM^BOX", "P-1", "O", "19500101"),
        study_uid=derived_uid("test study"),
        series_uid=derived_uid("test series", name),
        frame_of_reference_uid=derived_uid("test frame"),
        study_date="20260105",
        study_description="Phantom",
        series_description=name,
        tube_voltage_kv=120.0,
    )


@pytest.fixture
def a_volume() -> Volume:
    """Ten slices, 1 mm apart, of noise with a bright voxel on the patient's left."""
    grid = GridGeometry.axis_aligned((36, 34, 10), (-6.5, 20.0, -300.0), (0.75, 0.5, 1.0))
    voxels = np.random.default_rng(5).integers(-1024, 1500, grid.shape_kji).astype(np.int16)
    voxels[7, 3, 12] = 3000
    return Volume(voxels, grid, derived_uid("test frame"))


@pytest.fixture
def a_label() -> SeriesLabel:
    return _label("axial")


@pytest.fixture
def write(tmp_path: Path, a_volume: Volume) -> SeriesWriter:
    """Write the volume, or another one, as a series of its own into one folder."""

    def written(
        volume: Volume = a_volume, *, name: str = "axial", compressed: bool = False
    ) -> tuple[Path, ...]:
        return write_series(tmp_path / name, volume, _label(name), compressed=compressed)

    return written
