"""Computes what the charts of a training show, and the ranges of their axes. No Qt."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.core.figures import ChartSpec
from latentlab.qt.widgets.curves.history import Series

Numbers = NDArray[np.float64]
# The values of the first steps would make all that follows a flat line.
_WARM_UP_SHARE = 0.3
# The lowest loss drawn on a logarithmic axis.
_LEAST = 1e-9
_LEAST_SPAN = 1e-3
# So few points are all shown; of more, the first are left out.
_FEW = 4
# An axis begins at 0 where the first step is within this share of the last.
_NEAR_START = 0.5


def drawn(chart: ChartSpec, series: Series) -> Numbers:
    """The values to draw, (lines, N), NaN where unknown; for a `log` chart, logarithms to base 10."""
    numbers = _of_figure(chart, series) if chart.parts == ("",) else _of_series(chart, series)
    return np.log10(np.maximum(numbers, _LEAST)) if chart.log else numbers


def span(chart: ChartSpec, train: Numbers, test: Numbers) -> tuple[float, float] | None:
    """(low, high) of the axis for these values, without the first steps, where everything is far off."""
    if train.shape[1] < _FEW:
        return _span_of_few(chart, np.concatenate([_known(train), _known(test)]))
    known = _known(train[:, max(1, round(_WARM_UP_SHARE * train.shape[1])) :])
    if not len(known):
        return None
    low, high = np.quantile(known, (0.02, 1.0) if chart.rises else (0.0, 0.98))
    held_out = _known(test[:, round(_WARM_UP_SHARE * test.shape[1]) :])
    low, high = min([low, *held_out]), max([high, *held_out])
    low = low if chart.foot is None else chart.foot
    margin = 0.06 * max(1e-3, high - low)
    return float(low - margin), float(high + margin)


def _span_of_few(chart: ChartSpec, known: Numbers) -> tuple[float, float] | None:
    """The same for single values, as after one pass over the pictures."""
    if not len(known):
        return None
    low, high = known.min() if chart.foot is None else chart.foot, known.max()
    margin = max(0.25 * (high - low), 0.02 * abs(high), _LEAST_SPAN)
    return float(low - margin), float(high + margin)


def steps_span(steps: Numbers, ends: Numbers) -> tuple[float, float] | None:
    """(first, last) step of the axis: from 0 on, unless a training goes on from far beyond."""
    every = np.concatenate([steps, ends])
    if not len(every):
        return None
    first, last = float(every.min()), float(every.max())
    from_start = first == last or first <= _NEAR_START * last
    return (0.0 if from_start else first), max(last, 1.0)


def read_out(
    chart: ChartSpec, steps: Numbers, train: Numbers, ends: Numbers, test: Numbers, at: float | None
) -> str:
    """The values at a step, or the newest: "step 1,200: −152.1, held out −155.0"; "" if there are none."""
    trained, held_out = _value_at(chart, steps, train, at), _value_at(chart, ends, test, at)
    words = [trained, f"● {held_out}" if held_out else ""]
    told = " ".join(filter(None, words))
    if at is None or not told or not len(steps):
        return told
    nearest = steps[int(np.abs(steps - at).argmin())]
    return f"step {nearest:,.0f}: {told}"


def _value_at(chart: ChartSpec, steps: Numbers, numbers: Numbers, at: float | None) -> str:
    if not len(steps) or numbers.shape[-1] != len(steps):
        return ""
    column = numbers[:, -1 if at is None else int(np.abs(steps - at).argmin())]
    values = 10.0**column if chart.log else column
    return ", ".join(in_figures(float(value)) for value in values if math.isfinite(value))


def in_figures(value: float) -> str:
    """A value of a chart with as many digits as can be told apart: −152.1, 0.0312."""
    words = f"{value:,.1f}" if abs(value) >= 100 else f"{value:.4g}" if abs(value) >= 10 else f"{value:.3g}"
    return words.replace("-", "\N{MINUS SIGN}")


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


def cut_off(steps: Numbers, numbers: Numbers, low: float, high: float) -> tuple[Numbers, Numbers]:
    """The parts of a line (N,), (N,) between two values, as the two ends of each piece: (2 M,), (2 M,).

    For drawings, which keep what lies outside of the axes and do not hide it.
    """
    x, dx, y, dy = steps[:-1], np.diff(steps), numbers[:-1], np.diff(numbers)
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.stack([(low - y) / dy, (high - y) / dy])
    # Of a level piece all or nothing.
    ends[:, dy == 0.0] = np.array([[-np.inf], [np.inf]])
    first, last = np.maximum(ends.min(0), 0.0), np.minimum(ends.max(0), 1.0)
    seen = (first < last) & ((dy != 0.0) | ((y >= low) & (y <= high)))
    shares = np.stack([first, last], axis=1)[seen]
    return (x[seen, None] + shares * dx[seen, None]).ravel(), (
        y[seen, None] + shares * dy[seen, None]
    ).ravel()


def as_axis(values: Any) -> Numbers:
    """Steps as numbers to draw at."""
    return np.asarray(values, dtype=np.float64)
