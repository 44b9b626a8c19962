"""Axes of charts: where numbers lie on them, and where ticks stand."""

from __future__ import annotations

import math
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """An axis from `low` to `high`, by their logarithms if `logarithmic`: then both are positive."""

    low: float
    high: float
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Where a value lies, 0 at the low end and 1 at the high one."""
        if self.logarithmic:
            return self._share(math.log(max(value, 1e-300)), math.log(self.low), math.log(self.high))
        return self._share(value, self.low, self.high)

    def value(self, place: float) -> float:
        """The value at a place."""
        if self.logarithmic:
            low, high = math.log(self.low), math.log(self.high)
            return math.exp(low + place * (high - low))
        return self.low + place * (self.high - self.low)

    def ticks(self, most: int) -> list[float]:
        """At most so many round values."""
        if self.logarithmic:
            first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
            every = max(1, math.ceil((last - first + 1) / most))
            return [10.0**power for power in range(first, last + 1, every)]
        if self.high <= self.low:
            return [self.low]
        rough = (self.high - self.low) / most
        unit = 10.0 ** math.floor(math.log10(rough))
        step = next(unit * each for each in _STEPS if unit * each >= rough * (1 - 1e-9))
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [number * step for number in range(first, last + 1)]

    @staticmethod
    def _share(value: float, low: float, high: float) -> float:
        return (value - low) / (high - low) if high > low else 0.5


def in_short(value: float) -> str:
    """A number at a tick: "1,500", "0.25", "10⁻⁴"."""
    power = math.log10(abs(value)) if value else 0.0
    if value > 0.0 and (value < 1e-2 or value >= 1e5) and abs(power - round(power)) < 1e-9:
        raised = str(round(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return f"10{raised}"
    text = f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
    return text.replace("-", "\N{MINUS SIGN}")
