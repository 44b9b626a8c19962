"""The spec of the mixture of Gaussians: config, options, and when to use it. Torch-free."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from latentlab.core.figures import ChartSpec, FigureSpec, FiguresSpec, SeriesSpec
from latentlab.errors import LabError
from latentlab.models.capabilities import Capability
from latentlab.models.checks import require_conditions, require_numbers, require_shape
from latentlab.models.settings import check_settings, from_data, setting
from latentlab.models.spec import KindSpec, Preset

COVARIANCES = ("low-rank", "diagonal", "full")
# The most numbers of a picture, and of all full covariances: 64 million take half a gigabyte in a fit.
MOST_NUMBERS, MOST_IN_COVARIANCES = 4096, 64_000_000


@dataclass(frozen=True)
class GMMConfig:
    """The size of a mixture.

    Attributes:
        components: K, the Gaussians.
        covariance: how each of them spreads: "low-rank" (a probabilistic PCA each), "diagonal" or "full".
        factors: Q, the directions of each component of low rank.
        by_class: whether each component belongs to one class; the mixture then draws what is asked for.
        starts: how often k-means begins anew; the best of them is taken.
        tolerance: EM ends when a pass gains less than this, in nats a picture.
        floor: the least variance in any direction, of pixels from 0 to 1.
        start_seed: of the starts.
        shape: (C, H, W) of the pictures; 1 to 4 channels, D = C H W of 4,096 at the most.
        condition_names, exclusive: the classes, for `by_class`.
    """

    components: int = setting(
        50,
        "Gaussians of the mixture",
        low=1,
        high=1000,
        label="&Components",
        tip="How many Gaussians the mixture has. Ten digits in several ways of writing take some fifty.",
    )
    covariance: str = setting(
        "low-rank",
        f"how each of them spreads: {', '.join(COVARIANCES)}",
        choices=COVARIANCES,
        label="Co&variance",
        tip="Low rank: a few directions each, and the rest alike (a mixture of probabilistic PCA). Diagonal: "
        "each pixel on its own. Full: every pair of pixels, for small pictures.",
    )
    factors: int = setting(
        10,
        "directions of each component, where its covariance is of low rank",
        low=1,
        high=256,
        label="&Factors",
        tip="The directions in which each component of low rank spreads.",
    )
    by_class: bool = setting(
        False,
        "whether each component belongs to one class",
        label="By c&lass",
        tip="Each component then belongs to one class of the data, and the mixture draws the class that is "
        "asked for.",
    )
    starts: int = setting(3, "starts of k-means, of which the best is taken", low=1, high=50)
    tolerance: float = setting(0.05, "EM ends when a pass gains less, in nats a picture", low=0.0, high=100.0)
    floor: float = setting(1e-3, "least variance in any direction, of pixels from 0 to 1", low=1e-6, high=1.0)
    start_seed: int = setting(0, "seed of the starts", low=0, high=2**31 - 1)
    shape: tuple[int, ...] = from_data((1, 28, 28))
    condition_names: tuple[str, ...] = from_data(())
    exclusive: bool = from_data(True)

    def __post_init__(self) -> None:
        require_shape(self.shape)
        check_settings(self)
        require_conditions(self.condition_names, exclusive=self.exclusive, least=0)
        numbers = require_numbers(self.shape, MOST_NUMBERS, "a mixture")
        if self.covariance == "full" and self.components * numbers**2 > MOST_IN_COVARIANCES:
            raise LabError(
                f"{self.components} full covariances of {numbers} x {numbers} numbers do not fit in memory",
                hint="Take fewer components, or the covariance low-rank",
            )
        if self.by_class and self.condition_names and not self.exclusive:
            raise LabError(
                "components belong to classes, and these data have attributes that may go together",
                hint="Fit the mixture without by_class",
            )
        if self.by_class and self.condition_names and self.components < len(self.condition_names):
            raise LabError(
                f"{self.components} components do not reach for {len(self.condition_names)} classes",
                hint="Take at least one for each",
            )

    @property
    def rank(self) -> int:
        """Q, never more than the numbers of a picture allow."""
        return min(self.factors, math.prod(self.shape) - 1)


FIGURES = FiguresSpec(
    figures=(
        FigureSpec("log_density", "log p(x)", "nats", "higher", "the exact log density of a picture"),
        FigureSpec("used", "Components in use", "", "", "those that answer for one picture in 1,000 or more"),
    ),
    series=(
        SeriesSpec(
            "share_by_component",
            "Share of the pictures by component",
            "share",
            help="For how many of the pictures each component answers.",
            along="component",
            symbol="Share",
            tag="c{n}",
            label="component {n}",
            unused_below=0.001,
            unused_help="they have lost their pictures to others. Fewer components would do.",
            waiting="Share of the pictures by component, once it is fitted",
            least_top=0.01,
            logged=False,
        ),
    ),
    charts=(ChartSpec("log p(x), nats", "log_density", rises=True), ChartSpec("Components in use", "used")),
    help="log p(x) is exact, in nats per picture; higher is better. It never falls from one pass of EM "
    "to the next.",
    waiting="log p(x) after each pass of EM will be here.",
    line="log p(x) {log_density:.2f}, {used:.0f} components in use",
    result="test log p(x) {log_density:.3f} nats per picture",
)


def _also(config: GMMConfig) -> frozenset[Capability]:
    told = config.by_class and config.condition_names
    return frozenset({Capability.CONDITIONAL} if told else ())


def _by_class(fields: Mapping[str, Any]) -> bool:
    return bool(fields.get("by_class", False))


KIND = KindSpec(
    name="gmm",
    title="Mixture of Gaussians",
    short="Mixture",
    when="Several Gaussians in place of one, fitted by EM: the step from PCA to models of groups.",
    config=GMMConfig,
    model="latentlab.models.gmm.model:GMM",
    capabilities=frozenset(
        {Capability.SAMPLES, Capability.TELLS_DENSITY, Capability.FITS, Capability.HAS_COMPONENTS}
    ),
    also=_also,
    conditioned=_by_class,
    figures=FIGURES,
    listed="test log p(x) {log_density:.2f} nats per picture",
    presets=(
        Preset(
            "Mixture of Gaussians, 50 components",
            "Fitted by EM in a minute: groups of pictures, each with its own directions.",
            place=46,
        ),
    ),
    usual={"epochs": 20},
    uses=frozenset({"epochs"}),
    means_nothing=frozenset({"seed"}),
)
