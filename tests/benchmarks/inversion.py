"""Does inversion find a picture's z, and keep what a picture shows?

Run by hand: python -m tests.benchmarks.inversion MODEL [--pictures N] [--steps T] [--data NAME]. Three things
are measured: samples of the model, whose z is known (|z - z'| beside the distance of two draws, RMS of
pixels); held-out pictures (RMS, and whether the classifier of the data sees the same class; of attributes,
the share of them, and of pictures with all of them); and, for a model that is told attributes, Hat and
Eyeglasses added to held-out pictures that lack them: inverted as they are, made again with the attribute,
judged by the classifier.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.conditions import conditions_of, known_to
from latentlab.engine.attributes.finding import data_of
from latentlab.engine.attributes.inverting import further_out, inversion_conditions, shipped_classifier
from latentlab.engine.files.checkpoint import LoadedModel, load_model
from latentlab.engine.inference.inversion import inverted, pictures_at
from latentlab.engine.inference.inversion_plan import (
    Inversion,
    InversionPlan,
    Invertible,
    require_invertible,
)
from latentlab.models.base import Classifies, conditional, prior_of

ADDED = ("Hat", "Eyeglasses")
GOAL_KEPT, GOAL_ADDED = 0.97, 0.95


@dataclass(frozen=True)
class Found:
    """What was found for some pictures, and in how many seconds a picture."""

    inversion: Inversion
    pictures: Tensor
    rms: Tensor
    seconds: float


def found(model: Invertible, x: Tensor, y: Tensor | None, plan: InversionPlan) -> Found:
    """The inversion of pictures (N, C, H, W)."""
    began = time.perf_counter()
    descent = inverted(model, x, y, plan)
    while True:
        try:
            next(descent)
        except StopIteration as ended:
            inversion: Inversion = ended.value
            break
    seconds = (time.perf_counter() - began) / len(x)
    pictures = pictures_at(model, inversion.z, inversion.y, "cpu")
    return Found(inversion, pictures, (pictures - x).square().flatten(1).mean(1).sqrt(), seconds)


def share(hits: Tensor) -> str:
    """A share in per cent, with its standard error."""
    p = float(hits.float().mean())
    return f"{p:.1%} ± {math.sqrt(p * (1.0 - p) / len(hits)):.1%} of {len(hits)}"


def tell_samples(model: Invertible, y: Tensor | None, count: int, plan: InversionPlan) -> None:
    """Pictures of the model, made at known z."""
    prior = prior_of(model)
    z = prior.draw(count, torch.Generator().manual_seed(5))
    other = prior.draw(count, torch.Generator().manual_seed(6))
    result = found(model, pictures_at(model, z, y, "cpu"), y, plan)
    far = (result.inversion.z - z).norm(dim=1).median()
    print(f"samples: |z - z'| median {far:.2f}, of two draws {(z - other).norm(dim=1).median():.2f}")
    _tell(model, result)


def tell_real(
    model: Invertible, judge: Classifies | None, x: Tensor, y: Tensor | None, plan: InversionPlan
) -> None:
    """Held-out pictures."""
    result = found(model, x, y, plan)
    print("held-out pictures:")
    _tell(model, result)
    if judge is None:
        return
    with torch.no_grad():
        of_x, of_made = judge.logits(x), judge.logits(result.pictures)
    if judge.exclusive:
        print(f"  class kept {share(of_x.argmax(1) == of_made.argmax(1))} (goal {GOAL_KEPT:.0%})")
        return
    alike = (of_x > 0.0) == (of_made > 0.0)
    print(f"  attributes kept {alike.float().mean():.1%}; all of a picture's {share(alike.all(1))}")


def tell_added(
    model: Invertible, judge: Classifies, x: Tensor, y: Tensor, names: Sequence[str], plan: InversionPlan
) -> None:
    """Attributes that pictures lack, added by inverting them and asking for one more."""
    for name in ADDED:
        if name not in names or name not in judge.class_names:
            continue
        column = names.index(name)
        lack = y[:, column] < 0.5
        result = found(model, x[lack], y[lack], plan)
        asked = y[lack].clone()
        asked[:, column] = 1.0
        made = pictures_at(model, result.inversion.z, asked, "cpu")
        with torch.no_grad():
            seen = judge.logits(made)[:, judge.class_names.index(name)] > 0.0
        print(f"{name} added: {share(seen)} (goal {GOAL_ADDED:.0%})")


def _tell(model: Invertible, result: Found) -> None:
    rms, inversion = result.rms, result.inversion
    out = further_out(model, inversion.z)
    print(f"  RMS of pixels median {rms.median():.4f}, mean {rms.mean():.4f}, largest {rms.max():.4f}")
    norm = inversion.z.norm(dim=1).median()
    print(f"  |z| median {norm:.2f}; further out than 99% of draws {share(out < 0.01)}")
    print(f"  best from the encoder {share(inversion.encoder)}; {result.seconds:.2f} s a picture")


def spread(loaded: LoadedModel, data: ImageSet, count: int) -> tuple[Tensor, Tensor | None]:
    """Pictures spread evenly over the data (N, C, H, W) in [0, 1], and their conditions (N, A)."""
    data = known_to(loaded.model, data)
    rows = torch.linspace(0, len(data) - 1, min(count, len(data))).round().long()
    told = conditions_of(loaded.model, data)
    return data.images[rows].float() / 255.0, None if told is None else told[rows]


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--data", default=None)
    parser.add_argument("--pictures", type=int, default=300)
    parser.add_argument("--steps", type=int, default=InversionPlan.steps)
    parser.add_argument("--starts", type=int, default=InversionPlan.starts)
    parser.add_argument("--threads", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    loaded = load_model(arguments.model)
    model = require_invertible(loaded.model, loaded.name)
    plan = InversionPlan(steps=arguments.steps, starts=arguments.starts)
    judge = shipped_classifier(loaded, torch.device("cpu"))
    x, y = spread(loaded, catalog.load(data_of(loaded, arguments.data), "test"), arguments.pictures)
    print(f"{loaded.name} ({loaded.hash}): {plan}", flush=True)
    tell_samples(model, y, len(x), plan)
    tell_real(model, judge, x, y, plan)
    known = conditional(model)
    if known is not None and not known.exclusive and judge is not None:
        told = inversion_conditions(model, judge, x, y)
        assert told is not None
        tell_added(model, judge, x, told, known.condition_names, plan)


if __name__ == "__main__":
    main()
