"""Samples for the outline network: what it sees around a body, and what is true there."""

from collections.abc import Iterator
from pathlib import Path

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.anatomy.heights import fit_walls
from planner.anatomy.outline_box import BOX_FIRST_UVW_MM, BOX_SHAPE_WVU, BOX_STEP_MM, OutlineBox
from planner.anatomy.segmentation import FoundBody, find_body
from planner.anatomy.vertebra_frame import frame_of
from planner.foundation.errors import AnatomyProblem
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray
from planner.imaging.volume import Volume

SAMPLE_STEP_MM = 1.0
UNKNOWN = 255
"""Outside the grid of the truth."""
MARGIN_MM = 9.0
"""Around the network's box, so that a sample can be turned, moved and scaled."""
CLICK_ERROR_MM = 5.0


@attrs.frozen(eq=False)
class Truth:
    """Labels of bone on a grid: which vertebra or rib each voxel belongs to, 0 for none."""

    labels: NDArray[np.uint8]
    geometry: GridGeometry

    def at(self, lps_mm: FloatArray) -> NDArray[np.uint8]:
        """Return the labels at points (..., 3)."""
        ijk = np.rint(self.geometry.ijk_of(lps_mm)).astype(int)
        shape = np.array(self.geometry.shape_ijk)
        inside = ((ijk >= 0) & (ijk < shape)).all(axis=-1)
        i, j, k = np.moveaxis(np.clip(ijk, 0, shape - 1), -1, 0)
        return np.where(inside, self.labels[k, j, i], UNKNOWN).astype(np.uint8)


def sample_box(found: FoundBody) -> OutlineBox:
    """Return the box of a sample: the network's own, finer and with a margin."""
    frame = frame_of(found.points_lps_mm, fit_walls(found.outline), found.line)
    first = tuple(value - MARGIN_MM for value in BOX_FIRST_UVW_MM)
    shape = tuple(
        int(np.ceil((count * BOX_STEP_MM + 2 * MARGIN_MM) / SAMPLE_STEP_MM))
        for count in BOX_SHAPE_WVU
    )
    return OutlineBox(frame, first, SAMPLE_STEP_MM, shape)


def clicks(centre_lps_mm: FloatArray, count: int, seed: int) -> Iterator[FloatArray]:
    """Yield a point and others up to 5 mm beside it."""
    random = np.random.default_rng(seed)
    yield centre_lps_mm
    for _ in range(count - 1):
        way = random.normal(size=3)
        yield centre_lps_mm + way / np.linalg.norm(way) * random.uniform(2.0, CLICK_ERROR_MM)


def write_samples(
    folder: Path, name: str, volume: Volume, clicked: Iterator[FloatArray], truth: Truth, own: int
) -> None:
    """Write one file for each click that finds a body."""
    for number, click in enumerate(clicked):
        try:
            found = find_body(volume, click)
        except AnatomyProblem as problem:
            print(name, number, problem, flush=True)
            continue
        box = sample_box(found)
        labels = truth.at(box.points_lps_mm())
        parts = {
            "hu": box.sampled(found.crop.hu, found.crop).round().astype(np.int16),
            "body": _share(box.sampled(found.voxels, found.crop)),
            "canal": _share(box.sampled(found.canal, found.crop)),
            "own": _share(np.float32(labels == own)),
            "other": _share(np.float32((labels > 0) & (labels != own) & (labels != UNKNOWN))),
            "labels": labels,
            "own_label": np.uint8(own),
        }
        np.savez(folder / f"{name}_{number}.npz", **parts)
        print(name, number, int((labels == own).sum()), flush=True)


def _share(part: NDArray[np.float32]) -> NDArray[np.uint8]:
    return (np.clip(part, 0.0, 1.0) * 255.0).round().astype(np.uint8)
