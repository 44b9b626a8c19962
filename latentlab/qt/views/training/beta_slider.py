"""The slider for beta: from 0 to 50, logarithmic except for its lowest position, which is 0."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from latentlab.qt.widgets.plain_text import Label
from latentlab.qt.widgets.term import Term

_LOW, _HIGH, _STEPS = 0.05, 50.0, 240
_TIP = (
    "Beta, the weight of the KL, from the next step on. A larger beta pulls the posterior of "
    "each dimension towards the prior until some carry no information; a smaller beta lets them "
    "recover."
)


def beta_at(position: int) -> float:
    """The beta of a slider position, 0 to 240, to two digits."""
    if position <= 0:
        return 0.0
    exact = _LOW * (_HIGH / _LOW) ** (position / _STEPS)
    return float(f"{exact:.2g}")


def position_of(beta: float) -> int:
    """The slider position nearest to a beta."""
    if beta < 0.5 * _LOW:
        return 0
    return min(_STEPS, max(1, round(_STEPS * math.log(beta / _LOW) / math.log(_HIGH / _LOW))))


class BetaSlider(QWidget):
    """`moved` (beta) is emitted when the user chooses."""

    moved = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTip(_TIP)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setObjectName("betaSlider")
        self._slider.setAccessibleName("Beta, the weight of the KL")
        self._slider.setToolTip(_TIP)
        self._slider.setRange(0, _STEPS)
        self._slider.setPageStep(24)
        self._words = Label()
        self._words.setMinimumWidth(self._words.fontMetrics().horizontalAdvance("0.55"))
        name = Term("&Beta")
        name.setBuddy(self._slider)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(name)
        row.addWidget(self._slider, 1)
        row.addWidget(self._words)
        self.show_beta(1.0)
        self._slider.valueChanged.connect(self._moved)

    def show_beta(self, beta: float) -> None:
        """Shows a beta without a signal."""
        self._slider.blockSignals(True)
        self._slider.setValue(position_of(beta))
        self._slider.blockSignals(False)
        self._words.setText(f"{beta:g}")

    @Slot(int)
    def _moved(self, position: int) -> None:
        beta = beta_at(position)
        self._words.setText(f"{beta:g}")
        self.moved.emit(beta)
