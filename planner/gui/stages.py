"""The seven stages and what each needs before it can be entered."""

import enum

from planner.assessment.findings import Finding, Severity
from planner.gui.desk_state import DeskState


class Stage(enum.IntEnum):
    """The workflow, in order; the number is the key that goes there."""

    STUDY = 1
    LEVELS = 2
    APPROACH = 3
    BALLOON = 4
    CEMENT = 5
    REHEARSE = 6
    HAND_OVER = 7

    @property
    def title(self) -> str:
        """What the stepper calls it."""
        return self.name.replace("_", " ").capitalize()

    @property
    def help_text(self) -> str:
        """What F1 says about it."""
        return _HELP[self]


_HELP = {
    Stage.STUDY: (
        "The images, as they were read. Check patient, date and side letters, "
        "and read the warnings about slices before you plan."
    ),
    Stage.LEVELS: (
        "Click once inside a vertebral body in any slice; the program outlines the vertebra and "
        "measures it. Check the name: count from a level you are sure of."
    ),
    Stage.APPROACH: (
        "Choose the procedure and the way in, take a proposal, then drag entry and tip in any "
        "view. Shift drags the whole needle, Alt turns it about its tip, Escape takes the drag "
        "back. E and T set entry and tip with the next click. Margins run from the needle's "
        "surface and carry their uncertainty."
    ),
    Stage.BALLOON: (
        "A balloon lies on its needle's axis: only its depth is free. Inflate it by volume and "
        "watch its distance to the cortex. Makers' limits are marked unverified: check them."
    ),
    Stage.CEMENT: (
        "A band of volumes for this body: a reference, a soft cap and a hard warning. No number "
        "is a target. The syringe volume includes what stays in the cannulas."
    ),
    Stage.REHEARSE: (
        "Simulated fluoroscopy on this CT: an illustration. Press a screen to bring the arm there; "
        "arrow keys turn it, with Shift they move it, and Shift with Page Up and Page Down raise "
        "and lower it. Space takes a picture, held down it is live. P holds a metal pointer on the "
        "skin, Ctrl and a press on the AP set the needle. Ctrl and the arrows or the right mouse "
        "button aim it, Alt and the arrows move its skin point, Page Down and Page Up or Ctrl and "
        "the wheel push it on and draw it back. H hammers; comma and full stop twist a bevel."
    ),
    Stage.HAND_OVER: (
        "Choose what to write and where. Every file is written, read back and checked; "
        "the receipts show its fingerprint. De-identify takes the patient's name out."
    ),
}


def blocked_reason(stage: Stage, state: DeskState) -> str | None:
    """Return why a stage cannot be entered now, None when it can."""
    needs_needle = stage in {Stage.BALLOON, Stage.CEMENT, Stage.REHEARSE, Stage.HAND_OVER}
    reason = None
    if state.case is None:
        reason = "Open a study first."
    elif stage is Stage.APPROACH and not state.case.vertebrae:
        reason = "Find a vertebra first, in Levels."
    elif needs_needle and not state.has_needles:
        reason = "Plan a needle first, in Approach."
    elif stage is Stage.BALLOON and not state.is_kyphoplasty:
        reason = "Balloons belong to a kyphoplasty; this level is a vertebroplasty."
    elif stage is Stage.REHEARSE and not _has_both_pedicles(state):
        reason = "A rehearsal needs both pedicles of the level: its views are judged by them."
    return reason


def _has_both_pedicles(state: DeskState) -> bool:
    vertebra = state.vertebra
    return vertebra is not None and None not in {vertebra.left_pedicle, vertebra.right_pedicle}


def is_done(stage: Stage, state: DeskState) -> bool:
    """Return whether a stage has given what the next ones need."""
    if state.case is None:
        return False
    planned = state.level_plan
    return {
        Stage.STUDY: True,
        Stage.LEVELS: bool(state.case.vertebrae),
        Stage.APPROACH: state.has_needles,
        Stage.BALLOON: planned is not None and bool(planned.balloons),
        Stage.CEMENT: planned is not None and planned.cement is not None,
        Stage.REHEARSE: False,
        Stage.HAND_OVER: state.hand_over is not None,
    }[stage]


def is_alarming(stage: Stage, state: DeskState) -> bool:
    """Return whether the assessment found a danger in what a stage plans."""
    level = state.level_assessment
    findings = level.findings if level else ()
    return any(f.severity is Severity.DANGER and _stage_of(f) is stage for f in findings)


def _stage_of(finding: Finding) -> Stage:
    if finding.code.startswith("balloon"):
        return Stage.BALLOON
    return Stage.CEMENT if finding.code.startswith("cement") else Stage.APPROACH


def next_stage(stage: Stage, state: DeskState) -> Stage | None:
    """Return the next stage that can be entered, None after the last."""
    later = (item for item in Stage if item > stage)
    return next((item for item in later if blocked_reason(item, state) is None), None)
