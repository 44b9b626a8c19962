"""How fast two players train. Run by hand: python -m tests.benchmarks.adversarial [--rounds 5]

In turns on the same machine, on the same pictures of MNIST with batches of 64:

- a GAN by the engine against a bare loop of the same networks and losses: what does the engine cost?
- the same written as most public GAN code is: pictures from a DataLoader, float32, two passes of the
  discriminator: what does it gain?
- a Wasserstein GAN with penalty against the GAN, a step each.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import torch
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.engine.inference.device import autocast
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.trainer import Trainer
from latentlab.models.adversarial.slope import squared_slope
from latentlab.models.gan.model import GAN
from latentlab.models.registry import build
from tests.benchmarks.report import Report

BATCH = 64


def fresh(kind: str = "gan") -> GAN:
    torch.manual_seed(0)
    model = build(kind, {"encoder": False})
    assert isinstance(model, torch.nn.Module)
    return model  # type: ignore[return-value]


def engine(kind: str, data: ImageSet, plan: TrainingPlan) -> int:
    """Steps of one epoch by the engine, with averages, events and checks."""
    trainer = Trainer(fresh(kind), data, plan)
    for _ in trainer.run():
        pass
    return trainer.step


def bare(data: ImageSet, plan: TrainingPlan) -> int:
    """The same steps in a loop: the same networks, losses and number format."""
    torch.set_num_threads(plan.threads)
    model = fresh()
    players = [
        torch.optim.Adam(part.parameters(), plan.learning_rate, betas=(0.0, 0.99), fused=True)
        for part in (model.discriminator, model.generator)
    ]
    every, weight = model.config.r1_every, model.config.r1
    steps = 0
    for index in torch.randperm(len(data)).split(BATCH):
        if len(index) < BATCH:
            break
        x = data.images[index].float().div_(255.0)
        with autocast(torch.device("cpu"), plan.precision):
            with torch.no_grad():
                made = model.picture_at(torch.randn(BATCH, model.latents))
            real, fake = model.scores(torch.cat([x, made])).chunk(2)
            loss = functional.softplus(-real).mean() + functional.softplus(fake).mean()
            if steps % every == 0:
                loss = loss + 0.5 * weight * every * squared_slope(model, x, None).mean()
        players[0].zero_grad(set_to_none=True)
        loss.backward()
        players[0].step()
        with autocast(torch.device("cpu"), plan.precision):
            score = model.scores(model.picture_at(torch.randn(BATCH, model.latents)))
            loss = functional.softplus(-score).mean()
        players[1].zero_grad(set_to_none=True)
        loss.backward()
        players[1].step()
        steps += 1
    return steps


def usual(data: ImageSet, plan: TrainingPlan) -> int:
    """The same game as public code mostly has it."""
    torch.set_num_threads(plan.threads)
    model = fresh()
    bce = torch.nn.BCEWithLogitsLoss()
    of_d, of_g = (
        torch.optim.Adam(part.parameters(), plan.learning_rate, betas=(0.5, 0.999))
        for part in (model.discriminator, model.generator)
    )
    pictures = TensorDataset(data.images.float() / 255.0, torch.zeros(len(data)))
    steps = 0
    for x, _ in DataLoader(pictures, BATCH, shuffle=True, drop_last=True):
        real, fake = torch.ones(BATCH), torch.zeros(BATCH)
        made = model.picture_at(torch.randn(BATCH, model.latents))
        of_g.zero_grad()
        bce(model.scores(made), real).backward()
        of_g.step()
        of_d.zero_grad()
        ((bce(model.scores(x), real) + bce(model.scores(made.detach()), fake)) / 2).backward()
        of_d.step()
        steps += 1
    return steps


def timed(run: Callable[[], int]) -> float:
    """Steps a second."""
    started = time.perf_counter()
    steps = run()
    return steps / (time.perf_counter() - started)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--images", type=int, default=6_400)
    parser.add_argument("--threads", type=int, default=0)
    given = parser.parse_args()
    full = catalog.load("mnist", "train")
    data = replace(full, images=full.images[: given.images], labels=full.labels[: given.images])
    threads = given.threads or torch.get_num_threads()
    plan = TrainingPlan(epochs=1, batch=BATCH, threads=threads, precision="bf16")
    ways: dict[str, Callable[[], int]] = {
        "engine": lambda: engine("gan", data, plan),
        "bare loop": lambda: bare(data, plan),
        "usual code": lambda: usual(data, plan),
        "wgan with penalty": lambda: engine("wgan", data, plan),
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(given.rounds):
        for name, run in ways.items():
            rates[name].append(timed(run) * BATCH)
    report = Report("adversarial")
    for name, found in rates.items():
        report.add(f"{name}, pictures a second", [round(rate) for rate in found])

    def ratio(over: str, under: str) -> float:
        pairs = zip(rates[over], rates[under], strict=True)
        return round(statistics.median(a / b for a, b in pairs), 3)

    cost, gain = ratio("engine", "bare loop"), ratio("engine", "usual code")
    report.add("engine / bare loop", cost, keeps=cost >= 0.95, goal=">= 0.95")
    report.add("engine / usual code", gain, keeps=gain >= 1.0, goal=">= 1")
    slower = ratio("engine", "wgan with penalty")
    report.add("a step of wgan / a step of gan", slower, keeps=slower <= 3.0, goal="<= 3")
    report.save()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
