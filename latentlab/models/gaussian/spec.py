"""The spec of the Gaussian image model: config, options, and when to use it. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass

from latentlab.models.checks import require_numbers, require_range, require_shape
from latentlab.models.principal_spec import MOST_NUMBERS, principal_kind
from latentlab.models.settings import check_settings, from_data, setting
from latentlab.models.spec import Preset

# The variance of rounding numbers from 0 to 1 to bytes.
_ROUNDING = 1.0 / (12.0 * 255.0**2)


@dataclass(frozen=True)
class GaussianConfig:
    """The size of a Gaussian of pictures.

    Attributes:
        latents: K, the eigenpictures that are kept; 0 stands for D = C H W, which is the whole Gaussian.
        floor: the least variance in any direction, of pixels from 0 to 1.
        shape: (C, H, W) of the pictures; 1 to 4 channels, sides of 4 to 256 pixels, D of 4,096 at the most.
    """

    latents: int = setting(
        0,
        "eigenpictures kept, those of the largest variance; 0 for all, the whole Gaussian",
        low=0,
        high=MOST_NUMBERS,
        label="&Eigenpictures",
        tip="How many eigenpictures are kept, those of the largest variance. 0 keeps as many as a picture "
        "has numbers, 784 for 28 x 28 grey pixels: the whole Gaussian.",
    )
    floor: float = setting(
        _ROUNDING,
        "least variance in any direction, of pixels from 0 to 1; at first that of rounding to bytes",
        low=1e-10,
        high=1.0,
    )
    shape: tuple[int, ...] = from_data((1, 28, 28))

    def __post_init__(self) -> None:
        require_shape(self.shape)
        check_settings(self)
        numbers = require_numbers(self.shape, MOST_NUMBERS, "a full covariance")
        require_range("latents", self.latents, 0, numbers)
        # Files and views are told how many that is.
        object.__setattr__(self, "latents", self.latents or numbers)


KIND = principal_kind(
    name="gaussian",
    title="Gaussian",
    called="a Gaussian of pictures",
    when="One Gaussian for all pictures, with every correlation between pixels: exact, and too simple.",
    config=GaussianConfig,
    model="latentlab.models.gaussian.model:GaussianImages",
    presets=(
        Preset(
            "Gaussian",
            "One Gaussian with a full covariance, in one pass: its mean, its eigenpictures, its samples.",
            place=44,
        ),
    ),
)
