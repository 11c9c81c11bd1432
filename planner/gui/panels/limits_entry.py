"""Where the user enters what a balloon's instructions for use and its gauge say."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from planner.devices.device_values import BalloonModel
from planner.gui.panels.cards import with_room
from planner.planning.plan import BalloonLimits

_NO_READING = "not read"
_MOST_ML, _MOST_PSI = 20.0, 1000


class LimitsEntry(QWidget):
    """A gauge reading, and a fold with the limits and where they were read."""

    entered = Signal(object)
    gauge_read = Signal(object)
    """psi, or None for no reading."""

    def __init__(self, side: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        self.gauge = with_room(QSpinBox())
        self.gauge.setRange(-1, _MOST_PSI)
        self.gauge.setSpecialValueText(_NO_READING)
        self.gauge.setSuffix(" psi")
        self.gauge.setAccessibleName(f"{side} balloon's gauge reading")
        self.gauge.setToolTip("Your own reading. The program computes no pressure.")
        self.gauge.setKeyboardTracking(False)
        self.gauge.valueChanged.connect(
            lambda psi: self.gauge_read.emit(None if psi < 0 else float(psi))
        )
        form.addRow("gauge reads", self.gauge)
        column.addLayout(form)
        self.open = QPushButton("Enter limits from the instructions for use")
        self.open.setProperty("kind", "link")
        self.open.setCheckable(True)
        column.addWidget(self.open)
        self._fields = self._built_fields(side)
        self._fields.hide()
        self.open.toggled.connect(self._fields.setVisible)
        column.addWidget(self._fields)
        self._model: BalloonModel | None = None

    def _built_fields(self, side: str) -> QWidget:
        fields = QWidget()
        form = QFormLayout(fields)
        form.setContentsMargins(0, 0, 0, 0)
        self.volume = with_room(QDoubleSpinBox())
        self.volume.setRange(0.1, _MOST_ML)
        self.volume.setDecimals(1)
        self.volume.setSingleStep(0.1)
        self.volume.setSuffix(" ml")
        self.volume.setAccessibleName(f"{side} balloon's largest volume")
        self.pressure = with_room(QSpinBox())
        self.pressure.setRange(1, _MOST_PSI)
        self.pressure.setSuffix(" psi")
        self.pressure.setAccessibleName(f"{side} balloon's largest pressure")
        self.read_in = QLineEdit()
        self.read_in.setPlaceholderText("document and revision")
        self.read_in.setAccessibleName("where the limits were read")
        self.confirm = QPushButton("I have read these")
        self.confirm.setEnabled(False)
        self.read_in.textChanged.connect(lambda text: self.confirm.setEnabled(bool(text.strip())))
        self.confirm.clicked.connect(self._enter)
        form.addRow("volume", self.volume)
        form.addRow("pressure", self.pressure)
        form.addRow("read in", self.read_in)
        form.addRow(self.confirm)
        return fields

    def show_model(self, model: BalloonModel, gauge_psi: float | None) -> None:
        """Show a balloon's limits as they stand and the reading; what is typed stays."""
        with QSignalBlocker(self.gauge):
            self.gauge.setValue(-1 if gauge_psi is None else round(gauge_psi))
        if model == self._model:
            return
        self._model = model
        self.volume.setValue(model.maximum_volume_ml)
        self.pressure.setValue(round(model.maximum_pressure_psi))
        self.read_in.setText(model.confirmed_from)
        self.open.setChecked(False)

    def _enter(self) -> None:
        if self._model is not None:
            self.entered.emit(
                BalloonLimits(
                    self._model.id,
                    self.volume.value(),
                    float(self.pressure.value()),
                    self.read_in.text().strip(),
                )
            )
