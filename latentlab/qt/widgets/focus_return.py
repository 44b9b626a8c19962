"""Where the keyboard focus goes when what lies over a window is closed."""

from __future__ import annotations

from PySide6.QtWidgets import QMainWindow, QWidget
from shiboken6 import isValid


def focus_to_return_to(before: QWidget | None, window: QMainWindow) -> QWidget | None:
    """The widget that had the focus `before`, if it is still there and in sight; else the large view."""
    # Rows of a list, and dialogs, may be gone by now.
    if before is not None and isValid(before) and before.isVisible():
        return before
    return window.centralWidget()
