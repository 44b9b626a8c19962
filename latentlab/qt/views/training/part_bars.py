"""The bar charts beside the curves, one for each series of a training's figures."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from latentlab.core.figures import NOTHING, FiguresSpec
from latentlab.qt.views.training.series_bars import SeriesBars
from latentlab.qt.widgets.curves.history import History


class PartBars(QWidget):
    """Bars for each series; `shown` are the visible ones, from top to bottom."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: tuple[SeriesBars, ...] = ()
        self._spec = NOTHING
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def expect(self, spec: FiguresSpec) -> None:
        """A training with these figures begins, or may begin."""
        if spec.series != self._spec.series:
            for bars in self.shown:
                self._rows.removeWidget(bars)
                bars.hide()
                bars.deleteLater()
            self.shown = tuple(SeriesBars(one) for one in spec.series)
            for bars in self.shown:
                self._rows.addWidget(bars)
                bars.show()  # Qt shows them too, but later
        self._spec = spec
        self.setVisible(bool(self.shown))

    def show_history(self, history: History) -> None:
        """Shows the newest numbers, or that there are none."""
        if history.spec is not None:
            self.expect(history.spec)
        for bars in self.shown:
            name = bars.spec.name
            bars.show_series(history.newest.get(name, ()), history.held_out.get(name, ()), history.settled)

    def summary(self) -> str:
        """A text on what is visible."""
        return ", ".join(filter(None, (bars.summary() for bars in self.shown)))
