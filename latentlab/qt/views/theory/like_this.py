"""Pictures like one: draws of P(x|x*), with z from the true posterior, from q, and from the prior."""

from __future__ import annotations

import math

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from latentlab.engine.rendering.requests.theory import LikeThisReply
from latentlab.qt.widgets.check_box import CheckBox
from latentlab.qt.widgets.flow_layout import TileLayout
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label, RichLabel, plain_tip

COUNT = 6
_LARGEST = 112
_ROWS = (
    ("posterior", "z from the true posterior p(z|x)"),
    ("encoder", "z from the encoder's q(z|x)"),
    ("prior", "z from the prior p(z)"),
)


class LikeThis(QWidget):
    """`wanted` asks for pictures: with this seed, and with drawn pixels or the expected ones."""

    wanted = Signal(int, bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("likeThis")
        self.setAccessibleName("Pictures like this one")
        self._seed = 0
        self.pictures = {
            name: [
                CrispPicture(f"{name}Like_{number}", f"Decoded with {words}", _LARGEST)
                for number in range(COUNT)
            ]
            for name, words in _ROWS
        }
        self.again = QToolButton()
        self.again.setText("Draw again")
        self.again.setObjectName("likeThisAgain")
        self.again.setAccessibleName("Draw other pictures like this one")
        self.again.setToolTip("Draw six other z of each of the three.")
        self.again.clicked.connect(self._draw_again)
        self.pixels = CheckBox("Draw &pixels")
        self.pixels.setObjectName("likeThisPixels")
        self.pixels.setAccessibleName("Draw each pixel from p(x|z)")
        self.pixels.setToolTip(
            plain_tip(
                "Draw each pixel from p(x|z), as the model means it, instead of showing its expectation."
            )
        )
        self.pixels.clicked.connect(self._ask)
        self.note = Label()
        self.note.setObjectName("likeThisNote")
        self.note.setWordWrap(True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        head = QHBoxLayout()
        title = RichLabel("<b>Pictures like this one</b>")
        title.setWordWrap(True)
        head.addWidget(title, 1)
        head.addWidget(self.again)
        rows.addLayout(head)
        for name, words in _ROWS:
            caption = Label(words)
            caption.setWordWrap(True)
            rows.addWidget(caption)
            tiles = TileLayout(gap=2, least=36)
            for picture in self.pictures[name]:
                tiles.addWidget(picture)
            rows.addLayout(tiles)
        rows.addWidget(self.pixels)
        rows.addWidget(self.note)

    def show_reply(self, reply: LikeThisReply | None) -> None:
        """Shows the pictures; none for None."""
        for name, row in self.pictures.items():
            pictures = () if reply is None else getattr(reply, name)
            for number, widget in enumerate(row):
                widget.show_picture(pictures[number] if number < len(pictures) else None)
        words = "The first row shows what the model takes for possible; the second, what its encoder does."
        if reply is not None and math.isfinite(reply.effective):
            words += (
                " Its z are chosen among weighted draws (sampling-importance-resampling), which are worth "
                f"{reply.effective:,.0f} equal ones."
            )
        self.note.setText(words)

    @property
    def asked(self) -> tuple[int, bool]:
        """The seed, and whether pixels are drawn."""
        return self._seed, self.pixels.isChecked()

    def _draw_again(self) -> None:
        self._seed += 1
        self._ask()

    def _ask(self) -> None:
        self.wanted.emit(*self.asked)
