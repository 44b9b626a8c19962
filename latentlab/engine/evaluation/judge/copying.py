"""Whether samples are copies of training pictures, by `latentlab.engine.evaluation.origin`.

The floor is of held-out pictures that took no part in saying how near such pictures come.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor

from latentlab.core.judgement import Behind
from latentlab.engine.evaluation.judge.compared import SHOWN, Figure, share
from latentlab.engine.evaluation.judge.subject import Subject
from latentlab.engine.evaluation.origin import Origin, Surroundings
from latentlab.engine.evaluation.reference import spread

COPIES = ("copies", "nearest")
_AT_ONCE = 250


@dataclass(frozen=True, eq=False)
class Copied:
    """How near one half of the held-out pictures comes to training pictures; some of the `others`."""

    surroundings: Surroundings
    others: Tensor

    @classmethod
    def of(cls, subject: Subject, count: int) -> Generator[float, None, Copied]:
        """Of the pixels; yields the share done."""
        held_out = subject.test.images
        made: Surroundings | float = 0.0
        for made in Surroundings.made(subject.train.images, held_out[::2]):
            if isinstance(made, float):
                yield made
        assert isinstance(made, Surroundings)
        return cls(made, spread(held_out[1::2], count))


def copying(copied: Copied, pictures: Tensor) -> Generator[float, None, dict[str, Figure]]:
    """The share of copies among uint8 pictures, and the median distance to the nearest training picture."""
    origins: list[Origin] = []
    for some in pictures.split(_AT_ONCE):
        origins += copied.surroundings.origins(some)
        yield len(origins) / len(pictures)
    nearest = torch.tensor([one.distances[0] for one in origins], dtype=torch.float64)
    copies = torch.tensor([one.copy for one in origins])
    # Copies first, and of the rest the nearest.
    order = (nearest + 1e6 * (~copies)).argsort(stable=True)[:SHOWN]
    behind = Behind("nearest", tuple(order.tolist()), "samples beside their nearest training pictures")
    stream = torch.Generator().manual_seed(0)
    again = [
        nearest[torch.randint(len(nearest), (len(nearest),), generator=stream)].median() for _ in range(100)
    ]
    error = float(torch.stack(again).std())
    return {
        "copies": share(copies.double(), behind),
        "nearest": Figure(float(nearest.median()), error, behind),
    }
