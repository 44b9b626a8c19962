"""The row of one condition: its value, and the probe changed by vector and by condition."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from latentlab.engine.types import Picture
from latentlab.plain import spaced
from latentlab.qt.widgets.condition_tile import ConditionTile
from latentlab.qt.widgets.images import to_qimage
from latentlab.qt.widgets.plain_text import Label, listed, plain_tip
from latentlab.qt.widgets.sliders import CalmSlider, Figure
from latentlab.qt.widgets.term import Term

TILE = 52
_PER_UNIT = 100


class WayTile(ConditionTile):
    """A picture to click, of a fixed size and without a caption."""

    def __init__(self, name: str) -> None:
        super().__init__(0, "")
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(TILE, TILE)
        self.picture: Picture | None = None

    def sizeHint(self) -> QSize:
        return QSize(TILE, TILE)

    def show_picture(self, picture: Picture | None) -> None:
        self.picture = picture
        self.show_image(None if picture is None else to_qimage(picture))


class WayRow(QWidget):
    """`told` (name, value, whether the handle is held) requests another value of the condition, 0 to 1;
    `gripped` starts a slide. `by_vector` and `by_condition` (name) request what their pictures show.

    Classes exclude each other: their rows have no slider.
    """

    told = Signal(str, float, bool)
    gripped = Signal()
    by_vector = Signal(str)
    by_condition = Signal(str)

    def __init__(self, name: str, exclusive: bool) -> None:
        super().__init__()
        self.name, self._exclusive = name, exclusive
        label = Label(listed(spaced(name)))
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        label.setMinimumWidth(40)
        label.setToolTip(plain_tip(name))
        self.left = Term("", "AUC")
        self.left.setObjectName(f"conditionLeft_{name}")
        self.sign = Label()
        self.slider = CalmSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName(f"conditionSlider_{name}")
        self.slider.setAccessibleName(f"Value of {name} in the condition")
        self.slider.setToolTip(plain_tip(f"Condition of the decoder of {name}: 0 is without, 1 with."))
        self.slider.setRange(0, _PER_UNIT)
        self.slider.setSingleStep(5)
        self.slider.setPageStep(_PER_UNIT)
        self.slider.setMinimumWidth(48)
        self.value = Figure()
        self.vector = WayTile(f"vectorWay_{name}")
        self.condition = WayTile(f"conditionWay_{name}")
        for widget in (self.slider, self.value):
            widget.setVisible(not exclusive)
        layout = QGridLayout(self)
        layout.setContentsMargins(8, 1, 8, 1)
        layout.setHorizontalSpacing(4)
        layout.setVerticalSpacing(0)
        layout.addWidget(label, 0, 0)
        layout.addWidget(self.left, 0, 1, Qt.AlignmentFlag.AlignRight)
        layout.addWidget(self.slider, 1, 0)
        layout.addWidget(self.value, 1, 1)
        layout.addWidget(self.sign, 0, 2, 2, 1, Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self.vector, 0, 3, 2, 1)
        layout.addWidget(self.condition, 0, 4, 2, 1)
        layout.setColumnStretch(0, 1)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderPressed.connect(self.gripped)
        self.slider.sliderReleased.connect(self.gripped)
        self.vector.clicked.connect(self._vector_clicked)
        self.condition.clicked.connect(self._condition_clicked)

    def show_condition(self, value: float, there: bool, lean: bool, other: str) -> None:
        """Shows the current value, whether it counts as present, whether compensation is on, and a text on
        the change when inverted.
        """
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(value * _PER_UNIT))
        self.value.show_text(f"{value:.2f}")
        if self._exclusive:
            self.sign.setText("=" if there else "+")
            change = f"as class {self.name}"
        else:
            self.sign.setText("\N{MINUS SIGN}" if there else "+")
            change = f"{'without' if there else 'with'} {self.name}"
        self.sign.setToolTip(plain_tip(f"The two pictures show the probe {change}."))
        by_vector = f"The probe {change} by vector: z moved along the direction, the condition unchanged"
        z = "z compensated" if lean and not self._exclusive else "the same z"
        told = change if self._exclusive else other
        by_condition = f"The probe {told} by condition: the condition changed, {z}"
        for tile, words in ((self.vector, by_vector), (self.condition, by_condition)):
            tile.setAccessibleName(words)
            tile.setToolTip(plain_tip(f"{words}. Click to go there."))

    def show_left(self, auc: float | None) -> None:
        """Shows how much z still says of it; nothing where that is unknown."""
        self.left.setText("" if auc is None else f"AUC {auc:.2f}")
        self.left.setToolTip(
            ""
            if auc is None
            else plain_tip(
                f"How much z still encodes of {self.name}, on held-out pictures: at 0.5 nothing, "
                "so moving along the direction has no effect; at 1 it separates pictures with it "
                "from those without."
            )
        )

    @Slot(int)
    def _slid(self, value: int) -> None:
        self.told.emit(self.name, value / _PER_UNIT, self.slider.isSliderDown())

    @Slot()
    def _vector_clicked(self) -> None:
        self.by_vector.emit(self.name)

    @Slot()
    def _condition_clicked(self) -> None:
        self.by_condition.emit(self.name)
