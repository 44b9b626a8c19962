"""The strip of a tape: frames of one picture from noise to picture, which can be scrubbed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QFont,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.engine.diffusion.noising import as_picture
from latentlab.qt.views.diffusion.tape.store import TapeStore
from latentlab.qt.widgets.images import to_qimage

if TYPE_CHECKING:
    from latentlab.engine.diffusion.runner import Frame

_GAP, _EDGE = 2, 3
# Two rows, x_t above x0_hat, where each has at least this height.
_LEAST_ROW, _GOOD_ROW, _MOST_ROW = 34, 44, 88
# So many frames at least stand side by side, where a higher tape would show fewer.
_FRAMES = 8
_FADED = 0.4
# Frames that come within this time are painted together.
_RENEW_MS = 100
_WAITING = "From noise, on the left, to pictures, on the right. Press Draw."


class Tape(QWidget):
    """Shows a store of frames; everything but the marker is cached in a pixmap.

    `scrubbed` (number) requests the frame there, `taken` to make this tape current.
    """

    scrubbed = Signal(int)
    taken = Signal()

    def __init__(self, store: TapeStore, name: str = "tape") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName("Tape from noise to pictures")
        self.setToolTip(
            "The chosen picture from noise (left) to picture (right); below, the model's "
            "prediction x̂₀ at each frame. Drag to scrub; Left and Right step, Space plays, Home "
            "and End go to the ends."
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(_LEAST_ROW + self._words_height())
        self.store = store
        self.total = self.picture = 0
        # The frame where it branches off another tape, whose frames it shares until there.
        self.leaves: int | None = None
        self.in_hand = True
        self._now: Frame | None = None
        self._renewal = QTimer(self, singleShot=True, interval=_RENEW_MS)
        self._renewal.timeout.connect(self.renew)
        self._kept: QPixmap | None = None

    def sizeHint(self) -> QSize:
        return QSize(400, self.heights()[1])

    def heights(self, wide: int = 0) -> tuple[int, int, int]:
        """The least height, one at which two rows of pictures are legible, and one beyond which they gain
        nothing: so few frames would stand side by side in this width that it is no tape any more.
        """
        rest = _GAP + 2 * _EDGE + self._words_height()
        most = max(_GOOD_ROW, min(_MOST_ROW, wide // _FRAMES)) if wide else _MOST_ROW
        return _LEAST_ROW + self._words_height(), 2 * _GOOD_ROW + rest, 2 * most + rest

    def show_store(self, store: TapeStore, total: int, leaves: int | None = None) -> None:
        """Shows another tape, of so many frames in all."""
        self.store, self.total, self.leaves = store, total, leaves
        self._now = None
        self.renew()

    def show_picture(self, picture: int) -> None:
        """Shows another picture of the batch."""
        if picture != self.picture:
            self.picture = picture
            self.renew()

    def show_frame(self, frame: Frame | None) -> None:
        """Marks the current frame."""
        if frame is not self._now:
            self._now = frame
            self.update()

    def set_in_hand(self, in_hand: bool) -> None:
        """Sets whether this tape is the current one."""
        if in_hand != self.in_hand:
            self.in_hand = in_hand
            self.update()

    @Slot()
    def renew(self) -> None:
        """Frames have changed since they were painted: paints them again."""
        self._kept = None
        self.update()

    def renew_soon(self) -> None:
        """There is one more frame; painted with those that come in the same tenth of a second."""
        if not self._renewal.isActive():
            self._renewal.start()

    # Where things lie

    @property
    def _rows(self) -> int:
        return 2 if self.height() - self._words_height() >= 2 * _LEAST_ROW + _GAP else 1

    def _words_height(self) -> int:
        return self.fontMetrics().height()

    @property
    def _side(self) -> int:
        rows = self._rows
        return max(8, (self.height() - self._words_height() - 2 * _EDGE - (rows - 1) * _GAP) // rows)

    def place_of(self, number: int) -> float:
        """The centre of a frame, in pixels from the left."""
        room = self.width() - 2 * _EDGE - self._side
        return _EDGE + self._side / 2 + room * number / max(1, self.total - 1)

    def number_at(self, x: float) -> int:
        """The number of the frame at x pixels from the left."""
        room = max(1, self.width() - 2 * _EDGE - self._side)
        share = (x - _EDGE - self._side / 2) / room
        return round(min(max(share, 0.0), 1.0) * max(0, self.total - 1))

    def slots(self) -> list[tuple[int, float]]:
        """The frames to paint, as many as fit side by side: number, and centre from the left.

        They are evenly spaced, each less than half a frame from its true position.
        """
        room = self.width() - 2 * _EDGE - self._side
        count = min(max(2, room // (self._side + _GAP) + 1), self.total)
        if count < 2:
            return [(number, self.place_of(number)) for number in range(self.total)]
        shares = [place / (count - 1) for place in range(count)]
        left = _EDGE + self._side / 2
        return [(round(share * (self.total - 1)), left + share * room) for share in shares]

    # Painting

    def _paint_frame(self, painter: QPainter, frame: Frame, x: float) -> None:
        if self.picture >= len(frame.x_t):
            return
        side = self._side
        for row, aspect in enumerate((frame.x_t, frame.x0_hat)[: self._rows]):
            image = to_qimage(as_picture(aspect[self.picture]))
            box = QRectF(x - side / 2, _EDGE + row * (side + _GAP), side, side)
            painter.drawImage(box, image)

    def _small(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(max(7.0, font.pointSizeF() * 0.8))
        return font

    def _made(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        kept = QPixmap(self.size() * ratio)
        kept.setDevicePixelRatio(ratio)
        palette = self.palette()
        kept.fill(palette.color(QPalette.ColorRole.Base))
        painter = QPainter(kept)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if not self.total:
            painter.setPen(palette.placeholderText().color())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, _WAITING)
            painter.end()
            return kept
        side, slots = self._side, self.slots()
        for number, x in slots:
            frame = self.store.nearest(number)
            reach = max(1, self.total // max(1, len(slots)))
            if frame is not None and abs(frame.number - number) < reach:
                shared = self.leaves is not None and number < self.leaves
                painter.setOpacity(_FADED if shared else 1.0)
                self._paint_frame(painter, frame, x)
            else:
                painter.setOpacity(1.0)
                painter.setPen(QPen(palette.mid(), 1, Qt.PenStyle.DotLine))
                for row in range(self._rows):
                    painter.drawRect(QRectF(x - side / 2, _EDGE + row * (side + _GAP), side - 1, side - 1))
        painter.setOpacity(1.0)
        if self.leaves is not None:
            x = self.place_of(self.leaves)
            painter.setPen(QPen(palette.color(QPalette.ColorRole.BrightText), 2))
            painter.drawLine(int(x), 0, int(x), self.height() - self._words_height())
        self._paint_words(painter, slots)
        painter.end()
        return kept

    def _paint_words(self, painter: QPainter, slots: list[tuple[int, float]]) -> None:
        """Paints the times below the frames, and texts at the ends."""
        painter.setFont(self._small())
        painter.setPen(self.palette().placeholderText().color())
        metrics = painter.fontMetrics()
        first, last = self.store.get(0), self.store.get(self.total - 1)
        top = self.height() - self._words_height()
        left = "noise" if first is None else f"noise, t = {first.t}"
        right = "picture" if last is None else "picture, t = 0"
        line = QRectF(_EDGE, top, self.width() - 2 * _EDGE, self._words_height())
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, left)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, right)
        free = line.left() + metrics.horizontalAdvance(left) + 16
        end = line.right() - metrics.horizontalAdvance(right) - 16
        for number, x in slots[1:-1]:
            frame = self.store.nearest(number)
            if frame is None or frame.number != number:
                continue
            words = str(frame.t)
            width = metrics.horizontalAdvance(words)
            if x - width / 2 >= free and x + width / 2 <= end:
                box = QRectF(x - width, top, 2 * width, self._words_height())
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
                free = x + width / 2 + 10

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._kept is None:
            self._kept = self._made()
        painter, palette = QPainter(self), self.palette()
        painter.drawPixmap(0, 0, self._kept)
        if self._now is not None and self.total:
            x, side = self.place_of(self._now.number), self._side
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            self._paint_frame(painter, self._now, x)
            role = QPalette.ColorRole.Highlight if self.in_hand else QPalette.ColorRole.Mid
            painter.setPen(QPen(palette.color(role), 3))
            height = self._rows * (side + _GAP) - _GAP
            painter.drawRect(QRectF(x - side / 2, _EDGE, side, height).adjusted(-1, -1, 1, 1))
        if self.hasFocus():
            painter.setPen(QPen(palette.windowText(), 1, Qt.PenStyle.DotLine))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -1, -1))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._kept = None
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._kept = None
        super().changeEvent(event)

    # The hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.total:
            self.taken.emit()
            self.scrubbed.emit(self.number_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self.total:
            self.scrubbed.emit(self.number_at(event.position().x()))
