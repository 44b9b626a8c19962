"""The figures of a training so far, thin enough to draw at once however long it takes. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, field

from latentlab.engine.events import EpochEnded, Progress, Terms

_MOST = 2000


@dataclass
class Series:
    """Terms over steps; when it gets long, every second is let go."""

    steps: list[int] = field(default_factory=list)
    terms: list[Terms] = field(default_factory=list)
    stride: int = 1
    _seen: int = 0

    def add(self, step: int, terms: Terms) -> None:
        """Notes one point, or lets it pass if points are taken more rarely by now."""
        self._seen += 1
        if self._seen % self.stride:
            return
        self.steps.append(step)
        self.terms.append(terms)
        if len(self.steps) > _MOST:
            self.steps, self.terms = self.steps[1::2], self.terms[1::2]
            self.stride *= 2

    def values(self, name: str) -> list[float]:
        """One term ("elbo", "reconstruction", "kl") at each of `steps`."""
        return [getattr(terms, name) for terms in self.terms]


class History:
    """Train terms as they come, test terms at each epoch's end, and the newest KL of each dimension."""

    def __init__(self) -> None:
        self.train, self.test = Series(), Series()
        self.kl_per_dimension: tuple[float, ...] = ()

    def add(self, event: object) -> bool:
        """Notes an event; whether it carried figures."""
        match event:
            case Progress():
                self.train.add(event.step, event.terms)
                self.kl_per_dimension = _smoothed(self.kl_per_dimension, event.terms.kl_per_dimension)
            case EpochEnded():
                if event.test is not None:
                    self.test.add(event.step, event.test)
            case _:
                return False
        return True


def _smoothed(old: tuple[float, ...], new: tuple[float, ...], share: float = 0.2) -> tuple[float, ...]:
    """A few batches' figures tremble; a moving mean of them does not."""
    if len(old) != len(new):
        return new
    return tuple((1.0 - share) * before + share * after for before, after in zip(old, new, strict=True))


UNUSED_NATS = 0.01


def unused(kl_per_dimension: tuple[float, ...]) -> list[int]:
    """The dimensions (from 0) whose posteriors are the prior: they carry nothing of the picture."""
    return [number for number, kl in enumerate(kl_per_dimension) if kl < UNUSED_NATS]
