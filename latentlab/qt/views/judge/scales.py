"""Axes, ticks and boxes of the judge's charts, in numbers."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF

from latentlab.qt.views.judge.labels import Box

_MARGIN = 0.08


def box_in(rect: QRectF, room: QRectF) -> Box:
    """From the top left of the chart."""
    moved = rect.translated(-room.topLeft())
    return moved.left(), moved.top(), moved.right(), moved.bottom()


def span(values: list[float], least: float = 0.0) -> tuple[float, float]:
    """An axis with all of them, and room beside the outermost; no shorter than `least`."""
    low, high = min(values), max(values)
    short = max(0.0, least - (high - low)) / 2.0
    low, high = low - short, high + short
    wide = high - low or abs(high) or 1.0
    return low - _MARGIN * wide, high + _MARGIN * wide


def log_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Ticks of a logarithmic axis between two powers of ten: the powers, and between few of them 2 and 5."""
    powers = range(math.floor(low), math.ceil(high) + 1)
    inside = [power for power in powers if low <= power <= high]
    digits = (1, 2, 5) if len(inside) < 3 else (1,)
    ticks = [(power + math.log10(digit), digit * 10.0**power) for power in powers for digit in digits]
    return [(place, f"{value:,.10g}") for place, value in ticks if low <= place <= high]
