"""Beside the curves: bars for the parts of the figures, those that fit the kind of training."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QStackedWidget

from latentlab.engine.training.events import ElboFigures, Figures, NoiseFigures
from latentlab.qt.views.training.history import History
from latentlab.qt.views.training.kl_bars import KLBars
from latentlab.qt.views.training.level_bars import LevelBars


class PartBars(QStackedWidget):
    """The KL of each dimension, or the loss at each noise level; a classifier has neither."""

    def __init__(self) -> None:
        super().__init__()
        self.kl, self.levels = KLBars(), LevelBars()
        self.addWidget(self.kl)
        self.addWidget(self.levels)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def expect(self, kind: type[Figures]) -> None:
        """A training with such figures begins, or may begin."""
        self.setCurrentWidget(self.levels if kind is NoiseFigures else self.kl)
        self.setVisible(kind in (ElboFigures, NoiseFigures))

    def show_history(self, history: History) -> None:
        """Shows the newest numbers, or that there are none."""
        self.kl.show_numbers(history.kl_per_dimension)
        self.levels.show_numbers(history.per_level, history.test_per_level)

    def summary(self) -> str:
        """What is in sight, in words."""
        shown = self.levels if self.currentWidget() is self.levels else self.kl
        return shown.summary()
