"""Which side of the patient lies at each edge of a picture."""

import attrs


@attrs.frozen
class SideLetters:
    """Letters of the patient's sides: left, right, anterior, posterior, superior, inferior.

    The fields are the edges of the picture; where an edge lies between two sides it has the
    letters of both, the nearer one first.
    """

    left: str
    right: str
    top: str
    bottom: str
