"""The sides of a picture that lies nowhere in space, as the file itself names them."""

from planner.geometry.side_letters import SideLetters

PATIENT_ORIENTATION = 0x0020_0020
_OPPOSITE = {"L": "R", "R": "L", "A": "P", "P": "A", "H": "F", "F": "H"}
_AS_SHOWN = str.maketrans("HF", "SI")
"""The slices say superior and inferior where DICOM says head and feet."""
_AXIS = {"L": 0, "R": 0, "A": 1, "P": 1, "H": 2, "F": 2}


def picture_sides(text: str) -> SideLetters | None:
    r"""Return the patient's side at each edge of a picture; None where the file names none.

    Two directions that cannot both hold, such as left and right, name none.

    Parameters
    ----------
    text
        The value of PatientOrientation (0020,0020), DICOM PS3.3 C.7.6.1.1.1: where the rows run
        to, a backslash, where the columns run to. Each is one to three letters, the main one
        first.

    Examples
    --------
    >>> picture_sides("L\\F")
    SideLetters(left='R', right='L', top='S', bottom='I')
    """
    directions = [part.strip().upper() for part in text.split("\\")]
    if len(directions) != 2 or not all(map(_is_direction, directions)):
        return None
    along_row, along_column = directions
    if _AXIS[along_row[0]] == _AXIS[along_column[0]]:
        return None
    return SideLetters(
        left=_shown(_opposite(along_row)),
        right=_shown(along_row),
        top=_shown(_opposite(along_column)),
        bottom=_shown(along_column),
    )


def _is_direction(letters: str) -> bool:
    if not letters or any(letter not in _AXIS for letter in letters):
        return False
    axes = [_AXIS[letter] for letter in letters]
    return len(set(axes)) == len(axes)


def _opposite(letters: str) -> str:
    return "".join(_OPPOSITE[letter] for letter in letters)


def _shown(letters: str) -> str:
    return letters.translate(_AS_SHOWN)
