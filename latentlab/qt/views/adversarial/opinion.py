"""The critic's opinion of the picture at the probe: its score, and what would make it look more real."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from latentlab.core.ramps import signed_colours
from latentlab.engine.rendering.requests.critic import OpinionReply
from latentlab.qt.widgets.colours import has_dark_ground
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.term import Term

_LARGEST, _BAR = 150, 14
_LEGEND = (
    "The gradient says what would make it look more real: it should be brighter where it is blue, and darker "
    "where it is orange."
)
_WAITING = "Move the probe: what the critic thinks of its picture will be here."


class ScoreBar(QWidget):
    """A score along an axis from what looks made to what looks real."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("criticBar")
        self.setAccessibleName("Score of the picture at the probe")
        self.setToolTip(plain_tip("Left: it looks made to the critic. Right: it looks real."))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.share = 0.0

    def sizeHint(self) -> QSize:
        return QSize(160, _BAR + self.fontMetrics().height() + 2)

    def show_share(self, share: float) -> None:
        """Shows a place along the axis, 0 to 1."""
        self.share = min(max(share, 0.0), 1.0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), self.palette()
        box = QRectF(0.5, 0.5, self.width() - 1, _BAR - 1)
        painter.setPen(QPen(palette.mid().color(), 1))
        painter.setBrush(palette.base())
        painter.drawRect(box)
        painter.fillRect(QRectF(1, 1, self.share * (self.width() - 2), _BAR - 2), palette.highlight())
        painter.setPen(palette.windowText().color())
        below = QRectF(0, _BAR + 2, self.width(), self.fontMetrics().height())
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, "looks made")
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, "looks real")
        middle = QPointF(0.5 * self.width(), 0)
        painter.setPen(QPen(palette.mid().color(), 1))
        painter.drawLine(middle, middle + QPointF(0, _BAR))
        painter.end()


class Opinion(QWidget):
    """Three pictures, a bar and a sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.reply: OpinionReply | None = None
        self.setObjectName("criticOpinion")
        self.setAccessibleName("The critic's opinion of the picture at the probe")
        self.title = Term("The picture at the probe", "critic")
        self.made = CrispPicture("opinionPicture", "The picture at the probe", _LARGEST, "…")
        self.slope = CrispPicture(
            "opinionSlope",
            "How the score changes with each pixel, of the strongest change.",
            _LARGEST,
            "…",
        )
        self.moved = CrispPicture(
            "opinionMoved", "The picture, changed a little in this way: it looks more real to the critic, "
            "though hardly to you.", _LARGEST, "…",
        )  # fmt: skip
        self.notes = [Label(text) for text in ("As it is", "Gradient of its score", "A step along it")]
        self.legend = Label(_LEGEND)
        self.legend.setObjectName("opinionLegend")
        self.legend.setWordWrap(True)
        self.bar, self.words = ScoreBar(), Label(_WAITING)
        self.words.setObjectName("opinionWords")
        self.words.setWordWrap(True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        for column, (picture, note) in enumerate(
            zip((self.made, self.slope, self.moved), self.notes, strict=True)
        ):
            note.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            grid.addWidget(picture, 0, column)
            grid.addWidget(note, 1, column)
            grid.setColumnStretch(column, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addWidget(self.title)
        rows.addLayout(grid)
        rows.addWidget(self.legend)
        rows.addWidget(self.bar)
        rows.addWidget(self.words)

    def clear(self, words: str = _WAITING) -> None:
        """Shows nothing but these words."""
        self.reply = None
        for picture in (self.made, self.slope, self.moved):
            picture.show_picture(None)
        self.bar.show_share(0.0)
        self.words.setText(words)

    def show_reply(self, reply: OpinionReply, low: float, high: float) -> None:
        """Shows an opinion; the bar of a critic's number goes from `low` to `high`."""
        self.reply = reply
        self.made.show_picture(reply.picture)
        self.moved.show_picture(reply.moved)
        self._show_slope(reply)
        spec = reply.spec
        low, high = (0.0, 1.0) if spec.probability else (low, high)
        self.bar.show_share((reply.score - low) / max(high - low, 1e-12))
        words = (
            f"{spec.symbol} = {reply.score:.3g}; a step along the gradient makes it {reply.moved_score:.3g}."
        )
        if spec.probability:
            words = (
                f"{spec.symbol} = {reply.score:.3f}: taken for real with a probability of "
                f"{100.0 * reply.score:.0f} %. A step along the gradient makes it {reply.moved_score:.3f}."
            )
        self.words.setText(words.replace("-", "−"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and self.reply is not None:
            self._show_slope(self.reply)
        super().changeEvent(event)

    def _show_slope(self, reply: OpinionReply) -> None:
        most = float(np.abs(reply.slope).max())
        share = reply.slope / most if most > 0.0 else reply.slope
        self.slope.show_picture(signed_colours(share, has_dark_ground(self.palette())))
