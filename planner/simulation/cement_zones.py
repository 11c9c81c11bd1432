"""What each place around a vertebral body is to cement, and where a leak goes."""

import enum


class Zone(enum.IntEnum):
    """What a voxel is to cement that comes to it."""

    WALL = 0
    """Cortex, other bones, and whatever is no way at all."""
    BONE = 1
    """Spongy bone with pores."""
    CLEFT = 2
    """A hollow in the body: gas, or far less dense than its marrow."""
    CAVITY = 3
    """What a balloon has pushed open."""
    VEIN_IN_BONE = 4
    """The channel of the basivertebral vein."""
    TRACK = 5
    """The way a needle came."""
    CANAL = 6
    FORAMEN = 7
    VEIN = 8
    """A vein outside the body."""
    DISC = 9
    SOFT_TISSUE = 10
    BEHIND_TRACK = 11
    """Where a needle's track leaves the bone."""

    @property
    def is_outside(self) -> bool:
        """Whether cement here has leaked."""
        return self >= Zone.CANAL


class Destination(enum.Enum):
    """Where cement goes that leaves the bone, the gravest first."""

    CANAL = "canal"
    FORAMEN = "foramen"
    VEIN = "vein"
    DISC = "disc"
    SOFT_TISSUE = "soft tissue"
    NEEDLE_TRACK = "needle track"

    @property
    def is_grave(self) -> bool:
        """Whether nothing more may be injected after it, at all."""
        return self in {Destination.CANAL, Destination.FORAMEN, Destination.VEIN}


DESTINATION_OF_ZONE = {
    Zone.CANAL: Destination.CANAL,
    Zone.FORAMEN: Destination.FORAMEN,
    Zone.VEIN: Destination.VEIN,
    Zone.DISC: Destination.DISC,
    Zone.SOFT_TISSUE: Destination.SOFT_TISSUE,
    Zone.BEHIND_TRACK: Destination.NEEDLE_TRACK,
}


class LeakClass(enum.Enum):
    """The way out: Yeom's three, and through an endplate into the disc."""

    BASIVERTEBRAL = "B"
    SEGMENTAL = "S"
    CORTICAL = "C"
    DISC = "D"


class WayOut(enum.IntEnum):
    """How cement left the bone, as the kernel counts it."""

    INSIDE = 0
    BASIVERTEBRAL = 1
    SEGMENTAL = 2
    CORTICAL = 3
    DISC = 4
    TRACK = 5

    @property
    def leak_class(self) -> LeakClass | None:
        """The class in the literature's letters; a needle's track has none."""
        return {
            WayOut.BASIVERTEBRAL: LeakClass.BASIVERTEBRAL,
            WayOut.SEGMENTAL: LeakClass.SEGMENTAL,
            WayOut.CORTICAL: LeakClass.CORTICAL,
            WayOut.DISC: LeakClass.DISC,
        }.get(self)
