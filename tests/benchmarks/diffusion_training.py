"""Does a diffusion model draw digits after five minutes?

Run by hand: python -m tests.benchmarks.diffusion_training [--seconds N] [--steps N] [--out PNG]. Trains with
what the window proposes for MNIST, for so many seconds of wall clock, as if the person then pressed "Stop and
keep". Saves a sheet of ten digits of each class (50 steps of DDIM, guidance 2) and judges twenty of each by
the classifier of `recognition`, which is trained first if it has never been. Meant for two cores that do
nothing else.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

from latentlab.data import catalog
from latentlab.engine.diffusion.recipes import SamplerSettings
from latentlab.engine.diffusion.runner import Diffusion
from latentlab.engine.files.export import sheet
from latentlab.engine.training.events import EpochEnded, Progress, Started
from latentlab.engine.training.plan import TrainingPlan, usual_plan
from latentlab.engine.training.presets import batch_for, epochs_for, fields_of, presets
from latentlab.engine.training.trainer import Trainer
from latentlab.models.registry import build
from tests.benchmarks.recognition import share_right, trained_classifier
from tests.benchmarks.report import RESULTS, Report

_CLASSES, _EACH, _SHOWN = 10, 20, 10
_GOAL = 0.9


def made_trainer() -> Trainer:
    """A training of the preset, as the window would begin it; held-out pictures would take time."""
    choice = next(preset.choice for preset in presets() if preset.choice.kind == "ddpm")
    data = catalog.load("mnist", "train")
    told = {"shape": data.shape, "condition_names": data.classes, "exclusive": True}
    torch.manual_seed(0)
    model = build(choice.kind, {**fields_of(choice, data.shape), **told})
    usual = usual_plan(choice.kind)
    plan = TrainingPlan(
        **{
            **vars(usual),
            "epochs": epochs_for(len(data), choice.kind),
            "batch": batch_for(len(data), choice.kind),
        }
    )
    return Trainer(model, data, plan)


def train(trainer: Trainer, seconds: float, steps: int | None) -> float:
    """Trains until the time is over or the steps are done; the seconds that it took."""
    begun = told = time.monotonic()
    for event in trainer.run():
        now = time.monotonic()
        if isinstance(event, Started | EpochEnded):
            print(event, flush=True)
        if isinstance(event, Progress) and now - told > 10.0:
            told = now
            print(
                f"{now - begun:.0f} s: step {event.step}, {event.images_per_second:.0f} images/s", flush=True
            )
        if now - begun > seconds or (steps is not None and trainer.step >= steps):
            break
    return time.monotonic() - begun


def drawn(model: nn.Module) -> np.ndarray:
    """uint8 (N, 1, 28, 28), the classes in turn."""
    told = tuple(tuple(float(a == b) for b in range(_CLASSES)) for a in range(_CLASSES))
    sampler_settings = SamplerSettings("ddim", 50, guidance=2.0, conditions=told)
    return np.concatenate(list(Diffusion(model).sample(sampler_settings, _CLASSES * _EACH)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--steps", type=int, help="stop after so many even if there is time left")
    parser.add_argument("--out", type=Path, default=RESULTS / "diffusion_training.png")
    given = parser.parse_args()
    judge = trained_classifier()
    trainer = made_trainer()
    seconds = train(trainer, given.seconds, given.steps)
    begun = time.monotonic()
    pictures = drawn(trainer.averaged)
    sampling = time.monotonic() - begun
    # A column for each class.
    page = sheet([picture[0] for picture in pictures[: _CLASSES * _SHOWN]], columns=_CLASSES, gap=1)
    Image.fromarray(page).save(given.out)
    labels = torch.arange(len(pictures)) % _CLASSES
    right = share_right(judge, torch.from_numpy(pictures).float() / 255.0, labels)
    report = Report("diffusion_training")
    figures = {
        "judged_as_asked": right,
        "steps": trainer.step,
        "images_per_second": trainer.step * trainer.plan.batch / seconds,
        "seconds": seconds,
        "sampling_seconds": sampling,
        "precision": trainer.precision,
        "threads": trainer.threads,
    }
    report.add("MNIST, the window's settings", figures, keeps=right >= _GOAL, goal=f">= {_GOAL} as asked")
    report.save()
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
