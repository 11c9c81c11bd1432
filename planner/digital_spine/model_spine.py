"""A model patient put together: everything that an image or a truth is made from."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import attrs

from planner.anatomy.levels import VertebraLevel
from planner.digital_spine.body_shape import BodyShape
from planner.digital_spine.cement_shape import require_room
from planner.digital_spine.fracture_request import as_shares
from planner.digital_spine.model_patient import BONES, Bone, ModelPatient, anatomy_of
from planner.digital_spine.oval_stacks import PlacedStacks, place_stacks
from planner.digital_spine.pathology import Cavity, Cement, Fracture, Pathology, Spurs
from planner.digital_spine.spine_pose import PosedSpine, pose_spine
from planner.foundation.errors import PlanProblem

_Found = TypeVar("_Found")


@attrs.frozen(eq=False)
class ModelSpine:
    """A patient, posed, with all that is wrong."""

    patient: ModelPatient
    pathologies: tuple[Pathology, ...]
    seed: int
    spine: PosedSpine
    stacks: PlacedStacks

    @property
    def bone(self) -> Bone:
        """How the patient's bone looks."""
        return BONES[self.patient.bone]

    def of_kind(self, kind: type[_Found], level: VertebraLevel | None = None) -> list[_Found]:
        """Return the pathologies of a kind, of one level or of all."""
        return [p for p in self.pathologies if isinstance(p, kind) and level in {None, p.level}]


def _require_room(
    bodies: Mapping[VertebraLevel, BodyShape], pathologies: Sequence[Pathology]
) -> None:
    for pathology in pathologies:
        if isinstance(pathology, Cement | Cavity):
            require_room(bodies[pathology.level], pathology)


def build_model(patient: ModelPatient, pathologies: Sequence[Pathology], seed: int) -> ModelSpine:
    """Return the model of a patient; the same input gives the same model.

    Raises
    ------
    PlanProblem
        If a pathology is at a level that this patient does not have, one level has two
        fractures, or a body has no room for its cement or cavity.
    """
    anatomies = anatomy_of(patient, seed)
    levels = {anatomy.level for anatomy in anatomies}
    for pathology in pathologies:
        if pathology.level not in levels:
            raise PlanProblem(
                f"This model has no vertebra {pathology.level.name}.",
                hint="It reaches from T4 to L5; T13 and L6 exist only where they are asked for.",
            )
    fractures: dict[VertebraLevel, Fracture] = {}
    for pathology in pathologies:
        if isinstance(pathology, Fracture):
            if pathology.level in fractures:
                raise PlanProblem(
                    f"{pathology.level.name} has two fractures.", hint="Give each level one."
                )
            fractures[pathology.level] = pathology
    spurs = {p.level: p for p in pathologies if isinstance(p, Spurs)}
    bodies = {}
    for anatomy in anatomies:
        level = anatomy.level
        whole = BodyShape(anatomy.body, level.is_thoracic, spurs=spurs.get(level))
        broken = fractures.get(level)
        bodies[level] = attrs.evolve(
            whole, fracture=broken if broken is None else as_shares(whole, broken)
        )
    _require_room(bodies, pathologies)
    spine = pose_spine(patient, anatomies, bodies, (0.0, 0.0, 0.0))
    stacks = place_stacks(spine, patient.scale, patient.waist_mm, seed)
    return ModelSpine(patient, tuple(pathologies), seed, spine, stacks)
