"""How many threads a training takes, at the start and on its way."""

from __future__ import annotations

import torch

from latentlab.engine.training import tuning
from latentlab.engine.training.tuning import Governor
from latentlab.models.objectives.elbo import ByElbo
from tests.conftest import make_vae
from tests.engine.test_trainer import SMALL


def settled(model, images, precision: str, threads: int) -> tuple[str, int]:
    return tuning.settle(model, images, precision, threads, ByElbo(model.latents))


class Machine:
    """A computer whose steps take `pace[threads]` seconds; it is told of as a training tells."""

    def __init__(self, governor: Governor, **pace: float) -> None:
        self.governor, self.time = governor, 0.0
        self.become(**pace)

    def become(self, one: float, two: float) -> None:
        self.pace = {1: one, 2: two}

    def run(self, seconds: float) -> dict[int, float]:
        """Seconds spent with each number of threads."""
        spent = {1: 0.0, 2: 0.0}
        end = self.time + seconds
        while self.time < end:
            count = self.governor.count
            steps = max(1, round(0.05 / self.pace[count]))
            self.time += steps * self.pace[count]
            spent[count] += steps * self.pace[count]
            self.governor.note(steps, steps * self.pace[count])
        return spent


def test_that_all_threads_stay_where_they_are_faster():
    spent = Machine(Governor(2, 2), one=0.010, two=0.006).run(600.0)
    assert spent[1] < 0.03 * spent[2]


def test_that_one_thread_takes_over_soon_after_another_program_took_a_core():
    machine = Machine(Governor(2, 2), one=0.010, two=0.006)
    machine.run(20.0)
    machine.become(one=0.011, two=0.9)
    machine.run(8.0)
    assert machine.governor.count == 1
    spent = machine.run(300.0)
    assert spent[2] < 0.05 * spent[1]


def test_that_all_threads_come_back_when_it_has_gone():
    machine = Machine(Governor(1, 2), one=0.011, two=0.02)
    machine.run(100.0)
    machine.become(one=0.010, two=0.006)
    machine.run(60.0)
    assert machine.governor.count == 2


def test_that_where_there_is_one_core_nothing_is_tried():
    governor = Governor(1, 1)
    for _ in range(2000):
        assert governor.note(5, 0.05) == 1


def test_that_what_is_given_is_not_tried_out():
    images = torch.zeros(4, 1, 8, 8, dtype=torch.uint8)
    assert settled(make_vae(SMALL), images, "fp32", 3) == ("fp32", 3)
    before = torch.get_num_threads()
    precision, threads = settled(make_vae(SMALL), images, "auto", 0)
    assert precision in ("fp32", "bf16")
    assert threads >= 1
    assert torch.get_num_threads() == before
