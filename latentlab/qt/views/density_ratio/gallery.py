"""A long gallery of pictures sorted by their log ratio: only in A at the left end, only in B at the right."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip

from latentlab.qt.views.density_ratio.ranking import Ranking
from latentlab.qt.views.density_ratio.words import about_picture, signed
from latentlab.qt.widgets.colours import has_dark_ground, word_colour
from latentlab.qt.widgets.images import draw_crisp, to_qimage
from latentlab.qt.widgets.plain_text import plain_tip

# Pixels of a picture's side at least, the line below it in the colour of its set, and the room around both.
_SIDE, _LINE, _GAP = 48, 3, 4
# Between two figures above the pictures.
_EVERY = 90


def colours(dark: bool) -> tuple[QColor, QColor]:
    """Of the two sets."""
    return QColor(word_colour(0, dark)), QColor(word_colour(1, dark))


class RatioGallery(QAbstractScrollArea):
    """`pointed` carries the place of the picture under the mouse, or that the keys have come to; `clicked`
    that of one that is clicked; `moved` says that other pictures are in sight.
    """

    pointed = Signal(int)
    clicked = Signal(int)
    moved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("ratioGallery")
        self.setAccessibleName("Pictures by their density ratio")
        self.setAccessibleDescription("Sorted from only in A to only in B; the arrow keys go along them.")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.ranking: Ranking | None = None
        self.current = -1
        self._side = _SIDE
        self.horizontalScrollBar().valueChanged.connect(self._scrolled)

    # What it shows

    def show_ranking(self, ranking: Ranking | None) -> None:
        """Shows the pictures of a result, from the left end on."""
        self.ranking, self.current = ranking, -1
        if ranking is not None:
            side = max(ranking.result.a.pictures.shape[2:])
            self._side = side * max(1, -(-_SIDE // side)) if side < _SIDE else side
        self._measure()
        self.horizontalScrollBar().setValue(0)
        self.viewport().update()

    @property
    def rows(self) -> int:
        """How many pictures stand one below the other."""
        return max(1, (self.viewport().height() - self._head) // (self._side + _LINE + _GAP))

    @property
    def columns(self) -> int:
        """How many stand side by side, in sight or not."""
        return -(-len(self.ranking) // self.rows) if self.ranking is not None else 0

    @property
    def _head(self) -> int:
        """The height of the figures above the pictures."""
        return self.fontMetrics().height() + 6

    @property
    def _wide(self) -> int:
        return self._side + _GAP

    def in_sight(self) -> tuple[int, int]:
        """The first place that is in sight, and the one behind the last."""
        if self.ranking is None:
            return 0, 0
        left = self.horizontalScrollBar().value()
        first, last = left // self._wide, -(-(left + self.viewport().width()) // self._wide)
        return min(len(self.ranking), first * self.rows), min(len(self.ranking), last * self.rows)

    def scroll_to(self, place: int) -> None:
        """Brings a place to the middle."""
        middle = place // self.rows * self._wide + self._wide // 2
        self.horizontalScrollBar().setValue(middle - self.viewport().width() // 2)

    def place_at(self, at: QPoint) -> int:
        """The place of the picture at a point of the viewport; -1 beside them."""
        if self.ranking is None:
            return -1
        column = (at.x() + self.horizontalScrollBar().value()) // self._wide
        row = (at.y() - self._head) // (self._side + _LINE + _GAP)
        place = column * self.rows + row
        return place if 0 <= row < self.rows and 0 <= place < len(self.ranking) else -1

    def box_of(self, place: int) -> QRect:
        """Where the picture at a place is drawn, in the viewport."""
        column, row = divmod(place, self.rows)
        left = column * self._wide - self.horizontalScrollBar().value()
        return QRect(left, self._head + row * (self._side + _LINE + _GAP), self._side, self._side)

    def tip_of(self, place: int) -> str:
        """What is told of a picture."""
        return about_picture(*self.ranking.at(place)) if self.ranking is not None else ""

    def _measure(self) -> None:
        bar, room = self.horizontalScrollBar(), self.viewport().width()
        bar.setRange(0, max(0, self.columns * self._wide - _GAP - room))
        bar.setPageStep(room)
        bar.setSingleStep(self._wide)

    # The person

    def _scrolled(self) -> None:
        self.viewport().update()
        self.moved.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        first = self.in_sight()[0]
        self._measure()
        if self.ranking is not None and first:
            self.horizontalScrollBar().setValue(first // self.rows * self._wide)
        self.moved.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """There is one way to go: up and down on the wheel are left and right."""
        turned = event.angleDelta()
        step = turned.y() if abs(turned.y()) > abs(turned.x()) else turned.x()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - step)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        count = 0 if self.ranking is None else len(self.ranking)
        steps = {
            Qt.Key.Key_Left: -self.rows,
            Qt.Key.Key_Right: self.rows,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Home: -count,
            Qt.Key.Key_End: count,
        }
        key = Qt.Key(event.key())
        if count and key in steps:
            self._go(min(count - 1, max(0, self.current + steps[key])))
        elif count and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current >= 0:
            self.clicked.emit(self.current)
        else:
            super().keyPressEvent(event)

    def _go(self, place: int) -> None:
        if not self.viewport().rect().contains(self.box_of(place)):
            self.scroll_to(place)
        self._point(place)

    def _point(self, place: int) -> None:
        if place != self.current:
            self.current = place
            self.viewport().update()
            self.pointed.emit(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().toPoint())
        if place >= 0:
            self._point(place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and place >= 0:
            self._point(place)
            self.clicked.emit(place)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            place = self.place_at(event.pos())
            if place >= 0:
                QToolTip.showText(event.globalPos(), plain_tip(self.tip_of(place)), self.viewport())
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self.viewport()), self.palette()
        painter.fillRect(self.viewport().rect(), palette.base())
        if self.ranking is not None:
            inks = colours(has_dark_ground(palette))
            for place in range(*self.in_sight()):
                _, letter, _ = self.ranking.at(place)
                box = self.box_of(place)
                draw_crisp(painter, QRectF(box), to_qimage(self.ranking.picture(place)))
                ink = inks["AB".index(letter)]
                painter.fillRect(QRect(box.left(), box.bottom() + 1, box.width(), _LINE), ink)
                if place == self.current:
                    painter.setPen(QPen(palette.highlight().color(), 2))
                    painter.drawRect(box.adjusted(0, 0, -1, -1))
            self._paint_figures(painter, self.ranking)
        painter.end()

    def _paint_figures(self, painter: QPainter, ranking: Ranking) -> None:
        """The log ratio above every so many columns."""
        painter.setPen(self.palette().text().color())
        every = max(1, _EVERY // self._wide)
        first, last = (place // self.rows for place in self.in_sight())
        for column in range(first - first % every, last + 1, every):
            place = column * self.rows
            if place < len(ranking):
                left = column * self._wide - self.horizontalScrollBar().value()
                words = signed(float(ranking.values[place]))
                painter.drawText(QRect(left, 0, _EVERY, self._head - 2), Qt.AlignmentFlag.AlignLeft, words)

    def sizeHint(self) -> QSize:
        return QSize(600, 240)

    def minimumSizeHint(self) -> QSize:
        bar = self.horizontalScrollBar().sizeHint().height()
        return QSize(160, self._head + self._side + _LINE + _GAP + bar)
