"""The sacrum and the iliac wings, simpler than the vertebrae: nothing is planned in them.

Frame: that of the endplate of S1, u left, v posterior, w out of the bone, millimetres.
"""

import numpy as np

from planner.digital_spine.arch_shape import lower_facet_block
from planner.digital_spine.distance_fields import Joined, Limb
from planner.digital_spine.spine_pose import PosedVertebra
from planner.geometry.points import as_triple
from planner.geometry.transforms import RigidTransform

_FILLET_MM = 4.0
SACRAL_CANAL = Limb((0.0, 24.0, -8.0), (0.0, 26.0, -70.0), (1.0, 0.0, 0.0), (13.5, 7.5), (6.0, 3.5))
_LEFT_RIGHT = (1.0, -1.0)


def sacrum_limbs(last: PosedVertebra, lps_from_plate: RigidTransform) -> list[Joined]:
    """Return the sacrum's solid parts, with the facets that bear the last lumbar vertebra."""
    block = Limb(
        (0.0, 0.0, -13.5),
        (0.0, 12.0, -78.0),
        (1.0, 0.0, 0.0),
        (25.0, 16.5),
        (13.0, 6.0),
        squareness=2.6,
    )
    crest = Limb((0.0, 37.0, -18.0), (0.0, 37.0, -66.0), (1.0, 0.0, 0.0), (3.0, 5.0), (3.0, 3.5))
    limbs = [Joined(block, 0.0), Joined(crest, _FILLET_MM)]
    for sign in _LEFT_RIGHT:
        ala = Limb(
            (sign * 18.0, 6.0, -20.0),
            (sign * 44.0, 16.0, -34.0),
            (0.0, 0.0, 1.0),
            (15.0, 12.0),
            (24.0, 13.0),
        )
        side = Limb(
            (sign * 44.0, 17.0, -34.0),
            (sign * 20.0, 18.0, -82.0),
            (0.0, 1.0, 0.0),
            (11.0, 9.0),
            (6.0, 6.0),
        )
        roof = Limb(
            (sign * 15.0, 31.0, -16.0),
            (sign * 10.0, 33.0, -62.0),
            (1.0, 0.0, 0.0),
            (11.0, 3.4),
            (8.0, 3.0),
        )
        wing = Limb(
            (sign * 56.0, 30.0, -52.0),
            (sign * 96.0, -34.0, 22.0),
            (-0.5 * sign, 0.75, 1.0),
            (24.0, 6.0),
            (27.0, 4.5),
            squareness=2.4,
        )
        limbs += [Joined(part, _FILLET_MM) for part in (ala, side, roof)]
        # The wing stands apart: the sacroiliac joint.
        limbs.append(Joined(wing, 0.0))
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
