import attrs
import pytest

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.gui.case_document import CaseDocument
from planner.planning.plan import Plan
from planner.storage.case import Case


class _Recorder:
    def __init__(self) -> None:
        self.plans: list[tuple[Plan, str]] = []
        self.vertebrae: list[tuple[VertebraLevel, ...]] = []
        self.closed = False

    def record_plan(self, plan: Plan, description: str) -> None:
        self.plans.append((plan, description))

    def record_vertebrae(
        self,
        _before: tuple[VertebraModel, ...],
        after: tuple[VertebraModel, ...],
        plan: Plan | None,
        description: str,
    ) -> None:
        self.vertebrae.append(tuple(v.level for v in after))
        if plan is not None:
            self.plans.append((plan, description))

    def record_view_state(self, view_state: dict[str, object]) -> None:
        del view_state

    def close(self) -> None:
        self.closed = True


def _with_tip_at(plan: Plan, z_mm: float) -> Plan:
    level = plan.levels[0]
    needle = level.needles[0]
    x, y, _ = needle.tip_lps_mm
    moved = attrs.evolve(needle, tip_lps_mm=(x, y, z_mm))
    level = attrs.evolve(level, needles=(moved, *level.needles[1:]))
    return attrs.evolve(plan, levels=(level, *plan.levels[1:]))


@pytest.fixture
def a_recorder() -> _Recorder:
    return _Recorder()


@pytest.fixture
def a_recorded_document(
    a_document: CaseDocument, a_case: Case, a_recorder: _Recorder
) -> CaseDocument:
    a_document.open(a_case, a_recorder)
    return a_document


def test_one_drag_is_one_entry_of_the_history_and_one_record(
    a_recorded_document: CaseDocument, a_recorder: _Recorder
) -> None:
    document, start = a_recorded_document, a_recorded_document.plan
    document.begin_gesture("drag-1")
    for z_mm in (1.0, 2.0, 3.0, 4.0, 5.0):
        document.edit("Move needle tip", _with_tip_at(start, z_mm), gesture="drag-1")
    document.end_gesture()
    assert document.change_count == 1
    assert a_recorder.plans == [(_with_tip_at(start, 5.0), "Move needle tip")]
    document.undo()
    assert document.plan == start


def test_two_drags_stay_two_entries(a_document: CaseDocument) -> None:
    start = a_document.plan
    for number in (1, 2):
        a_document.begin_gesture(f"drag-{number}")
        a_document.edit("Move", _with_tip_at(start, float(number)), gesture=f"drag-{number}")
        a_document.end_gesture()
    assert a_document.change_count == 2


def test_a_drag_back_to_where_it_began_leaves_no_entry(a_document: CaseDocument) -> None:
    start = a_document.plan
    a_document.begin_gesture("drag")
    a_document.edit("Move", _with_tip_at(start, 3.0), gesture="drag")
    a_document.edit("Move", start, gesture="drag")
    a_document.end_gesture()
    assert a_document.change_count == 0
    assert a_document.is_clean


def test_undo_to_the_beginning_is_clean_and_redo_brings_everything_back(
    a_document: CaseDocument,
) -> None:
    start = a_document.plan
    plans = [_with_tip_at(start, z_mm) for z_mm in (1.0, 2.0, 3.0)]
    for plan in plans:
        a_document.edit("Move", plan)
    while a_document.can_undo:
        a_document.undo()
    assert a_document.is_clean
    assert a_document.plan == start
    while a_document.can_redo:
        a_document.redo()
    assert a_document.plan == plans[-1]


def test_undo_waits_while_a_gesture_runs(a_document: CaseDocument) -> None:
    plan = _with_tip_at(a_document.plan, 1.0)
    a_document.edit("Move", plan)
    a_document.begin_gesture("drag")
    a_document.undo()
    assert a_document.plan == plan
    assert a_document.undo_text is None
    a_document.end_gesture()
    a_document.undo()
    assert a_document.plan != plan


def test_do_undo_and_redo_are_each_recorded(
    a_recorded_document: CaseDocument, a_recorder: _Recorder
) -> None:
    a_recorded_document.edit("Move", _with_tip_at(a_recorded_document.plan, 1.0))
    a_recorded_document.undo()
    a_recorded_document.redo()
    assert [text for _plan, text in a_recorder.plans] == ["Move", "Undo: Move", "Move"]


def test_a_removed_vertebra_takes_its_plan_along_and_undo_brings_both_back(
    a_recorded_document: CaseDocument, a_recorder: _Recorder
) -> None:
    document, before = a_recorded_document, a_recorded_document.case
    assert before is not None
    level = before.vertebrae[0].level
    document.remove_vertebra(level)
    assert document.vertebrae == ()
    assert document.plan.at(level) is None
    assert a_recorder.vertebrae == [()]
    document.undo()
    assert document.vertebrae == before.vertebrae
    assert document.plan == before.plan
    assert document.is_clean


def test_a_renamed_vertebra_keeps_its_plan_under_the_new_name(a_document: CaseDocument) -> None:
    old = a_document.vertebrae[0].level
    new = old.below()
    needles = a_document.plan.levels[0].needles
    a_document.rename_vertebra(old, new)
    renamed = a_document.plan.at(new)
    assert renamed is not None
    assert renamed.needles == needles
    assert a_document.plan.at(old) is None
    assert a_document.selection.level is new


def test_vertebrae_are_kept_in_order_from_the_head(
    a_document: CaseDocument, a_phantom_vertebra: VertebraModel
) -> None:
    for level in (VertebraLevel.L4, VertebraLevel.T11, VertebraLevel.T13):
        a_document.put_vertebra(attrs.evolve(a_phantom_vertebra, level=level))
    names = [v.level.name for v in a_document.vertebrae if v.level.name in {"T11", "T13", "L4"}]
    assert names == ["T11", "T13", "L4"]


def test_opening_another_case_closes_the_file_of_the_former(
    a_recorded_document: CaseDocument, a_case: Case, a_recorder: _Recorder
) -> None:
    a_recorded_document.open(a_case)
    assert a_recorder.closed
    assert not a_recorded_document.can_undo


def test_the_selected_side_is_that_of_the_first_planned_needle(
    a_document: CaseDocument, a_case: Case
) -> None:
    level = a_case.plan.levels[0]
    right = tuple(n for n in level.needles if n.side is Side.RIGHT)
    only_right = attrs.evolve(level, needles=right, balloons=())
    a_document.open(attrs.evolve(a_case, plan=Plan((only_right,))))
    assert a_document.selection.side is Side.RIGHT


def test_what_is_kept_beside_the_plan_is_handed_on_with_the_case(
    a_document: CaseDocument,
) -> None:
    a_document.keep_view_state({"radiographs": [1]})
    assert a_document.case is not None
    assert a_document.case.view_state == {"radiographs": [1]}
