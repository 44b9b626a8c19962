"""A label with a shorter text for narrow widths."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy

from latentlab.qt.widgets.plain_text import Label


class Caption(Label):
    """`text` if it fits, else `short`."""

    def __init__(self, text: str, short: str) -> None:
        super().__init__()
        self.say(text, short)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def say(self, text: str, short: str) -> None:
        """Sets the texts."""
        self._long, self._short = text, short
        self._choose()

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._short), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._choose()

    def _choose(self) -> None:
        fits = self.fontMetrics().horizontalAdvance(self._long) <= self.width()
        self.setText(self._long if fits else self._short)
