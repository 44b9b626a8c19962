"""One attribute: its name, how well it is told apart, a slider for how often to add it, a way back to 0."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QToolButton, QWidget

from latentlab.qt.dimensions.row import CalmSlider, Figure

REACH = 2.0
_PER_UNIT = 100


class AttributeRow(QWidget):
    """`slid` (name, amount, whether the handle is held) asks for another amount; `gripped` begins a slide."""

    slid = Signal(str, float, bool)
    gripped = Signal()

    def __init__(self, name: str, trust: str, tip: str) -> None:
        super().__init__()
        self.name = name
        label = QLabel(name)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.trust = QLabel(trust)
        self.trust.setObjectName(f"attributeTrust_{name}")
        self.slider = CalmSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName(f"attributeSlider_{name}")
        self.slider.setAccessibleName(f"How often to add {name}")
        self.slider.setRange(round(-REACH * _PER_UNIT), round(REACH * _PER_UNIT))
        self.slider.setSingleStep(5)
        self.slider.setPageStep(_PER_UNIT // 2)
        self.slider.setTickInterval(_PER_UNIT)
        self.slider.setTickPosition(CalmSlider.TickPosition.TicksBelow)
        self.value = Figure()
        self.zero = QToolButton()
        self.zero.setText("0")
        self.zero.setObjectName(f"attributeZero_{name}")
        self.zero.setAccessibleName(f"{name} back to 0")
        self.zero.setToolTip(f"{name} back to 0.")
        for widget in (label, self.trust, self.slider):
            widget.setToolTip(tip)
        layout = QGridLayout(self)
        layout.setContentsMargins(8, 3, 8, 3)
        layout.setVerticalSpacing(0)
        layout.addWidget(label, 0, 0)
        layout.addWidget(self.trust, 0, 1, 1, 3, Qt.AlignmentFlag.AlignRight)
        layout.addWidget(self.slider, 1, 0, 1, 2)
        layout.addWidget(self.value, 1, 2)
        layout.addWidget(self.zero, 1, 3)
        layout.setColumnStretch(0, 1)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderPressed.connect(self.gripped)
        self.slider.sliderReleased.connect(self.gripped)
        self.zero.clicked.connect(self._zeroed)
        self.show_amount(0.0)

    def show_amount(self, amount: float) -> None:
        """How often the attribute is added now."""
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(amount * _PER_UNIT))
        self.value.show_text(f"{round(amount, 2) + 0.0:+.2f}".replace("-", "\N{MINUS SIGN}"))
        self.zero.setEnabled(amount != 0.0)

    @Slot(int)
    def _slid(self, value: int) -> None:
        self.slid.emit(self.name, value / _PER_UNIT, self.slider.isSliderDown())

    @Slot()
    def _zeroed(self) -> None:
        self.gripped.emit()
        self.slid.emit(self.name, 0.0, False)
        self.gripped.emit()
