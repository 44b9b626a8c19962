"""The place of views that are imported and made when they are first shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDockWidget, QVBoxLayout, QWidget

from latentlab.qt.shell.centre import give_focus


class Later(QWidget):
    """Stands for a panel's content until that is made.

    Args:
        dock: its place, unless that is the middle of the window.
        make: makes the content; called once.
    """

    def __init__(self, dock: QDockWidget, make: Callable[[], QWidget]) -> None:
        super().__init__()
        self.setObjectName(f"{dock.objectName()}Content")
        self._dock = dock
        self._make = make
        self.content: QWidget | None = None
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)

        dock.visibilityChanged.connect(self._seen)

    def showEvent(self, event: QShowEvent) -> None:
        # Behind a tab a dock is shown, too: that one tells when it comes to the front.
        if not self._dock.isAncestorOf(self):
            self.made()
        super().showEvent(event)

    @Slot(bool)
    def _seen(self, visible: bool) -> None:
        if visible and self._dock.isAncestorOf(self):
            self.made()

    def made(self) -> QWidget:
        """The content."""
        if self.content is None:
            self.content = self._make()
            self._rows.addWidget(self.content)
            # Qt would show it later, and the keyboard focus goes to what is visible.
            self.content.show()
            self.setFocusProxy(self.content)
        return self.content

    def take_focus(self) -> None:
        """See `TakesFocus`."""
        give_focus(self.made())
