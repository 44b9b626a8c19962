"""The collapse alarm on ten healthy trainings, and on collapses that are provoked.

    python -m tests.benchmarks.collapse [--steps 800] [--after 500] [--first 10]

Small networks on MNIST, a look each 20 steps. Healthy: GANs and WGANs as their kinds propose them, of both
networks, conditional and not, with several seeds. Provoked: each of these goes on, if its samples have been
varied, with a discriminator that learns no more, to which the best answer is one picture; and begins anew
with a generator that does not use z. Printed: how many steps after the provocation the alarm rang, if it did,
and the last ratio and classes.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterator
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
_FASTER = 5.0
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


def trained(
    kind: str, fields: dict[str, Any], seed: int, train: ImageSet, steps: int, after: int
) -> Iterator[tuple[str, int | None, Variety, bool]]:
    """A healthy training, and what is provoked of it: which, the step at which the alarm rang, counted from
    the provocation, None if it did not; the last look, and whether the samples had been varied before it.
    """

    def begun() -> Trainer:
        torch.manual_seed(seed)
        model = build(kind, {"latents": 16, "encoder": False, "shape": train.shape, **fields})
        usual: dict[str, Any] = {"epochs": 50, "batch": 64, "warmup_steps": 100, "ema_decay": 0.9}
        return Trainer(
            model, train, TrainingPlan(**usual, seed=seed, threads=1, device="cpu", precision="fp32")
        )

    judge = classifier_for("mnist").model
    assert isinstance(judge, Classifies)
    some = dataclasses.replace(train, images=train.images[:_LOOKED_AT], labels=train.labels[:_LOOKED_AT])

    def watched(trainer: Trainer, alarm: CollapseAlarm, last: int) -> tuple[int | None, Variety]:
        y = conditions_of(trainer.model, some)
        rung, variety, first = None, Variety(1.0), trainer.step
        for step, variety in looks(
            trainer, some.images.float() / 255.0, None if y is None else y.argmax(1), judge
        ):
            if alarm.look(step, variety) and rung is None:
                rung = step - first
            if step >= last:
                break
        return rung, variety

    trainer, alarm = begun(), CollapseAlarm()
    yield ("healthy", *watched(trainer, alarm, steps), alarm.was_varied)
    if alarm.was_varied:
        at_rest(trainer)
        yield ("D rests", *watched(trainer, alarm, steps + after), True)
    trainer = begun()
    deaf(trainer)
    yield ("z unused", *watched(trainer, CollapseAlarm(), after), False)


def at_rest(trainer: Trainer) -> None:
    """Lets the discriminator, or critic, learn no more: the best answer to it is one picture. A generator
    that learns faster finds that within the steps that are watched.
    """
    work = trainer.schedule.objective
    assert work is not None
    work.players = tuple(
        dataclasses.replace(player, rate=_FASTER * player.rate if player.name == "generator" else 0.0)
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
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--after", type=int, default=500)
    parser.add_argument("--first", type=int, default=len(HEALTHY))
    asked = parser.parse_args()
    torch.set_num_threads(1)
    train = catalog.load("mnist", "train")
    some = dataclasses.replace(train, images=train.images[:6400], labels=train.labels[:6400])
    counts: dict[str, list[bool]] = {}
    for kind, fields, seed in HEALTHY[: asked.first]:
        for name, step, variety, varied in trained(kind, fields, seed, some, asked.steps, asked.after):
            counts.setdefault(name, []).append(step is not None)
            what = "silent" if step is None else f"rang after {step}"
            about = f"{name:8} {kind:4} {fields['network']:4} seed {seed}: {what}"
            known = ", varied" if varied else ""
            print(f"{about}, ratio {variety.ratio:.2f}, classes {variety.classes:.1f}{known}", flush=True)
    for name, rang in counts.items():
        print(f"{name}: rang in {sum(rang)} of {len(rang)}", flush=True)


if __name__ == "__main__":
    main()
