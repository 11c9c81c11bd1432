"""How much help a trainee gets during a run."""

import enum


class TrainingMode(enum.Enum):
    """From the most help to none."""

    GUIDED = "guided"
    FREE = "free"
    EXAM = "exam"

    @property
    def tells_next_step(self) -> bool:
        """Whether the room says what comes next."""
        return self is TrainingMode.GUIDED

    def tells_judgement(self, *, is_finished: bool) -> bool:
        """Return whether checkpoints, score and how far a view is off are told now."""
        return is_finished or self is not TrainingMode.EXAM

    @property
    def may_rewind(self) -> bool:
        """Whether a step can be done again."""
        return self is not TrainingMode.EXAM

    @property
    def description(self) -> str:
        """What the choice means, in a sentence."""
        return _DESCRIPTIONS[self]


_DESCRIPTIONS = {
    TrainingMode.GUIDED: "The room says what comes next and how each step went.",
    TrainingMode.FREE: "Each step is judged at once; what comes next is for you to know.",
    TrainingMode.EXAM: "No hints, no score until the end, and no way back.",
}
