"""The spec of probabilistic PCA: config, options, and when to use it. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass

from latentlab.models.capabilities import Capability
from latentlab.models.checks import require_numbers, require_range, require_shape
from latentlab.models.principal_spec import MOST_NUMBERS, principal_kind
from latentlab.models.settings import check_settings, from_data, setting
from latentlab.models.spec import Preset


@dataclass(frozen=True)
class PPCAConfig:
    """The size of a probabilistic PCA.

    Attributes:
        latents: K, the principal components; 1 to D = C H W.
        shape: (C, H, W) of the pictures; 1 to 4 channels, sides of 4 to 256 pixels, D of 4,096 at the most.
    """

    latents: int = setting(
        2,
        "principal components; as many as a picture has numbers make the whole Gaussian",
        low=1,
        high=MOST_NUMBERS,
        label="&Components",
        tip="Directions in which pictures vary most, the strongest first. Two can be seen whole; as many as "
        "a picture has numbers (784 for 28 x 28 grey pixels) make the Gaussian of all pictures.",
    )
    shape: tuple[int, ...] = from_data((1, 28, 28))

    def __post_init__(self) -> None:
        require_shape(self.shape)
        check_settings(self)
        numbers = require_numbers(self.shape, MOST_NUMBERS, "probabilistic PCA")
        require_range("latents", self.latents, 1, numbers)


KIND = principal_kind(
    name="ppca",
    title="Probabilistic PCA",
    short="PCA",
    called="a probabilistic PCA",
    when="The simplest latent space, a flat one, solved exactly in seconds: what others are measured from.",
    config=PPCAConfig,
    model="latentlab.models.ppca.model:PPCA",
    more=frozenset({Capability.HAS_LIKELIHOOD}),
    presets=(
        Preset(
            "Probabilistic PCA, 2 components",
            "Solved by one pass over the pictures, with the exact log p(x): what the rest are measured from.",
            place=45,
        ),
    ),
)
