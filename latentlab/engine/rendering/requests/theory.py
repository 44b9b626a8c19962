"""Requests on what a model with latents says of one picture: log p(x) by every way, its true posterior, and
pictures like it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from latentlab.engine.inference.ladder import Estimate, Ladder
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.types import Picture, Point
from latentlab.models.capabilities import Capability

# For type checking only: the window's frame must not wait for numpy.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEEDS = frozenset({Capability.ENCODES, Capability.HAS_LIKELIHOOD, Capability.HAS_PRIOR})


@dataclass(frozen=True, eq=False)
class Subject:
    """The picture that is asked about: one of the data by its number, or `seen`, as the model takes it.

    `condition` is that of a picture from elsewhere.
    """

    index: int | None = None
    seen: Picture | None = None
    condition: Point = ()


@dataclass(frozen=True, eq=False)
class PosteriorReply(Reply):
    """The true posterior p(z|x) of a picture, beside the encoder's q(z|x) of mean and sigma.

    Attributes:
        subject: the picture.
        elbo, reconstruction, kl: of q, in nats.
        evidence: log p(x) in nats.
        exact: the same in closed form, where a model has it.
        quick: whether it is to a hundredth of a nat only, for a hand that moves.
        low, high: for one or two latents, the corners of the box where it is.
        log_density: log p(z|x) there in nats, float32 (rows, columns): the first dimension runs along the
            columns, the second upwards from the first row; -inf where it is next to nothing. None beyond two
            latents.
        points: beyond, z drawn from it by sampling-importance-resampling, float32 (N, D).
        effective: of how many equal draws the weighted ones are worth.
        draws: how many of them there were; 0 for one or two latents.
    """

    subject: Subject
    mean: Point
    sigma: Point
    elbo: float
    reconstruction: float
    kl: float
    evidence: float
    exact: float | None = None
    quick: bool = False
    low: Point = ()
    high: Point = ()
    log_density: NDArray[np.float32] | None = None
    points: NDArray[np.float32] | None = None
    effective: float = 0.0
    draws: int = 0

    @property
    def gap(self) -> float:
        """KL(q(z|x) || p(z|x)) in nats."""
        return self.evidence - self.elbo


@dataclass(frozen=True, eq=False)
class PosteriorRequest(Request[PosteriorReply]):
    """Compute the true posterior of a picture; `quick` while a hand moves. In short pieces."""

    priority: ClassVar[int] = 6
    needs: ClassVar[frozenset[Capability]] = NEEDS
    subject: Subject
    quick: bool = False


@dataclass(frozen=True, eq=False)
class LadderReply(Reply):
    """log p(x) by every way, growing with its draws.

    Attributes:
        refined: the ELBO after some gradient steps on q for this one picture; None until it is known.
        share: how much of the work is done, 0 to 1; the naive estimate, which never ends well, apart.
        step: what is being computed.
    """

    subject: Subject
    ladder: Ladder
    refined: Estimate | None = None
    share: float = 0.0
    step: str = ""
    done: bool = False


@dataclass(frozen=True, eq=False)
class LadderRequest(Request[LadderReply]):
    """Climb the ladder of log p(x) of a picture, with up to `naive` draws of the prior at its foot; without a
    picture, stop.
    """

    priority: ClassVar[int] = 11
    needs: ClassVar[frozenset[Capability]] = NEEDS
    patient: ClassVar[bool] = True
    subject: Subject | None
    naive: int = 65_536


@dataclass(frozen=True, eq=False)
class LikeThisReply(Reply):
    """Pictures decoded at draws of z: from the true posterior p(z|x), from q(z|x), and from the prior p(z).

    `effective` is of how many equal draws those are worth that the first are chosen among; infinite for one
    or two latents, where they come from the posterior itself.
    """

    subject: Subject
    posterior: tuple[Picture, ...]
    encoder: tuple[Picture, ...]
    prior: tuple[Picture, ...]
    effective: float


@dataclass(frozen=True, eq=False)
class LikeThisRequest(Request[LikeThisReply]):
    """Decode pictures like one: P(x|x*), by each of three ways to draw z; `pixels`: with each pixel drawn."""

    priority: ClassVar[int] = 10
    needs: ClassVar[frozenset[Capability]] = NEEDS
    patient: ClassVar[bool] = True
    subject: Subject
    count: int = 6
    seed: int = 0
    pixels: bool = False
