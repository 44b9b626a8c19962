"""The colours of the stage: one for the data, one for what is made, in both themes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage, QPalette

from latentlab.engine.stage.events import Field
from latentlab.qt.widgets.colours import has_dark_ground

# Blue for the data and orange for what is made: people with any colour-vision deficiency tell them apart.
_DATA = {False: "#2b6cb0", True: "#6db3f2"}
_MADE = {False: "#d95f02", True: "#ff9d3c"}
# Of the field behind them, at its ends: pale enough that the points stand out.
_DATA_GROUND = {False: "#b5d3f0", True: "#1d4a78"}
_MADE_GROUND = {False: "#fad2a8", True: "#7a3e0a"}
_DENSE = {False: "#b9c9b4", True: "#3d5a45"}
_SHADES = 256
# Lines of equal value, so many between the ends.
_STEPS = 16


def data_ink(palette: QPalette) -> QColor:
    """Of points of the data."""
    return QColor(_DATA[has_dark_ground(palette)])


def made_ink(palette: QPalette) -> QColor:
    """Of points that are made."""
    return QColor(_MADE[has_dark_ground(palette)])


def ends_of(field: Field, palette: QPalette) -> tuple[QColor, QColor, QColor]:
    """The colours of the least, the middle and the largest value of a field."""
    dark, base = has_dark_ground(palette), palette.base().color()
    if field.middle:
        return QColor(_MADE_GROUND[dark]), base, QColor(_DATA_GROUND[dark])
    return base, _between(base, QColor(_DENSE[dark]), 0.6), QColor(_DENSE[dark])


def image_of(field: Field, palette: QPalette) -> QImage:
    """A field in colours, row 0 on top: in steps, so that the eye sees lines of equal value."""
    low, middle, high = ends_of(field, palette)
    table = np.zeros((_SHADES, 4), np.uint8)
    for place in range(_SHADES):
        share = round(place / (_SHADES - 1) * _STEPS) / _STEPS
        colour = (
            _between(low, middle, 2.0 * share) if share < 0.5 else _between(middle, high, 2.0 * share - 1.0)
        )
        table[place] = (colour.blue(), colour.green(), colour.red(), 255)
    span = max(field.high - field.low, 1e-9)
    shades = np.clip((field.values[::-1] - field.low) / span, 0.0, 1.0)
    if not field.middle:
        # A density falls over orders of magnitude: its root shows more of it.
        shades = np.sqrt(shades)
    pixels: NDArray[np.uint8] = table[np.rint(shades * (_SHADES - 1)).astype(int)]
    rows, columns = shades.shape
    return QImage(
        np.ascontiguousarray(pixels).data, columns, rows, 4 * columns, QImage.Format.Format_RGB32
    ).copy()


def _between(one: QColor, other: QColor, share: float) -> QColor:
    return QColor.fromRgbF(
        *(
            a + (b - a) * share
            for a, b in zip(one.getRgbF()[:3], other.getRgbF()[:3], strict=True)  # type: ignore[index]
        )
    )
