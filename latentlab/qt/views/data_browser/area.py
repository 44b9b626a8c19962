"""The area of the pictures: lays out any number of them, and paints those in view."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from latentlab.qt.views.data_browser.badges import Badges
from latentlab.qt.views.data_browser.cells import Cells, sides_for
from latentlab.qt.views.data_browser.choice import Choice
from latentlab.qt.views.data_browser.tiles import Inks, Look, Tiles
from latentlab.session.picture_columns import Fact
from latentlab.session.picture_rows import PictureRows


class PictureArea(QAbstractScrollArea):
    """Pictures in rows, as many in each as fit.

    Attributes:
        rows: the pictures; None for none.
        choice: which of them are shown, in which order, and which are chosen.
        badges: what is painted over them.
        cells: where they lie.
        empty: the text where there is nothing to show.
        tip: returns the tooltip of a picture.
        hovered: the place of the picture under the mouse.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("dataBrowserGrid")
        self.setAccessibleName("Pictures")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.rows: PictureRows | None = None
        self.choice = Choice()
        self.badges = Badges()
        self.cells = Cells()
        self.empty = ""
        self.tip: Callable[[int], str] = lambda number: ""
        self.tiles = Tiles()
        self._caption: Fact | None = None
        self._inks: Inks | None = None
        self._side = 56
        self.hovered: int | None = None

    # What is shown

    def show_rows(self, rows: PictureRows | None) -> None:
        """Shows other pictures, none of them chosen."""
        self.rows = rows
        self.choice = Choice(0 if rows is None else len(rows))
        self.badges.forget(self.choice.chosen)
        self.hovered = None
        self.verticalScrollBar().setValue(0)
        self._anew(keep=None)

    def arrange(self, order: NDArray[np.int32]) -> None:
        """Shows these pictures in this order; the current one stays in view if it was."""
        anchor = self.anchor()
        self.choice.arrange(order)
        self.hovered = None
        self._anew(keep=anchor)

    def set_caption(self, fact: Fact | None) -> None:
        """Writes a column under the pictures, or nothing."""
        anchor = self.anchor()
        self._caption = fact
        self._anew(keep=anchor)

    def set_inks(self, inks: NDArray[np.uint32] | None) -> None:
        """Draws a line in a colour, ARGB (N,), under each picture; None for no lines."""
        if inks is not (None if self._inks is None else self._inks.of_each):
            self._inks = None if inks is None else Inks(inks)
            self.viewport().update()

    def set_side(self, side: int) -> None:
        """Shows pictures so many pixels wide, or the nearest size that suits them."""
        anchor = self.anchor()
        self._side = side
        self._anew(keep=anchor)

    @property
    def sides(self) -> tuple[int, ...]:
        """The widths at which these pictures can be shown."""
        return sides_for(28 if self.rows is None else self.rows.images.shape[-1])

    @property
    def side(self) -> int:
        """The width of a picture now."""
        return min(self.sides, key=lambda side: abs(side - self._side))

    def anchor(self) -> tuple[int, int] | None:
        """Where the view is: the number of a picture in it, and how far down it is; None at the top."""
        if self.rows is None or not len(self.choice.order):
            return None
        shown = self.verticalScrollBar().value()
        place = self.choice.place_of(self.choice.current)
        if place is not None:
            gap = self.cells.corner(place)[1] - shown
            if -self.cells.down < gap < self.viewport().height():
                return self.choice.current or 0, gap
        if shown == 0:
            return None
        first = min(shown // self.cells.down * self.cells.columns, len(self.choice.order) - 1)
        return int(self.choice.order[first]), first // self.cells.columns * self.cells.down - shown

    def restore(self, anchor: tuple[int, int] | None) -> None:
        """Scrolls to where the view was; a picture that is not shown leaves it where it is."""
        place = None if anchor is None else self.choice.place_of(anchor[0])
        if anchor is not None and place is not None:
            self.verticalScrollBar().setValue(self.cells.corner(place)[1] - anchor[1])

    def _anew(self, keep: tuple[int, int] | None) -> None:
        """Lays everything out again; `keep` stays where it was in the view."""
        self.tiles.forget()
        self._lay_out()
        self.restore(keep)
        self.viewport().update()

    def _lay_out(self) -> None:
        side, height = self.side, self.side
        if self.rows is not None:
            rows, columns = self.rows.images.shape[-2:]
            height = max(1, round(side * rows / columns))
        caption = 0 if self._caption is None else self.fontMetrics().height() + 1
        count = 0 if self.rows is None else len(self.choice.order)
        self.cells = Cells(count, max(1, self.viewport().width()), (side, height), caption)
        bar, seen = self.verticalScrollBar(), self.viewport().height()
        bar.setPageStep(max(seen, 1))
        bar.setSingleStep(max(1, self.cells.down // 2))
        bar.setRange(0, max(0, self.cells.height - seen))

    def sizeHint(self) -> QSize:
        return QSize(640, 300)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 90)

    def resizeEvent(self, event: QResizeEvent) -> None:
        anchor = self.anchor()
        super().resizeEvent(event)
        self._lay_out()
        self.restore(anchor)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._anew(keep=self.anchor())

    # Where things are

    def place_at(self, position: QPoint) -> int | None:
        """The place, in the order shown, of the picture at a point of the viewport."""
        return self.cells.at(position.x(), position.y() + self.verticalScrollBar().value())

    def number_at(self, position: QPoint) -> int | None:
        """The number of that picture."""
        place = self.place_at(position)
        return None if place is None else int(self.choice.order[place])

    def rect_of(self, place: int) -> QRect:
        """A cell in the viewport."""
        left, top = self.cells.corner(place)
        return QRect(left, top - self.verticalScrollBar().value(), self.cells.across, self.cells.down)

    def bring_into_view(self, number: int) -> None:
        """Scrolls as little as needed to show a picture, if it is among those shown."""
        place = self.choice.place_of(number)
        if place is None:
            return
        box, bar = self.rect_of(place), self.verticalScrollBar()
        if box.top() < 0:
            bar.setValue(bar.value() + box.top())
        elif box.bottom() > self.viewport().height():
            bar.setValue(bar.value() + box.bottom() - self.viewport().height() + 1)

    # Painting

    def _look(self) -> Look:
        palette = self.palette()
        font = QFont(self.font())
        return Look(
            self.cells, self.devicePixelRatioF(), palette.base().color().rgb(), palette.text().color().rgb(),
            font, self._caption, self._inks,
        )  # fmt: skip

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self.palette().base())
        if self.rows is None or not len(self.choice.order):
            painter.setPen(self.palette().placeholderText().color())
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect().adjusted(12, 8, -12, -8), flags, self.empty)
            painter.end()
            return
        top, cells, look = self.verticalScrollBar().value(), self.cells, self._look()
        seen = cells.between(top + event.rect().top(), top + event.rect().bottom() + 1)
        for row in seen:
            pixmap = self.tiles.row(row, self.rows, self.choice.order, look)
            painter.drawPixmap(0, row * cells.down - top, pixmap)
        first = seen.start * cells.columns
        numbers = self.choice.order[first : seen.stop * cells.columns]
        for offset in self.badges.marked(numbers, self.choice.chosen).tolist():
            box = QRectF(self.rect_of(first + offset))
            number = int(numbers[offset])
            self.badges.paint(painter, box, number, bool(self.choice.chosen[number]), self.palette())
        if self.hasFocus() and (place := self.choice.place_of(self.choice.current)) is not None:
            self.badges.paint_current(painter, QRectF(self.rect_of(place)), self.palette())
        if self.hovered is not None and self.hovered < len(self.choice.order):
            self.badges.paint_hover(painter, QRectF(self.rect_of(self.hovered)), self.palette())
        painter.end()
