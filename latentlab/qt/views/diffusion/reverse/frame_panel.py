"""A panel for one layer of the current frame: its pictures, of which one is chosen, and their histogram."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from latentlab.qt.views.diffusion.reverse.batch import ONE, Mosaic
from latentlab.qt.views.diffusion.reverse.histogram import Histogram
from latentlab.qt.widgets.plain_text import plain_tip
from latentlab.qt.widgets.term import RichTerm


class FramePanel(QWidget):
    """A title, a mosaic and a histogram.

    Args:
        name: the mosaic's objectName.
        title, tip: what it shows, shortly, starting with its symbol, and in full.
        reach: numbers from -reach to reach go from black to white.
        normal: whether a normal distribution is drawn into the histogram.
    """

    def __init__(self, name: str, title: str, tip: str, reach: float = 1.0, normal: bool = True) -> None:
        super().__init__()
        sign, _, rest = title.partition(" ")
        self.title = RichTerm(f"<b>{sign}</b> {rest}", sign)
        self.title.setToolTip(plain_tip(tip))
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.mosaic = Mosaic(name, tip, reach)
        self.histogram = Histogram(f"{name}Histogram", f"Histogram: {title}", normal)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        rows.addWidget(self.title)
        rows.addWidget(self.mosaic, 1)
        rows.addWidget(self.histogram)

    def show_pictures(self, x: NDArray[np.float32] | None, chosen: int, most: int) -> None:
        """Shows (B, C, H, W) or nothing, see `Mosaic`; the histogram is of all pictures, or of one alone."""
        self.mosaic.show_pictures(x, chosen, most)
        self.histogram.show_numbers(None if x is None else x[chosen] if most == ONE else x)
