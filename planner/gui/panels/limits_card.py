"""The limits of a rehearsal's task and how much of each is used."""

from collections.abc import Iterable

from planner.gui.panels.cards import Card, ValueRow, label
from planner.rehearsal.limit_checks import LimitUse

_NEAR_SHARE = 0.8
"""Of a limit, from which on it is shown as near."""


class LimitsCard(Card):
    """Shown in every mode, an exam too: limits belong to the task, not to its judgement."""

    def __init__(self) -> None:
        super().__init__()
        self.body.setSpacing(2)
        self.body.addWidget(label("Limits", "section"))
        self.rows: dict[str, ValueRow] = {}

    def show_uses(self, uses: Iterable[LimitUse]) -> None:
        """Show how much of each limit is used; what is over is said in words too."""
        for use in uses:
            if use.code not in self.rows:
                self.rows[use.code] = ValueRow(use.name)
                self.body.addWidget(self.rows[use.code])
            is_near = use.used > _NEAR_SHARE * use.most
            self.rows[use.code].show_value(
                f"{use.words}, over" if use.is_over else use.words,
                "danger" if use.is_over else "caution" if is_near else "",
            )
