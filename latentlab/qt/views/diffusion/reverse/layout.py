"""The layout of the reverse page: settings left; the pictures, the tapes and their buttons right.

Where it is high the pictures of one layer are as large as the height allows, beside them the chosen one; the
tapes take what is left. Where it is low all three layers stand side by side above one row of each tape.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from latentlab.qt.views.diffusion.reverse.chosen import ChosenPicture
from latentlab.qt.views.diffusion.reverse.frame_panel import FramePanel
from latentlab.qt.views.diffusion.reverse.look_bar import LookBar
from latentlab.qt.views.diffusion.reverse.mosaic import scale_in, spanned
from latentlab.qt.views.diffusion.tape.tracks import Tracks

# From this height on the page is high. Below the others histograms are small, or hidden.
_HIGH, _LOW, _LOWEST = 400, 310, 250
# A picture of a batch is to have at least so many pixels, if a lower tape can give them.
_LEGIBLE = 100
# The width of the chosen picture's column, and how far the pictures' frame is from their edge.
_LEAST_SIDE, _MOST_SIDE, _EDGE = 140, 460, 4
_SPACE, _GAP, _ANY = 4, 10, 16_777_215


class ReverseLayout(QWidget):
    """`form` and the widgets `below` it are on the left; to their right the bar of choices, the row of
    `panels` and the chosen picture, the `words`, the `tracks` and the `transport`.

    `turned` says that the page is high now, or no longer.
    """

    turned = Signal()

    def __init__(
        self,
        form: QScrollArea,
        below: Sequence[QWidget],
        look: LookBar,
        panels: Sequence[FramePanel],
        side: ChosenPicture,
        words: QWidget,
        tracks: Tracks,
        transport: QWidget,
    ) -> None:
        super().__init__()
        self._form, self._look, self._panels, self._side = form, look, panels, side
        self._words, self._tracks, self._transport = words, tracks, transport
        self.high = False
        # What the pictures are: how many are shown, and their shape (H, W); and whether of one layer only.
        self._count, self._shape, self._single = 16, (28, 28), False
        self._left = QVBoxLayout()
        self._left.setSpacing(6)
        self._left.addWidget(form, 1)
        for widget in below:
            self._left.addWidget(widget)
        self._left.addStretch(0)
        aspects = QHBoxLayout()
        aspects.setSpacing(_GAP)
        for panel in panels:
            aspects.addWidget(panel, 1)
        aspects.addWidget(side)
        self._line = QHBoxLayout()
        self._line.setSpacing(8)
        self._line.addWidget(words, 1)
        self._line.addWidget(look)
        self._right = QVBoxLayout()
        self._right.setSpacing(_SPACE)
        self._right.addLayout(aspects, 5)
        self._right.addLayout(self._line)
        self._right.addWidget(tracks, 3)
        self._right.addWidget(transport)
        whole = self._whole = QHBoxLayout(self)
        whole.setContentsMargins(8, 6, 8, 6)
        whole.setSpacing(_GAP)
        whole.addLayout(self._left)
        whole.addLayout(self._right, 1)
        look.set_low(True)
        side.hide()

    def minimumSizeHint(self) -> QSize:
        # Less than its parts take now: with less room they are laid out otherwise.
        return QSize(420, 190)

    def show_batch(self, x: NDArray[np.float32], most: int) -> None:
        """Makes room for pictures (B, C, H, W), of which at most so many are shown, 0 for all."""
        count, shape = min(len(x), most or len(x)), (x.shape[2], x.shape[3])
        if (count, shape) != (self._count, self._shape):
            self._count, self._shape = count, shape
            self.fit()

    def show_layers(self, single: bool) -> None:
        """Makes room for one layer, or for all three."""
        if single != self._single:
            self._single = single
            self.fit()

    def fit(self) -> None:
        """Lays everything out again: the size, the pictures, or the tapes have changed."""
        high = self.height() >= _HIGH
        if high != self.high:
            self.high = high
            self._rearrange()
            self.turned.emit()
        plain = self._single
        for panel in self._panels:
            panel.title.setVisible(not plain)
            panel.histogram.set_low(self.height() < _LOW)
            panel.histogram.setVisible(not plain and self.height() >= _LOWEST)
        self._share()

    def _rearrange(self) -> None:
        """Puts the choices above the pictures, or, where it is low, beside the words."""
        if self.high:
            self._line.removeWidget(self._look)
            self._right.insertWidget(0, self._look)
        else:
            self._right.removeWidget(self._look)
            self._line.addWidget(self._look)
        self._look.set_low(not self.high)
        # Where it is high, what belongs to the settings follows them closely.
        self._left.setStretch(0, 0 if self.high else 1)
        self._left.setStretch(self._left.count() - 1, 1 if self.high else 0)

    def _share(self) -> None:
        """Shares the height between pictures and tapes, and the width with the chosen picture."""
        tracks = self._tracks
        if not self.high:
            tracks.setMinimumHeight(0)
            tracks.setMaximumHeight(_ANY)
            self._side.hide()
            return
        margins = self._whole.contentsMargins()
        high = self.height() - margins.top() - margins.bottom() - 4 * _SPACE
        for widget in (self._look, self._words, self._transport):
            high -= widget.sizeHint().height()
        wide = self.width() - margins.left() - margins.right() - _GAP - self._form.width()
        least, best, most = tracks.heights(wide)
        best = max(least, min(best, int(0.4 * high)))
        if not self._single:
            panel, across = self._panels[0], (wide - 2 * _GAP) / 3
            frame = panel.title.sizeHint().height() + panel.histogram.sizeHint().height() + _SPACE
            pictures = self._height_of(high - best - frame, across) + frame
            tracks.setFixedHeight(max(least, min(most, high - pictures)))
            self._side.hide()
            return
        pictures = self._height_of(high - best, wide)
        if self._scale(high - best, wide) * min(self._shape) < _LEGIBLE:
            pictures = max(pictures, self._height_of(high - least, wide))
        tracks.setFixedHeight(max(least, min(most, high - pictures)))
        columns, scale = self._fitting(high - tracks.minimumHeight(), wide)
        across = round(spanned(self._count, self._shape, columns)[0] * scale) + 2 * _EDGE
        side = min(_MOST_SIDE, wide - across - _GAP)
        self._side.setFixedWidth(max(side, _LEAST_SIDE))
        self._side.setVisible(side >= _LEAST_SIDE)

    def _fitting(self, high: float, wide: float) -> tuple[int, float]:
        return scale_in(
            self._count, self._shape, wide - _EDGE, max(1, high - _EDGE), self.devicePixelRatioF()
        )

    def _scale(self, high: float, wide: float) -> float:
        return self._fitting(high, wide)[1]

    def _height_of(self, high: float, wide: float) -> int:
        """The height that the pictures take of so much."""
        columns, scale = self._fitting(high, wide)
        return round(spanned(self._count, self._shape, columns)[1] * scale) + _EDGE + 1

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.fit()
        super().resizeEvent(event)
