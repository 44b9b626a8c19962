"""What is nearest in one space: a sentence, the pictures as buttons, and how near held-out pictures come."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from latentlab.engine.evaluation.origin_requests import OriginProgress, OriginReply
from latentlab.qt.views.where_from.rank_chart import RankChart
from latentlab.qt.widgets.images import to_qimage
from latentlab.qt.widgets.neighbour_button import FRAME, NeighbourButton
from latentlab.qt.widgets.plain_text import Label, listed, plain_tip

SHOWN = 6
# Where to be near is to be a copy.
PIXELS = "pixels"
_SIDE, _GAP = 64 + 2 * FRAME, 4


class SpaceBox(QWidget):
    """`picked` carries the number of a training picture that was clicked."""

    picked = Signal(int)

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(f"{name}Nearest")
        self.setAccessibleName(title)
        self.heading = Label(title)
        font = self.heading.font()
        font.setBold(True)
        self.heading.setFont(font)
        self.words = Label()
        self.words.setObjectName(f"{name}Words")
        self.words.setWordWrap(True)
        self.words.setFixedWidth(SHOWN * (_SIDE + _GAP))
        self.buttons = tuple(NeighbourButton(place, f"{name}Origin") for place in range(SHOWN))
        self.captions = tuple(Label() for _ in range(SHOWN))
        self.unit = Label()
        self.unit.setObjectName(f"{name}Unit")
        self.unit.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.unit.setWordWrap(True)
        self.unit.setFixedWidth(SHOWN * (_SIDE + _GAP))
        for caption in self.captions:
            caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.chart = RankChart(f"{name}Chart")
        strip = QHBoxLayout()
        strip.setSpacing(_GAP)
        for button, caption in zip(self.buttons, self.captions, strict=True):
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            button.setFixedSize(_SIDE, _SIDE)
            button.clicked.connect(partial(self._clicked, button))
            column = QVBoxLayout()
            column.setSpacing(1)
            column.addWidget(button)
            column.addWidget(caption)
            strip.addLayout(column)
        strip.addStretch(1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        for widget in (self.heading, self.words):
            rows.addWidget(widget)
        rows.addLayout(strip)
        rows.addWidget(self.unit)
        rows.addWidget(self.chart)

    def say(self, words: str) -> None:
        """Shows a message in place of the pictures."""
        self.words.setText(words)
        self.words.setForegroundRole(QPalette.ColorRole.WindowText)
        for button, caption in zip(self.buttons, self.captions, strict=True):
            button.hide()
            caption.setText("")
        self.chart.show_distances(None, 0.0)
        self.chart.hide()
        self.unit.hide()

    def show_progress(self, told: OriginProgress) -> None:
        """Says how far the work is."""
        self.say(f"{told.words} {told.done:.0%}" if told.done else told.words)

    def show_reply(self, reply: OriginReply) -> None:
        """Shows the nearest pictures and the sentence on them."""
        self.words.setText(reply.words)
        self.words.setForegroundRole(
            QPalette.ColorRole.BrightText
            if reply.copy and reply.space == PIXELS
            else QPalette.ColorRole.WindowText
        )
        colour = self.palette().mid().color()
        for place, (button, caption) in enumerate(zip(self.buttons, self.captions, strict=True)):
            there = place < len(reply.numbers)
            button.setVisible(there)
            caption.setText(f"{reply.distances[place]:#.3g}" if there else "")
            if there:
                number, label = reply.numbers[place], reply.classes[place]
                button.show_image(number, (), colour, to_qimage(reply.pictures[place]))
                name = f", class {listed(label)}" if label else ""
                button.setAccessibleName(f"Training picture {number:,}{name}")
                button.setToolTip(plain_tip(f"{button.accessibleName()}. Click to select it in the plane."))
                caption.setToolTip(plain_tip(f"Distance: {reply.measured}."))
        self.unit.setText(f"Under each: {reply.measured}.")
        self.unit.show()
        self.chart.show()
        self.chart.show_distances(reply.held_out, reply.distances[0])

    def _clicked(self, button: NeighbourButton) -> None:
        if button.row is not None:
            self.picked.emit(button.row)
