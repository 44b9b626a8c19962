"""Round numbers for the ticks of an axis."""

from __future__ import annotations

import math
from collections.abc import Callable

_SPACING, _GAP = 90, 14


def ticks(low: float, high: float, most: int) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten within [low, high], at most `most` of them."""
    if not high > low or most < 1:
        return []
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * lead for lead in (1, 2, 5, 10) if power * lead >= rough)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [number * step for number in range(first, last + 1)]


def label(value: float, step: float) -> str:
    """A tick's number with as many decimals as its step has; a true minus sign."""
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    text = f"{value:.{decimals}f}"
    if float(text) == 0.0:
        text = text.lstrip("-")
    return text.replace("-", "\N{MINUS SIGN}")


def spaced_ticks(low: float, high: float, pixels: int, width: Callable[[str], int]) -> list[float]:
    """As many ticks along so many pixels as their numbers, side by side, leave room for.

    `width` measures a text, in pixels.
    """
    for most in range(max(2, pixels // _SPACING), 0, -1):
        found = ticks(low, high, most)
        step = found[1] - found[0] if len(found) > 1 else max(high - low, 1e-30)
        widest = max((width(label(value, step)) for value in found), default=0)
        if widest + _GAP <= step / (high - low) * pixels:
            return found
    return []
