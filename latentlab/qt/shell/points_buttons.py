"""The buttons under Find in the panel of points: what was found can be browsed and saved."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QToolButton

from latentlab.qt.views.points.view import PointsView
from latentlab.qt.widgets.plain_text import plain_tip


def add_buttons(points: PointsView, browse: Callable[[], None], save: Callable[[], None]) -> None:
    """Adds both to the panel; they do these."""
    row = points.finder.buttons
    for name, text, title, tip, do in (
        ("browsePoints", "Browse", "Browse the pictures",
         "Show the pictures of the points that were found, or of all, as a grid.", browse),
        ("savePoints", "Save …", "Save the selection",
         "Save the names or the files of the pictures that were found, selected or put into a group.", save),
    ):  # fmt: skip
        button = QToolButton()
        button.setObjectName(name)
        button.setText(text)
        button.setAccessibleName(title)
        button.setToolTip(plain_tip(tip))
        button.clicked.connect(_unchecked(do))
        row.addWidget(button)
    row.addStretch(1)


def _unchecked(do: Callable[[], None]) -> Callable[[], None]:
    """Adapts `do` to a signal that carries the checked state."""

    def done() -> None:
        do()

    return done
