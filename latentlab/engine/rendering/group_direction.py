"""The direction between two hand-picked groups of pictures, and how far to trust it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from latentlab.core.halves import judged_by_halves
from latentlab.engine.attributes.trust import FEWEST, Trust
from latentlab.engine.rendering.requests.directions import GroupsReply, GroupsRequest
from latentlab.errors import LabError

_DIVISIONS = 10


def between_groups(request: GroupsRequest) -> Iterator[GroupsReply | None]:
    """The mean of group A minus that of group B, judged by splitting the groups in halves; yields after each
    split.

    Raises:
        LabError: if a group is empty, or both have the same mean.
    """
    a, b = request.a, request.b
    for name, z in (("A", a), ("B", b)):
        if not len(z):
            raise LabError(f"group {name} is empty", hint="Add pictures to both groups")
        if not np.isfinite(z).all():
            raise LabError("the model encodes pictures to values that are not finite")
    vector = (a.mean(0, dtype=np.float64) - b.mean(0, dtype=np.float64)).astype(np.float32)
    if not vector.any():
        raise LabError("both groups have the same mean, so there is no direction between them")
    figures: list[tuple[float, float]] = []
    if min(len(a), len(b)) >= FEWEST:
        # Seeded: the same groups give the same figures.
        generator = torch.Generator().manual_seed(0)
        for _ in range(_DIVISIONS):
            figures += judged_by_halves(torch.from_numpy(a), torch.from_numpy(b), generator)
            yield None
    table = np.array(figures, dtype=np.float64).reshape(-1, 2)
    yield GroupsReply(
        generation=request.generation,
        name=request.name,
        data=request.data,
        model_hash=request.model_hash,
        vector=tuple(map(float, vector)),
        have=len(a),
        lack=len(b),
        trust=Trust(_mean(table[:, 0]), _mean(table[:, 1]), len(a), len(b)),
    )


def _mean(figures: NDArray[np.float64]) -> float | None:
    """The mean of the known values; None if there is none."""
    known = figures[np.isfinite(figures)]
    mean = float(known.mean()) if len(known) else math.nan
    return mean if math.isfinite(mean) else None
