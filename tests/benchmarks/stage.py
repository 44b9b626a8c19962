"""What critics and discriminators of the 2-D stage believe, beside what is so. Run by hand:

python -m tests.benchmarks.stage [--rounds 1000] [--only w1|ratio]

W1: a critic with a gradient penalty, between two fixed clouds of 256 points each, against the exact value of
POT, on five pairs. Its estimate is its gap, mean f of one less mean f of the other, over its mean slope on
segments between random pairs: with a penalty of weight lambda the slope settles a little above 1, for a
translation by d at 1 + d / (2 lambda). The gap itself is printed, too, and |grad f| on the lines of the best
transport.

Ratio: the logit of a discriminator between two Gaussians, against the true log p/q, at 512 points of both.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

import numpy as np
import ot
import torch

from latentlab.core.optimal_transport import distances
from latentlab.engine.stage.duel import Duel
from latentlab.engine.stage.recipe import Recipe, Source, usual
from latentlab.engine.stage.training import StageTraining

PAIRS = (
    (Source("ring"), Source("blob")),
    (Source("grid"), Source("spiral")),
    (Source("moons"), Source("rings")),
    (Source("line"), Source("line", moved=(1.0, 0.0))),
    (Source("spiral"), Source("two", moved=(0.0, 0.5))),
)
GAUSSIANS = (
    (Source("blob"), Source("blob", moved=(0.6, 0.0))),
    (Source("blob"), Source("blob", moved=(0.0, 1.2))),
)


def trained(recipe: Recipe, rounds: int, batch: int = 256) -> StageTraining:
    training = StageTraining(recipe)
    tuning = replace(usual(recipe.family, recipe.loss), batch=batch)
    for number in range(rounds):
        # The last third with ever smaller steps.
        share = min(1.0, 3.0 * (1.0 - number / rounds))
        training.round(replace(tuning, critic_rate=tuning.critic_rate * max(0.02, share)))
    return training


def w1(rounds: int) -> None:
    for data, other in PAIRS:
        began = time.perf_counter()
        training = trained(Recipe(data, "critic", "penalty", other), rounds)
        frame = training.frame("none")
        weights = np.full(len(frame.data), 1.0 / len(frame.data))
        exact = ot.emd2(weights, weights, distances(frame.made.astype(float), frame.data.astype(float)))
        duel = training.learner
        assert isinstance(duel, Duel)
        gap = float(duel.value(training.cloud).mean() - duel.value(duel.made(len(frame.data))).mean())
        slope = np.median(frame.slopes.plan[1])
        print(
            f"{data.name:7} {other.name:6} POT {exact:.4f}  ours {frame.w1:.4f}  critic {frame.believed:.4f} "
            f"({100 * (frame.believed / exact - 1):+.1f} %)  gap alone {100 * (gap / exact - 1):+.1f} %  "
            f"|grad f| on the lines {slope:.2f}  {time.perf_counter() - began:.0f} s",
            flush=True,
        )


def ratio(rounds: int) -> None:
    for data, other in GAUSSIANS:
        frame = trained(Recipe(data, "critic", "non_saturating", other), rounds, 512).frame("none")
        print(
            f"two Gaussians {other.moved}: correlation of log p/q {frame.ratio.correlation:.4f}, JS "
            f"{frame.figures['JS by the discriminator']:.3f} of {frame.figures['JS on a grid']:.3f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--only", choices=("w1", "ratio"))
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    if chosen.only != "ratio":
        w1(chosen.rounds)
    if chosen.only != "w1":
        ratio(chosen.rounds)


if __name__ == "__main__":
    main()
