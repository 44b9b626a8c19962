"""The spec of probabilistic PCA: config, options, and when to use it. Torch-free."""

from __future__ import annotations

import math
from dataclasses import dataclass

from latentlab.core.figures import ChartSpec, FigureSpec, FiguresSpec, SeriesSpec
from latentlab.errors import LabError
from latentlab.models.capabilities import Capability
from latentlab.models.checks import require_range, require_shape
from latentlab.models.settings import check_settings, from_data, setting
from latentlab.models.spec import KindSpec, Preset

# The most numbers of a picture: their covariance takes 134 MB, and its eigenvectors a minute.
MOST_NUMBERS = 4096


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
        numbers = math.prod(self.shape)
        if numbers > MOST_NUMBERS:
            raise LabError(
                f"pictures of {' x '.join(map(str, self.shape))} have {numbers:,} numbers, and probabilistic "
                f"PCA takes {MOST_NUMBERS:,} at the most",
                hint="Open the pictures at a smaller size",
            )
        require_range("latents", self.latents, 1, numbers)


FIGURES = FiguresSpec(
    figures=(
        FigureSpec("log_density", "log p(x)", "nats", "higher", "the exact log density of a picture"),
        FigureSpec("explained", "Variance kept", "share", "higher", "what the components explain of it"),
    ),
    series=(
        SeriesSpec(
            "explained_by_component",
            "Share of the variance by component",
            "share",
            help="How much of the pictures' variance lies along each principal component.",
            along="component",
            symbol="Share",
            tag="u{n}",
            label="u{n}",
            waiting="Share of the variance by component, once it is fitted",
            least_top=0.01,
            logged=False,
        ),
    ),
    charts=(ChartSpec("log p(x), nats", "log_density", rises=True), ChartSpec("Variance kept", "explained")),
    help="log p(x) is exact, in nats per picture; higher is better. One pass over the pictures is enough.",
    waiting="What the components explain will be here: log p(x) and the share of the variance.",
    line="log p(x) {log_density:.2f}, {explained:.2%} of the variance kept",
    result="test log p(x) {log_density:.3f} nats per picture, {explained:.2%} of the variance kept",
)

KIND = KindSpec(
    name="ppca",
    title="Probabilistic PCA",
    short="PCA",
    called="a probabilistic PCA",
    when="The simplest latent space, a flat one, solved exactly in seconds: what others are measured from.",
    config=PPCAConfig,
    model="latentlab.models.ppca.model:PPCA",
    capabilities=frozenset(
        {
            Capability.ENCODES,
            Capability.DECODES,
            Capability.HAS_LIKELIHOOD,
            Capability.HAS_PRIOR,
            Capability.SAMPLES,
            Capability.TELLS_DENSITY,
            Capability.FITS,
            Capability.HAS_EIGENPICTURES,
            Capability.DECODES_LINEARLY,
        }
    ),
    figures=FIGURES,
    listed="test log p(x) {log_density:.2f} nats per picture",
    presets=(
        Preset(
            "Probabilistic PCA, 2 components",
            "Solved by one pass over the pictures, with the exact log p(x): what the rest are measured from.",
            place=45,
        ),
    ),
    usual={"epochs": 1},
    means_nothing=frozenset({"seed"}),
)
