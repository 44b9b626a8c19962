"""The charts of a training, as the spec of its figures declares: curves over its steps, and bars beside them.

pyqtgraph takes 0.3 s to import, so it is imported when the first curve is drawn and not before. Until then
the places of the curves are there, with what will be in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRect, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from latentlab.core.figures import NOTHING, ChartSpec, FiguresSpec
from latentlab.qt.widgets.curves.history import History
from latentlab.qt.widgets.curves.numbers import of_history
from latentlab.qt.widgets.curves.plot import Plot
from latentlab.qt.widgets.curves.tiles import Tiles
from latentlab.qt.widgets.drawable import DrawnWidget, draw_widget
from latentlab.qt.widgets.plain_text import Label, plain_tip

_MARGIN, _LEAST_PLOT = 8, 90


class LossCurves(Tiles, DrawnWidget):
    """Lines for the training pictures, dots for the held-out ones; `beside` is one more tile, of bars.

    `explained` shows the curves of players alone, and says below each what it shows, where there is room.
    """

    def __init__(self, beside: QWidget | None = None, *, explained: bool = False) -> None:
        super().__init__()
        self.setObjectName("lossCurves")
        self.setAccessibleName("Curves of the training")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 80)
        self._beside = [] if beside is None else [beside]
        self._explained = explained
        self._plots: list[Plot] = []
        self._turn = 0
        self._spec = NOTHING
        self._history: History | None = None
        self._expect(self._spec)

    def sizeHint(self) -> QSize:
        return QSize(720, 150)

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles of the curves, from left to right; () before the first."""
        return tuple(plot.chart.title for plot in self._plots)

    @property
    def plots(self) -> tuple[Plot, ...]:
        """The curves; () before the first."""
        return tuple(self._plots)

    def drawn_name(self) -> str:
        """See `Drawable`."""
        return "training"

    def drawn_size(self) -> QSize:
        """See `Drawable`."""
        return self.size() if self._plots else QSize()

    def draw(self, painter: QPainter, ratio: float) -> None:
        """See `Drawable`."""
        for plot in self._plots:
            plot.set_whole(True)
        try:
            draw_widget(self, painter)
        finally:
            for plot in self._plots:
                plot.set_whole(False)

    def table(self) -> Mapping[str, Sequence[object]]:
        """All figures of the training, see `of_history`."""
        return of_history(self._history)

    def expect(self, spec: FiguresSpec) -> None:
        """A training with these figures begins, or may begin: curves of other figures are removed."""
        if spec != self._spec:
            self._expect(spec)

    def show_history(self, history: History) -> None:
        """Draws everything, once there is something."""
        if history.spec is not None:
            self.expect(history.spec)
        for _ in self._charts:
            self.show_next(history)

    def show_next(self, history: History) -> None:
        """Draws the next of the curves in turn: all at once would delay a drag by ten milliseconds."""
        if history.spec is None or not (history.train.steps or history.test.steps):
            return
        self.expect(history.spec)
        self._history = history
        if not self._plots:
            self._make()
        if not self._plots:
            return
        self._turn = (self._turn + 1) % len(self._plots)
        self._plots[self._turn].show_history(history)

    @property
    def _charts(self) -> tuple[ChartSpec, ...]:
        return self._spec.of_players if self._explained else self._spec.drawn

    def _expect(self, spec: FiguresSpec) -> None:
        self._spec, self._plots, self._turn = spec, [], 0
        self.setToolTip(plain_tip(spec.help))
        self._show([_Place(title_of(chart, spec), help_of(chart, spec), self) for chart in self._charts])

    def _make(self) -> None:
        self._plots = [
            Plot(chart, title_of(chart, self._spec), self.toolTip(), self) for chart in self._charts
        ]
        for plot in self._plots:
            plot.pointed.connect(self._pointed)
        # The very first is drawn first.
        self._turn = len(self._plots) - 1
        tiles: list[QWidget] = list(self._plots)
        if self._explained:
            tiles = [_Explained(plot, help_of(plot.chart, self._spec), self) for plot in self._plots]
        self._show(tiles)

    def _show(self, tiles: list[QWidget]) -> None:
        gone = [tile for tile in self.tiles if tile not in self._beside]
        self.set_tiles([*tiles, *self._beside])
        for tile in gone:
            tile.deleteLater()

    @Slot(object)
    def _pointed(self, step: float | None) -> None:
        """All curves read out the step under the mouse."""
        for plot in self._plots:
            plot.show_at(step)


def title_of(chart: ChartSpec, spec: FiguresSpec) -> str:
    """The title of a chart with the unit of what it shows."""
    unit = next((one.unit for one in (*spec.figures, *spec.series) if one.name == chart.of), "")
    return chart.title if not unit or unit in chart.title else f"{chart.title}, {unit}"


def help_of(chart: ChartSpec, spec: FiguresSpec) -> str:
    """What a chart shows, in a sentence, or the names of its lines."""
    if len(chart.parts) > 1:
        return ", ".join(chart.parts)
    return next((one.help for one in spec.figures if one.name == chart.of), "")


class _Explained(QWidget):
    """A curve with a sentence below it; where it would become too low, without."""

    def __init__(self, plot: Plot, help: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = Label(help)
        self._words.setWordWrap(True)
        self._words.setContentsMargins(6, 0, 6, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(plot, 1)
        column.addWidget(self._words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        left = self.height() - self._words.heightForWidth(self.width())
        self._words.setVisible(bool(self._words.text()) and left >= _LEAST_PLOT)


class _Place(QWidget):
    """The place of a curve before there is one."""

    def __init__(self, title: str, help: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._title, self._help = title, help
        self.setAccessibleName(title)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().base())
        inside = self.rect().adjusted(_MARGIN, 4, -_MARGIN, -4)
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(self.palette().text().color())
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
        title = painter.boundingRect(inside, flags, self._title)
        painter.drawText(inside, flags, self._title)
        font.setBold(False)
        painter.setFont(font)
        painter.setPen(self.palette().placeholderText().color())
        below = QRect(inside).adjusted(0, title.height(), 0, 0)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._help)
        painter.end()
