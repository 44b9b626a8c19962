"""The row of one latent dimension: its name, KL, a slider, two buttons and its traversal."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from latentlab.qt.views.dimensions.strip import COUNT, TraversalStrip
from latentlab.qt.widgets.choice_button import ChoiceButton
from latentlab.qt.widgets.plain_text import plain_tip
from latentlab.qt.widgets.sliders import CentredSlider, Figure
from latentlab.session.plane import dimension_name

UNUSED_NATS = 0.01
_REACH, _PER_UNIT = 4.0, 100
_MARGIN, _HEAD, _LEFT = 5, 24, 58
_LEAST, _MOST = 18, 52


def height_for(width: int) -> int:
    """The height of a row of this width: its pictures fill the width."""
    side = (width - _LEFT - 4 * _MARGIN) // COUNT
    return _HEAD + min(max(side, _LEAST), _MOST) + 3 * _MARGIN


class Weight(QWidget):
    """How much a dimension is used: a bar relative to the largest, and the figure."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.setObjectName(f"dimensionWeight_{dimension}")
        self._name = dimension_name(dimension)
        self.text, self._share = "", 0.0
        self.setFixedWidth(_LEFT)

    def show_weight(self, kl: float | None, spread: float | None, most: float) -> None:
        """Shows the KL in nats, or, where there is none as for an autoencoder, the spread; `most` is the
        largest.
        """
        value = kl if kl is not None and math.isfinite(kl) else spread
        self.text, self._share = "", 0.0
        tip = f"{self._name}: the pictures are not all encoded yet."
        if value is not None and value == kl:
            unused = value < UNUSED_NATS
            self.text = "unused" if unused else f"{value:.2f}"
            tip = f"{self._name} carries {value:.3f} nats per picture on average (its KL from the prior)"
            tip += ": the decoder does not need it." if unused else "."
        elif value is not None:
            self.text = f"± {value:.2f}"
            tip = f"The encodings have a standard deviation of {value:.3f} along {self._name}."
        if value is not None and most > 0:
            self._share = min(1.0, value / most)
        self.setToolTip(plain_tip(tip))
        self.setAccessibleName(f"{self._name}: {self.text or 'not known yet'}")
        self.update()

    @property
    def unused(self) -> bool:
        return self.text == "unused"

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), self.palette()
        line = painter.fontMetrics().height()
        font = painter.font()
        font.setBold(not self.unused)
        painter.setFont(font)
        pale = palette.placeholderText().color()
        painter.setPen(pale if self.unused else palette.text().color())
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, self.width(), _HEAD), flags, self._name)
        font.setBold(False)
        painter.setFont(font)
        painter.setPen(pale)
        painter.drawText(QRectF(0, _HEAD - 2, self.width(), line), flags, self.text)
        bar = QRectF(0, _HEAD + line, self.width() - 8, 4)
        painter.fillRect(bar, palette.alternateBase())
        bar.setWidth(bar.width() * self._share)
        painter.fillRect(bar, palette.highlight())
        painter.end()


class DimensionRow(QWidget):
    """A row that is empty until it is first visible: there may be 256 of them.

    `slid` (dimension, value, whether the handle is held) requests another coordinate of the probe, `gripped`
    starts another slide, `turned` (dimension, across) puts this dimension across or up the plane.
    """

    slid = Signal(int, float, bool)
    gripped = Signal()
    turned = Signal(int, bool)

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.setObjectName(f"dimension_{dimension}")
        self.dimension = dimension
        # The point and condition of the shown pictures; None while there are none.
        self.drawn_from: object = None
        self._weight: tuple[float | None, float | None, float] = (None, None, 0.0)
        self._filled = False

    @property
    def filled(self) -> bool:
        """Whether its widgets have been made."""
        return self._filled

    def sizeHint(self) -> QSize:
        return QSize(220, self.minimumHeight())

    def fill(self) -> None:
        """Makes its widgets, at the first call."""
        if self._filled:
            return
        self._filled = True
        number, name = self.dimension, dimension_name(self.dimension)
        self.weight = Weight(number)
        self.slider = CentredSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(round(-_REACH * _PER_UNIT), round(_REACH * _PER_UNIT))
        self.slider.setSingleStep(5)
        self.slider.setPageStep(50)
        self.slider.setMinimumWidth(40)
        self.value = Figure()
        self.across, self.up = ChoiceButton("→"), ChoiceButton("↑")
        self.strip = TraversalStrip(number, name)
        for control, kind, spoken, tip in (
            (self.slider, "Slider", f"{name} of the probe", f"{name} of the probe, from −4 to 4."),
            (self.value, "Value", f"{name} of the probe", f"{name} of the probe."),
            (self.across, "Across", f"{name} across the plane", f"Show {name} across the plane."),
            (self.up, "Up", f"{name} up the plane", f"Show {name} up the plane."),
        ):
            control.setObjectName(f"dimension{kind}_{number}")
            control.setAccessibleName(spoken)
            control.setToolTip(plain_tip(tip))
        for button in (self.across, self.up):
            button.setFixedSize(24, 22)
        self._lay_out()
        self.weight.show_weight(*self._weight)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderPressed.connect(self.gripped)
        self.slider.sliderReleased.connect(self.gripped)
        self.across.clicked.connect(self._across)
        self.up.clicked.connect(self._up)
        self.strip.chosen.connect(self._chosen)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.slider, 1)
        head.addWidget(self.value)
        head.addWidget(self.across)
        head.addWidget(self.up)
        right = QVBoxLayout()
        right.setSpacing(_MARGIN)
        right.addLayout(head)
        right.addWidget(self.strip, 1)
        layout = QGridLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.setHorizontalSpacing(0)
        layout.addWidget(self.weight, 0, 0)
        layout.addLayout(right, 0, 1)
        layout.setColumnStretch(1, 1)
        self.weight.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    # What is shown

    def show_weight(self, kl: float | None, spread: float | None, most: float) -> None:
        """As `Weight.show_weight`; kept until the row is filled."""
        self._weight = (kl, spread, most)
        if self._filled:
            self.weight.show_weight(kl, spread, most)

    def show_value(self, value: float) -> None:
        """Shows the coordinate of the probe, which may be beyond the slider's range."""
        self.slider.blockSignals(True)
        self.slider.setValue(round(value * _PER_UNIT))
        self.slider.blockSignals(False)
        self.value.show_text(f"{round(value, 2) + 0.0:.2f}".replace("-", "\N{MINUS SIGN}"))
        self.strip.mark(value)

    def show_axes(self, axes: tuple[int, int] | None, choice: bool) -> None:
        """Shows whether this dimension runs across or up the plane, and whether there is a choice."""
        for place, button in enumerate((self.across, self.up)):
            button.setChecked(axes is not None and axes[place] == self.dimension)
            button.setEnabled(choice)

    # The hand

    @Slot(int)
    def _slid(self, value: int) -> None:
        self.slid.emit(self.dimension, value / _PER_UNIT, self.slider.isSliderDown())

    @Slot(float)
    def _chosen(self, value: float) -> None:
        self.gripped.emit()
        self.slid.emit(self.dimension, value, False)
        self.gripped.emit()

    @Slot()
    def _across(self) -> None:
        self.turned.emit(self.dimension, True)

    @Slot()
    def _up(self) -> None:
        self.turned.emit(self.dimension, False)
