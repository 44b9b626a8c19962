"""A training from its first weights to its file, for the command line and the window alike.

    for event in TrainingRun(...).run(): ...

makes a model from a config and a seed, trains it, judges it and saves the averaged weights with a card
that says how. Stopping the iteration, or any error, leaves no file and an old one as it was.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from latentlab.data.image_set import ImageSet
from latentlab.engine.checkpoint import ModelCard, save_model
from latentlab.engine.destination import check_destination
from latentlab.engine.device import PRECISIONS
from latentlab.engine.events import EpochEnded, TrainingEvent
from latentlab.engine.trainer import Trainer, TrainingPlan
from latentlab.errors import LabError
from latentlab.models.registry import build

# What a number of the plan may be: (lowest, highest).
_RANGES: Mapping[str, tuple[float, float]] = {
    "epochs": (1, 100_000),
    "batch": (1, 100_000),
    "learning_rate": (1e-9, 10.0),
    "warmup_steps": (0, 10_000_000),
    "final_rate": (0.0, 1.0),
    "weight_decay": (0.0, 10.0),
    "gradient_norm": (1e-6, 1e9),
    "beta": (0.0, 1e4),
    "beta_warmup_steps": (0, 10_000_000),
    "ema_decay": (0.0, 1.0),
    "seed": (0, 2**63 - 1),
    "threads": (0, 1024),
}


@dataclass(frozen=True)
class Saved:
    """The last event: the model is in its file. `metrics` is what its card says, in nats per picture."""

    path: Path
    metrics: Mapping[str, float | int]


class TrainingRun:
    """One training and its file; everything that can be refused is refused when it is made.

    Args:
        kind: a name in `latentlab.models.registry.KINDS`.
        config: fields of that kind's config; `shape` is taken from the pictures.
        plan: how to train. Its seed also decides the first weights, the same on every device.
        train: the pictures to learn from.
        test: held-out pictures, judged after each epoch.
        out: the file to be written.
        overwrite: whether an existing file may be replaced.
        command: the command line that does the same again, for the card.

    Raises:
        LabError: naming the field or the file.
    """

    def __init__(
        self,
        kind: str,
        config: Mapping[str, Any],
        plan: TrainingPlan,
        train: ImageSet,
        test: ImageSet,
        out: str | Path,
        *,
        overwrite: bool = False,
        command: str = "",
    ) -> None:
        self.out = check_destination(out, overwrite=overwrite, suffixes=(".safetensors",))
        self.kind, self.overwrite, self.command = kind, overwrite, command
        self.train, self.test = train, test
        if test.shape != train.shape:
            raise LabError(f"{train.name} has pictures of {train.shape}, {test.name} of {test.shape}")
        check_plan(plan)
        # The state of torch's own generator is put back: who else draws from it should not notice.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(plan.seed)
            model = build(kind, {**config, "shape": train.shape})
        self.config = dataclasses.asdict(model.config)  # type: ignore[call-overload]
        self.trainer = Trainer(model, train, plan, test)

    def run(self) -> Iterator[TrainingEvent | Saved]:
        """Trains to the end and saves; `Saved` comes last.

        Raises:
            LabError: if the loss stops being a number, or the file cannot be written.
        """
        last: EpochEnded | None = None
        for event in self.trainer.run():
            if isinstance(event, EpochEnded):
                last = event
            yield event
        metrics = _metrics(last)
        card = ModelCard(
            kind=self.kind,
            config=self.config,
            data={
                "name": self.train.name,
                "split": self.train.split,
                "images": len(self.train),
                "sha256": self.train.fingerprint,
            },
            metrics=metrics,
            command=self.command,
        )
        path = save_model(self.out, self.trainer.averaged, card, overwrite=self.overwrite)
        yield Saved(path, metrics)


def check_plan(plan: TrainingPlan) -> None:
    """Refuses a plan that cannot be followed.

    Raises:
        LabError: naming the first field that is out of range.
    """
    for name, (low, high) in _RANGES.items():
        value = getattr(plan, name, low)
        if not (math.isfinite(value) and low <= value <= high):
            raise LabError(f"{name.replace('_', ' ')} is {value}, expected {low:g} to {high:g}")
    if plan.precision not in PRECISIONS:
        raise LabError(f"no precision is called {plan.precision!r}", hint=f"Known: {', '.join(PRECISIONS)}")


def _metrics(last: EpochEnded | None) -> dict[str, float | int]:
    """The last epoch's ELBO terms on the held-out pictures, nats per picture."""
    if last is None or last.test is None:
        return {}
    return {
        "elbo": last.test.elbo,
        "reconstruction": last.test.reconstruction,
        "kl": last.test.kl,
        "epochs": last.epoch,
        "steps": last.step,
    }
