"""Requests to encode pictures: of the data, the user's own, or the predictions of a diffusion model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from latentlab.engine.rendering.cropping import Fitting
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.types import Picture, Point
from latentlab.models.capabilities import Capability

# For type checking only: the window's frame must not wait for numpy.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class SelectionReply(Reply):
    """A data picture with its posterior (mean, sigma), reconstruction and ELBO terms (nats, the mean of many
    draws), and pictures decoded from draws of its posterior. `condition` is the picture's, for a conditional
    model. Without a likelihood the terms are NaN. `log_density` is log p(x) in nats, for a model that has it
    exactly.
    """

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
    """Encode one picture of the data set: its posterior, reconstruction, ELBO, posterior draws."""

    priority: ClassVar[int] = 2
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.ENCODES, Capability.DECODES})
    index: int
    draws: int = 8
    seed: int = 0


@dataclass(frozen=True, eq=False)
class OwnPictureReply(Reply):
    """A picture as the model sees it, with its posterior, reconstruction and ELBO terms (nats).

    `below` is the share of `among` pictures of the open data whose ELBO is lower, and `negative_below` the
    same for the inverted picture; None until they have been compared. `told` is the condition used by a
    conditional model; under the condition `fits` its ELBO is highest ("" for other models).
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
    """Encode a picture of the user's own: `pixels`, uint8 (H, W) or (H, W, 3) of any size, fitted so.

    With `compare`, a second reply compares its ELBO with those of the open data.
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
    """The posterior means of the request's pictures, in order."""

    points: tuple[Point, ...]


@dataclass(frozen=True, eq=False)
class TrajectoryRequest(Request[TrajectoryReply]):
    """Encode the predicted pictures of a diffusion model: float32 (N, C, H, W), -1 to 1."""

    priority: ClassVar[int] = 5
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.ENCODES})
    pictures: NDArray[np.float32]
    condition: Point = ()
