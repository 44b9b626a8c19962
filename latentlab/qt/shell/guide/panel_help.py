"""The button ? in the head of each panel: What am I seeing?"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QDockWidget, QToolButton, QWidget

_SIDE, _GAP, _MARGIN = 18, 2, 6
_EVENTS = (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.LayoutRequest)


class PanelHelp(QToolButton):
    """A small ? at the right end of a dock's title bar, or in the upper right corner of any other widget.

    Args:
        panel: the dock or widget.
        title: its title.
        explain: is called with the panel and this button.
    """

    def __init__(self, panel: QWidget, title: str, explain: Callable[[QWidget, QWidget], None]) -> None:
        super().__init__(panel)
        self._panel, self._explain = panel, explain
        self.setObjectName(f"{panel.objectName()}Help")
        self.setText("?")
        self.setAutoRaise(True)
        self.setAccessibleName(f"What am I seeing? {title}")
        self.setToolTip("What am I seeing? (Shift+F1)")
        # Reached by Shift+F1: one stop less on the way through the panels.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.resize(QSize(_SIDE, _SIDE))
        self.clicked.connect(self._ask)
        panel.installEventFilter(self)
        self._place()
        self.show()

    def _ask(self) -> None:
        self._explain(self._panel, self)

    def _place(self) -> None:
        panel = self._panel
        if not isinstance(panel, QDockWidget):
            self.move(panel.width() - _SIDE - _MARGIN, _MARGIN)
        elif (own := cast("QWidget | None", panel.titleBarWidget())) is not None:
            # In a presentation there are no titles.
            self.setVisible(own.sizeHint().height() > 0)
            right = own.mapTo(panel, own.rect().topRight()).x()
            self._stand_before(own.findChildren(QAbstractButton), right, own.height())
        else:
            self.show()
            names = ("qt_dockwidget_floatbutton", "qt_dockwidget_closebutton")
            buttons = [panel.findChild(QAbstractButton, name) for name in names]
            visible = [button for button in buttons if button is not None and not button.isHidden()]
            inner = panel.widget()
            height = inner.y() if inner is not None else _SIDE
            self._stand_before(visible, panel.width() - _MARGIN, height)
        self.raise_()

    def _stand_before(self, buttons: list[QAbstractButton], right: int, height: int) -> None:
        """Left of the buttons of a title bar."""
        panel = self._panel
        lefts = [button.mapTo(panel, QPoint(0, 0)).x() for button in buttons if button is not self]
        self.move(min([right, *lefts]) - _SIDE - _GAP, max(0, (height - _SIDE) // 2))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._panel and event.type() in _EVENTS:
            self._place()
        return False
