"""Scan a model: its tissues on a lattice, then a scanner's blur, slices, noise and streaks."""

import math

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.anatomy.levels import Side, VertebraLevel
from planner.digital_spine.arch_shape import pedicle_shape
from planner.digital_spine.bone_scene import BoneScene, bone_scene
from planner.digital_spine.lattice import Field, Lattice
from planner.digital_spine.model_spine import ModelSpine
from planner.digital_spine.oval_stacks import paint_stacks
from planner.digital_spine.paint_pathology import paint_vertebra_pathology
from planner.digital_spine.paint_spine import (
    Marrow,
    paint_bone,
    paint_canal,
    paint_discs,
    paint_joints,
    paint_ribs,
    paint_vein,
)
from planner.digital_spine.painter import CtPalette, MrPalette, Painter, Palette
from planner.digital_spine.pathology import Cement, Fracture, Screws
from planner.digital_spine.scan_settings import ScanSettings
from planner.digital_spine.tissues import MrContrast, Tissue
from planner.foundation.progress import Progress, no_progress, part_of
from planner.geometry.transforms import RigidTransform

_FINEST_STEP_MM = 1.0
"""Slices thicker than this are averaged from thinner ones."""
_HU_MIN, _HU_MAX = -1024, 3071
_METAL_HU = 12_000.0
_MR_BLUR_VOXELS, _MR_NOISE, _MR_MOST = 0.55, 14.0, 4095
_SHELL_HU, _FOAM_HU = -180.0, -930.0
_OUTSIDE_HU, _FOAM_ONLY_OVER_HU = -500.0, -900.0
_COUCH_THICKNESS_MM, _COUCH_CURVE, _COUCH_RISE_MM = 22.0, 0.0009, 45.0
_NOISE_GRAIN_VOXELS = 0.6
_METAL_SPREAD_MM = 60.0
_STREAKS = 11
_SCREW_STREAK_HU, _CEMENT_STREAK_HU = 260.0, 26.0


def tissue_image(
    model: ModelSpine,
    lattice: Lattice,
    palette: Palette,
    scene: BoneScene,
    progress: Progress = no_progress,
) -> Field:
    """Return a model's tissues on a lattice, each voxel the mean of what lies in it.

    Rows of the lattice must each lie at one height.
    """
    air = np.float32(palette.value(Tissue.AIR))
    values = np.full(lattice.shape_kji, air, np.float32)
    painter = Painter(values, lattice, palette)
    stacks = model.stacks
    looks = np.array([(palette.value(t), palette.texture(t)) for t in stacks.tissues])
    paint_stacks(values, lattice, stacks, looks, model.seed)
    progress(0.3, "Painting tissue")
    paint_discs(painter, model)
    paint_canal(painter, model)
    paint_joints(painter, model)
    progress(0.4, "Painting bone")
    paint_ribs(painter, scene.ribs, model.bone)
    frames = [v.lps_from_vertebra for v in model.spine.vertebrae]
    frames.append(model.spine.lps_from_sacral_plate)
    for n, (field, solid, frame) in enumerate(
        zip(scene.vertebrae, scene.solid, frames, strict=True)
    ):
        progress(0.4 + 0.6 * n / len(frames), "Painting bone")
        if field is None or solid is None:
            continue
        vertebra = model.spine.vertebrae[n] if n < len(model.spine.vertebrae) else None
        paint_bone(painter, field, solid, frame, _marrow(model, n), model.bone)
        if vertebra is not None:
            paint_vein(painter, vertebra)
            paint_vertebra_pathology(painter, field, vertebra, model)
    return values


def _marrow(model: ModelSpine, place: int) -> Marrow:
    """Return what is inside a vertebra, or the sacrum after the last one."""
    random = np.random.default_rng([model.seed, 3, place])
    factor = 1.0 + model.patient.variation * 0.04 * float(random.standard_normal())
    if place >= len(model.spine.vertebrae):
        return Marrow(Tissue.MARROW, factor, model.seed + 100 + place)
    level = model.spine.vertebrae[place].level
    is_fresh = any(not f.is_healed for f in model.of_kind(Fracture, level))
    tissue = Tissue.OEDEMA if is_fresh else Tissue.MARROW
    return Marrow(tissue, factor, model.seed + 100 + place)


def _paint_couch(lattice: Lattice, values: Field, top_y_mm: float) -> None:
    """Paint the couch under the patient: a thin shell that sags in the middle, foam inside."""
    depth, rows, columns = lattice.shape_kji
    rows_y = lattice.lps_from_ijk[1, 1] * np.arange(rows) + lattice.lps_from_ijk[1, 3]
    reached = np.flatnonzero(rows_y > top_y_mm - _COUCH_RISE_MM)
    if not len(reached):
        return
    window = (slice(0, depth), slice(int(reached[0]), int(reached[-1]) + 1), slice(0, columns))
    x, y, _ = lattice.cropped(window).coordinates(RigidTransform.identity())
    part = values[window]
    below = y - np.float32(top_y_mm) + np.float32(_COUCH_CURVE) * x * x
    shell = np.clip(1.5 - np.abs(below - 2.0), 0.0, 1.0) * (part < _OUTSIDE_HU)
    part += shell * (np.float32(_SHELL_HU) - part)
    foam = (below > 3.5) & (below < _COUCH_THICKNESS_MM) & (part < _FOAM_ONLY_OVER_HU)
    part[foam] = _FOAM_HU


@attrs.frozen
class _Slicing:
    """How a scan's slices are made of thinner ones."""

    parts: int
    """Thinner slices from one slice's middle to that of the next."""
    half_parts: float
    """Half a slice's thickness, in thinner slices."""

    @classmethod
    def of(cls, settings: ScanSettings) -> "_Slicing":
        parts = max(1, math.ceil(settings.step_mm / _FINEST_STEP_MM))
        thickness = settings.thickness_mm or settings.step_mm
        return cls(parts, parts * thickness / settings.step_mm / 2.0)

    @property
    def reach(self) -> float:
        """From a slice's middle to that of the outermost thinner slice it is made of."""
        # As many on both sides: with the middle between two of them where their number is even.
        half = 0.0 if self.parts % 2 else 0.5
        return max(math.ceil(self.half_parts - half - 0.5), 0.0) + half

    def fine(self, lattice: Lattice) -> Lattice:
        """Return the lattice of the thinner slices."""
        matrix = np.array(lattice.lps_from_ijk)
        matrix[:3, 2] /= self.parts
        matrix[:3, 3] -= matrix[:3, 2] * self.reach
        k, j, i = lattice.shape_kji
        return Lattice(((k - 1) * self.parts + round(2 * self.reach) + 1, j, i), matrix)

    def averaged(self, fine: Field, slices: int) -> Field:
        """Return slices as means of the thinner ones that lie in them, in part or wholly."""
        places = np.arange(round(2 * self.reach) + 1) - self.reach
        shares = np.clip(self.half_parts + 0.5 - np.abs(places), 0.0, 1.0)
        if len(shares) == 1:
            return fine
        mean = np.zeros((slices, *fine.shape[1:]), np.float32)
        for first, share in enumerate(shares / shares.sum()):
            last = first + (slices - 1) * self.parts + 1
            mean += np.float32(share) * fine[first : last : self.parts]
        return mean


def _noise(shape: tuple[int, int, int], seed: int) -> Field:
    """Return a scanner's noise of spread 1, grainy within a slice."""
    random = np.random.default_rng([seed, 4])
    noise = random.standard_normal(shape, dtype=np.float32)
    for axis in (1, 2):
        noise = ndimage.gaussian_filter1d(noise, _NOISE_GRAIN_VOXELS, axis=axis, mode="wrap")
    noise /= noise[: max(1, shape[0] // 16)].std()
    return noise


def _streak_strength_hu(model: ModelSpine, level: VertebraLevel) -> float:
    screws, cement = len(model.of_kind(Screws, level)), len(model.of_kind(Cement, level))
    return _SCREW_STREAK_HU * screws + _CEMENT_STREAK_HU * cement


def _streaks(model: ModelSpine, lattice: Lattice, values: Field) -> None:
    """Add dark and bright rays around metal and dense cement, in their slices."""
    sources = [
        (vertebra.lps_from_vertebra.point(pedicle_shape(vertebra, side).isthmus_mm), strength)
        for vertebra in model.spine.vertebrae
        for side in (Side.LEFT, Side.RIGHT)
        if (strength := _streak_strength_hu(model, vertebra.level))
    ]
    for centre, strength in sources:
        window = lattice.window_around(centre, 24.0)
        if window is None:
            continue
        slab = (window[0], slice(0, lattice.shape_kji[1]), slice(0, lattice.shape_kji[2]))
        x, y, z = lattice.cropped(slab).coordinates(RigidTransform.identity())
        dx, dy = x - np.float32(centre[0]), y - np.float32(centre[1])
        away = np.hypot(dx, dy)
        ray = np.cos(_STREAKS * np.arctan2(dy, dx))
        fade = np.exp(-away / _METAL_SPREAD_MM) * np.clip(away / 4.0, 0.0, 1.0)
        near = np.exp(-(((z - np.float32(centre[2])) / 7.0) ** 2))
        body = values[slab] > -700
        values[slab] += np.float32(strength) * ray * fade * near * body


def scan_hu(
    model: ModelSpine,
    lattice: Lattice,
    settings: ScanSettings,
    progress: Progress = no_progress,
) -> NDArray[np.int16]:
    """Return the CT numbers a scanner gives on a lattice.

    Parameters
    ----------
    model
        The patient.
    lattice
        Voxel centres, ``voxels[k, j, i]``; rows run at one height.
    settings
        The kernel's blur, slice thickness, noise and contrast.
    progress
        Told of each step.

    Raises
    ------
    Cancelled
        If the user has cancelled.
    """
    slicing = _Slicing.of(settings)
    fine = slicing.fine(lattice)
    progress(0.0, "Shaping bone")
    scene = bone_scene(model, fine)
    progress(0.2, "Shaping bone")
    palette = CtPalette(model.bone, settings.contrast)
    values = tissue_image(model, fine, palette, scene, part_of(progress, 0.2, 0.75))
    _paint_couch(fine, values, _couch_y_mm(model))
    values = slicing.averaged(values, lattice.shape_kji[0])
    progress(0.8, "Scanning")
    np.clip(values, _HU_MIN, _METAL_HU, out=values)
    sigma = settings.blur_mm / settings.spacing_mm
    for axis in (1, 2):
        values = ndimage.gaussian_filter1d(values, sigma, axis=axis, mode="nearest")
    if settings.metal_streaks:
        _streaks(model, lattice, values)
    progress(0.9, "Scanning")
    if settings.noise_hu:
        values += np.float32(settings.noise_hu) * _noise(lattice.shape_kji, model.seed)
    np.rint(values, out=values)
    return np.clip(values, _HU_MIN, _HU_MAX).astype(np.int16)


def scan_mr(
    model: ModelSpine, lattice: Lattice, contrast: MrContrast, progress: Progress = no_progress
) -> NDArray[np.int16]:
    """Return the signals of an MR image on a lattice, 0 and above.

    Parameters
    ----------
    model
        The patient.
    lattice
        Voxel centres; rows run at one height. Each voxel is the mean over its own thickness.
    contrast
        How the image is weighted.
    progress
        Told of each step.

    Raises
    ------
    Cancelled
        If the user has cancelled.
    """
    step_mm = float(np.linalg.norm(lattice.lps_from_ijk[:3, 2]))
    slicing = _Slicing.of(ScanSettings(step_mm=step_mm))
    fine = slicing.fine(lattice)
    progress(0.0, "Shaping bone")
    scene = bone_scene(model, fine)
    values = tissue_image(model, fine, MrPalette(contrast), scene, part_of(progress, 0.2, 0.9))
    values = slicing.averaged(values, lattice.shape_kji[0])
    for axis in (1, 2):
        values = ndimage.gaussian_filter1d(values, _MR_BLUR_VOXELS, axis=axis, mode="nearest")
    noise = [_noise(lattice.shape_kji, model.seed + n) for n in (11, 12)]
    # The magnitude of a signal with noise in both its parts.
    values = np.hypot(values + _MR_NOISE * noise[0], _MR_NOISE * noise[1])
    progress(1.0, "Scanning")
    signal: NDArray[np.int16] = np.clip(np.rint(values), 0, _MR_MOST).astype(np.int16)
    return signal


def _couch_y_mm(model: ModelSpine) -> float:
    """Return where the couch's top lies: under the rearmost skin."""
    ovals = model.stacks.ovals[0]
    is_there = ovals[:, 2] > 0
    return float((ovals[is_there, 1] + ovals[is_there, 3]).max()) + 1.0
