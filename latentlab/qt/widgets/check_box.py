"""A box to check that can be seen in the dark, too.

The style outlines a box darker than the window it lies on, which in the dark is nothing: there the box itself
is filled lighter.
"""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QCheckBox, QStyleOptionButton

# Three times as light as the dark window (WCAG 2.2, 1.4.11), and a mark on it is still seen.
_FILL_IN_THE_DARK = "#6a7382"


class CheckBox(QCheckBox):
    """As QCheckBox."""

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        super().initStyleOption(option)
        option.palette = seen(option.palette)


def seen(palette: QPalette) -> QPalette:
    """The palette with boxes that stand out from the window."""
    if palette.color(QPalette.ColorRole.Window).lightnessF() < 0.5:
        palette.setColor(QPalette.ColorRole.Base, QColor(_FILL_IN_THE_DARK))
    return palette
