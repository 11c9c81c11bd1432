"""A case: which images, which vertebrae, which plan."""

from collections.abc import Mapping

import attrs

from planner.anatomy.levels import VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.dicom.study_reference import StudyReference
from planner.planning.plan import Plan


@attrs.frozen(eq=False)
class Case:
    """What a case file holds. The images stay where they are; `study` says which they are."""

    study: StudyReference
    vertebrae: tuple[VertebraModel, ...] = ()
    """From the head down, each level once."""
    plan: Plan = attrs.field(factory=Plan)
    view_state: Mapping[str, object] = attrs.field(factory=dict)
    """What was shown, and measured in radiographs, as JSON values; not undoable."""

    def vertebra(self, level: VertebraLevel) -> VertebraModel | None:
        """Return a level's vertebra, None where it was not found yet."""
        return next((v for v in self.vertebrae if v.level is level), None)
