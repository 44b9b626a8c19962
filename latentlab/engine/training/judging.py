"""Evaluates the averaged weights on held-out pictures after each epoch."""

from __future__ import annotations

from collections.abc import Generator

import torch
from torch import Tensor, nn

from latentlab.core.figures import Figures
from latentlab.engine.inference.device import autocast
from latentlab.engine.training.pictures import Pictures
from latentlab.models.players import Batch, Judged

# Held-out pictures at once, and the most numbers in them: large pictures come fewer at a time.
_AT_ONCE, _NUMBERS = 1000, 2**24


@torch.no_grad()
def judge(
    work: Judged, model: nn.Module, held_out: Pictures, seed: int, precision: str
) -> Generator[int, None, Figures]:
    """Figures on held-out pictures, one draw a picture, seeded; meanwhile yields how many are done."""
    device = held_out.images.device
    noise = torch.Generator(device).manual_seed(seed)
    sums: Tensor = torch.zeros(work.width, device=device)
    at_once = max(1, min(_AT_ONCE, _NUMBERS // held_out.images[0].numel()))
    count = len(held_out)
    for first in range(0, count, at_once):
        some = slice(first, first + at_once)
        images, y = held_out.within(some)
        with autocast(device, "fp32" if work.exact else precision):
            sums += work.judge(model, Batch(images.float() / 255.0, y=y), noise, first, count)
        yield min(some.stop, count)
    return work.terms(sums, count)
