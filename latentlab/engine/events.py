"""What a training tells whoever watches it: the command line, a test, a window alike."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Terms:
    """Means over some pictures, in nats per picture; elbo = reconstruction - kl."""

    reconstruction: float
    kl: float

    @property
    def elbo(self) -> float:
        return self.reconstruction - self.kl


@dataclass(frozen=True)
class Started:
    """Before the first step: how long it will be, and how it will be computed."""

    steps: int
    epochs: int
    device: str
    precision: str
    threads: int


@dataclass(frozen=True)
class Progress:
    """About twice a second: means over the steps since the last one."""

    step: int
    epoch: int
    terms: Terms
    images_per_second: float


@dataclass(frozen=True)
class EpochEnded:
    """After each pass over the data: the averaged weights judged on held-out pictures."""

    step: int
    epoch: int
    train: Terms
    test: Terms | None


@dataclass(frozen=True)
class Finished:
    """The last event of a training that ran to its end."""

    step: int
    seconds: float


TrainingEvent = Started | Progress | EpochEnded | Finished
