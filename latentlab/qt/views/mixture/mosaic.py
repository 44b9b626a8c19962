"""The means of all components as pictures, each in a frame of its colour, with a bar for its weight."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from latentlab.engine.rendering.requests.mixture import EMStep
from latentlab.qt.widgets.colours import class_colour, has_dark_ground
from latentlab.qt.widgets.images import draw_crisp, to_qimage
from latentlab.qt.widgets.plain_text import plain_tip

# Of a cell: the frame, and the bar of the weight below the picture.
_FRAME, _BAR, _GAP = 2.0, 3.0, 3.0
_LARGEST = 160.0


class MeansMosaic(QWidget):
    """`chosen` (component) is emitted at a click or an arrow key.

    Attributes:
        component: the chosen one.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("meansMosaic")
        self.setAccessibleName("The means of the components")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.component: int | None = None
        self._step: EMStep | None = None
        self._images: list[QImage] = []

    @property
    def count(self) -> int:
        """K."""
        return len(self._images)

    def show_step(self, step: EMStep | None) -> None:
        """Shows the means and weights of a step."""
        if step is None:
            self._images = []
        elif self._step is None or self._step.means is not step.means:
            self._images = [to_qimage(mean) for mean in step.means]
        self._step = step
        self.update()

    def choose(self, component: int | None) -> None:
        """Marks a component."""
        self.component = component
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 110)

    def sizeHint(self) -> QSize:
        return QSize(600, 420)

    def _grid(self) -> tuple[int, float, QPointF]:
        """Columns, the side of a cell, and where the first is: as large as they fit."""
        shape = self._images[0].size()
        aspect = shape.height() / shape.width()
        best, columns = 0.0, 1
        for wanted in range(1, self.count + 1):
            rows = math.ceil(self.count / wanted)
            side = min(self.width() / wanted, (self.height() / rows - _BAR) / aspect)
            if side > best:
                best, columns = side, wanted
        side = min(best, _LARGEST)
        rows = math.ceil(self.count / columns)
        left = (self.width() - columns * side) / 2.0
        top = max(0.0, (self.height() - rows * (side * aspect + _BAR)) / 2.0)
        return columns, side, QPointF(left, top)

    def cell(self, component: int) -> QRectF:
        """Where a component is drawn."""
        columns, side, corner = self._grid()
        shape = self._images[0].size()
        high = side * shape.height() / shape.width() + _BAR
        row, column = divmod(component, columns)
        return QRectF(corner.x() + column * side, corner.y() + row * high, side, high)

    def component_at(self, place: QPointF) -> int | None:
        """The component at a place."""
        return next((j for j in range(self.count) if self.cell(j).contains(place)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.component_at(event.position())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.count:
            return
        columns = self._grid()[0]
        keys = Qt.Key
        moves = {keys.Key_Left: -1, keys.Key_Right: 1, keys.Key_Up: -columns, keys.Key_Down: columns}
        move = moves.get(Qt.Key(event.key()))
        if move is None:
            super().keyPressEvent(event)
            return
        to = 0 if self.component is None else self.component + move
        if 0 <= to < self.count:
            self.chosen.emit(to)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._step is not None:
            found = self.component_at(QPointF(event.pos()))
            if found is not None:
                share = 100.0 * float(self._step.weights[found])
                tip = f"Component {found + 1}: weight {share:.2f} %. Click to look at it."
                QToolTip.showText(event.globalPos(), plain_tip(tip), self)
                return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), self.palette()
        if self._step is None or not self.count:
            return
        heaviest = max(float(self._step.weights.max()), 1e-9)
        dark = has_dark_ground(palette)
        for j, image in enumerate(self._images):
            box = self.cell(j).adjusted(_GAP / 2, _GAP / 2, -_GAP / 2, -_GAP / 2)
            colour = class_colour(j, dark)
            if j == self.component:
                painter.fillRect(box.adjusted(-_GAP, -_GAP, _GAP, _GAP), palette.highlight())
            picture = box.adjusted(_FRAME, _FRAME, -_FRAME, -_FRAME - _BAR)
            if min(picture.width(), picture.height()) < 1.0:
                continue
            drawn = _fitted(painter, picture, image)
            # What has lost its pictures is pale.
            weight = float(self._step.weights[j])
            painter.setOpacity(1.0 if weight * self.count > 1e-3 else 0.35)
            painter.setPen(QPen(colour, _FRAME))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(drawn.adjusted(-_FRAME / 2, -_FRAME / 2, _FRAME / 2, _FRAME / 2))
            full = drawn.width() * weight / heaviest
            painter.fillRect(QRectF(drawn.left(), drawn.bottom() + _FRAME + 1, full, _BAR - 0.5), colour)
            painter.setOpacity(1.0)
        painter.end()


def _fitted(painter: QPainter, box: QRectF, image: QImage) -> QRectF:
    """Draws an image to fill the box: whole scales from three on, where they leave little room."""
    if min(box.width() / image.width(), box.height() / image.height()) >= 3.0:
        return draw_crisp(painter, box, image)
    scale = min(box.width() / image.width(), box.height() / image.height())
    drawn = QRectF(0, 0, image.width() * scale, image.height() * scale)
    drawn.moveCenter(box.center())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
    painter.drawImage(drawn, image)
    return drawn
