"""The request for how much the decoder stretches the plane, cell by cell. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.types import Point, Region
from latentlab.models.capabilities import Capability

# For type checking only: the window's frame must not wait for numpy.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class StretchMapReply(Reply):
    """log sqrt det J^T J at the cells of a region of a plane, float32 (rows, columns), top row first; in a
    space of one dimension log |J|.

    A coarse reply may come first: `done` marks the last.
    """

    region: Region
    projection: Projection
    log_area: NDArray[np.float32]
    done: bool


@dataclass(frozen=True)
class StretchMapRequest(Request[StretchMapReply]):
    """Compute how much the decoder stretches a region of the plane through `base`, in `columns` x `rows`
    cells, under a condition. Long work, in pieces.
    """

    priority: ClassVar[int] = 9
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.DECODES})
    patient: ClassVar[bool] = True
    columns: int
    rows: int
    region: Region
    projection: Projection
    base: Point
    condition: Point = ()
