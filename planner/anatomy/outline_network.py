"""The outline network: which bone around a vertebral body is its own, learnt from labelled CT.

How it was trained, and on what, is in ``resources/anatomy/outline``.
"""

import functools

import attrs
import numpy as np
import onnxruntime

from planner.anatomy.arch_place import BoolVoxels
from planner.anatomy.outline_box import OutlineBox
from planner.anatomy.spine_crop import Box, FloatVoxels, SpineCrop
from planner.foundation.resource_files import resource

NETWORK_FILE = ("anatomy", "outline.onnx")
HU_RANGE = (-200.0, 1000.0)
HU_CENTRE, HU_SCALE = 150.0, 250.0
"""Hounsfield units enter the network clipped, less the centre, over the scale."""


@attrs.frozen(eq=False)
class SeenBone:
    """What the network sees in a part of a crop, shares from 0 to 1."""

    part: Box
    own: FloatVoxels
    """How surely each voxel is this vertebra's."""
    other: FloatVoxels
    """How surely each voxel is a neighbour's, a rib's or the sacrum's."""


@functools.cache
def _session() -> onnxruntime.InferenceSession:
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        resource(*NETWORK_FILE).read_bytes(), options, providers=["CPUExecutionProvider"]
    )


def seen_bone(crop: SpineCrop, body: BoolVoxels, canal: BoolVoxels, box: OutlineBox) -> SeenBone:
    """Return what the network sees around a body, in the part of a crop that its box holds.

    Parameters
    ----------
    crop
        The CT around the vertebra.
    body, canal
        The body whose vertebra is asked for, and the canal, on the crop's grid.
    box
        The network's box in the vertebra's axes.
    """
    hu = np.clip(box.sampled(crop.hu, crop), *HU_RANGE)
    seen = np.stack(
        [(hu - HU_CENTRE) / HU_SCALE, box.sampled(body, crop), box.sampled(canal, crop)]
    )
    shares = _session().run(["shares"], {"seen": seen[np.newaxis].astype(np.float32)})[0]
    part = box.part_of(crop)
    own, other = (box.read_back(share, crop, part) for share in np.asarray(shares)[0])
    return SeenBone(part, own, other)
