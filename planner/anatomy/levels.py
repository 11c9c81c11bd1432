"""Names of vertebrae and of sides."""

import enum
import re

from planner.foundation.errors import AnatomyProblem

_NAME = re.compile(r"([CTL]|TH|S)(\d{1,2})", re.IGNORECASE)


class Side(enum.Enum):
    """The patient's own left or right, whatever the picture shows."""

    LEFT = "left"
    RIGHT = "right"

    @property
    def opposite(self) -> "Side":
        """The other side."""
        return Side.RIGHT if self is Side.LEFT else Side.LEFT

    @property
    def sign(self) -> float:
        """The sign of x to this side: LPS x grows to the patient's left."""
        return 1.0 if self is Side.LEFT else -1.0


class VertebraLevel(enum.Enum):
    """A vertebra by name, in order from the head; T13 and L6 occur in some people.

    The value is its number in the VerSe scheme of label maps.
    """

    C1 = 1
    C2 = 2
    C3 = 3
    C4 = 4
    C5 = 5
    C6 = 6
    C7 = 7
    T1 = 8
    T2 = 9
    T3 = 10
    T4 = 11
    T5 = 12
    T6 = 13
    T7 = 14
    T8 = 15
    T9 = 16
    T10 = 17
    T11 = 18
    T12 = 19
    T13 = 28
    L1 = 20
    L2 = 21
    L3 = 22
    L4 = 23
    L5 = 24
    L6 = 25
    S1 = 26

    @property
    def verse_number(self) -> int:
        """Its number in label maps (VerSe scheme: T1 = 8 ... T12 = 19, L1 = 20 ... L5 = 24)."""
        return self.value

    @property
    def is_thoracic(self) -> bool:
        """Whether it usually bears ribs."""
        return self.name.startswith("T")

    @property
    def is_extra(self) -> bool:
        """Whether it is there only where somebody says so."""
        return self.name in {"T13", "L6"}

    @classmethod
    def named(cls, text: str) -> "VertebraLevel":
        """Return the level of a name such as ``L1``, ``l1`` or ``Th12``.

        Raises
        ------
        AnatomyProblem
            If no vertebra has that name.
        """
        match = _NAME.fullmatch(text.strip())
        name = f"{match[1][0].upper()}{int(match[2])}" if match else ""
        if name not in cls.__members__:
            raise AnatomyProblem(
                f"No vertebra is named {text!r}.", hint="Use a name such as T12 or L1."
            )
        return cls[name]

    def below(self, steps: int = 1) -> "VertebraLevel":
        """Return the level `steps` towards the feet (negative: towards the head).

        T13 and L6 exist only where somebody says so: counted from one of them it lies between
        its neighbours, counted from any other it is left out.

        Raises
        ------
        AnatomyProblem
            If there is no such level.
        """
        usual = [v for v in VertebraLevel if v is self or not v.is_extra]
        place = usual.index(self) + steps
        if not 0 <= place < len(usual):
            raise AnatomyProblem(f"There is no level {steps} below {self.name}.")
        return usual[place]
