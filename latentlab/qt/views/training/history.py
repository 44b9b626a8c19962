"""The figures of a training so far, thin enough to draw at once however long it takes. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from latentlab.engine.training.events import (
    ElboFigures,
    EpochEnded,
    Figures,
    LabelFigures,
    NoiseFigures,
    Progress,
)

_MOST = 2000
# A few batches' figures tremble; a moving mean of them does not. Of a denoiser's each level sees but a few
# pictures of a batch.
_SHARE_KL, _SHARE_LOSS = 0.2, 0.03


@dataclass
class Series:
    """Figures of one kind over steps; when it gets long, every second is let go."""

    steps: list[int] = field(default_factory=list)
    terms: list[Figures] = field(default_factory=list)
    stride: int = 1
    _seen: int = 0

    def add(self, step: int, terms: Figures) -> None:
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
        """One figure ("elbo", "reconstruction", "kl"; "loss"; "accuracy") at each of `steps`."""
        return [getattr(terms, name) for terms in self.terms]


class History:
    """Train figures as they come, test figures at each epoch's end, and the newest of each part.

    The losses of a denoiser or classifier are moving means.

    Attributes:
        kl_per_dimension: a VAE's newest KL of each latent dimension, a moving mean; else ().
        per_level, test_per_level: a denoiser's newest loss at each level, the least noise first; else ().
    """

    def __init__(self) -> None:
        self.train, self.test = Series(), Series()
        self.kl_per_dimension: tuple[float, ...] = ()
        self.per_level: tuple[float, ...] = ()
        self.test_per_level: tuple[float, ...] = ()
        self._mean: tuple[float, ...] = ()
        self._noted = 0

    @property
    def kind(self) -> type[Figures] | None:
        """Which kind of figures these are; None before the first."""
        first = [*self.train.terms[:1], *self.test.terms[:1]]
        return type(first[0]) if first else None

    def add(self, event: object) -> bool:
        """Notes an event; whether it carried figures."""
        match event:
            case Progress():
                self.train.add(event.step, self._smooth(event.terms))
            case EpochEnded():
                if event.test is not None:
                    self.test.add(event.step, event.test)
                if isinstance(event.test, NoiseFigures):
                    self.test_per_level = event.test.per_level
            case _:
                return False
        return True

    def _smooth(self, terms: Figures) -> Figures:
        self._noted += 1
        # The first ones count alike: a mean that begins with one batch would keep it for long.
        share = max(_SHARE_LOSS, 1.0 / self._noted)
        match terms:
            case ElboFigures():
                self.kl_per_dimension = _moved(self.kl_per_dimension, terms.kl_per_dimension, _SHARE_KL)
                return terms
            case NoiseFigures():
                self._mean = _moved(self._mean, (terms.loss,), share)
                self.per_level = _moved(self.per_level, terms.per_level, share)
                return NoiseFigures(self._mean[0], self.per_level)
            case LabelFigures():
                self._mean = _moved(self._mean, (terms.loss, terms.accuracy), share)
                return LabelFigures(*self._mean)


def _moved(old: tuple[float, ...], new: tuple[float, ...], share: float) -> tuple[float, ...]:
    """A moving mean's next step; a number that is not known now stays as it was."""
    if len(old) != len(new):
        return new
    return tuple(
        before if math.isnan(after) else after if math.isnan(before) else before + share * (after - before)
        for before, after in zip(old, new, strict=True)
    )


UNUSED_NATS = 0.01


def unused(kl_per_dimension: tuple[float, ...]) -> list[int]:
    """The dimensions (from 0) whose posteriors are the prior: they carry nothing of the picture."""
    return [number for number, kl in enumerate(kl_per_dimension) if kl < UNUSED_NATS]
