"""What the specs share of the kinds with one Gaussian of pictures, found from a mean and eigenvectors.

Torch-free; the models are in `latentlab.models.principal`.
"""

from __future__ import annotations

from typing import Any

from latentlab.core.figures import ChartSpec, FigureSpec, FiguresSpec, SeriesSpec
from latentlab.models.capabilities import Capability
from latentlab.models.spec import KindSpec, Preset

# The most numbers of a picture: their covariance takes 134 MB, and its eigenvectors a minute.
MOST_NUMBERS = 4096

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


def principal_kind(
    name: str,
    title: str,
    called: str,
    when: str,
    config: type[Any],
    model: str,
    presets: tuple[Preset, ...],
    more: frozenset[Capability] = frozenset(),
    short: str = "",
) -> KindSpec:
    """The spec of such a kind, of what is its own; see `KindSpec`. `more` are further capabilities."""
    shared = {
        Capability.ENCODES,
        Capability.DECODES,
        Capability.HAS_PRIOR,
        Capability.SAMPLES,
        Capability.TELLS_DENSITY,
        Capability.FITS,
        Capability.HAS_EIGENPICTURES,
        Capability.DECODES_LINEARLY,
    }
    return KindSpec(
        name=name,
        title=title,
        short=short,
        called=called,
        when=when,
        config=config,
        model=model,
        capabilities=frozenset(shared | more),
        figures=FIGURES,
        listed="test log p(x) {log_density:.2f} nats per picture",
        presets=presets,
        usual={"epochs": 1},
        means_nothing=frozenset({"seed"}),
    )
