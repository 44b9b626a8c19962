"""The request for figures of every picture of the data: its ELBO, its density, its training loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from latentlab.engine.rendering.serving import Reply, Request
from latentlab.models.capabilities import Capability

# For type checking only: the window's frame must not wait for numpy.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class PictureFigure:
    """A figure of a picture.

    Attributes:
        name: the name of its column, as in an expression.
        title: its title.
        tip: what it says, a sentence.
        computed: the name of the computation that it comes of; some have several figures.
    """

    name: str
    title: str
    tip: str
    computed: str


TERMS, DENSITY, EVIDENCE, LOSS = "terms", "density", "evidence", "loss"
# Asks for no figure, and so ends what is being computed.
NOTHING = ""
# All are in nats. Which of them a model has is in `LoadedReply.figures`.
PICTURE_FIGURES = (
    PictureFigure("elbo", "ELBO", "The evidence lower bound: low where the model fits badly.", TERMS),
    PictureFigure(
        "reconstruction", "Reconstruction", "E_q[log p(x|z)]: how well it is rebuilt from its code.", TERMS
    ),
    PictureFigure("kl", "KL", "KL(q(z|x) || p(z)): how much the code of each picture says.", TERMS),
    PictureFigure("likelihood", "log p(x)", "The log density of a picture, as the model tells it.", EVIDENCE),
    PictureFigure(
        "density", "Density of codes", "log q(z) at its code: low where few other pictures are near.", DENSITY
    ),
    PictureFigure("loss", "Training loss", "What the training minimises, of each picture alone.", LOSS),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class FiguresReply(Reply):
    """Figures of the first n of `total` pictures, float32 (n,) by name, growing as they are computed.

    NaN where a figure is not finite.
    """

    values: Mapping[str, NDArray[np.float32]]
    count: int
    total: int

    @property
    def done(self) -> bool:
        return self.count == self.total


@dataclass(frozen=True)
class FiguresRequest(Request[FiguresReply]):
    """Compute figures of every picture; `computed` as in `PictureFigure`. Long work, in pieces."""

    priority: ClassVar[int] = 10
    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.ENCODES})
    patient: ClassVar[bool] = True
    computed: str = TERMS
