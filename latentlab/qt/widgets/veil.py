"""An overlay with a message, for a view that the open model cannot fill."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QWidget

from latentlab.qt.widgets.plain_text import Label


class Veil(Label):
    """Covers a view, says why there is nothing to see, and blocks its input."""

    def __init__(self, view: QWidget) -> None:
        super().__init__()
        self._view = view
        self.setParent(view)
        self.setObjectName(f"{view.objectName()}Veil")
        self.setAccessibleName("Why there is nothing to see here")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self.setMargin(12)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Window)
        self.hide()
        view.installEventFilter(self)

    def cover(self, sentence: str) -> None:
        """Covers the view with this message; "" uncovers it."""
        if sentence == self.text():
            return
        self.setText(sentence)
        self._view.setEnabled(not sentence)
        self.setVisible(bool(sentence))
        if sentence:
            self.setGeometry(self._view.rect())
            self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._view and self.text():
            if event.type() == QEvent.Type.Resize:
                self.setGeometry(self._view.rect())
            elif event.type() == QEvent.Type.ChildAdded:
                self.raise_()
        return False
