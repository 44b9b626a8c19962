"""How good are a diffusion model's pictures, by sampler and number of steps?

Run by hand: python -m tests.benchmarks.diffusion_quality [MODEL] [--pictures N] [--steps 10,20,50,100,1000]
[--samplers ddim,ddpm,dpm++] [--guidance X] [--device NAME]. Samples are told what the training pictures are,
as often. Fréchet distances are on the features of the classifier that ships; whether a picture shows what was
asked is judged by another one, of another design, which is trained here (a few minutes on two cores) and must
be right on 99 % of the held-out pictures, attributes one by one and Earrings aside, before its word counts.
The table comes last, in Markdown. Pictures that were drawn stay in the temporary folder: a run that was
broken off, or asks for more of them, goes on where the one before ended.
"""

from __future__ import annotations

import argparse
import functools
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.conditions import conditions_of
from latentlab.engine.attributes.finding import data_of
from latentlab.engine.diffusion.recipes import SamplerSettings
from latentlab.engine.evaluation.nearest import nearest
from latentlab.engine.evaluation.reference import Reference, spread
from latentlab.engine.evaluation.samples import check_denoiser, sampled, told_as_in
from latentlab.engine.files.checkpoint import LoadedModel, load_model
from latentlab.engine.inference.device import available_cores, choose_device
from tests.benchmarks import attributes, recognition
from tests.benchmarks.report import Report

# What the model has to reach: with which sampler and steps, and which share as asked.
_MUST = {("ddim", 50), ("ddpm", 1000)}
_AS_ASKED = {True: 0.99, False: 0.95}
_MOST_FLOORS, _LOOKED_UP, _KEPT_EACH = 3.0, 1000, 128
# uint8 pictures and what they were told, to (N, A) of whether each is so.
Judge = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Row:
    """What one sampler reaches in so many steps."""

    sampler: str
    steps: int
    as_asked: float | None
    distance: float
    floors: float
    seconds: float

    def line(self) -> str:
        """A line of the table."""
        share = "" if self.as_asked is None else f"{self.as_asked:.2%}"
        return (
            f"| {self.sampler} | {self.steps} | {share} | {self.distance:.4f} | {self.floors:.2f} "
            f"| {self.seconds:.0f} |"
        )


def drawn(
    loaded: LoadedModel, sampler_settings: SamplerSettings, count: int, device: torch.device
) -> tuple[Tensor, float]:
    """The first `count` pictures in this manner, uint8 (N, C, H, W), and the seconds that they took."""
    how = sampler_settings
    key = f"{loaded.hash}-{how.sampler}-{how.steps}-{how.guidance:g}-{how.seed}"
    kept = Path(tempfile.gettempdir()) / f"latentlab-samples-{key}.npz"
    pictures, seconds = np.zeros((0, *loaded.model.picture_shape), np.uint8), 0.0
    if kept.exists():
        with np.load(kept) as before:
            pictures, seconds = before["pictures"], float(before["seconds"])
    # A process for each core: small networks gain little from a second thread.
    workers = available_cores() if device.type == "cpu" else 1
    with ProcessPoolExecutor(workers, get_context("spawn"), torch.set_num_threads, (1,)) as pool:
        firsts = range(len(pictures), count, _KEPT_EACH)
        counts = [min(_KEPT_EACH, count - first) for first in firsts]
        started = time.perf_counter()
        draw = partial(_drawn_apart, str(loaded.path), str(device), sampler_settings)
        for some in pool.map(draw, counts, firsts):
            now = time.perf_counter()
            pictures, seconds, started = np.concatenate([pictures, some]), seconds + now - started, now
            half = kept.with_suffix(".part.npz")
            np.savez(half, pictures=pictures, seconds=seconds)
            half.replace(kept)
            print(f"{how.sampler}, {how.steps} steps: {len(pictures):,} of {count:,} drawn", flush=True)
    return torch.from_numpy(pictures[:count]), seconds * count / len(pictures)


def _drawn_apart(
    model: str, device: str, sampler_settings: SamplerSettings, count: int, first: int
) -> np.ndarray:
    """`count` pictures from number `first` on, in a process of its own."""
    some = sampled(_opened(model, device), sampler_settings, count, first)
    return np.concatenate([part.numpy() for part in some])


@functools.cache
def _opened(model: str, device: str) -> nn.Module:
    return load_model(model, torch.device(device)).model


def class_judge(names: tuple[str, ...]) -> Judge:
    """Of digits."""
    with torch.enable_grad():
        classifier = recognition.trained_classifier()

    def judge(pictures: Tensor, y: Tensor) -> Tensor:
        asked = torch.tensor([int(name) for name in names])[y.argmax(1)]
        found = torch.cat([classifier(some.float() / 255.0).argmax(1) for some in pictures.split(500)])
        return (found == asked)[:, None]

    return judge


def attribute_judge(names: tuple[str, ...], train: ImageSet) -> Judge:
    """Of faces; only of what can be seen."""
    with torch.enable_grad():
        network = attributes.trained_judge(train)
    shown = [column for column, name in enumerate(names) if name != attributes._HIDDEN]
    columns = [train.attribute_names.index(names[column]) for column in shown]

    def judge(pictures: Tensor, y: Tensor) -> Tensor:
        seen = attributes.judged(network, pictures.float() / 255.0)[:, columns]
        return seen == (y[:, shown] > 0.5)

    return judge


def make_judge(model: object, train: ImageSet, test: ImageSet, report: Report) -> Judge | None:
    """Who says whether pictures are as asked; None if nothing is asked. Right on 99 % of real ones."""
    y = conditions_of(model, test)
    if y is None:
        return None
    names: tuple[str, ...] = model.condition_names  # type: ignore[attr-defined]
    classes = bool(model.exclusive)  # type: ignore[attr-defined]
    judge = class_judge(names) if classes else attribute_judge(names, train)
    accuracy = float(judge(test.images, y).float().mean())
    report.add(
        "the judge, on held-out pictures", {"accuracy": accuracy}, keeps=accuracy >= 0.99, goal=">= 0.99"
    )
    return judge


@torch.no_grad()
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", default="mnist-ddpm")
    parser.add_argument("--pictures", type=int, default=10_000)
    parser.add_argument("--steps", default="10,20,50,100,1000")
    parser.add_argument("--samplers", default="ddim,ddpm,dpm++")
    parser.add_argument("--guidance", type=float, default=1.0)
    parser.add_argument("--classifier", default="")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    device = choose_device(given.device)
    loaded = load_model(given.model, device)
    data = data_of(loaded)
    train, test = catalog.load(data, "train"), catalog.load(data, "test")
    check_denoiser(loaded.model, train)
    report = Report(f"diffusion_quality_{loaded.name}")
    judge = make_judge(loaded.model, train, test, report)
    classifier = load_model(given.classifier or f"{data}-classifier", device)
    reference = Reference.of(classifier, train, test)
    compared = min(given.pictures, len(test))
    floor = reference.floor(compared)
    right, _ = reference.accuracy()
    origin = {"model": loaded.name, "model_hash": loaded.hash, "guidance": given.guidance}
    whose = {"classifier": classifier.name, "hash": classifier.hash, "accuracy": right}
    report.add("floor (train against test)", {"distance": floor, "pictures": compared, **whose, **origin})
    y = told_as_in(loaded.model, train, given.pictures, given.seed)
    rows = []
    for steps in map(int, given.steps.split(",")):
        for sampler in given.samplers.split(","):
            sampler_settings = SamplerSettings(
                sampler=sampler, steps=steps, guidance=given.guidance, seed=given.seed,
                conditions=() if y is None else tuple(map(tuple, y.tolist())),
            )  # fmt: skip
            pictures, lasted = drawn(loaded, sampler_settings, given.pictures, device)
            share = None
            if judge is not None and y is not None:
                share = float(judge(pictures, y).all(1).float().mean())
            distance = reference.distance(pictures[:compared])
            rows.append(Row(sampler, steps, share, distance, distance / floor, lasted))
            _tell(report, rows[-1], bool(getattr(loaded.model, "exclusive", True)))
            if (sampler, steps) == ("ddim", 50):
                looked_up = min(_LOOKED_UP, compared)
                near = nearest(pictures[:looked_up], train.images)
                real = nearest(spread(test.images, looked_up), train.images)
                report.add(
                    f"nearest training picture of {looked_up} samples, and of held-out pictures",
                    {"samples": vars(near), "held_out": vars(real)},
                    keeps=near.least > 0.0,
                    goal="no copy",
                )
    report.save()
    print(f"\n{loaded.name}, {given.pictures:,} pictures, guidance {given.guidance:g}; floor {floor:.4f}\n")
    print(f"| sampler | steps | as asked | Fréchet distance ({classifier.name}) | floors | seconds |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    print("\n".join(row.line() for row in rows))
    return 1 if report.missed else 0


def _tell(report: Report, row: Row, classes: bool) -> None:
    least = _AS_ASKED[classes]
    enough = row.as_asked is None or row.as_asked >= least
    must = (row.sampler, row.steps) in _MUST
    report.add(
        f"{row.sampler}, {row.steps} steps",
        vars(row),
        keeps=(enough and row.floors <= _MOST_FLOORS) if must else None,
        goal=f">= {least:.0%} as asked, <= {_MOST_FLOORS:g} floors" if must else "",
    )


if __name__ == "__main__":
    sys.exit(main())
