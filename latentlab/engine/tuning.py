"""Measures, in a second or two, which number format and how many threads train a model fastest here.

On some CPUs bfloat16 doubles the speed, on others it halves it; and beside another busy process all
cores can be slower than one. Neither can be known without trying.
"""

from __future__ import annotations

import copy
import time

import torch
from torch import Tensor, nn

from latentlab.engine.device import autocast, available_cores

_ROUNDS = 3
_STEPS = 4


def settle(model: nn.Module, images: Tensor, precision: str, threads: int) -> tuple[str, int]:
    """(precision, threads) with whatever was left open ("auto", 0) chosen by trial on the CPU.

    Each round tries every candidate for a few steps on a copy of the model, so that a passing load
    falls on all alike; the candidate with the best median wins. Leaves torch's thread count as it was.
    """
    precisions = ("fp32", "bf16") if precision == "auto" else (precision,)
    counts = tuple({1, available_cores()}) if threads == 0 else (threads,)
    candidates = [(p, t) for p in precisions for t in sorted(counts, reverse=True)]
    if len(candidates) == 1:
        return candidates[0]
    before = torch.get_num_threads()
    times: dict[tuple[str, int], list[float]] = {candidate: [] for candidate in candidates}
    try:
        for _ in range(_ROUNDS):
            for candidate in candidates:
                times[candidate].append(_time_steps(model, images, *candidate))
    finally:
        torch.set_num_threads(before)
    return min(candidates, key=lambda candidate: sorted(times[candidate])[_ROUNDS // 2])


def _time_steps(model: nn.Module, images: Tensor, precision: str, threads: int) -> float:
    torch.set_num_threads(threads)
    trial = copy.deepcopy(model)
    noise = torch.Generator().manual_seed(0)
    x = images.float() / 255.0
    seconds = 0.0
    for step in range(_STEPS + 1):
        started = time.perf_counter()
        with autocast(torch.device("cpu"), precision):
            terms = trial.elbo_terms(x, noise)  # type: ignore[operator]
        (-terms.elbo().mean()).backward()
        if step:  # the first one pays for allocations
            seconds += time.perf_counter() - started
    return seconds
