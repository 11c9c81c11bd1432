"""The colour of each kind of surface, as in the program's own views."""

from planner.anatomy.levels import Side
from planner.export.snapshot import MeshKind, NamedMesh

Colour = tuple[float, float, float]
"""Red, green and blue from 0 to 1."""

_OF_KIND: dict[MeshKind, Colour] = {
    MeshKind.BONE: (0.902, 0.863, 0.761),
    MeshKind.CANAL: (0.949, 0.847, 0.318),
    MeshKind.NEEDLE: (0.741, 0.757, 0.776),
    MeshKind.BALLOON: (0.545, 0.804, 0.600),
    MeshKind.CEMENT: (0.757, 0.553, 0.851),
}
_OF_NEEDLE: dict[Side, Colour] = {
    Side.LEFT: (0.361, 0.780, 0.961),
    Side.RIGHT: (0.961, 0.659, 0.357),
}
_OPACITY = {MeshKind.BONE: 0.45, MeshKind.CANAL: 0.6, MeshKind.CEMENT: 0.8}


def colour_of(named: NamedMesh) -> Colour:
    """Return a surface's colour; needles of the left and the right differ."""
    if named.kind is MeshKind.NEEDLE and named.side is not None:
        return _OF_NEEDLE[named.side]
    return _OF_KIND[named.kind]


def colour_of_kind(kind: MeshKind) -> Colour:
    """Return the colour of all that is of one kind."""
    return _OF_KIND[kind]


def opacity_of(named: NamedMesh) -> float:
    """Return a surface's opacity: what lies in the bone shall be seen."""
    return _OPACITY.get(named.kind, 1.0)


def bytes_of(colour: Colour) -> tuple[int, int, int]:
    """Return a colour in numbers from 0 to 255."""
    red, green, blue = (round(255 * part) for part in colour)
    return red, green, blue
