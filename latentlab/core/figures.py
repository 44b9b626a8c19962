"""Figures as data, without torch: what is told of a training or a judgement, whatever the kind of model.

A `FigureSpec` says what a number is called and which way is better, a `SeriesSpec` the same of a row of
numbers (the KL of each dimension, the loss at each noise level); `Figures` are their values. Charts, logs,
tables and JSON draw what comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Better = Literal["higher", "lower", ""]


@dataclass(frozen=True)
class FigureSpec:
    """A number: its name in JSON and logs, its title, its unit, which way is better, and what it means."""

    name: str
    title: str
    unit: str = ""
    better: Better = ""
    help: str = ""


@dataclass(frozen=True)
class SeriesSpec(FigureSpec):
    """A row of numbers; `along` says what it runs along, such as "latent dimension"."""

    along: str = ""


@dataclass(frozen=True)
class Figures:
    """Values by name: numbers, and rows of numbers."""

    values: Mapping[str, float] = field(default_factory=dict)
    series: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> float:
        return self.values[name]
