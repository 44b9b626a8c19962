"""A snapshot of a model in training, as it crosses threads. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from latentlab.models.capabilities import Capability

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The weights of a model in training after `step` steps: averaged, or those of the last step.

    `theta` (P,) holds them in the order of `latentlab.engine.training.weights.in_order` and is read-only;
    `buffers` holds its buffers by name. `name` is that of its future file. `later` is what the model will be
    able to do when phases that have not begun have trained it; `config` is that of a model without.
    """

    name: str
    step: int
    kind: str
    config: Mapping[str, Any]
    theta: NDArray[np.float32]
    data: str
    buffers: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)
    later: frozenset[Capability] = frozenset()
