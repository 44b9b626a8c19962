"""Which charts tell of a training, for each kind of figures, and the numbers that they show. No Qt."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.engine.training.events import ElboFigures, Figures, LabelFigures, NoiseFigures
from latentlab.qt.views.training.history import Series

Numbers = NDArray[np.float64]
# What the first steps show would make all that follows a flat line.
_WARM_UP_SHARE = 0.3
# No loss is drawn below this, where a logarithm ends.
_LEAST = 1e-9


@dataclass(frozen=True)
class Chart:
    """One chart over the steps.

    Attributes:
        title: what stands above it.
        of: the numbers of a series, (lines, N); NaN where one is not known.
        lines: a word for each line, where there are several; they stand in the title after it.
        log: whether the chart is even in the logarithm; for losses, whose falls get smaller and smaller.
        foot: where its axis begins, if that is always the same.
        rises: whether a better figure is a higher one.
    """

    title: str
    of: Callable[[Series], Numbers]
    lines: tuple[str, ...] = ("",)
    log: bool = False
    foot: float | None = None
    rises: bool = False

    def drawn(self, series: Series) -> Numbers:
        """(lines, N) as they are drawn: logarithms to base 10 if `log`."""
        numbers = self.of(series)
        return np.log10(np.maximum(numbers, _LEAST)) if self.log else numbers

    def span(self, train: Numbers, test: Numbers) -> tuple[float, float] | None:
        """(low, high) of the axis for what is drawn: not the first steps, where everything is far off."""
        if train.shape[1] < 2:
            return None
        known = _known(train[:, max(1, round(_WARM_UP_SHARE * train.shape[1])) :])
        if not len(known):
            return None
        low, high = np.quantile(known, (0.02, 1.0) if self.rises else (0.0, 0.98))
        held_out = _known(test[:, round(_WARM_UP_SHARE * test.shape[1]) :])
        low, high = min([low, *held_out]), max([high, *held_out])
        low = low if self.foot is None else self.foot
        margin = 0.06 * max(1e-3, high - low)
        return float(low - margin), float(high + margin)


def _known(numbers: Numbers) -> Numbers:
    return numbers[np.isfinite(numbers)]


@dataclass(frozen=True)
class Charts:
    """All charts of a kind of figures; `tip` explains them, `waiting` stands there before there is any."""

    charts: tuple[Chart, ...]
    tip: str
    waiting: str


def _one(name: str) -> Callable[[Series], Numbers]:
    return lambda series: np.asarray(series.values(name), dtype=np.float64)[None]


def _thirds(series: Series) -> Numbers:
    """The mean loss of the levels with little, some and much noise, (3, N)."""
    rows = series.values("per_level")
    if not rows:
        return np.empty((3, 0))
    levels = np.asarray(rows, dtype=np.float64)
    parts = np.array_split(np.arange(levels.shape[1]), 3)
    known = np.isfinite(levels)
    filled = np.where(known, levels, 0.0)
    with np.errstate(invalid="ignore"):
        thirds: Numbers = np.stack([filled[:, p].sum(1) / known[:, p].sum(1) for p in parts])
    return thirds


_LINE = "The line follows the pictures that are learnt from, the dots are held-out pictures after each epoch."
CHARTS: Mapping[type[Figures], Charts] = {
    ElboFigures: Charts(
        (
            Chart("ELBO, nats", _one("elbo"), rises=True),
            Chart("Reconstruction", _one("reconstruction"), rises=True),
            Chart("KL", _one("kl"), foot=0.0, rises=True),
        ),
        f"ELBO = reconstruction − KL, in nats a picture; higher is better. {_LINE}",
        "The curves of the training will be here: ELBO, reconstruction and KL.",
    ),
    NoiseFigures: Charts(
        (
            Chart("Loss", _one("loss"), log=True),
            Chart("Loss, noise:", _thirds, ("little", "some", "much"), log=True),
        ),
        f"The squared error of what the network predicts, a number of a picture; lower is better. {_LINE} "
        "The line is a moving mean, for each batch draws other noise. Little, some and much noise are the "
        "thirds of the way from a picture to noise.",
        "The curves of the training will be here: the loss, whole and for little, some and much noise.",
    ),
    LabelFigures: Charts(
        (Chart("Loss, nats", _one("loss"), log=True), Chart("Share right", _one("accuracy"), rises=True)),
        f"The loss is −log of the probability that the right answer was given; lower is better. {_LINE}",
        "The curves of the training will be here: the loss, and the share of answers that are right.",
    ),
}


def round_ticks(low: float, high: float, most: int = 6) -> list[tuple[float, str]]:
    """Ticks of an axis from 10^low to 10^high, round numbers and at most so many: (logarithm, words)."""
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
    # Too little room between two round numbers: its ends, to as many digits as tell them apart.
    ends = low + 0.1 * (high - low), high - 0.1 * (high - low)
    digits = next((n for n in (2, 3, 4) if f"{10.0 ** ends[0]:.{n}g}" != f"{10.0 ** ends[1]:.{n}g}"), 5)
    return [(at, f"{10.0**at:.{digits}g}") for at in ends]


def as_axis(values: Any) -> Numbers:
    """Steps as numbers to draw at."""
    return np.asarray(values, dtype=np.float64)
