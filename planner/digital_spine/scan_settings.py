"""How a CT of a model is taken."""

import attrs


@attrs.frozen
class ScanSettings:
    """How a CT is taken."""

    spacing_mm: float = attrs.field(default=0.7, validator=attrs.validators.gt(0.0))
    step_mm: float = attrs.field(default=0.8, validator=attrs.validators.gt(0.0))
    thickness_mm: float | None = None
    """None: as thick as the step."""
    blur_mm: float = attrs.field(default=0.32, validator=attrs.validators.ge(0.0))
    """Spread of the kernel's point image in the slice."""
    noise_hu: float = attrs.field(default=14.0, validator=attrs.validators.ge(0.0))
    tilt_deg: float = attrs.field(
        default=0.0,
        validator=attrs.validators.and_(attrs.validators.ge(-30.0), attrs.validators.le(30.0)),
    )
    """Of the gantry; the top of the picture leans to the feet where positive."""
    feet_first: bool = False
    contrast: bool = False
    kvp: float = 120.0
    metal_streaks: bool = True
