"""Training input drawn from samples: turned, scaled, blurred, noisy, with a wrong body outline."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from samples import MARGIN_MM, SAMPLE_STEP_MM, UNKNOWN
from torch.nn import functional

from planner.anatomy.outline_box import BOX_FIRST_UVW_MM, BOX_SHAPE_WVU, BOX_STEP_MM
from planner.anatomy.outline_network import HU_CENTRE, HU_RANGE, HU_SCALE

TURN_DEG, SCALE, SHIFT_MM = 9.0, 0.14, 3.0
PRIOR_SHIFT_MM, PRIOR_SCALE = 0.8, 0.04
HELD_OUT_RIM_MM = 3
CHANNELS = ("hu", "body", "canal", "own", "other")


@dataclass(frozen=True)
class Sample:
    """One file: channels (hu, body, canal, own, other) and which voxels teach."""

    channels: torch.Tensor
    teaches: torch.Tensor


@dataclass(frozen=True)
class Drawn:
    """What the network sees and what it should say, each (1, channels, w, v, u)."""

    seen: torch.Tensor
    wanted: torch.Tensor
    weight: torch.Tensor


def load(path: Path, held_out: set[int]) -> Sample:
    """Return a sample whose voxels in and around held-out labels teach nothing."""
    with np.load(path) as file:
        labels = torch.from_numpy(file["labels"])
        channels = torch.stack([torch.from_numpy(file[n].astype(np.int16)) for n in CHANNELS])
    held = torch.zeros(labels.shape)
    for label in held_out:
        held = torch.maximum(held, (labels == label).float())
    width = 2 * HELD_OUT_RIM_MM + 1
    held = functional.max_pool3d(held[None, None], width, 1, HELD_OUT_RIM_MM)[0, 0]
    own = held < 0.5
    other = own & (labels != UNKNOWN)
    return Sample(channels, torch.stack([own, other]).to(torch.uint8))


def _grid(spread: np.random.Generator) -> torch.Tensor:
    """Return where in a sample (u, v, w in mm from the body) each voxel of the box is read."""
    axes = [
        first + BOX_STEP_MM * torch.arange(count, dtype=torch.float32)
        for first, count in zip(BOX_FIRST_UVW_MM, BOX_SHAPE_WVU[::-1], strict=True)
    ]
    w, v, u = torch.meshgrid(axes[2], axes[1], axes[0], indexing="ij")
    points = torch.stack([u, v, w], dim=-1)
    turn = np.eye(3)
    for a, b in ((0, 1), (0, 2), (1, 2)):
        angle = math.radians(spread.normal() * TURN_DEG / 2)
        part = np.eye(3)
        part[a, a] = part[b, b] = math.cos(angle)
        part[a, b], part[b, a] = -math.sin(angle), math.sin(angle)
        turn = turn @ part
    scale = np.exp(spread.uniform(-SCALE, SCALE) + spread.normal(size=3) * 0.03)
    matrix = torch.from_numpy((turn * scale).astype(np.float32))
    shift = np.clip(spread.normal(size=3) * SHIFT_MM / 2, -2 * SHIFT_MM, 2 * SHIFT_MM)
    return points @ matrix.T + torch.from_numpy(shift.astype(np.float32))


def _read(channels: torch.Tensor, points: torch.Tensor, mode: str = "bilinear") -> torch.Tensor:
    size = torch.tensor(channels.shape[:0:-1], dtype=torch.float32)
    first = torch.tensor(BOX_FIRST_UVW_MM) - MARGIN_MM
    index = (points - first) / SAMPLE_STEP_MM
    place = 2.0 * index / (size - 1.0) - 1.0
    return functional.grid_sample(
        channels.float()[None], place[None], mode=mode, padding_mode="border", align_corners=True
    )


def _scanned(hu: torch.Tensor, spread: np.random.Generator) -> torch.Tensor:
    """Return an image of thicker slices and another kernel, with noise and another scale."""
    shape = hu.shape[2:]
    if spread.random() < 0.6:
        coarse = np.exp(spread.uniform(0.0, 0.75, size=3) * (spread.random(3) < 0.6))
        size = [max(8, round(n / c)) for n, c in zip(shape, coarse, strict=True)]
        hu = functional.interpolate(hu, size, mode="trilinear", align_corners=True)
        hu = functional.interpolate(hu, shape, mode="trilinear", align_corners=True)
    if spread.random() < 0.3:
        blurred = functional.avg_pool3d(hu, 3, 1, 1, count_include_pad=False)
        hu = hu + (blurred - hu) * spread.uniform(-0.6, 0.8)
    noise = torch.from_numpy(spread.normal(size=tuple(hu.shape)).astype(np.float32))
    hu = hu + noise * spread.uniform(0.0, 35.0)
    return hu * spread.uniform(0.8, 1.2) + spread.uniform(-35.0, 35.0)


def draw(sample: Sample, spread: np.random.Generator) -> Drawn:
    """Return a random view of a sample."""
    points = _grid(spread)
    image = _read(sample.channels[[0, 3, 4]], points)
    wrong = torch.from_numpy((spread.normal(size=3) * PRIOR_SHIFT_MM).astype(np.float32))
    swollen = torch.from_numpy(np.exp(spread.normal(size=3) * PRIOR_SCALE).astype(np.float32))
    body = _read(sample.channels[1:2], points * swollen + wrong) / 255.0
    canal = _read(sample.channels[2:3], points + wrong.flip(0)) / 255.0
    weight = _read(sample.teaches, points, "nearest")
    hu = _scanned(image[:, :1], spread).clamp(*HU_RANGE)
    seen = torch.cat([(hu - HU_CENTRE) / HU_SCALE, body, canal], dim=1)
    wanted = image[:, 1:] / 255.0
    if spread.random() < 0.5:
        seen, wanted, weight = (part.flip(-1) for part in (seen, wanted, weight))
    return Drawn(seen, wanted, weight)
