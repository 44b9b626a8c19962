"""An overlay with a message, for a view that the open model cannot fill."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QWidget

from latentlab.qt.widgets.plain_text import Label, plain_tip

# In a view no higher than this there is room for lines alone.
_MARGIN, _LOW = 12, 64


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
        self.setMargin(_MARGIN)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Window)
        # The view is disabled, and its words would be too pale to be read.
        self.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.hide()
        view.installEventFilter(self)

    def cover(self, sentence: str) -> None:
        """Covers the view with this message; "" uncovers it."""
        if sentence == self.text():
            return
        self.setText(sentence)
        self._view.setEnabled(not sentence)
        self.setVisible(bool(sentence))
        # Where the view is too low for it.
        self.setToolTip(plain_tip(sentence))
        if sentence:
            self._fit()
            self.raise_()

    def _fit(self) -> None:
        self.setMargin(_MARGIN if self._view.height() > _LOW else 0)
        self.setGeometry(self._view.rect())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._view and self.text():
            if event.type() == QEvent.Type.Resize:
                self._fit()
            elif event.type() == QEvent.Type.ChildAdded:
                self.raise_()
        return False
