"""Three curves side by side: ELBO, reconstruction and KL over the steps of a training.

pyqtgraph takes 0.3 s to import, so it is imported when the first curve is drawn and not before.
"""

from __future__ import annotations

import importlib
import itertools
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from latentlab.qt.training.history import History

_TERMS = (("elbo", "ELBO, nats"), ("reconstruction", "Reconstruction"), ("kl", "KL"))
# What the first steps show would make all that follows a flat line.
_WARM_UP_SHARE = 0.3


class LossCurves(QWidget):
    """Lines for the training pictures, dots for the held-out ones, in nats per picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lossCurves")
        self.setAccessibleName("Curves of the training")
        self.setToolTip(
            "ELBO = reconstruction − KL, in nats a picture; higher is better. The line follows the pictures "
            "that are learnt from, the dots are held-out pictures after each epoch."
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 80)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self._waiting = QLabel("The curves of the training will be here: ELBO, reconstruction and KL.")
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._waiting.setWordWrap(True)
        self._waiting.setAutoFillBackground(True)
        self._waiting.setBackgroundRole(QPalette.ColorRole.Base)
        self._waiting.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._layout.addWidget(self._waiting)
        self._turns = itertools.cycle(name for name, _ in _TERMS)
        self._plots: dict[str, Any] = {}
        self._lines: dict[str, Any] = {}
        self._dots: dict[str, Any] = {}

    def sizeHint(self) -> QSize:
        return QSize(480, 150)

    def show_history(self, history: History) -> None:
        """Draws all there is, once there is something."""
        for _ in _TERMS:
            self.show_next(history)

    def show_next(self, history: History) -> None:
        """Draws the next of the curves in turn: all at once would hold up the hand for ten milliseconds."""
        if not self._plots:
            if not history.train.steps:
                return
            self._make()
        name = next(self._turns)
        train, test = np.asarray(history.train.values(name)), history.test.values(name)
        self._lines[name].setData(np.asarray(history.train.steps), train)
        self._dots[name].setData(history.test.steps, test)
        self._frame(name, train, test)

    def _frame(self, name: str, train: np.ndarray[Any, Any], test: list[float]) -> None:
        """The y axis spans what matters: not the first steps, where everything is still far off."""
        if len(train) < 2:
            return
        late = train[max(1, round(_WARM_UP_SHARE * len(train))) :]
        low, high = np.quantile(np.concatenate([late, np.asarray(test)]), (0.02, 1.0))
        if name == "kl":
            low = 0.0
        margin = 0.06 * max(1e-3, high - low)
        self._plots[name].setYRange(float(low - margin), float(high + margin), padding=0)

    def _make(self) -> None:
        pg = importlib.import_module("pyqtgraph")
        self._waiting.hide()
        for name, title in _TERMS:
            plot = pg.PlotWidget(self)
            plot.setMouseEnabled(False, False)
            plot.setMenuEnabled(False)
            plot.hideButtons()
            plot.setToolTip(self.toolTip())
            plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            plot.setMinimumSize(0, 0)
            plot.getPlotItem().layout.setContentsMargins(0, 6, 8, 2)
            self._lines[name] = pg.PlotDataItem(antialias=True)
            self._dots[name] = pg.PlotDataItem(pen=None, symbol="o", symbolSize=6, symbolPen=None)
            plot.addItem(self._lines[name])
            plot.addItem(self._dots[name])
            self._plots[name] = plot
            # Above the plot, not in it: pyqtgraph makes a plot at least as wide as its title.
            label = QLabel(title)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column = QVBoxLayout()
            column.setSpacing(0)
            column.addWidget(label)
            column.addWidget(plot, 1)
            self._layout.addLayout(column, 1)
        self._paint_theme()

    def _paint_theme(self) -> None:
        palette = self.palette()
        text, accent = palette.text().color(), palette.highlight().color()
        pale = QColor(text)
        pale.setAlphaF(0.7)
        font = QFont(self.font())
        font.setPointSizeF(max(7.0, font.pointSizeF() * 0.8))
        style = {"color": text.name(), "font-size": f"{font.pointSizeF():.1f}pt"}
        for name, plot in self._plots.items():
            plot.setBackground(palette.base().color())
            for side in ("bottom", "left"):
                axis = plot.getAxis(side)
                axis.enableAutoSIPrefix(False)
                axis.setStyle(maxTickLevel=0)
                axis.setTickFont(font)
                axis.setPen(pale)
                axis.setTextPen(text)
            plot.getAxis("bottom").setLabel("step, ● held out", **style)
            self._lines[name].setPen(accent, width=2)
            self._dots[name].setSymbolBrush(text)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and self._plots:
            self._paint_theme()
        super().changeEvent(event)
