"""Requests for grids over a plane: decoded pictures, and the density of encoded pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.types import Flat, Picture, Point, Region
from latentlab.models.capabilities import Capability

# For type checking only: the window's frame must not wait for numpy.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class GridReply(Reply):
    """A mosaic of the grid, top row first. Coarse replies come first: `done` marks the last.

    `mosaic` is (rows * H, columns * W) or with a colour axis; cells not decoded yet show the nearest decoded
    one. `across` (columns,) left to right and `up` (rows,) bottom to top are the centres of the cells;
    `region`, `projection`, `base` and `condition` are those of the request. `seconds` is the time since work
    on the request began.
    """

    region: Region | None
    across: tuple[float, ...]
    up: tuple[float, ...]
    mosaic: Picture
    done: bool
    seconds: float
    projection: Projection | None = None
    base: Point = ()
    condition: Point = ()


@dataclass(frozen=True)
class GridRequest(Request[GridReply]):
    """Decode a grid of `columns` x `rows` points of the plane.

    `region` is (left, right, bottom, top), filled evenly by cells; None takes points of equal prior mass. The
    plane is that of `projection`, and `base` gives the components of z off it; None is a model's two
    dimensions themselves.
    """

    priority: ClassVar[int] = 6
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.DECODES})
    patient: ClassVar[bool] = True
    columns: int
    rows: int
    region: Region | None = None
    projection: Projection | None = None
    base: Point = ()
    condition: Point = ()


@dataclass(frozen=True)
class UnderlayRequest(GridRequest):
    """Decode the manifold that is shown under the points of the plane."""

    priority: ClassVar[int] = 7


@dataclass(frozen=True, eq=False)
class ProbeDensityReply(Reply):
    """The log density of encoded pictures at z (nats), and the value that 99 of 100 held-out pictures exceed.

    `lower` is the share of held-out pictures with a lower value than z, and `pictures` the number of
    posteriors used. Unknown until the pictures are encoded.
    """

    z: Point
    log_density: float | None = None
    usual: float | None = None
    lower: float = 0.0
    pictures: int = 0

    @property
    def far(self) -> bool:
        """Whether z lies outside the region where encoded pictures are."""
        return self.log_density is not None and self.usual is not None and self.log_density < self.usual


@dataclass(frozen=True)
class ProbeDensityRequest(Request[ProbeDensityReply]):
    """Compare the density of encoded pictures at z with that at the pictures themselves."""

    priority: ClassVar[int] = 5
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.ENCODES})
    z: Point


@dataclass(frozen=True, eq=False)
class DensityMapReply(Reply):
    """Log densities (nats) in the cells of a region of a plane, float32 (rows, columns), top row first.

    `log_density` is of the encoded pictures, projected on the plane, and `log_prior` of the prior; None for a
    model without one. `levels` are the log densities above which half, 90 % and 99 % of held-out pictures
    lie. A coarse reply may come first: `done` marks the last. `pictures` is how many are included. `edge` is
    the log density within which the prior expects pictures, as N(0, I) does within 3 sigma; None if unknown.
    """

    region: Region
    projection: Projection
    log_density: NDArray[np.float32]
    log_prior: NDArray[np.float32] | None
    levels: tuple[float, ...]
    pictures: int
    done: bool
    edge: float | None = None


@dataclass(frozen=True)
class DensityMapRequest(Request[DensityMapReply]):
    """Compute how densely encoded pictures lie in a region of a plane, in `columns` x `rows` cells."""

    priority: ClassVar[int] = 8
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.ENCODES})
    patient: ClassVar[bool] = True
    columns: int
    rows: int
    region: Region
    projection: Projection


@dataclass(frozen=True)
class PriorLinesReply(Reply):
    """Lines around 39 %, 86 % and 98.9 % of the prior in a plane, in its coordinates; those of N(0, I) are
    circles.
    """

    projection: Projection
    lines: tuple[tuple[Flat, ...], ...]


@dataclass(frozen=True)
class PriorLinesRequest(Request[PriorLinesReply]):
    """Find the level lines of the prior's density on a plane; none for N(0, I), or where it is not known."""

    priority: ClassVar[int] = 6
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.HAS_PRIOR, Capability.DECODES})
    projection: Projection
