"""The central widget: messages, and under them the large view of the current workspace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget


@runtime_checkable
class TakesFocus(Protocol):
    """A view that chooses the keyboard focus when a command brings it to the front."""

    def take_focus(self) -> None:
        """Takes the keyboard focus."""


class Centre(QWidget):
    """The central widget, surrounded by the docks.

    Args:
        above: widgets above the view, whichever it is.
    """

    def __init__(self, above: Sequence[QWidget]) -> None:
        super().__init__()
        self.setObjectName("centre")
        self.content: QWidget | None = None
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        for widget in above:
            self._rows.addWidget(widget)

    def put(self, content: QWidget) -> None:
        """Shows another widget. The one before must have been given another parent."""
        self.content = content
        self._rows.addWidget(content, 1)
        content.show()
        self.setFocusProxy(content)

    def take_focus(self) -> None:
        """Gives the keyboard focus to the view, or to its first control."""
        if self.content is not None:
            give_focus(self.content)


def give_focus(view: QWidget) -> None:
    """Gives a view the keyboard focus: to what it chooses itself, else to its first control."""
    if isinstance(view, TakesFocus):
        view.take_focus()
        focus = QApplication.focusWidget()
        if focus is not None and (focus is view or view.isAncestorOf(focus)):
            return
    target = view.focusProxy() or view
    if not target.focusPolicy() & Qt.FocusPolicy.TabFocus:
        target = next((child for child in view.findChildren(QWidget) if _takes(child)), target)
    target.setFocus(Qt.FocusReason.OtherFocusReason)


def _takes(widget: QWidget) -> bool:
    if widget.focusProxy() is not None:
        return False
    return widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
