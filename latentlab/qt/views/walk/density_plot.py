"""The curve of log p(z) along a walk, with a dot at each pin and a line at the current step.

pyqtgraph takes 0.3 s to import, so it is imported when the first curve is drawn and not before.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QSize, Signal, Slot
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from latentlab.qt.widgets.drawable import DrawnWidget, draw_widget
from latentlab.qt.widgets.plots import bare_plot, drawn_whole


class DensityPlot(DrawnWidget):
    """`picked` (step) is emitted at a click on the curve."""

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("walkPlot")
        self.setAccessibleName("Log prior density along the walk")
        self.setToolTip(
            "The log density of the prior at each step, in nats. Between distant pins a straight "
            "line passes nearer to the origin, where the prior is denser; the arc keeps the "
            "distance of the pins from the origin."
        )
        self.setMinimumSize(120, 90)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._plot: Any = None
        self._steps, self._stride = 0, 1
        self._log_priors: Sequence[float] = ()

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return "density along the walk"

    def drawn_size(self) -> QSize:
        """See `Drawable`."""
        return self.size() if self._steps else QSize()

    def draw(self, painter: QPainter, ratio: float) -> None:
        """See `Drawable`."""
        drawn_whole(self._plot, True)
        try:
            draw_widget(self, painter)
        finally:
            drawn_whole(self._plot, False)

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `Drawable`."""
        steps = range(self._steps)
        pins = [step // self._stride + 1 if step % self._stride == 0 else None for step in steps]
        return {"step": steps, "pin": pins, "log p(z)": self._log_priors}

    def sizeHint(self) -> QSize:
        return QSize(220, 140)

    def show_walk(self, log_priors: Sequence[float], stride: int) -> None:
        """Draws a curve; every `stride`-th step is a pin."""
        if self._plot is None:
            self._make()
        self._steps, self._stride, self._log_priors = len(log_priors), stride, log_priors
        # Outside the support of a prior there is no density: a gap in the curve.
        drawn = [value if math.isfinite(value) else math.nan for value in log_priors]
        self._curve.setData(range(self._steps), drawn)
        pins = range(0, self._steps, stride)
        self._pins.setData(pins, [drawn[step] for step in pins])

    def show_step(self, step: int) -> None:
        """Moves the line to a step."""
        if self._plot is not None:
            self._line.setValue(step)

    def _make(self) -> None:
        pg = importlib.import_module("pyqtgraph")
        self._plot = bare_plot(self)
        self._plot.setToolTip(self.toolTip())
        self._plot.getPlotItem().layout.setContentsMargins(0, 6, 8, 5)  # room for the outermost numbers
        self._plot.getAxis("bottom").setHeight(34)
        self._line = pg.InfiniteLine(0)
        self._curve = pg.PlotDataItem(antialias=True)
        self._pins = pg.PlotDataItem(pen=None, symbol="o", symbolSize=7, symbolPen=None)
        for item in (self._line, self._curve, self._pins):
            self._plot.addItem(item)
        self._plot.scene().sigMouseClicked.connect(self._clicked)
        self._paint_theme()
        self._layout.addWidget(self._plot)

    def _paint_theme(self) -> None:
        palette = self.palette()
        text, accent = palette.text().color(), palette.highlight().color()
        pale = QColor(text)
        pale.setAlphaF(0.7)
        self._plot.setBackground(palette.base().color())
        font = QFont(self.font())
        font.setPointSizeF(max(7.0, font.pointSizeF() * 0.8))
        style = {"color": text.name(), "font-size": f"{font.pointSizeF():.1f}pt"}
        for side, label in (("bottom", "step"), ("left", "log p(z), nats")):
            axis = self._plot.getAxis(side)
            axis.setLabel(label, **style)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(maxTickLevel=0)
            axis.setTickFont(font)
            axis.setPen(pale)
            axis.setTextPen(text)
        self._curve.setPen(accent, width=2)
        self._line.setPen(text, width=1)
        self._pins.setSymbolBrush(text)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and self._plot is not None:
            self._paint_theme()
        super().changeEvent(event)

    @Slot(object)
    def _clicked(self, event: Any) -> None:
        place = self._plot.getViewBox().mapSceneToView(event.scenePos())
        if self._steps:
            self.picked.emit(min(max(round(place.x()), 0), self._steps - 1))
