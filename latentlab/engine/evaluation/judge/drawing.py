"""Draws a model's samples, some at a time, and keeps them; the same ones for everybody who asks.

A model with a latent space shows the expected picture at draws of its prior (of N(0, I) if it has none), as
the window does; a diffusion model takes 50 steps of DDIM (all, if it has fewer); any other has its own way.
Conditions come as in the training pictures. Samples are bytes, as real pictures are.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from latentlab.engine.diffusion.recipes import SamplerSettings
from latentlab.engine.diffusion.runner import Diffusion
from latentlab.engine.evaluation.judge.stopwatch import Stopwatch
from latentlab.engine.evaluation.judge.store import Store
from latentlab.engine.evaluation.judge.subject import Subject
from latentlab.engine.evaluation.samples import told_as_in
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.inference.sampling import decode_in_chunks, draw_in_chunks, points_of
from latentlab.models.base import Decodes, Denoises, HasPrior, Samples

# A multiple of every piece that models draw in: a sample does not depend on where a part begins.
PART = 192
_DIFFUSED, _DECODED = 64, 32
_STEPS = 50


@dataclass(frozen=True, eq=False)
class Drawn:
    """Samples (N, C, H, W) uint8, the conditions that they were drawn under, and the seconds it took."""

    pictures: Tensor
    y: Tensor | None
    seconds: float

    @property
    def per_thousand(self) -> float:
        """Seconds for a thousand."""
        return 1000.0 * self.seconds / len(self.pictures)


def draws(model: object) -> bool:
    """Whether a model makes pictures."""
    return isinstance(model, Decodes | Denoises | Samples)


def how_drawn(model: object) -> str:
    """What is to be known of how a model's samples were drawn; "" for nothing."""
    without = isinstance(model, Decodes) and not isinstance(model, HasPrior | Denoises)
    return "it has no prior over codes: z was drawn from N(0, I)" if without else ""


def drawn(
    loaded: LoadedModel, subject: Subject, count: int, seed: int, store: Store
) -> Generator[float, None, Drawn]:
    """`count` samples, those that are kept and the rest; yields the share done."""
    y = told_as_in(loaded.model, subject.train, count, seed)
    parts, whole = [], 0.0
    for first in range(0, count, PART):
        name, size = _name(first, count, seed), min(PART, count - first)
        kept = store.tensors(loaded.hash, name)
        if kept is None or tuple(kept[0]["pictures"].shape) != (size, *subject.train.shape):
            begun, some = Stopwatch(), []
            for piece in samples_of(loaded, y, range(first, first + size), seed):
                some.append(piece)
                yield (first + sum(map(len, some))) / count
            kept = {"pictures": torch.cat(some)}, begun.seconds
            store.keep_tensors(loaded.hash, name, *kept)
        parts.append(kept[0]["pictures"])
        whole += kept[1]
        yield (first + size) / count
    return Drawn(torch.cat(parts), y, whole)


def kept_samples(
    model_hash: str, numbers: Sequence[int], count: int, seed: int, store: Store
) -> Tensor | None:
    """Some of the samples that are kept, by their numbers, (n, C, H, W) uint8; None if one is not."""
    parts = {}
    for first in {number - number % PART for number in numbers}:
        kept = store.tensors(model_hash, _name(first, count, seed))
        if kept is None:
            return None
        parts[first] = kept[0]["pictures"]
    found = [parts[number - number % PART][number % PART] for number in numbers]
    return torch.stack(found) if found else None


def drawn_again(
    loaded: LoadedModel, subject: Subject, numbers: Sequence[int], count: int, seed: int
) -> Tensor:
    """Some of these samples, by their numbers, without drawing all the others; (n, C, H, W) uint8."""
    y = told_as_in(loaded.model, subject.train, count, seed)
    found = [torch.cat(list(samples_of(loaded, y, range(one, one + 1), seed))) for one in numbers]
    return torch.cat(found) if found else torch.empty(0, *subject.train.shape, dtype=torch.uint8)


def _name(first: int, count: int, seed: int) -> str:
    return f"samples-{seed}-{first:06d}-{min(PART, count - first)}"


def samples_of(loaded: LoadedModel, y: Tensor | None, numbers: range, seed: int) -> Iterator[Tensor]:
    """A model's samples by number, some at a time, uint8 (n, C, H, W); n may be 0 between pieces of work.

    y is the condition of each from number 0 on, (N, A); None for a model without.
    """
    model = loaded.model
    if isinstance(model, Denoises):
        conditions = () if y is None else tuple(map(tuple, y.tolist()))
        diffusion = Diffusion(model)
        diffusion.piece = max(_DIFFUSED, diffusion.piece)
        steps = min(_STEPS, model.schedule.steps)
        settings = SamplerSettings(steps=steps, seed=seed, conditions=conditions)
        for bytes_of_some in diffusion.sample(settings, len(numbers), numbers.start):
            yield torch.from_numpy(bytes_of_some)
        return
    told = None if y is None else y[numbers.start : numbers.stop]
    if isinstance(model, Decodes):
        z = points_of(model, numbers.stop, seed)[numbers.start :]
        pictures = decode_in_chunks(model, z, y=told, chunk=_DECODED)
    else:
        pictures = draw_in_chunks(model, len(numbers), seed, y=told, first=numbers.start)
    for some in pictures:
        yield (some * 255.0).round().clamp(0.0, 255.0).to(torch.uint8)
