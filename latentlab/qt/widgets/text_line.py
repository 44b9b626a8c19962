"""A single line of text that changes often or may be long, without causing a relayout."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from latentlab.plain import one_line
from latentlab.qt.widgets.plain_text import plain_tip


class Line(QWidget):
    """Shows a text, never as HTML, on one line, elided where there is no room."""

    def __init__(
        self, name: str = "", tip: str = "", elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight
    ) -> None:
        super().__init__()
        self._text, self._elide = "", elide
        self.setObjectName(name)
        self.setToolTip(plain_tip(tip))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """The text."""
        return self._text

    def setText(self, text: str) -> None:
        """Sets the text."""
        if text != self._text:
            self._text = text
            self.setAccessibleDescription(text)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, self.fontMetrics().height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        words = self.fontMetrics().elidedText(one_line(self._text), self._elide, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()


def as_a_label(line: QLineEdit) -> None:
    """Makes a line edit show figures that can be copied but not edited."""
    line.setReadOnly(True)
    line.setFrame(False)
    line.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
    line.setPalette(palette)
