"""The line with the expression that pictures are looked for by."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from latentlab.qt.widgets.plain_text import plain_tip

_PAUSE_MS = 250
_TIP = (
    "Show the pictures that something is true of. A word is an attribute, a class or a part of a file name; "
    "numbers are compared: Hat and not Smiling, elbo < -120."
)


class FindLine(QLineEdit):
    """`looked` (expression) at each pause in typing, `typed` at its end. Escape empties the line."""

    looked = Signal(str)
    typed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("dataBrowserFind")
        self.setAccessibleName("Find pictures")
        self.setToolTip(plain_tip(_TIP))
        self.setClearButtonEnabled(True)
        self.setFixedWidth(16 * self.fontMetrics().averageCharWidth())
        self._soon = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._soon.timeout.connect(self._look)
        self.textEdited.connect(self._soon.start)
        self.editingFinished.connect(self._finished)

    def show_expression(self, text: str) -> None:
        """Shows what is looked for, unless the person is typing."""
        if not self._soon.isActive() and self.text() != text:
            self.setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self.textEdited.emit("")
        else:
            super().keyPressEvent(event)

    @Slot()
    def _look(self) -> None:
        self.looked.emit(self.text())

    @Slot()
    def _finished(self) -> None:
        if self._soon.isActive():
            self._soon.stop()
            self._look()
        self.typed.emit()
