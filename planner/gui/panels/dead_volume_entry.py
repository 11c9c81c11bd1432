"""Where the user enters what stays in the lumen of a needle, for makers' bores differ."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from planner.devices.device_values import NeedleModel
from planner.gui.panels.cards import with_room
from planner.planning.plan import DeadVolume

_MOST_ML = 5.0


class DeadVolumeEntry(QWidget):
    """A fold with one needle's volume and where it was read."""

    entered = Signal(object)
    """`DeadVolume` as the user has read it."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.open = QPushButton("Enter what stays in the cannula")
        self.open.setProperty("kind", "link")
        self.open.setCheckable(True)
        column.addWidget(self.open)
        fields = self._built_fields()
        fields.hide()
        self.open.toggled.connect(fields.setVisible)
        column.addWidget(fields)
        self._models: tuple[NeedleModel, ...] = ()

    def _built_fields(self) -> QWidget:
        fields = QWidget()
        form = QFormLayout(fields)
        form.setContentsMargins(0, 0, 0, 0)
        self.model = QComboBox()
        self.model.setAccessibleName("needle whose lumen was read")
        self.model.currentIndexChanged.connect(self._show_chosen)
        self.volume = with_room(QDoubleSpinBox())
        self.volume.setRange(0.01, _MOST_ML)
        self.volume.setDecimals(2)
        self.volume.setSingleStep(0.05)
        self.volume.setSuffix(" ml")
        self.volume.setAccessibleName("cement that stays in the cannula")
        self.read_in = QLineEdit()
        self.read_in.setPlaceholderText("document, or how measured")
        self.read_in.setAccessibleName("where the dead volume was read")
        self.confirm = QPushButton("I have read this")
        self.confirm.setEnabled(False)
        self.read_in.textChanged.connect(lambda text: self.confirm.setEnabled(bool(text.strip())))
        self.confirm.clicked.connect(self._enter)
        form.addRow("needle", self.model)
        form.addRow("stays in it", self.volume)
        form.addRow("read in", self.read_in)
        form.addRow(self.confirm)
        return fields

    def show_models(self, models: Sequence[NeedleModel]) -> None:
        """Show the needles of a level, each once; what is typed stays while they are the same."""
        if tuple(models) == self._models:
            return
        self._models = tuple(models)
        self.setVisible(bool(models))
        chosen = self.model.currentText()
        self.model.clear()
        self.model.addItems([model.title for model in models])
        self.model.setCurrentIndex(max(self.model.findText(chosen), 0))
        self.open.setChecked(False)

    def _chosen(self) -> NeedleModel | None:
        place = self.model.currentIndex()
        return self._models[place] if 0 <= place < len(self._models) else None

    def _show_chosen(self) -> None:
        model = self._chosen()
        if model is not None:
            self.volume.setValue(model.dead_volume_ml)
            self.read_in.setText(model.dead_volume_read_in)

    def _enter(self) -> None:
        model = self._chosen()
        if model is not None:
            words = self.read_in.text().strip()
            self.entered.emit(DeadVolume(model.id, round(self.volume.value(), 2), words))
