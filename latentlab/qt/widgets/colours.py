"""The colours of words and classes, and the palettes of the light and the dark theme.

Those of words are in `latentlab.core.palette`: people with any of the common colour-vision deficiencies can
tell the first ten apart, and later ones from their neighbours.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette

from latentlab.core.palette import CATEGORICAL, CATEGORICAL_DARK

# By whether the theme is dark.
CLASS_COLOURS = {False: CATEGORICAL, True: CATEGORICAL_DARK}
MOST_COLOURED = len(CATEGORICAL)
# The same in both themes.
PLAIN_COLOUR = CATEGORICAL[0]
# Of points of which nothing is known, by whether the theme is dark.
UNKNOWN_COLOURS = {False: "#b4bac2", True: "#555c66"}
# Of the hand-picked groups, A and B: different from all classes, and different in lightness too.
GROUP_COLOURS = {"a": "#e5259b", "b": "#1fc46b"}


class Theme(enum.Enum):
    """The user's choice in the View menu."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


def word_colour(code: int, dark: bool) -> str:
    """The colour of a word by its code, "#rrggbb", on a dark or a light ground; beyond `MOST_COLOURED` they
    repeat.
    """
    return CLASS_COLOURS[dark][code % MOST_COLOURED]


def class_colour(label: int, dark: bool) -> QColor:
    """The colour of a class. -1, no class, has one of its own."""
    return QColor(PLAIN_COLOUR if label < 0 else word_colour(label, dark))


def has_dark_ground(palette: QPalette) -> bool:
    """Whether points lie on a dark ground in this palette."""
    return palette.color(QPalette.ColorRole.Base).lightnessF() < 0.5


def ink_of(colour: str) -> int:
    """The opaque ARGB of "#rrggbb"."""
    return 0xFF000000 | int(colour[1:], 16)


_DARK: Sequence[tuple[QPalette.ColorRole, str]] = (
    (QPalette.ColorRole.Window, "#1d2026"),
    (QPalette.ColorRole.WindowText, "#e6e8ec"),
    (QPalette.ColorRole.Base, "#14161a"),
    (QPalette.ColorRole.AlternateBase, "#22262d"),
    (QPalette.ColorRole.Text, "#e6e8ec"),
    (QPalette.ColorRole.PlaceholderText, "#9aa1ac"),
    (QPalette.ColorRole.Button, "#2a2e36"),
    (QPalette.ColorRole.ButtonText, "#e6e8ec"),
    (QPalette.ColorRole.ToolTipBase, "#2a2e36"),
    (QPalette.ColorRole.ToolTipText, "#e6e8ec"),
    (QPalette.ColorRole.BrightText, "#ff6b5e"),
    (QPalette.ColorRole.Highlight, "#3372b5"),
    (QPalette.ColorRole.HighlightedText, "#ffffff"),
    (QPalette.ColorRole.Link, "#7db7f0"),
    (QPalette.ColorRole.LinkVisited, "#b79af0"),
    (QPalette.ColorRole.Light, "#3a3f49"),
    (QPalette.ColorRole.Midlight, "#31353e"),
    (QPalette.ColorRole.Mid, "#3a3f49"),
    (QPalette.ColorRole.Dark, "#101216"),
    (QPalette.ColorRole.Shadow, "#08090b"),
    (QPalette.ColorRole.Accent, "#3372b5"),
)
_LIGHT: Sequence[tuple[QPalette.ColorRole, str]] = (
    (QPalette.ColorRole.Window, "#f2f3f5"),
    (QPalette.ColorRole.WindowText, "#1a1d21"),
    (QPalette.ColorRole.Base, "#ffffff"),
    (QPalette.ColorRole.AlternateBase, "#f0f2f4"),
    (QPalette.ColorRole.Text, "#1a1d21"),
    (QPalette.ColorRole.PlaceholderText, "#5a616b"),
    (QPalette.ColorRole.Button, "#e6e8ec"),
    (QPalette.ColorRole.ButtonText, "#1a1d21"),
    (QPalette.ColorRole.ToolTipBase, "#ffffff"),
    (QPalette.ColorRole.ToolTipText, "#1a1d21"),
    (QPalette.ColorRole.BrightText, "#b3261e"),
    (QPalette.ColorRole.Highlight, "#2b6cb0"),
    (QPalette.ColorRole.HighlightedText, "#ffffff"),
    (QPalette.ColorRole.Link, "#1f5f9e"),
    (QPalette.ColorRole.LinkVisited, "#6b3fa0"),
    (QPalette.ColorRole.Light, "#ffffff"),
    (QPalette.ColorRole.Midlight, "#eceef1"),
    (QPalette.ColorRole.Mid, "#c2c7cf"),
    (QPalette.ColorRole.Dark, "#9aa1ac"),
    (QPalette.ColorRole.Shadow, "#6b7280"),
    (QPalette.ColorRole.Accent, "#2b6cb0"),
)


def is_dark(theme: Theme) -> bool:
    """Whether a theme is dark now; "system" asks the desktop, and is light where that does not say."""
    if theme is Theme.SYSTEM:
        return QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
    return theme is Theme.DARK


def palette_for(theme: Theme) -> QPalette:
    """The window's palette: disabled widgets have paler texts and no accents."""
    palette = QPalette()
    for role, colour in _DARK if is_dark(theme) else _LIGHT:
        palette.setColor(role, QColor(colour))
    pale = palette.color(QPalette.ColorRole.WindowText)
    pale.setAlphaF(0.4)
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, pale)
    mid = palette.color(QPalette.ColorRole.Mid)
    for role in (QPalette.ColorRole.Highlight, QPalette.ColorRole.Accent):
        palette.setColor(QPalette.ColorGroup.Disabled, role, mid)
    return palette
