"""Check boxes and radio buttons that are visible in dark themes.

The style outlines a box darker than the window, which is invisible in the dark: there the box itself is
filled lighter.
"""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QCheckBox, QRadioButton, QStyleOptionButton

# Three times as light as the dark window (WCAG 2.2, 1.4.11), with the check mark still visible.
_FILL_IN_THE_DARK = "#6a7382"


class CheckBox(QCheckBox):
    """As QCheckBox."""

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        super().initStyleOption(option)
        option.palette = seen(option.palette)


class RadioButton(QRadioButton):
    """As QRadioButton."""

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        super().initStyleOption(option)
        option.palette = seen(option.palette)


def seen(palette: QPalette) -> QPalette:
    """The palette with boxes that stand out from the window."""
    if palette.color(QPalette.ColorRole.Window).lightnessF() < 0.5:
        palette.setColor(QPalette.ColorRole.Base, QColor(_FILL_IN_THE_DARK))
    return palette
