"""Measures, in a second or two, which number format and how many threads train a model fastest here.

On some CPUs bfloat16 doubles the speed, on others it halves it; and beside another busy process all cores can
be slower than one. Neither can be known without measuring, and the second changes.
"""

from __future__ import annotations

import copy
import time

import torch
from torch import Tensor, nn

from latentlab.data.stopping import require_wanted
from latentlab.engine.inference.device import autocast, available_cores
from latentlab.models.players import Batch, Moment, Objective

_ROUNDS = 3
_STEPS = 4
# The user waits for this: after so long no more rounds, and a single step if steps are that slow.
_LONGEST_S, _SLOW_STEP_S = 3.0, 0.3
# The duration of a measurement; a step is slow at so many times the best; a trial comes at the earliest, and
# at the latest, so many seconds after the last.
_LOOK_S, _SLOW, _REST_SLOW_S, _REST_S = 0.6, 1.5, 2.0, 40.0


def settle(
    model: nn.Module, images: Tensor, precision: str, threads: int, objective: Objective
) -> tuple[str, int]:
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
        started = time.perf_counter()
        for _ in range(_ROUNDS):
            for candidate in candidates:
                times[candidate].append(_time_steps(model, objective, images, *candidate))
            if time.perf_counter() - started > _LONGEST_S:
                break
    finally:
        torch.set_num_threads(before)
    return min(candidates, key=lambda candidate: sorted(times[candidate])[len(times[candidate]) // 2])


def _time_steps(
    model: nn.Module, objective: Objective, images: Tensor, precision: str, threads: int
) -> float:
    torch.set_num_threads(threads)
    trial = copy.deepcopy(model)
    noise = torch.Generator().manual_seed(0)
    x = images.float() / 255.0
    seconds = 0.0
    for step in range(_STEPS + 1):
        require_wanted()
        started = time.perf_counter()
        for player in objective.players:
            with autocast(torch.device("cpu"), precision):
                loss, _ = objective.loss(trial, Batch(x), noise, Moment(), player.name)
            loss.backward()
        lasted = time.perf_counter() - started
        if step:  # the first step includes allocations
            seconds += lasted
        elif lasted > _SLOW_STEP_S:
            # For a large model on a small computer one step is enough; four would take too long.
            return _STEPS * lasted
    return seconds


class Governor:
    """Adapts the number of threads between one and all while a training runs.

    When another program takes a core, threads that wait for each other at every step can become a hundred
    times slower, slower than one thread alone; when it is gone, one thread is too few. So the other number is
    tried briefly when steps have become slow, and now and then anyway; the faster of the two stays.

    Args:
        count: the current number of threads.
        most: the maximum.
    """

    def __init__(self, count: int, most: int) -> None:
        self.count, self.most = count, most
        self._since = self._steps = 0.0
        self._rested = 0.0
        self._pace: float | None = None
        self._usual: float | None = None
        self._before: int | None = None

    def note(self, steps: int, seconds: float) -> int:
        """The number of threads for the next steps, after so many that took so long."""
        self._steps += steps
        self._since += seconds
        self._rested += seconds
        if self._since < _LOOK_S:
            return self.count
        pace, self._steps, self._since = self._since / self._steps, 0.0, 0.0
        if self._before is not None:
            self._judge(pace)
        else:
            self._pace = pace
            self._usual = pace if self._usual is None else min(self._usual, pace)
            slow = pace > _SLOW * self._usual and self._rested > _REST_SLOW_S
            if self.most > 1 and (slow or self._rested > _REST_S):
                self._before, self.count = self.count, self._other()
        return self.count

    def _judge(self, pace: float) -> None:
        """After the trial of the other number: keeps it if it is faster."""
        assert self._before is not None
        assert self._pace is not None
        if pace > self._pace:
            self.count = self._before
        else:
            self._usual = pace
        self._before, self._rested = None, 0.0

    def _other(self) -> int:
        return 1 if self.count > 1 else self.most
