"""The names of points in a chart, and lines to those that stand farther away."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPalette
from PySide6.QtWidgets import QGraphicsItem, QGraphicsLineItem, QGraphicsSimpleTextItem

from latentlab.qt.views.judge.labels import leader, placed
from latentlab.qt.views.judge.scales import box_in

_PALE = 0.45


class Names:
    """In a `pyqtgraph.ViewBox`."""

    def __init__(self, box: Any) -> None:
        self._box = box
        self._names: list[QGraphicsSimpleTextItem] = []
        self._lines: list[QGraphicsLineItem] = []
        self._pen: Any = None

    @property
    def shown(self) -> tuple[str, ...]:
        """Those that have room."""
        return tuple(item.text() for item in self._names if item.isVisible())

    def write(self, words: Sequence[str], fonts: Sequence[QFont], palette: QPalette) -> None:
        """Shows these, in their fonts; `place` says where."""
        while len(self._names) < len(words):
            name, line = QGraphicsSimpleTextItem(), QGraphicsLineItem()
            # As large as its letters, whatever the axes are.
            name.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
            for item in (line, name):
                self._box.addItem(item, ignoreBounds=True)
            self._names.append(name)
            self._lines.append(line)
        pale = QColor(palette.text().color())
        pale.setAlphaF(_PALE)
        self._pen = importlib.import_module("pyqtgraph").mkPen(pale, width=1)
        for place, (name, line) in enumerate(zip(self._names, self._lines, strict=True)):
            name.setVisible(place < len(words))
            line.hide()
            if place < len(words):
                name.setFont(fonts[place])
                name.setBrush(palette.text())
                name.setText(words[place])

    def place(
        self,
        points: Sequence[tuple[float, float]],
        letters: QFontMetricsF,
        labels: Sequence[QRectF],
        x_floor: float | None,
        y_floor: float | None,
    ) -> None:
        """Puts each beside its point, given in the units of the axes, where it covers nothing else.

        Args:
            labels: what else is written there, in the pixels of the scene.
            x_floor, y_floor: where lines go through the whole chart.
        """
        pg, box = importlib.import_module("pyqtgraph"), self._box
        room: QRectF = box.sceneBoundingRect()
        if room.width() < 2 or len(self._names) < len(points):
            return

        def of_view(x: float, y: float) -> tuple[float, float]:
            scene = box.mapViewToScene(pg.Point(x, y))
            return scene.x() - room.left(), scene.y() - room.top()

        def in_view(place: tuple[float, float]) -> Any:
            return box.mapSceneToView(pg.Point(place[0] + room.left(), place[1] + room.top()))

        others = [box_in(rect, room) for rect in labels]
        if x_floor is not None:
            x = of_view(x_floor, 0.0)[0]
            others.append((x - 1.0, 0.0, x + 1.0, room.height()))
        if y_floor is not None:
            y = of_view(0.0, y_floor)[1]
            others.append((0.0, y - 1.0, room.width(), y + 1.0))
        at = [of_view(*point) for point in points]
        sizes = [
            (letters.horizontalAdvance(name.text()), letters.height()) for name in self._names[: len(points)]
        ]
        found = placed(at, sizes, (room.width(), room.height()), others)
        for number, corner in enumerate(found):
            name, line = self._names[number], self._lines[number]
            end = None if corner is None else leader(at[number], corner, sizes[number])
            name.setVisible(corner is not None)
            line.setVisible(end is not None)
            if corner is not None:
                name.setPos(in_view(corner))
            if end is not None:
                line.setPen(self._pen)
                line.setLine(QLineF(in_view(at[number]), in_view(end)))
