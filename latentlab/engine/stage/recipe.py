"""What is learnt on the stage, by whom and how. Torch-free.

A `Recipe` is what a training begins with; a `Tuning` may change at any round. The same recipe and the same
tunings, round by round, make the same points.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from latentlab.engine.types import Flat
from latentlab.errors import LabError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Stroke = tuple[Flat, ...]

# Titles of `latentlab.core.points.NAMED`, in the order in which they are offered.
SETS = {
    "ring": "Ring of 8 Gaussians",
    "grid": "Grid of 25 Gaussians",
    "spiral": "Spiral",
    "rings": "Two rings",
    "moons": "Two moons",
    "board": "Chessboard",
    "line": "Line",
    "two": "Two unequal Gaussians",
    "blob": "One Gaussian",
}
# The families of models, by name: title, and what happens there.
FAMILIES = {
    "adversarial": (
        "Generator and discriminator",
        "A generator moves noise; a discriminator tells its points from the data.",
    ),
    "critic": ("Discriminator alone", "Two fixed sets, and a discriminator that learns to tell them apart."),
    "mixture": ("Mixture of Gaussians", "EM: responsibilities, then weights, means and covariances."),
    "variational": ("Variational autoencoder", "An encoder and a decoder, trained by the ELBO."),
    "diffusion": (
        "Diffusion model",
        "A network learns the noise in a point, and takes it away step by step.",
    ),
}
# The losses of the two players.
LOSSES = {
    "non_saturating": ("Non-saturating", "The generator maximises log D of its points: the usual loss."),
    "minimax": ("Minimax", "The generator minimises log(1 − D): its slope vanishes where D is sure."),
    "penalty": (
        "Wasserstein, gradient penalty",
        "A critic whose slope is held near 1: its gap estimates W1.",
    ),
    "clipping": ("Wasserstein, clipped weights", "A critic whose weights are cut off: simple, and crude."),
}
WASSERSTEIN = frozenset({"penalty", "clipping"})
PRIORS = {"normal": "Normal", "uniform": "Uniform"}
# What is drawn behind the points.
FIELDS = {
    "belief": "The model's estimate",
    "truth": "The truth",
    "none": "Nothing",
}
DRAWN, CODES = "drawn", "codes"
MOST_COMPONENTS = 64
MOST_TURNS = 20
# Of a stroke, and of all of them.
MOST_CORNERS = 4000


@dataclass(frozen=True, eq=False)
class Source:
    """Points to learn from.

    Attributes:
        name: of `latentlab.core.points.NAMED`, or "drawn" or "codes".
        strokes: of a drawing.
        rows: float32 (N, 2), given points; None for other sources.
        moved: across and up.
    """

    name: str = "ring"
    strokes: tuple[Stroke, ...] = ()
    rows: NDArray[np.float32] | None = None
    moved: Flat = (0.0, 0.0)


@dataclass(frozen=True, eq=False)
class Recipe:
    """What a training begins with.

    Attributes:
        source: of the data.
        family: of `FAMILIES`.
        loss: of `LOSSES`, for those with a discriminator.
        other: what a discriminator alone tells the data from.
        prior: of the noise, of `PRIORS`.
        components: of a mixture.
        latents: of a VAE, 1 or 2.
        seed: of weights, noise and draws.

    Raises:
        LabError: for a family, loss or prior that there is not.
    """

    source: Source = field(default_factory=Source)
    family: str = "adversarial"
    loss: str = "non_saturating"
    other: Source = field(default_factory=lambda: Source("blob"))
    prior: str = "normal"
    components: int = 8
    latents: int = 2
    seed: int = 0

    def __post_init__(self) -> None:
        for name, known in (("family", FAMILIES), ("loss", LOSSES), ("prior", PRIORS)):
            if getattr(self, name) not in known:
                raise LabError(f"there is no {name} {getattr(self, name)!r}: it is one of {', '.join(known)}")
        if not 1 <= self.components <= MOST_COMPONENTS:
            raise LabError(f"{self.components} components: it can be 1 to {MOST_COMPONENTS}")
        if self.latents not in (1, 2):
            raise LabError(f"{self.latents} latents: it can be 1 or 2")


@dataclass(frozen=True)
class Tuning:
    """What may change while it is trained.

    Attributes:
        rate: the learning rate of the model, or the generator.
        critic_rate: that of the discriminator.
        turns: of the discriminator for one of the generator.
        penalty: the weight of the gradient penalty.
        clip: the largest weight of a clipped critic.
        batch: points a step.
    """

    rate: float = 1e-3
    critic_rate: float = 1e-3
    turns: int = 1
    penalty: float = 10.0
    clip: float = 0.1
    batch: int = 256


def usual(family: str, loss: str) -> Tuning:
    """What to begin with."""
    if family == "critic":
        return Tuning(critic_rate=5e-3, turns=1)
    if family == "adversarial" and loss in WASSERSTEIN:
        return Tuning(rate=1e-3, critic_rate=2e-3, turns=5)
    if family == "adversarial":
        return Tuning(rate=1e-3, critic_rate=1e-3, turns=1)
    return Tuning(rate=2e-3)
