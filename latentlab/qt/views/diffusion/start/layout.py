"""The layout of the start page: the picture, the controls, and the result.

Side by side where it is wide, so that both pictures are as large as the height allows, the controls above
them where it is high; else in one column.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from latentlab.qt.views.diffusion.captioned_pictures import CaptionedPictures
from latentlab.qt.widgets.plain_text import Label

_EDGE, _GAP, _ANY = 8, 6, 16_777_215
# What a `PictureFrame` leaves free around its picture: the one beside it is to be as large.
FRAME_MARGIN = 4
# From this width on the parts are side by side; the height of a picture in one column.
_WIDE, _HAND = 620, 200
# From this height on the controls are above two pictures.
_HIGH = 480
# The minimum width of a part, and the maximum width of controls.
_LEAST, _MOST = 116, 480


class StartLayout(QScrollArea):
    """Of `frame` and `canvas` at most one is visible; `outcome` and some of the `controls` may be hidden."""

    def __init__(
        self,
        choices: QWidget,
        note: QLabel,
        draw: QPushButton,
        frame: QWidget,
        canvas: QWidget,
        controls: Sequence[QWidget],
        outcome: CaptionedPictures,
    ) -> None:
        super().__init__()
        self._frame, self._canvas, self._outcome = frame, canvas, outcome
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._head.addWidget(choices)
        deed = QHBoxLayout()
        note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        deed.addWidget(note, 1)
        deed.addWidget(draw)
        self._head.addLayout(deed, 1)
        self._set = QWidget()
        self._set.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self._set)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP)
        for widget in controls:
            column.addWidget(widget)
        column.addStretch(1)
        self._parts = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._parts.setSpacing(_GAP)
        self._parts.addWidget(self._framed())
        self._parts.addWidget(self._set)
        self._parts.addWidget(outcome)
        self._parts.addStretch(0)
        body = QWidget()
        rows = self._rows = QVBoxLayout(body)
        rows.setContentsMargins(_EDGE, _EDGE, _EDGE, _EDGE)
        rows.setSpacing(_GAP)
        rows.addLayout(self._head)
        rows.addLayout(self._parts, 1)
        self._above = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(body)

    def _framed(self) -> QWidget:
        """The current picture: with its caption, like the others, or to paint on."""
        self._hand = QWidget()
        self._caption = Label("Picture")
        self._caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self._hand)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addStretch(0)
        column.addWidget(self._frame, 1)
        column.addWidget(self._canvas, 1)
        column.addWidget(self._caption)
        column.addStretch(0)
        return self._hand

    def fit(self) -> None:
        """Lays everything out again: the size, or the visible parts, have changed."""
        wide, ways = self.width() >= _WIDE, QBoxLayout.Direction
        for row in (self._head, self._parts):
            row.setDirection(ways.LeftToRight if wide else ways.TopToBottom)
        self._put_controls(wide and self.height() >= _HIGH and not self._outcome.isHidden())
        # No wider than high: the controls take the rest.
        free = self.height() - 2 * _EDGE - _GAP - self._head.sizeHint().height()
        if self._above:
            free -= self._set.sizeHint().height() + _GAP
        side = max(_LEAST, free)
        alone = self._frame.isHidden() and self._canvas.isHidden()
        self._hand.setVisible(not alone)
        self._caption.setVisible(not self._frame.isHidden())
        self._hand.setMinimumHeight(_LEAST if wide else _HAND)
        self._hand.setMaximumSize(side if wide else _ANY, _ANY if wide else _HAND)
        inside = self.viewport().width() - 2 * _EDGE
        # The caption is to be close to the picture.
        several = sum(not picture.isHidden() for picture in self._outcome.pictures)
        parts = several + 1 if self._above else 3
        self._frame.setMaximumHeight(
            max(_LEAST, min(side, (inside - (parts - 1) * _GAP) // parts)) if wide else _HAND
        )
        for part, share in ((self._hand, 2), (self._set, 2), (self._outcome, 3 if several > 1 else 2)):
            self._parts.setStretchFactor(
                part, 2 * several if self._above and part is self._outcome else share
            )
        best = self._outcome.height_at(inside)
        self._outcome.setMinimumHeight(0 if wide else min(best, _HAND))
        self._outcome.setMaximumSize(several * side if wide else _ANY, _ANY)
        self._set.setMaximumWidth(_MOST if wide and (alone or self._above) else _ANY)
        self._parts.setStretch(self._parts.count() - 1, 1 if wide and alone else 0)

    def _put_controls(self, above: bool) -> None:
        """Puts the controls above the pictures, or between them."""
        if above == self._above:
            return
        self._above = above
        if above:
            self._parts.removeWidget(self._set)
            self._rows.insertWidget(1, self._set)
        else:
            self._rows.removeWidget(self._set)
            self._parts.insertWidget(1, self._set)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.fit()
        super().resizeEvent(event)
