"""The collapse alarm on ten healthy trainings, and on as many collapses that are provoked.

    python -m tests.benchmarks.collapse [--steps 500]

Small networks on MNIST, a look each 20 steps. Healthy: GANs and WGANs as their kinds propose them, of both
networks, conditional and not, with several seeds. Provoked: the generator learns twenty times as fast, or
does not hear z. Printed: at which step the alarm rang, if it did, and the last ratio and classes.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from latentlab.core.collapse import CollapseAlarm, Variety
from latentlab.core.variety import mean_distance
from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.classifiers import classifier_for
from latentlab.engine.attributes.conditions import conditions_of
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.trainer import Trainer
from latentlab.models.base import Classifies, Decodes, prior_of
from latentlab.models.registry import build

_EVERY, _LOOKED_AT = 20, 200
_MLP = {"network": "mlp", "generator_widths": (64, 64), "discriminator_widths": (64, 64)}
_CONV = {"network": "conv", "generator_widths": (16, 16), "discriminator_widths": (16, 16)}
_TOLD = {"condition": True, "condition_names": tuple("0123456789")}
HEALTHY: tuple[tuple[str, dict[str, Any], int], ...] = (
    ("gan", _MLP, 0),
    ("gan", _MLP, 1),
    ("gan", {**_MLP, "latents": 2}, 2),
    ("gan", {**_MLP, **_TOLD}, 3),
    ("gan", _CONV, 4),
    ("gan", {**_CONV, "loss": "minimax"}, 5),
    ("wgan", _MLP, 6),
    ("wgan", {**_MLP, "constraint": "clip"}, 7),
    ("wgan", {**_MLP, **_TOLD}, 8),
    ("wgan", _CONV, 9),
)


def looks(
    trainer: Trainer, real: Tensor, groups: Tensor | None, classifier: Classifies
) -> Iterator[tuple[int, Variety]]:
    """The variety of the samples of the averaged weights, each so many steps; real pictures (N, C, H, W)."""
    model = trainer.averaged
    assert isinstance(model, Decodes)
    z = prior_of(model).draw(_LOOKED_AT, torch.Generator().manual_seed(0))
    told = groups is not None
    labels = torch.arange(_LOOKED_AT) % 10
    y = torch.eye(10)[labels] if told else None
    apart = mean_distance(real.flatten(1), groups)
    index = torch.Generator().manual_seed(trainer.plan.seed)
    while True:
        for _ in range(_EVERY):
            trainer.train_step(torch.randint(len(trainer.pictures), (trainer.plan.batch,), generator=index))
        with torch.no_grad():
            made = model.picture_at(z, y).float()
            counts = torch.bincount(classifier.logits(made).argmax(1), minlength=10)
        ratio = mean_distance(made.flatten(1), labels if told else None) / apart
        yield trainer.step, Variety(ratio, tuple(counts.tolist()), told)


def rung_at(
    kind: str,
    fields: dict[str, Any],
    seed: int,
    train: ImageSet,
    steps: int,
    provoke: Callable[[Trainer], None] = lambda trainer: None,
) -> tuple[int | None, Variety]:
    """The step at which the alarm rings in a training, None if it does not; and the last look."""
    torch.manual_seed(seed)
    model = build(kind, {"latents": 16, "encoder": False, "shape": train.shape, **fields})
    usual: dict[str, Any] = {"epochs": 50, "batch": 64, "warmup_steps": 100, "ema_decay": 0.9, "seed": seed}
    plan = TrainingPlan(**usual, threads=1, device="cpu", precision="fp32")
    trainer = Trainer(model, train, plan)
    provoke(trainer)
    judge = classifier_for("mnist").model
    assert isinstance(judge, Classifies)
    some = dataclasses.replace(train, images=train.images[:_LOOKED_AT], labels=train.labels[:_LOOKED_AT])
    y = conditions_of(model, some)
    groups = None if y is None else y.argmax(1)
    alarm, rung, variety = CollapseAlarm(), None, Variety(1.0)
    for step, variety in looks(trainer, some.images.float() / 255.0, groups, judge):
        if alarm.look(step, variety) and rung is None:
            rung = step
        if step >= steps:
            break
    return rung, variety


def too_fast(trainer: Trainer) -> None:
    """Lets the generator learn twenty times as fast."""
    work = trainer.schedule.objective
    assert work is not None
    work.players = tuple(
        dataclasses.replace(player, rate=20.0 * player.rate) if player.name == "generator" else player
        for player in work.players
    )
    trainer._enter(trainer.phase)


def deaf(trainer: Trainer) -> None:
    """Lets the generator not hear z: what it makes of it is multiplied by 0."""
    for model in (trainer.model, trainer.averaged):
        first = next(part for part in model.generator.modules() if isinstance(part, nn.Linear))
        first.register_forward_pre_hook(lambda part, given: (0.0 * given[0], *given[1:]))


def main() -> None:
    """Prints a line for each training."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--first", type=int, default=len(HEALTHY))
    asked = parser.parse_args()
    torch.set_num_threads(1)
    train = catalog.load("mnist", "train")
    some = dataclasses.replace(train, images=train.images[:6400], labels=train.labels[:6400])
    for name, provoke in (("healthy", lambda trainer: None), ("too fast", too_fast), ("deaf", deaf)):
        rang = 0
        for kind, fields, seed in HEALTHY[: asked.first]:
            step, variety = rung_at(kind, fields, seed, some, asked.steps, provoke)
            rang += step is not None
            what = "silent" if step is None else f"rang at {step}"
            network = fields["network"]
            print(f"{name:9} {kind:5} {network:5} seed {seed}: {what}, ratio {variety.ratio:.2f}, "
                  f"classes {variety.classes:.1f}", flush=True)  # fmt: skip
        print(f"{name}: rang in {rang} of {min(asked.first, len(HEALTHY))}", flush=True)


if __name__ == "__main__":
    main()
