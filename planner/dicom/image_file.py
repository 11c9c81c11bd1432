"""Where the bytes of an image are: in a file of its own, or in an archive."""

from pathlib import Path

import attrs


@attrs.frozen
class ImageFile:
    """A file on disk, or a member of a ZIP archive that is read where it is."""

    path: Path
    """What the user knows it by; that of a member starts with its archive's."""
    archive: Path | None = None
    member: str = ""
    """The member's name in the archive, as the archive writes it."""
