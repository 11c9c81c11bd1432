"""The outline network: which bone around a vertebral body is its own, learnt from labelled CT.

How it was trained, and on what, is in ``resources/anatomy/outline``.
"""

import functools

import attrs
import numpy as np
import onnxruntime
from scipy import special

from planner.anatomy.arch_place import BoolVoxels
from planner.anatomy.outline_box import OutlineBox
from planner.anatomy.spine_crop import Box, FloatVoxels, SpineCrop
from planner.foundation.resource_files import resource

NETWORK_FILE = ("anatomy", "outline.onnx")
HU_RANGE = (-200.0, 1000.0)
HU_CENTRE, HU_SCALE = 150.0, 250.0
"""Hounsfield units enter the network clipped, less the centre, over the scale."""
_LEAST_SHARE = 1e-4
"""Shares this near to 0 and 1 are as sure as any."""


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

    It looks twice, the second time at the mirror image: a vertebra has no better side. Read back
    are log odds, which run straight across an edge where shares bend.

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
    odds = (_log_odds(seen) + _log_odds(seen[..., ::-1])[..., ::-1]) / 2.0
    part, beyond = box.part_of(crop), float(special.logit(_LEAST_SHARE))
    own, other = (special.expit(box.read_back(said, crop, part, beyond)) for said in odds)
    return SeenBone(part, own, other)


def _log_odds(seen: FloatVoxels) -> FloatVoxels:
    """Return what the network says of its input (channels, w, v, u), shape (2, w, v, u)."""
    given = np.ascontiguousarray(seen[np.newaxis], np.float32)
    shares = np.asarray(_session().run(["shares"], {"seen": given})[0])[0]
    odds: FloatVoxels = special.logit(np.clip(shares, _LEAST_SHARE, 1.0 - _LEAST_SHARE))
    return odds
