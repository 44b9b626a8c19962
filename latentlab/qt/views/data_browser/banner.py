"""The line over pictures that are not the open model's: what they are, and what can be done with them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from latentlab.qt.widgets.plain_text import Label, on_button, plain_tip


class Banner(QFrame):
    """`train_wanted`, `plane_wanted` and `back_wanted` are its three buttons."""

    train_wanted = Signal()
    plane_wanted = Signal()
    back_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("dataBrowserBanner")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.words = Label()
        self.words.setObjectName("dataBrowserFound")
        self.words.setAccessibleName("What was found")
        self.words.setWordWrap(True)
        self.train = _button(
            "dataBrowserTrain", "Train a model on them …", "Choose a model, and train it on these pictures."
        )
        self.plane = _button(
            "dataBrowserPlane",
            "Show in the plane",
            "Encode these pictures with the open model, and show them in its plane.",
        )
        self.back = _button("dataBrowserBack", "Back", "Show the pictures of the open model again.")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(6)
        row.addWidget(self.words, 1)
        for button in (self.train, self.plane, self.back):
            row.addWidget(button)
        self.train.clicked.connect(self.train_wanted)
        self.plane.clicked.connect(self.plane_wanted)
        self.back.clicked.connect(self.back_wanted)
        self.hide()

    def tell(self, words: str, model: str, fits: bool, back: str) -> None:
        """Shows what was found. `model` is the open one and `fits` whether it takes such pictures; `back` are
        the data that it is open on.
        """
        self.words.setText(words)
        self.plane.setVisible(fits)
        self.plane.setText(on_button(f"Show in {model}"))
        self.back.setText(on_button(f"Back to {back}"))
        self.back.setVisible(bool(back))
        self.show()


def _button(name: str, text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setToolTip(plain_tip(tip))
    return button
