"""One component: its mean, the directions in which it spreads, the pictures it answers for, draws of it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentlab.engine.rendering.requests.mixture import ComponentReply
from latentlab.qt.widgets.picture_sheet import PictureSheet
from latentlab.qt.widgets.plain_text import Label
from latentlab.qt.widgets.push_button import text_button
from latentlab.qt.widgets.scrolled import ScrolledPage
from latentlab.qt.widgets.term import Term


class ComponentCard(ScrolledPage):
    """`redraw_wanted` asks for other samples of the same component."""

    redraw_wanted = Signal()

    def __init__(self) -> None:
        super().__init__("componentCard", "The chosen component")
        self.title = Term("", "component")
        self.title.setObjectName("componentTitle")
        self.title.setWordWrap(True)
        self.mean = PictureSheet("componentMean", "Its mean", 1, 84)
        self.factors = PictureSheet(
            "componentFactors", "Its factors: the mean minus and plus two standard deviations", 8
        )
        self.members = PictureSheet("componentMembers", "The training pictures that it answers for most", 12)
        self.samples = PictureSheet("componentSamples", "Pictures drawn from it", 12)
        self.redraw = text_button(
            "componentRedraw", "Draw others", "Draw other pictures from this component."
        )
        self._texts = (
            Term("Mean; its factors, two standard deviations less (above) and more (below)", "factors"),
            Term("The training pictures with the highest responsibility", "responsibility"),
            Label("Draws of this component"),
        )
        page = QWidget()
        rows = QVBoxLayout(page)
        rows.setContentsMargins(0, 0, 4, 0)
        rows.setSpacing(4)
        rows.addWidget(self.title)
        rows.addWidget(self._texts[0])
        beside = QHBoxLayout()
        beside.addWidget(self.mean, 2, Qt.AlignmentFlag.AlignTop)
        beside.addWidget(self.factors, 11)
        rows.addLayout(beside)
        rows.addWidget(self._texts[1])
        rows.addWidget(self.members)
        last = QHBoxLayout()
        last.addWidget(self._texts[2], 1)
        last.addWidget(self.redraw)
        rows.addLayout(last)
        rows.addWidget(self.samples)
        rows.addStretch(1)
        for text in self._texts:
            text.setWordWrap(True)
        self.setWidget(page)
        self.redraw.clicked.connect(self.redraw_wanted)
        self.clear()

    def clear(self, words: str = "") -> None:
        """Shows no component, and these words; nothing at all without words."""
        self.title.setText(words)
        self.setVisible(bool(words))
        for part in (*self._texts, self.mean, self.factors, self.members, self.samples, self.redraw):
            part.hide()

    def show_component(self, reply: ComponentReply, count: int, pictures: int) -> None:
        """Shows one of so many components of so many pictures."""
        self.title.setText(
            f"Component {reply.component + 1} of {count}: weight {100.0 * reply.weight:.2f} %, "
            f"about {round(reply.count):,} of {pictures:,} pictures"
        )
        lengths = tuple(f"{length:.2f}" for length in reply.lengths)
        self.mean.show_pictures(reply.mean)
        self.factors.show_pictures(
            np.concatenate([reply.less, reply.more]),
            tuple(
                f"Factor {q + 1}, {sign} two standard deviations (one is {length} long)"
                for sign in ("minus", "plus")
                for q, length in enumerate(lengths)
            ),
            len(lengths),
        )
        self.members.show_pictures(
            reply.members, tuple(f"Responsibility {100.0 * share:.1f} %" for share in reply.shares.tolist())
        )
        self.samples.show_pictures(reply.samples)
        for part in (*self._texts, self.mean, self.factors, self.members, self.samples, self.redraw):
            part.show()
        self.show()
