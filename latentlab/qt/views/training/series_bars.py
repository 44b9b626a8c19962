"""The bar chart of a series, such as the KL of each dimension or the loss at each noise level."""

from __future__ import annotations

import math

from latentlab.core.figures import SeriesSpec
from latentlab.qt.views.training.bars import Bars


class SeriesBars(Bars):
    """The newest numbers of a series; a mark across each bar for held-out pictures.

    Where small numbers mean an unused entry, such bars are hollow, and the summary counts the others.
    """

    def __init__(self, spec: SeriesSpec) -> None:
        self.spec, self._settled = spec, False
        self.ends = spec.ends
        self.hollow = spec.unused_below or 0.0
        super().__init__(spec.widget, spec.title, spec.help, spec.waiting or spec.title, spec.least_top)

    def show_series(self, numbers: tuple[float, ...], held_out: tuple[float, ...], settled: bool) -> None:
        """Shows the newest numbers; how many are in use is told once the training has `settled`."""
        self._settled = settled
        self.show_numbers(numbers, () if self.spec.unused_below is not None else held_out)

    def summary(self) -> str:
        """A text on how many are in use, or on the highest and the lowest."""
        known = [number for number, value in enumerate(self.numbers) if math.isfinite(value)]
        if not known:
            return ""
        if self.spec.unused_below is not None:
            if not self._settled:
                return ""
            return f"{sum(self.spec.in_use(self.numbers))} of {len(self.numbers)} in use"
        low, high = (choose(known, key=self.numbers.__getitem__) for choose in (min, max))
        return (
            f"{len(self.numbers)} levels: highest {self.numbers[high]:.3g} at {high + 1}, "
            f"lowest {self.numbers[low]:.3g} at {low + 1}"
        )

    def headings(self) -> tuple[str, ...]:
        """The name of the bars, and the highest value."""
        symbol, unit = self.spec.symbol or self.spec.title, self.spec.unit
        known = [value for value in self.numbers if math.isfinite(value)]
        by = f"{symbol} by {self.spec.along}" if self.spec.along else symbol
        if not known:
            return (by,)
        if self.spec.unused_below is not None:
            most, used = f"{symbol} up to {max(known):.1f}", self.summary()
            if not used:
                return f"{most} {unit}", most
            return f"{most} {unit} · {used}", f"{most} · {used}", used
        words, short = (f"{title} up to {max(known):.2g}" for title in (f"{by},", symbol))
        return *((f"{words}, – held out",) if self.marks else ()), words, short

    def tip_of(self, number: int) -> str:
        """The tooltip of one bar."""
        count, value = len(self.numbers), self.numbers[number]
        label = self.spec.label.format(n=number + 1, count=count)
        if self.spec.unused_below is not None:
            return f"{label}: {value:.3f} {self.spec.unit}".rstrip()
        at_end = {1: self.spec.ends_help[0], count: self.spec.ends_help[1]}.get(number + 1, "")
        words = f"{label} ({at_end})" if at_end else label
        words += f": {self.spec.symbol.lower()} {value:.4f}" if math.isfinite(value) else ": not drawn yet"
        if number < len(self.marks) and math.isfinite(self.marks[number]):
            words += f", held out {self.marks[number]:.4f}"
        return words
