"""Instruments and materials as values: what the catalogue holds."""

import math
from typing import TypeVar

import attrs

from planner.foundation.errors import PlanProblem
from planner.geometry.units import ml_from_mm3

_positive = attrs.validators.gt(0.0)


@attrs.frozen
class Source:
    """Where a number comes from and whether somebody has read it there."""

    text: str
    verified: bool


@attrs.frozen
class NeedleModel:
    """An access needle or cannula of one gauge and length."""

    id: str
    title: str
    gauge: int
    outer_diameter_mm: float = attrs.field(validator=_positive)
    inner_diameter_mm: float = attrs.field(validator=_positive)
    length_mm: float = attrs.field(validator=_positive)
    source: Source
    length_source: Source
    read_dead_volume_ml: float | None = attrs.field(
        default=None, validator=attrs.validators.optional(_positive)
    )
    """What stays in the lumen as the user has read it; None until they have."""
    dead_volume_read_in: str = ""

    @property
    def outer_radius_mm(self) -> float:
        """Half the outer diameter."""
        return self.outer_diameter_mm / 2.0

    @property
    def dead_volume_ml(self) -> float:
        """The cement that stays in the lumen: as read, else over the needle's whole length."""
        if self.read_dead_volume_ml is not None:
            return self.read_dead_volume_ml
        return ml_from_mm3(math.pi * (self.inner_diameter_mm / 2.0) ** 2 * self.length_mm)

    def with_dead_volume(self, volume_ml: float, read_in: str) -> "NeedleModel":
        """Return the needle with what the user has read stays in its lumen.

        Raises
        ------
        PlanProblem
            If nothing says where it was read, or it is not above zero.
        """
        if not read_in.strip():
            raise PlanProblem("Say where the needle's dead volume was read.")
        if volume_ml <= 0.0:
            raise PlanProblem("What stays in a needle is above zero.")
        return attrs.evolve(
            self, read_dead_volume_ml=volume_ml, dead_volume_read_in=read_in.strip()
        )


@attrs.frozen
class BalloonModel:
    """An inflatable bone tamp of one working length."""

    id: str
    title: str
    working_length_mm: float = attrs.field(validator=_positive)
    deflated_diameter_mm: float = attrs.field(validator=_positive)
    minimum_gauge: int
    """The cannula must be of this gauge or wider, a smaller number."""
    maximum_volume_ml: float = attrs.field(validator=_positive)
    maximum_pressure_psi: float = attrs.field(validator=_positive)
    source: Source
    limits_source: Source
    colour_band: str = ""
    """On the shaft, by which a size is told apart; empty where none is known."""
    confirmed_from: str = ""
    """What the user read the limits in; empty until they have."""
    cannula_source: Source = attrs.field()
    """Of the gauge and of the width when empty, which nobody confirms with the limits."""

    @cannula_source.default
    def _as_the_limits(self) -> Source:
        return self.limits_source

    @property
    def limits_confirmed(self) -> bool:
        """Whether somebody has read volume and pressure limits in the instructions for use."""
        return self.limits_source.verified or bool(self.confirmed_from)

    def with_limits(self, volume_ml: float, pressure_psi: float, read_in: str) -> "BalloonModel":
        """Return the balloon with limits the user has read in its instructions for use.

        Raises
        ------
        PlanProblem
            If nothing says where they were read, or a limit is not above zero.
        """
        if not read_in.strip():
            raise PlanProblem("Say where the balloon's limits were read.")
        if volume_ml <= 0.0 or pressure_psi <= 0.0:
            raise PlanProblem("A balloon's limits are above zero.")
        return attrs.evolve(
            self,
            maximum_volume_ml=volume_ml,
            maximum_pressure_psi=pressure_psi,
            limits_source=Source(f"Entered by the user from: {read_in.strip()}", verified=True),
            confirmed_from=read_in.strip(),
        )


@attrs.frozen
class CementModel:
    """A bone cement."""

    id: str
    title: str
    viscosity: str
    """``low``, ``medium`` or ``high``."""
    source: Source
    kind: str = "PMMA"
    known: tuple[str, ...] = ()
    """What is known of it, a sentence each."""
    powder_g: float | None = None
    liquid_g: float | None = None


@attrs.frozen
class DeviceCatalog:
    """Every instrument and material the plan may name, by id."""

    needles: tuple[NeedleModel, ...]
    balloons: tuple[BalloonModel, ...]
    cements: tuple[CementModel, ...]

    def needle(self, model_id: str) -> NeedleModel:
        """Return a needle by its id.

        Raises
        ------
        PlanProblem
            If the catalogue has no such needle.
        """
        return _named("needle", self.needles, model_id)

    def balloon(self, model_id: str) -> BalloonModel:
        """Return a balloon by its id.

        Raises
        ------
        PlanProblem
            If the catalogue has no such balloon.
        """
        return _named("balloon", self.balloons, model_id)

    def cement(self, model_id: str) -> CementModel:
        """Return a cement by its id.

        Raises
        ------
        PlanProblem
            If the catalogue has no such cement.
        """
        return _named("cement", self.cements, model_id)

    def needles_of_gauge(self, gauge: int) -> tuple[NeedleModel, ...]:
        """Return the needles of one gauge, the shortest first.

        Raises
        ------
        PlanProblem
            If the catalogue has no needle of that gauge.
        """
        found = [model for model in self.needles if model.gauge == gauge]
        if not found:
            known = ", ".join(str(g) for g in sorted({model.gauge for model in self.needles}))
            raise PlanProblem(
                f"The catalogue has no needle of {gauge} G.", hint=f"Choose one of {known} G."
            )
        return tuple(sorted(found, key=lambda model: model.length_mm))


_Model = TypeVar("_Model", NeedleModel, BalloonModel, CementModel)


def _named(kind: str, models: tuple[_Model, ...], model_id: str) -> _Model:
    for model in models:
        if model.id == model_id:
            return model
    raise PlanProblem(
        f"The catalogue has no {kind} named {model_id!r}.", hint=f"Choose another {kind}."
    )
