"""The sacrum and the iliac wings, simpler than the vertebrae: nothing is planned in them.

Frame: that of the endplate of S1, u left, v posterior, w out of the bone, millimetres.
"""

import itertools

import numpy as np

from planner.digital_spine.arch_shape import lower_facet_block
from planner.digital_spine.distance_fields import Joined, Limb
from planner.digital_spine.spine_pose import PosedVertebra
from planner.geometry.points import as_triple
from planner.geometry.transforms import RigidTransform

_FILLET_MM = 4.0
SACRAL_CANAL = Limb((0.0, 24.0, -8.0), (0.0, 26.0, -70.0), (1.0, 0.0, 0.0), (13.5, 7.5), (6.0, 3.5))
_LEFT_RIGHT = (1.0, -1.0)
_LEFT = (1.0, 0.0, 0.0)


_SEGMENTS = (
    (6.0, -14.5, 40.0, (14.5, 16.0)),
    (15.0, -39.0, 31.0, (13.5, 12.0)),
    (23.0, -60.0, 23.0, (11.5, 9.0)),
    (27.0, -78.0, 14.0, (9.5, 7.0)),
)
"""S1 to S4: posterior, superior, half width and radii (tall, deep) of a rod from side to side."""
_WING_ROOT_MM = (80.0, -28.0, -82.0)
_CREST_MM = (
    (46.0, 46.0, -36.0),
    (60.0, 40.0, 2.0),
    (80.0, 14.0, 34.0),
    (102.0, -22.0, 38.0),
    (114.0, -56.0, 8.0),
)


def _wing(sign: float) -> list[Joined]:
    """Return an iliac wing: a fan of flat rods from the hip's roof to the crest, and the crest."""
    root = (sign * _WING_ROOT_MM[0], *_WING_ROOT_MM[1:])
    crest = [(sign * u, v, w) for u, v, w in _CREST_MM]
    outward = (sign, 0.35, 0.0)
    fan = [Joined(Limb(root, end, outward, (7.0, 24.0), (4.5, 24.0)), _FILLET_MM) for end in crest]
    rim = [
        Joined(Limb(a, b, outward, (6.0, 7.0), (6.0, 7.0)), _FILLET_MM)
        for a, b in itertools.pairwise(crest)
    ]
    # The first rod stands apart from the sacrum: the sacroiliac joint.
    fan[0] = Joined(fan[0].limb, 0.0)
    return fan + rim


def sacrum_limbs(last: PosedVertebra, lps_from_plate: RigidTransform) -> list[Joined]:
    """Return the sacrum's solid parts, with the facets that bear the last lumbar vertebra."""
    limbs = [
        Joined(
            Limb((-half, v, w), (half, v, w), (0.0, 0.0, 1.0), radii, radii, squareness=2.4),
            _FILLET_MM,
        )
        for v, w, half, radii in _SEGMENTS
    ]
    promontory = Limb(
        (0.0, 0.0, -13.5), (0.0, 8.0, -44.0), _LEFT, (25.0, 16.5), (17.0, 10.0), squareness=2.6
    )
    crest = Limb((0.0, 37.0, -18.0), (0.0, 38.0, -68.0), _LEFT, (3.0, 5.0), (3.0, 3.5))
    limbs += [Joined(promontory, _FILLET_MM), Joined(crest, _FILLET_MM)]
    for sign in _LEFT_RIGHT:
        roof = Limb(
            (sign * 15.0, 31.0, -16.0), (sign * 9.0, 34.0, -64.0), _LEFT, (11.0, 3.4), (8.0, 3.0)
        )
        limbs.append(Joined(roof, _FILLET_MM))
    for sign in _LEFT_RIGHT:
        limbs += _wing(sign)
    plate_from_lps = lps_from_plate.inverse
    for joint in last.joints_below:
        facet = lower_facet_block(joint, plate_from_lps)
        foot = np.asarray(facet.start_mm)
        root = np.array([joint.side.sign * 20.0, 22.0, -18.0])
        stem = Limb(as_triple(root), as_triple(foot), (1.0, 0.0, 0.0), (6.0, 5.5), (5.0, 4.8))
        limbs += [Joined(facet, 2.2), Joined(stem, 2.2)]
    return limbs


def sacrum_openings() -> list[Limb]:
    """Return what is hollow: the canal and the foramina of S1 and S2."""
    openings = [SACRAL_CANAL]
    for sign in _LEFT_RIGHT:
        for w, u in ((-36.0, 20.0), (-60.0, 16.0)):
            openings.append(
                Limb(
                    (sign * u, -12.0, w - 3.0),
                    (sign * (u - 1.0), 40.0, w),
                    (1.0, 0.0, 0.0),
                    (5.5, 6.5),
                    (4.5, 5.5),
                )
            )
    return openings
