"""Everything the window shows at one moment, as one value."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from planner.anatomy.levels import Side
from planner.anatomy.vertebra import VertebraModel
from planner.assessment.findings import Assessment, LevelAssessment
from planner.devices.device_values import DeviceCatalog
from planner.gui.case_document import Selection
from planner.gui.editing.edit_settings import EditState
from planner.gui.filling.fill_state import FillState
from planner.gui.height_outlook import HeightOutlook
from planner.planning.plan import LevelPlan, Plan, Procedure
from planner.storage.case import Case

if TYPE_CHECKING:  # these load scipy and pydicom, which the start page does without
    from planner.export.sender import SenderInfo
    from planner.export.writer import WriterInfo
    from planner.foundation.plugins import PluginFailure
    from planner.gui.needle_planning import ProposalList
    from planner.workflow.hand_over import HandOver
    from planner.workflow.level_details import LevelDetails
    from planner.workflow.measure_levels import LevelReport
    from planner.workflow.open_study import OpenStudy


@attrs.frozen(eq=False)
class DeskState:
    """What lies on the desk. Panels show it and compute nothing."""

    case: Case | None = None
    study: "OpenStudy | None" = None
    selection: Selection = attrs.field(factory=Selection)
    assessment: Assessment | None = None
    """Of the current plan; None while it is being made: an older one is never here."""
    catalog: DeviceCatalog | None = None
    reports: "tuple[LevelReport, ...]" = ()
    """Of every vertebra found, against its neighbours."""
    details: "LevelDetails | None" = None
    """Of exactly the selected vertebra; None until they are measured."""
    proposals: "ProposalList | None" = None
    hand_over: "HandOver | None" = None
    writers: "tuple[WriterInfo, ...]" = ()
    writer_failures: "tuple[PluginFailure, ...]" = ()
    writer_lacks: Mapping[str, str] = attrs.field(factory=dict)
    """By its id, what keeps a writer from writing this case; those that can are not here."""
    fill: FillState = attrs.field(factory=FillState)
    """The modelled cement of the selected level, of exactly this plan."""
    heights: HeightOutlook | None = None
    """What the balloons of the selected level may lift; None while nothing can be said."""
    senders: "tuple[SenderInfo, ...]" = ()
    undo_text: str | None = None
    redo_text: str | None = None
    is_gesture_running: bool = False
    edit: EditState = attrs.field(factory=EditState)
    """How the outline of a level is being edited."""
    running: frozenset[str] = frozenset()
    """Keys of the running jobs."""

    @property
    def plan(self) -> Plan:
        """The current plan."""
        return self.case.plan if self.case else Plan()

    @property
    def is_updating(self) -> bool:
        """Whether the assessment of the current plan is still being made."""
        return self.case is not None and self.assessment is None

    @property
    def level_plan(self) -> LevelPlan | None:
        """What is planned at the selected level."""
        return self.plan.at(self.selection.level) if self.selection.level else None

    @property
    def vertebra(self) -> VertebraModel | None:
        """The selected vertebra."""
        if self.case is None or self.selection.level is None:
            return None
        return self.case.vertebra(self.selection.level)

    @property
    def report(self) -> "LevelReport | None":
        """The measures of the selected vertebra against its neighbours."""
        return next((r for r in self.reports if r.vertebra is self.vertebra), None)

    @property
    def level_assessment(self) -> LevelAssessment | None:
        """The current assessment of the selected level."""
        if self.assessment is None:
            return None
        levels = self.assessment.levels
        return next((item for item in levels if item.level is self.selection.level), None)

    @property
    def has_needles(self) -> bool:
        """Whether the selected level has a needle."""
        return self.level_plan is not None and bool(self.level_plan.needles)

    @property
    def is_kyphoplasty(self) -> bool:
        """Whether the selected level is planned as a kyphoplasty."""
        return self.level_plan is not None and self.level_plan.procedure is Procedure.KYPHOPLASTY

    @property
    def side(self) -> Side:
        """The side of the active needle."""
        return self.selection.side

    @property
    def can_export(self) -> bool:
        """Whether there is a plan whose assessment is current."""
        has_any = any(level.needles for level in self.plan.levels)
        return has_any and self.assessment is not None and not self.is_gesture_running
