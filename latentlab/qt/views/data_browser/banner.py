"""The line over pictures that are not the open model's: what they are, and what can be done with them."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout

from latentlab.qt.widgets.plain_text import Label, on_button, spoken
from latentlab.qt.widgets.push_button import text_button


class Banner(QFrame):
    """`train_wanted` and `plane_wanted` (the spec of the data) and `back_wanted` are its three buttons."""

    train_wanted = Signal(object)
    plane_wanted = Signal(object)
    back_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("dataBrowserBanner")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.words = Label()
        self.words.setObjectName("dataBrowserFound")
        self.words.setAccessibleName("What was found")
        self.words.setWordWrap(True)
        self.train = text_button(
            "dataBrowserTrain", "Train a model on them …", "Choose a model, and train it on these pictures."
        )
        self.plane = text_button(
            "dataBrowserPlane",
            "Show in the plane",
            "Encode these pictures with the open model, and show them in its plane.",
        )
        self.back = text_button("dataBrowserBack", "Back", "Show the pictures of the open model again.")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(6)
        row.addWidget(self.words, 1)
        for button in (self.train, self.plane, self.back):
            row.addWidget(button)
        self._data = ""
        self.train.clicked.connect(self._train)
        self.plane.clicked.connect(self._show_in_plane)
        self.back.clicked.connect(self.back_wanted)
        self.hide()

    @Slot()
    def _train(self) -> None:
        self.train_wanted.emit(self._data)

    @Slot()
    def _show_in_plane(self) -> None:
        self.plane_wanted.emit(self._data)

    def tell(self, data: str, words: str, model: str, fits: bool, back: str) -> None:
        """Shows what was found in data.

        Args:
            data: their spec.
            words: what was found.
            model: the open model.
            fits: whether it takes such pictures.
            back: the data that it is open on.
        """
        self._data = data
        self.words.setText(words)
        self.plane.setVisible(fits)
        self.plane.setText(on_button(f"Show in {model}"))
        self.back.setText(on_button(f"Back to {back}"))
        for button in (self.plane, self.back):
            button.setAccessibleName(spoken(button.text()))
        self.back.setVisible(bool(back))
        self.show()
