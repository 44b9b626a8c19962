"""The figures of a training so far, thinned so that they draw at once however long it takes. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from latentlab.core.figures import Figures, FiguresSpec, SeriesSpec
from latentlab.engine.training.events import EpochEnded, Finished, Progress

_MOST = 2000
# Before so many steps nothing can be said of what is in use: all dimensions are, a little, or none yet.
SETTLES_AFTER = 200


@dataclass
class Series:
    """Figures over steps; when it gets long, every second is dropped."""

    steps: list[int] = field(default_factory=list)
    terms: list[Figures] = field(default_factory=list)
    stride: int = 1
    _seen: int = 0

    def add(self, step: int, terms: Figures) -> None:
        """Adds a point, or skips it if points are thinned by now."""
        self._seen += 1
        if self._seen % self.stride:
            return
        self.steps.append(step)
        self.terms.append(terms)
        if len(self.steps) > _MOST:
            self.steps, self.terms = self.steps[1::2], self.terms[1::2]
            self.stride *= 2

    def values(self, name: str) -> list[float]:
        """One figure at each of `steps`; NaN where it is unknown."""
        return [terms.values.get(name, math.nan) for terms in self.terms]

    def rows(self, name: str) -> list[tuple[float, ...]]:
        """One series at each of `steps`; () where it is unknown."""
        return [terms.series.get(name, ()) for terms in self.terms]


class History:
    """Train figures as they come, test figures at each epoch's end, and the newest of each series.

    Figures of batches are smoothed by moving means, as their specs say.

    Attributes:
        spec: the spec of the figures; None before the first.
        newest, held_out: the newest numbers of each series by its name, of train figures as a moving mean.
        settled: whether something has been learnt, so that it can be said which parts are in use.
    """

    def __init__(self) -> None:
        self.train, self.test = Series(), Series()
        self.spec: FiguresSpec | None = None
        self.newest: dict[str, tuple[float, ...]] = {}
        self.held_out: dict[str, tuple[float, ...]] = {}
        self.settled = False
        self._mean: tuple[float, ...] = ()
        self._noted = 0

    def add(self, event: object) -> bool:
        """Adds an event; returns whether it carried figures."""
        match event:
            case Progress():
                self.spec = event.terms.spec
                self.settled = self.settled or event.step >= SETTLES_AFTER
                if event.terms.values:  # within a pass without gradients there are none
                    self.train.add(event.step, self._smooth(event.terms))
            case EpochEnded():
                self.spec = event.train.spec
                if not self._noted and event.train.values:
                    self.train.add(event.step, event.train)
                    self.newest.update(event.train.series)
                if event.test is not None:
                    self.test.add(event.step, event.test)
                    self.held_out.update(event.test.series)
            case Finished():
                self.settled = True
            case _:
                return False
        return True

    def _smooth(self, terms: Figures) -> Figures:
        """Updates the moving means of numbers and series."""
        self._noted += 1
        smoothing = {one.name: one.smoothing for one in terms.spec.series}
        for name, row in terms.series.items():
            share = self._share(smoothing.get(name, 1.0))
            self.newest[name] = _moved(self.newest.get(name, ()), row, share)
        self._mean = _moved(self._mean, tuple(terms.values.values()), self._share(terms.spec.smoothing))
        series = {name: self.newest[name] for name in terms.series}
        return replace(terms, values=dict(zip(terms.values, self._mean, strict=True)), series=series)

    def _share(self, usual: float) -> float:
        # A plain mean at first: a moving mean that starts from one batch would keep it for long.
        return max(usual, 1.0 / self._noted)


def _moved(old: tuple[float, ...], new: tuple[float, ...], share: float) -> tuple[float, ...]:
    """The next step of a moving mean; an unknown number stays as it was."""
    if len(old) != len(new) or share == 1.0:
        return new
    return tuple(
        before if math.isnan(after) else after if math.isnan(before) else before + share * (after - before)
        for before, after in zip(old, new, strict=True)
    )


def unused(spec: SeriesSpec, numbers: tuple[float, ...]) -> list[int]:
    """The indices of unused entries, such as dimensions whose posterior is the prior."""
    return [number for number, used in enumerate(spec.in_use(numbers)) if not used]
