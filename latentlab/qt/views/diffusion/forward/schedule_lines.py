"""The curves of a noise schedule over t: beta, abar and the SNR, with their labels and ticks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentlab.engine.diffusion.noising import snr_db
from latentlab.qt.views.diffusion.noise_text import db_in_words, number

_MOST_DECADES = 3
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, eq=False)
class Curve:
    """A title, the label of its value, values (T + 1,), and ticks.

    Missing values are not finite. On a `log` scale values and ticks are powers of ten.
    """

    title: str
    said: Callable[[float], str]
    values: NDArray[np.float64]
    ticks: tuple[float, ...]
    log: bool = False

    @property
    def span(self) -> tuple[float, float]:
        return self.ticks[0], self.ticks[-1]

    def share(self, value: float) -> float:
        """The relative height of a value, 0 at the lowest tick and 1 at the highest."""
        low, high = self.span
        return (value - low) / (high - low)

    def tick_words(self, tick: float) -> str:
        """A text such as "10⁻²" or "0.5"."""
        if not self.log:
            return number(tick)
        return "1" if tick == 0.0 else "10" + f"{tick:.0f}".translate(_SUPERSCRIPTS)


def curves_of(alpha_bar: NDArray[np.float64]) -> tuple[Curve, ...]:
    """The curves for abar_t, (T + 1,)."""
    beta = np.concatenate([[np.nan], 1.0 - alpha_bar[1:] / alpha_bar[:-1]])
    levels = np.array([snr_db(float(kept)) for kept in alpha_bar])
    finite = levels[np.isfinite(levels)]
    # The last steps of some schedules add a thousand times as much as the first.
    decades = np.log10(beta)
    low = math.floor(np.nanmin(decades))
    high = max(math.ceil(np.nanmax(decades)), low + 1)
    every = -(-(high - low) // _MOST_DECADES)
    ticks = tuple(float(place) for place in range(high - every * -(-(high - low) // every), high + 1, every))
    return (
        Curve("β (log)", _power, decades, ticks, log=True),
        Curve("ᾱ", number, alpha_bar, (0.0, 0.5, 1.0)),
        Curve("SNR, dB", db_in_words, levels, ticks_between(float(finite.min()), float(finite.max()))),
    )


def _power(value: float) -> str:
    return "–" if math.isnan(value) else number(10.0**value)


def ticks_between(low: float, high: float) -> tuple[float, ...]:
    """Round numbers, three to five of them, from at most `low` to at least `high`."""
    rough = max(high - low, 1e-12) / 3.0
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * times for times in (1.0, 2.0, 5.0, 10.0) if unit * times >= rough)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(step * place for place in range(first, max(last, first + 1) + 1))
