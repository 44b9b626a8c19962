"""Computes what the charts of a training show, and the ranges of their axes. No Qt."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.core.figures import ChartSpec
from latentlab.qt.views.training.history import Series

Numbers = NDArray[np.float64]
# The values of the first steps would make all that follows a flat line.
_WARM_UP_SHARE = 0.3
# The lowest loss drawn on a logarithmic axis.
_LEAST = 1e-9


def drawn(chart: ChartSpec, series: Series) -> Numbers:
    """The values to draw, (lines, N), NaN where unknown; for a `log` chart, logarithms to base 10."""
    numbers = _of_figure(chart, series) if chart.parts == ("",) else _of_series(chart, series)
    return np.log10(np.maximum(numbers, _LEAST)) if chart.log else numbers


def span(chart: ChartSpec, train: Numbers, test: Numbers) -> tuple[float, float] | None:
    """(low, high) of the axis for these values, without the first steps, where everything is far off."""
    if train.shape[1] < 2:
        return None
    known = _known(train[:, max(1, round(_WARM_UP_SHARE * train.shape[1])) :])
    if not len(known):
        return None
    low, high = np.quantile(known, (0.02, 1.0) if chart.rises else (0.0, 0.98))
    held_out = _known(test[:, round(_WARM_UP_SHARE * test.shape[1]) :])
    low, high = min([low, *held_out]), max([high, *held_out])
    low = low if chart.foot is None else chart.foot
    margin = 0.06 * max(1e-3, high - low)
    return float(low - margin), float(high + margin)


def _known(numbers: Numbers) -> Numbers:
    return numbers[np.isfinite(numbers)]


def _of_figure(chart: ChartSpec, series: Series) -> Numbers:
    return np.asarray(series.values(chart.of), dtype=np.float64)[None]


def _of_series(chart: ChartSpec, series: Series) -> Numbers:
    """The mean of each of the series' equal parts, (parts, N), ignoring NaN."""
    rows = series.rows(chart.of)
    if not rows:
        return np.empty((len(chart.parts), 0))
    numbers = np.asarray(rows, dtype=np.float64)
    parts = np.array_split(np.arange(numbers.shape[1]), len(chart.parts))
    known = np.isfinite(numbers)
    filled = np.where(known, numbers, 0.0)
    with np.errstate(invalid="ignore"):
        means: Numbers = np.stack([filled[:, p].sum(1) / known[:, p].sum(1) for p in parts])
    return means


def round_ticks(low: float, high: float, most: int = 6) -> list[tuple[float, str]]:
    """Ticks of an axis from 10^low to 10^high, round numbers and at most so many: (logarithm, label)."""
    for steps in ((1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
        ticks = [
            (at, f"{step * 10.0**power:g}")
            for power in range(math.floor(low), math.ceil(high) + 1)
            for step in steps
            if low <= (at := power + math.log10(step)) <= high
        ]
        if len(ticks) <= most:
            break
    if len(ticks) >= 2:
        return ticks
    # No two round numbers fit: the ends, to as many digits as distinguish them.
    ends = low + 0.1 * (high - low), high - 0.1 * (high - low)
    digits = next((n for n in (2, 3, 4) if f"{10.0 ** ends[0]:.{n}g}" != f"{10.0 ** ends[1]:.{n}g}"), 5)
    return [(at, f"{10.0**at:.{digits}g}") for at in ends]


def as_axis(values: Any) -> Numbers:
    """Steps as numbers to draw at."""
    return np.asarray(values, dtype=np.float64)
