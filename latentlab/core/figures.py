"""Figures of a training or evaluation as data, for any kind of model. Torch-free.

A `FigureSpec` gives a number's name and which way is better, a `SeriesSpec` the same for a row of numbers
(the KL of each dimension, the loss at each noise level). A `FiguresSpec` is all that an objective reports,
with its labels and charts; `Figures` are the values, and carry their spec. Charts, logs, tables and JSON draw
whatever they contain.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Better = Literal["higher", "lower", ""]


@dataclass(frozen=True)
class FigureSpec:
    """A number: its name in JSON and logs, title, unit, which way is better, and its meaning."""

    name: str
    title: str
    unit: str = ""
    better: Better = ""
    help: str = ""


@dataclass(frozen=True)
class SeriesSpec(FigureSpec):
    """A row of numbers, such as the KL of each latent dimension.

    Attributes:
        along: the name of its index, such as "latent dimension".
        symbol: the symbol of one number, such as "KL".
        tag: the name of one number in a log, a format of its index `n` from 1.
        label: the same where there is room, a format of `n` and `count`.
        ends: labels under its first and its last number, in place of numbers under all.
        ends_help: the same for its label.
        unused_below: a number below this means an unused entry; None where there is no such threshold.
        unused_help: what may help then, a format of the weight `beta` of the KL.
        waiting: the text before there are numbers.
        least_top: an axis never ends below this.
        smoothing: the share of the newest numbers in the moving mean that is shown.
        logged: whether the lines of a log hold it, rather than TensorBoard alone.
        widget: the object name of its bars in the window.
    """

    along: str = ""
    symbol: str = ""
    tag: str = "{n}"
    label: str = "{n}"
    ends: tuple[str, str] | None = None
    ends_help: tuple[str, str] = ("", "")
    unused_below: float | None = None
    unused_help: str = ""
    waiting: str = ""
    least_top: float = 1e-3
    smoothing: float = 0.2
    logged: bool = True
    widget: str = "seriesBars"

    def in_use(self, numbers: tuple[float, ...]) -> tuple[bool, ...]:
        """For each number, whether it means an entry in use; NaN is unknown, and counts as not."""
        return tuple(number >= (self.unused_below or 0.0) for number in numbers)


@dataclass(frozen=True)
class ChartSpec:
    """One chart over the steps of a training.

    Attributes:
        title: its title.
        of: the name of a figure, or of a series whose mean over equal parts is drawn, a line each.
        parts: a word for each of these lines, where there are several; appended to the title.
        log: whether its axis is logarithmic; for losses, whose decreases get smaller and smaller.
        foot: the lower end of its axis, if that is fixed.
        rises: whether the interesting values are at its top.
    """

    title: str
    of: str
    parts: tuple[str, ...] = ("",)
    log: bool = False
    foot: float | None = None
    rises: bool = False


@dataclass(frozen=True)
class FiguresSpec:
    """All figures of a training, in order, and their formats.

    Attributes:
        figures, series: the numbers, and the rows of numbers.
        charts: the charts over the steps; if none are given, one for each figure.
        help: what the charts mean.
        waiting: the text before there is anything to draw.
        line: the figures in a line, a format of their names, such as "loss {loss:.5f}".
        result: the same of the finished model, for its last line.
        smoothing: the share of the newest figures in the moving mean that is drawn; 1 draws them as they are.
        by_beta: whether the weight of the KL affects them.
        players: the names of the figures by which players are followed while they learn against each other.
        unlisted: names that are still written to files and JSON for what reads them, but shown nowhere.
    """

    figures: tuple[FigureSpec, ...] = ()
    series: tuple[SeriesSpec, ...] = ()
    charts: tuple[ChartSpec, ...] = ()
    help: str = ""
    waiting: str = "The curves of the training will be here."
    line: str = ""
    result: str = ""
    smoothing: float = 1.0
    by_beta: bool = False
    players: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()

    @property
    def drawn(self) -> tuple[ChartSpec, ...]:
        """The charts to draw."""
        if self.charts:
            return self.charts
        return tuple(
            ChartSpec(
                f"{one.title}, {one.unit}" if one.unit else one.title, one.name, rises=one.better == "higher"
            )
            for one in self.figures
        )

    @property
    def of_players(self) -> tuple[ChartSpec, ...]:
        """The charts of the players' figures; of a training without players all."""
        return tuple(chart for chart in self.drawn if chart.of in self.players) or self.drawn


NOTHING = FiguresSpec()


@dataclass(frozen=True)
class Figures:
    """Values by name: numbers, and rows of numbers; NaN for unknown."""

    values: Mapping[str, float] = field(default_factory=dict)
    series: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    spec: FiguresSpec = field(default=NOTHING, repr=False)

    def __getitem__(self, name: str) -> float:
        return self.values[name]

    def in_words(self) -> str:
        """The figures in a line; "" if there are none, as within a pass over the data."""
        if self.spec.line and self.values:
            return self.spec.line.format_map(self.values)
        titles = {one.name: one.title for one in self.spec.figures}
        return ", ".join(f"{titles.get(name, name)} {value:.4g}" for name, value in self.values.items())

    def as_json(self, *, whole: bool = False) -> dict[str, Any]:
        """Names and values for JSON, with null for NaN.

        `whole` takes every series, not only those that a log holds.
        """
        kept = {one.name for one in self.spec.series if one.logged}
        rows = {name: row for name, row in self.series.items() if whole or name in kept}
        known = {name: [_known(value) for value in row] for name, row in rows.items()}
        return {**{name: _known(value) for name, value in self.values.items()}, **known}


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
