import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
import SimpleITK

from planner.foundation.errors import GeometryProblem, WriterProblem
from planner.geometry.grids import GridGeometry
from planner.imaging.label_map import write_label_map


@pytest.fixture
def a_feet_first_grid() -> GridGeometry:
    matrix = np.diag([-0.703125, 0.703125, -2.5, 1.0])
    matrix[:3, 3] = [172.5, -140.25, -30.0]
    return GridGeometry((6, 5, 4), matrix)


def test_another_program_reads_the_same_labels_at_the_same_place(
    a_feet_first_grid: GridGeometry, tmp_path: Path
) -> None:
    labels = np.arange(120, dtype=np.uint8).reshape(a_feet_first_grid.shape_kji)
    write_label_map(tmp_path / "labels.nii.gz", labels, a_feet_first_grid)
    image = SimpleITK.ReadImage(str(tmp_path / "labels.nii.gz"))
    assert np.array_equal(SimpleITK.GetArrayFromImage(image), labels)
    for ijk in [(0, 0, 0), (5, 0, 0), (0, 4, 0), (5, 4, 3)]:
        np.testing.assert_allclose(
            image.TransformIndexToPhysicalPoint(ijk), a_feet_first_grid.lps_of(ijk), atol=1e-4
        )


def test_the_file_itself_is_in_ras(a_feet_first_grid: GridGeometry, tmp_path: Path) -> None:
    labels = np.zeros(a_feet_first_grid.shape_kji, np.uint8)
    write_label_map(tmp_path / "labels.nii.gz", labels, a_feet_first_grid)
    header = gzip.decompress((tmp_path / "labels.nii.gz").read_bytes())[:348]
    rows = np.array(struct.unpack("<12f", header[280:328])).reshape(3, 4)
    expected = np.diag([-1.0, -1.0, 1.0, 1.0]) @ a_feet_first_grid.lps_from_ijk
    np.testing.assert_allclose(rows, expected[:3], atol=1e-5)


def test_labels_that_do_not_fill_the_grid_are_refused(
    a_feet_first_grid: GridGeometry, tmp_path: Path
) -> None:
    with pytest.raises(GeometryProblem):
        write_label_map(tmp_path / "a.nii.gz", np.zeros((6, 5, 4), np.uint8), a_feet_first_grid)


@pytest.mark.parametrize("name", ["labels.txt", "no/such/folder/labels.nii.gz"])
def test_a_file_that_cannot_be_written_is_a_writer_problem(
    a_feet_first_grid: GridGeometry, tmp_path: Path, name: str
) -> None:
    labels = np.zeros(a_feet_first_grid.shape_kji, np.uint8)
    with pytest.raises(WriterProblem):
        write_label_map(tmp_path / name, labels, a_feet_first_grid)
