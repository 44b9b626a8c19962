"""Several processes that train one model, each on its share of every batch (data parallel).

`torchrun --nproc-per-node 2 -m latentlab train ...` starts them and tells each its rank and their number in
environment variables. All begin with the same weights; at each step their gradients are averaged, so all
keep the same weights (Li et al., PyTorch Distributed, 2020: synchronous data parallel training). As the
gradient is one vector, that is one call.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch
from torch import Tensor, distributed

from latentlab.errors import LabError

_WORD = 2**64 - 1


@dataclass(frozen=True)
class Team:
    """The processes of one training: the rank of this one, and their number."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process reports and saves."""
        return self.rank == 0

    def share(self, batch: Tensor) -> Tensor:
        """This process's share of a batch."""
        return batch[self.rank :: self.size]

    def average_(self, vector: Tensor) -> None:
        """Replaces a vector by its mean over all processes."""
        if self.size > 1:
            distributed.all_reduce(vector)
            vector.div_(self.size)

    def sum_(self, vector: Tensor) -> None:
        """Replaces a vector by its sum over all processes."""
        if self.size > 1:
            distributed.all_reduce(vector)

    def follow_(self, tensor: Tensor) -> None:
        """Replaces a tensor by the leader's."""
        if self.size > 1:
            distributed.broadcast(tensor, 0)

    def precision(self, own: str) -> str:
        """The leader's precision: gradients can only be averaged in one format."""
        if self.size < 2:
            return own
        low = torch.tensor(own == "bf16", dtype=torch.uint8)
        self.follow_(low)
        return "bf16" if low else "fp32"

    def seed(self, seed: int, step: int) -> int:
        """The seed of this process's noise at a step, independent of earlier draws.

        So a resumed training has the same noise in every process, though only the leader has saved its state.
        Mixed as by Steele et al., Fast Splittable Pseudorandom Number Generators (2014), so that neighbours
        are unrelated.
        """
        mixed = ((seed * self.size + self.rank) * 0x9E3779B97F4A7C15 + step * 0xD1B54A32D192ED03) & _WORD
        for factor, shift in ((0xBF58476D1CE4E5B9, 30), (0x94D049BB133111EB, 27)):
            mixed = ((mixed ^ (mixed >> shift)) * factor) & _WORD
        return (mixed ^ (mixed >> 31)) >> 1

    def leave(self) -> None:
        """Closes the connection."""
        if self.size > 1 and distributed.is_initialized():
            distributed.destroy_process_group()


ALONE = Team()


def join_team(device: torch.device) -> tuple[Team, torch.device]:
    """The team that torchrun has started, and this process's own device; a team of one without torchrun.

    Gloo joins CPUs, NCCL GPUs.

    Raises:
        LabError: if torch cannot do it here, or there are more processes than GPUs.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size < 2:
        return ALONE, device
    if not distributed.is_available():
        raise LabError("this build of torch cannot train in several processes")
    if device.type == "cuda":
        local = int(os.environ.get("LOCAL_RANK", "0"))
        if local >= torch.cuda.device_count():
            raise LabError(f"{local + 1} processes or more for {torch.cuda.device_count()} GPUs")
        device = torch.device("cuda", local)
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    return Team(distributed.get_rank(), size), device
