"""What the Qt bindings themselves must get right for a window to live for hours."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot


def test_that_calls_which_return_nothing_do_not_use_up_references_to_none(qtbot: QtBot) -> None:
    """PySide6 6.12.0 loses one a call; where None is mortal (Python < 3.12) the process dies of it."""
    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for _ in range(1000):
        widget.update()
    assert sys.getrefcount(None) > before - 500
