"""The chosen picture of a frame by itself: large in the layer that is shown, and small in the other two."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from latentlab.engine.diffusion.noising import NOISE_REACH, as_picture
from latentlab.qt.views.diffusion.reverse.histogram import Histogram
from latentlab.qt.views.diffusion.reverse.look_bar import NOISE, NOISY, PREDICTED
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label, RichLabel, plain_tip

Aspects = tuple[NDArray[np.float32] | None, ...]
LAYERS = (NOISY, PREDICTED, NOISE)
_TITLES = {
    NOISY: ("<b>xₜ</b> noisy", "The chosen picture in its noise, xₜ"),
    PREDICTED: ("<b>x̂₀</b> predicted", "What the model predicts of the chosen picture, x̂₀"),
    NOISE: ("<b>ε̂</b> noise", "The noise that the model predicts in the chosen picture, ε̂"),
}
_ANY, _GAP = 1 << 20, 6
# The large picture leaves this much height to what is below it.
_REST = 0.55


class ChosenPicture(QWidget):
    """Its heading says which picture it is, and what it was asked to show."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("chosenPicture")
        self.setAccessibleName("The chosen picture")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self._shape = (1, 1)
        self._layer = NOISY
        self.heading = Label()
        self.heading.setObjectName("chosenHeading")
        self.heading.setWordWrap(True)
        font = self.heading.font()
        font.setBold(True)
        self.heading.setFont(font)
        self.large = CrispPicture("chosenLarge", "The chosen picture", _ANY)
        self.small = tuple(CrispPicture(f"chosenSmall_{n}", "The chosen picture", _ANY) for n in range(2))
        self._captions = tuple(RichLabel() for _ in range(3))
        self.histogram = Histogram("chosenHistogram", "Histogram of the chosen picture", normal=True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(3)
        rows.addWidget(self.heading)
        left = Qt.AlignmentFlag.AlignLeft
        rows.addWidget(self.large, 0, left)
        rows.addWidget(self._captions[0])
        rows.addWidget(self.histogram)
        pair = QHBoxLayout()
        pair.setSpacing(_GAP)
        for picture, caption in zip(self.small, self._captions[1:], strict=True):
            column = QVBoxLayout()
            column.setSpacing(1)
            column.addWidget(picture, 0, left)
            column.addWidget(caption)
            pair.addLayout(column)
        pair.addStretch(1)
        rows.addLayout(pair)
        rows.addStretch(1)

    def name(self, words: str) -> None:
        """Says which picture it is."""
        if words != self.heading.text():
            self.heading.setText(words)

    def show_layers(self, layers: Aspects, chosen: int, layer: str) -> None:
        """Shows picture `chosen` of the three layers (B, C, H, W), or nothing: `layer` large."""
        if layer not in LAYERS:
            layer = NOISY
        if layer != self._layer or not self._captions[0].text():
            self._layer = layer
            self._name(layer)
        order = sorted(range(3), key=lambda place: LAYERS[place] != layer)
        places = (self.large, *self.small)
        for place, view in zip(order, places, strict=True):
            x = layers[place]
            reach = NOISE_REACH if LAYERS[place] == NOISE else 1.0
            view.show_picture(None if x is None else as_picture(x[chosen], reach))
        first = layers[order[0]]
        self.histogram.show_numbers(None if first is None else first[chosen])
        if first is not None and first.shape[2:] != self._shape:
            self._shape = (first.shape[2], first.shape[3])
            self._fit()

    def _name(self, layer: str) -> None:
        order = sorted(LAYERS, key=lambda name: name != layer)
        for name, view, caption in zip(order, (self.large, *self.small), self._captions, strict=True):
            sign, what = _TITLES[name]
            caption.setText(sign)
            caption.setToolTip(plain_tip(what))
            view.setAccessibleName(what)
            view.setToolTip(plain_tip(what))

    def _fit(self) -> None:
        """The pictures are as large as a whole number of times their size allows."""
        high, wide = self._shape
        ratio = self.devicePixelRatioF()
        for view, room, height in (
            (self.large, self.width(), self.height() * _REST),
            *((view, (self.width() - _GAP) // 2, self.height() * 0.22) for view in self.small),
        ):
            scale = min(room / wide, height / high) * ratio
            scale = max(1.0, float(int(scale))) / ratio if scale >= 1.0 else scale / ratio
            view.setFixedSize(round(wide * scale), round(high * scale))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)
