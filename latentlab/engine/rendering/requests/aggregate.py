"""The request for what the codes of all pictures together are like, beside the prior. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.types import Point
from latentlab.models.capabilities import Capability


@dataclass(frozen=True)
class AggregateReply(Reply):
    """The parts of the mean KL in nats, with standard errors; see `latentlab.core.elbo_surgery`.

    Attributes:
        information, information_error: I(x; z), what a code says of which picture it was.
        marginal, marginal_error: KL(q(z) || p(z)), what all codes together differ from the prior.
        holes, holes_error: the share of draws of the prior where it expects ten times as many codes.
        examples: some of these draws, the emptiest first.
        most: log N, what I(x; z) can be at most.
        saturated: whether it is nearly that.
        pictures, draws: N, and of how many draws the means are.
        collapsed: the dimensions, of `latents`, whose mean does not vary from picture to picture.
    """

    information: float
    information_error: float
    marginal: float
    marginal_error: float
    holes: float
    holes_error: float
    examples: tuple[Point, ...]
    most: float
    saturated: bool
    pictures: int
    draws: int
    collapsed: tuple[int, ...]
    latents: int


@dataclass(frozen=True)
class AggregateRequest(Request[AggregateReply]):
    """Compare the codes of all pictures with the prior. Long work, in pieces; answered once the pictures are
    encoded.
    """

    priority: ClassVar[int] = 11
    needs: ClassVar[frozenset[Capability]] = frozenset(
        {Capability.ENCODES, Capability.DECODES, Capability.HAS_PRIOR}
    )
    patient: ClassVar[bool] = True
