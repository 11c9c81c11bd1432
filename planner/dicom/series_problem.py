"""What the user should know of a series."""

import attrs


@attrs.frozen
class SeriesProblem:
    """Something about a series that the user should know."""

    code: str
    text: str
    """One sentence."""
    is_blocking: bool = False
    """Whether the series cannot be loaded because of it."""
    is_note: bool = False
    """Whether the series is as good with it as without."""
    brief: str = ""
    """The same in a few words, for a list; empty: the sentence itself."""
