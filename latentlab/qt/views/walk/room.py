"""Where the parts of the walk player stand: all in a row, one above the other, or without the curve."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QBoxLayout, QWidget

# A row with the curve is as wide as this at least, a column as high as this.
_WIDE, _HIGH = 380, 400


def arrange(row: QBoxLayout, plot: QWidget, room: QSize, curve: bool) -> None:
    """Lays the player out for its room; neither wide nor high, it has none for the curve.

    Args:
        curve: whether there is one to be shown.
    """
    wide, high = room.width() >= _WIDE, room.height() >= _HIGH
    row.setDirection(
        QBoxLayout.Direction.LeftToRight if wide or not high else QBoxLayout.Direction.TopToBottom
    )
    plot.setVisible(curve and (wide or high))
