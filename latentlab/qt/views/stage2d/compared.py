"""How near each model that was tried came to the same points: a bar for each, as long as its W1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from latentlab.engine.stage.recipe import Source
from latentlab.qt.views.stage2d.inks import made_ink
from latentlab.qt.widgets.drawable import DrawnWidget

_MOST = 6


class ComparedBars(DrawnWidget):
    """The last W1 of every model that was trained on the points on show; the latest of them last.

    Attributes:
        tried: by the model's title: W1, and the rounds after which it was so.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("stageCompared")
        self.setAccessibleName("W1 of the models that were tried on these points")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.tried: dict[str, tuple[float, int]] = {}
        self._floor = 0.0
        self._of: Source | None = None
        self.hide()

    def begin(self, points: Source) -> None:
        """A training on these points begins: what was tried on others is forgotten."""
        if self._of is None or not _same(points, self._of):
            self._of, self.tried = points, {}
        self._arrange()

    def note(self, title: str, w1: float, rounds: int, floor: float) -> None:
        """What a model has come to."""
        self._floor = floor
        self.tried.pop(title, None)
        self.tried[title] = (w1, rounds)
        while len(self.tried) > _MOST:
            del self.tried[next(iter(self.tried))]
        self._arrange()

    def _arrange(self) -> None:
        """There is nothing to compare with one alone."""
        self.setVisible(len(self.tried) > 1)
        self.updateGeometry()
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def sizeHint(self) -> QSize:
        return QSize(240, (len(self.tried) + 1) * (self.fontMetrics().height() + 3) + 2)

    def drawn_name(self) -> str:
        """See `latentlab.qt.widgets.drawable.Drawable`."""
        return "W1 of models of points"

    def table(self) -> Mapping[str, Sequence[object]]:
        """See `latentlab.qt.widgets.drawable.Drawable`."""
        return {
            "model": list(self.tried),
            "W1": [w1 for w1, _ in self.tried.values()],
            "rounds": [rounds for _, rounds in self.tried.values()],
        }

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette, letters = QPainter(self), self.palette(), self.fontMetrics()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = letters.height() + 3
        painter.setPen(palette.windowText().color())
        painter.drawText(QPointF(2, line - 5), "W1 of what was tried on these points")
        most = max([w1 for w1, _ in self.tried.values()] + [self._floor, 1e-6])
        room = self.width() - 4.0
        bar = made_ink(palette)
        bar.setAlphaF(0.3)
        for number, (title, (w1, rounds)) in enumerate(self.tried.items(), 1):
            place = QRectF(2.0, number * line, room * w1 / most, line - 2)
            painter.fillRect(place, bar)
            painter.setPen(palette.windowText().color())
            figure = f"{w1:.2f}"
            wide = letters.horizontalAdvance(figure) + 6
            words = letters.elidedText(
                f"{title}, {rounds:,} rounds", Qt.TextElideMode.ElideRight, int(room - wide - 6)
            )
            row = QRectF(5.0, number * line, room - 6, line - 2)
            painter.drawText(row, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
            painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, figure)
        painter.setPen(QPen(palette.placeholderText().color(), 1.0, Qt.PenStyle.DashLine))
        x = 2.0 + room * self._floor / most
        painter.drawLine(QPointF(x, line), QPointF(x, self.height()))
        painter.end()


def _same(one: Source, other: Source) -> bool:
    """Whether two sources are the same points; of a model's codes, the very same array."""
    return (one.name, one.strokes, one.moved) == (other.name, other.strokes, other.moved) and (
        one.rows is other.rows
    )
