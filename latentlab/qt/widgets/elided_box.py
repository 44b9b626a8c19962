"""A combo box for names of any length: elided in the middle where there is no room, whole in the tip."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent, QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QToolTip

from latentlab.qt.widgets.plain_text import plain_tip

# Beside the text, inside the frame: Qt's styles leave this much.
_PAD = 4


class ElidedBox(QComboBox):
    """Qt cuts the text of a narrow combo box off at any letter, and says nothing of the rest.

    Args:
        elide: where; at the end of what begins with a name.
    """

    def __init__(self, elide: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle) -> None:
        super().__init__()
        self._elide = elide

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        option.currentText = self.shown_text()
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def shown_text(self) -> str:
        """The chosen entry as there is room for it."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        width = room.width() - _PAD - (0 if option.currentIcon.isNull() else option.iconSize.width() + _PAD)
        return self.fontMetrics().elidedText(option.currentText, self._elide, width)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            whole = self.currentText()
            if whole and whole != self.shown_text():
                QToolTip.showText(event.globalPos(), plain_tip(f"{whole}\n{self.toolTip()}"), self)
                return True
        return super().event(event)
