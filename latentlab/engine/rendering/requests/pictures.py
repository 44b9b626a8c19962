"""To encode pictures: one of the data, one of the person's own, those that a diffusion model believes in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from latentlab.engine.rendering.cropping import Fitting
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.types import Picture, Point
from latentlab.models.capabilities import Capability

# For the types alone: the window's frame is on the screen before numpy is imported.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class SelectionReply(Reply):
    """A data picture with its posterior (mean, sigma), reconstruction and ELBO terms (nats, at the mean
    of many draws), and pictures decoded from draws of its posterior. `condition` is what it is of, for a
    model that is told. Without a likelihood the terms are NaN. `log_density` is log p(x) in nats, of a model
    that knows it exactly."""

    index: int
    original: Picture
    reconstruction: Picture
    mean: Point
    sigma: Point
    elbo: float
    reconstruction_nats: float
    kl: float
    draws: tuple[Picture, ...]
    condition: Point = ()
    log_density: float | None = None


@dataclass(frozen=True)
class SelectionRequest(Request[SelectionReply]):
    """All about one picture of the data set: its posterior, reconstruction, ELBO, posterior draws."""

    priority: ClassVar[int] = 2
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.ENCODES, Capability.DECODES})
    index: int
    draws: int = 8
    seed: int = 0


@dataclass(frozen=True, eq=False)
class OwnPictureReply(Reply):
    """A picture as the model sees it, with its posterior, reconstruction and ELBO terms (nats).

    `below` is the share of `among` pictures of the open data whose ELBO is lower, and `negative_below` the
    same for the picture with light and dark exchanged; None until they have been compared. A conditional
    model was told `told`; its ELBO is highest, of all that it can be told, told `fits` ("" for other models).
    """

    fitting: Fitting
    seen: Picture
    reconstruction: Picture
    mean: Point
    sigma: Point
    elbo: float
    reconstruction_nats: float
    kl: float
    below: float | None = None
    among: int = 0
    negative_below: float | None = None
    told: str = ""
    fits: str = ""


@dataclass(frozen=True, eq=False)
class OwnPictureRequest(Request[OwnPictureReply]):
    """Encode a picture of the person's own: `pixels`, uint8 (H, W) or (H, W, 3) of any size, fitted so.

    With `compare`, a second reply tells how its ELBO compares with those of the open data.
    """

    priority: ClassVar[int] = 2
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.ENCODES, Capability.DECODES})
    pixels: Picture
    fitting: Fitting = field(default_factory=Fitting)
    condition: Point = ()
    compare: bool = True


@dataclass(frozen=True, eq=False)
class PictureSlotRequest(OwnPictureRequest):
    """Encode a picture that takes part in an analogy."""


@dataclass(frozen=True, eq=False)
class TrajectoryReply(Reply):
    """The posteriors' means of the request's pictures, in their order."""

    points: tuple[Point, ...]


@dataclass(frozen=True, eq=False)
class TrajectoryRequest(Request[TrajectoryReply]):
    """Find where pictures lie that a diffusion model believes in: float32 (N, C, H, W), -1 to 1."""

    priority: ClassVar[int] = 5
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.ENCODES})
    pictures: NDArray[np.float32]
    condition: Point = ()
