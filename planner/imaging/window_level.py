"""Which Hounsfield units are black and white."""

import attrs


@attrs.frozen
class WindowLevel:
    """Black at ``level - width / 2``, white at ``level + width / 2``."""

    width_hu: float = attrs.field(validator=attrs.validators.ge(1.0))
    level_hu: float


BONE = WindowLevel(width_hu=1800.0, level_hu=400.0)
SPINE = WindowLevel(width_hu=680.0, level_hu=180.0)
SOFT_TISSUE = WindowLevel(width_hu=400.0, level_hu=40.0)
