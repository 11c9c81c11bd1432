"""The ways out of this machine: a row and a button for each sender."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from planner.export.sender import SenderInfo
from planner.gui.panels.cards import Card, clear, label


class SendCard(Card):
    """Lists the senders; nothing leaves before their dialog was answered."""

    send_pressed = Signal(str)
    """The id of the sender to ask for."""

    def __init__(self) -> None:
        super().__init__()
        self.buttons: dict[str, QPushButton] = {}

    def show_senders(self, senders: tuple[SenderInfo, ...], *, can_send: bool) -> None:
        """Show a row for each sender."""
        if tuple(self.buttons) != tuple(info.id for info in senders):
            clear(self.body)
            self.buttons = {info.id: self._add_row(info) for info in senders}
        self.setVisible(bool(senders))
        for button in self.buttons.values():
            button.setEnabled(can_send)
            button.setToolTip("" if can_send else "Waits until a plan is there and judged.")

    def _add_row(self, info: SenderInfo) -> QPushButton:
        row = QHBoxLayout()
        row.addWidget(label(info.title, wraps=True), 1)
        button = QPushButton("Send ...")
        button.setAccessibleName(f"send to {info.title}")
        button.clicked.connect(lambda: self.send_pressed.emit(info.id))
        row.addWidget(button)
        self.body.addLayout(row)
        return button
