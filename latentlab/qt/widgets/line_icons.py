"""Small icons drawn in lines, in the colour of the text beside them: they follow the theme by themselves.

Those of the toolbar are the SVG files of `resources/icons`, whose `currentColor` is that of the text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QIconEngine, QPainter, QPainterPath, QPalette, QPen, QPixmap

from latentlab.shipped import ICONS

# Everything is drawn in a square of this size.
_SIDE = 16.0


def line_icon(name: str) -> QIcon:
    """The icon of this name.

    Raises:
        KeyError: if there is none.
    """
    return QIcon(_Engine(name) if name in _PATHS else _Svg(name))


class _Engine(QIconEngine):
    """Draws one icon at any size."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name, self._path = name, _PATHS[name]()

    def clone(self) -> QIconEngine:
        return _Engine(self._name)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        group = QPalette.ColorGroup.Disabled if mode is QIcon.Mode.Disabled else QPalette.ColorGroup.Active
        colour = QGuiApplication.palette().color(group, QPalette.ColorRole.ButtonText)
        side = min(rect.width(), rect.height())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(rect.center().x() + 0.5 - side / 2, rect.center().y() + 0.5 - side / 2)
        painter.scale(side / _SIDE, side / _SIDE)
        painter.setPen(
            QPen(colour, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        )
        painter.drawPath(self._path)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        drawn = QPixmap(size)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return drawn


class _Svg(QIconEngine):
    """Draws one file at any size."""

    def __init__(self, name: str) -> None:
        super().__init__()
        path = ICONS / f"{name}.svg"
        if not path.is_file():
            raise KeyError(name)
        self._name, self._text = name, path.read_text(encoding="utf-8")

    def clone(self) -> QIconEngine:
        return _Svg(self._name)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        from PySide6.QtSvg import QSvgRenderer  # not before there is something to draw

        group = QPalette.ColorGroup.Disabled if mode is QIcon.Mode.Disabled else QPalette.ColorGroup.Active
        colour = QGuiApplication.palette().color(group, QPalette.ColorRole.ButtonText)
        drawn = self._text.replace("currentColor", colour.name())
        painter.save()
        painter.setOpacity(painter.opacity() * colour.alphaF())
        QSvgRenderer(drawn.encode()).render(painter, QRectF(rect))
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        drawn = QPixmap(size)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return drawn


def _undo() -> QPainterPath:
    path = QPainterPath(QPointF(6.0, 2.5))
    path.lineTo(2.5, 6.0)
    path.lineTo(6.0, 9.5)
    path.moveTo(2.5, 6.0)
    path.lineTo(9.5, 6.0)
    path.arcTo(QRectF(5.75, 6.0, 7.5, 7.5), 90.0, -180.0)
    path.lineTo(6.0, 13.5)
    return path


def _redo() -> QPainterPath:
    drawn = _undo()
    mirrored = QPainterPath()
    for place in range(drawn.elementCount()):
        element = drawn.elementAt(place)
        x, y = _SIDE - element.x, element.y
        if element.isMoveTo():
            mirrored.moveTo(x, y)
        elif element.isLineTo():
            mirrored.lineTo(x, y)
        elif element.isCurveTo():
            second, third = drawn.elementAt(place + 1), drawn.elementAt(place + 2)
            mirrored.cubicTo(x, y, _SIDE - second.x, second.y, _SIDE - third.x, third.y)
    return mirrored


def _search() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(7.0, 7.0), 4.5, 4.5)
    path.moveTo(10.4, 10.4)
    path.lineTo(13.8, 13.8)
    return path


def _help() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(8.0, 8.0), 6.3, 6.3)
    path.moveTo(6.1, 6.6)
    path.arcTo(QRectF(6.1, 4.5, 3.8, 3.8), 170.0, -205.0)
    path.lineTo(8.0, 9.3)
    path.addEllipse(QPointF(8.0, 11.5), 0.25, 0.25)
    return path


_PATHS: Mapping[str, Callable[[], QPainterPath]] = {
    "undo": _undo,
    "redo": _redo,
    "search": _search,
    "help": _help,
}
