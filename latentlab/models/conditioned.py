"""Conditions as rows for a network: one for each picture, with what stands in for one that is not given."""

from __future__ import annotations

import torch
from torch import Tensor

from latentlab.errors import LabError


def rows(y: Tensor | None, count: int, names: int, exclusive: bool, device: torch.device) -> Tensor:
    """y, as for `latentlab.models.base.Conditional`, for each of `count` pictures; -> (count, names).

    Raises:
        LabError: if y has another number of entries.
    """
    if y is None:
        y = torch.zeros(names, device=device)
        if exclusive:
            y[0] = 1.0
    if y.shape[-1] != names:
        raise LabError(f"a condition of {y.shape[-1]} numbers; the model has {names}")
    return y.to(device).expand(count, -1)


def network_rows(y: Tensor | None, count: int, names: int, exclusive: bool, device: torch.device) -> Tensor:
    """The same as a network is shown it: classes one-hot, attributes as -1 or 1."""
    found = rows(y, count, names, exclusive, device).float()
    return found if exclusive else 2.0 * found - 1.0
