"""The spec of the Wasserstein GAN: config, options, and when to use it. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass

from latentlab.core.figures import ChartSpec, FigureSpec, FiguresSpec
from latentlab.models.adversarial.config import (
    ENCODER_CHART,
    INVERSION,
    AdversarialConfig,
    adversarial_kind,
)
from latentlab.models.settings import setting
from latentlab.models.spec import Preset

CONSTRAINTS = ("penalty", "clip", "spectral")


@dataclass(frozen=True)
class WGANConfig(AdversarialConfig):
    """The sizes of a WGAN, and how its critic is kept 1-Lipschitz.

    Attributes:
        constraint: "penalty", "clip" or "spectral".
        penalty: lambda, the weight of (|grad f| - 1)^2.
        clip: the largest weight of a critic whose weights are clipped.
        turns: how often the critic steps for each step of the generator.
    """

    constraint: str = setting(
        "penalty",
        f"how the critic is kept from being steep: {', '.join(CONSTRAINTS)}",
        choices=CONSTRAINTS,
        label="Con&straint",
        tip="Penalty: the slope between real and made pictures is drawn to 1. Clip: every weight is cut to a "
        "small range, the first and roughest way. Spectral: no matrix of weights may stretch any vector.",
    )
    penalty: float = setting(10.0, "weight of the penalty on slopes other than 1", low=0.0, high=1000.0)
    clip: float = setting(0.02, "largest weight of a critic that is clipped", low=1e-4, high=1.0)
    turns: int = setting(
        3,
        "steps of the critic for each of the generator",
        low=1,
        high=20,
        label="Critic's &turns",
        tip="Let the critic step so often for each step of the generator: the better it is, the truer is its "
        "estimate of the distance.",
    )


FIGURES = FiguresSpec(
    figures=(
        FigureSpec(
            "distance",
            "Distance W1",
            "",
            "lower",
            "E f(x) − E f(G(z)): the critic's estimate of W1. It falls as made pictures come near real ones, "
            "and is true as far as the slope is 1.",
        ),
        FigureSpec(
            "generator",
            "Loss of the generator",
            "",
            "",
            "−E f(G(z)): what G lowers. Only its changes count, for the zero of f is not fixed.",
        ),
        FigureSpec(
            "slope",
            "Slope of the critic",
            "",
            "",
            "Mean of |∇f| between real and made pictures: 1 for a critic that measures W1.",
        ),
        *INVERSION,
    ),
    charts=(
        ChartSpec("Distance W1", "distance", foot=0.0),
        ChartSpec("Generator's loss", "generator"),
        ChartSpec("Slope of the critic", "slope", foot=0.0),
        ENCODER_CHART,
    ),
    help="The critic's distance estimates how far the made pictures are from the real ones, W1, and unlike "
    "the loss of a GAN it falls as the samples get better. Its slope should stay near 1. The lines follow "
    "the pictures that are learnt from, the dots are held-out pictures after each epoch; the encoder is "
    "trained when the players have ended.",
    players=("distance", "generator", "slope"),
    waiting="The curves of the training will be here: the critic's distance, and its slope.",
    smoothing=0.03,
)

KIND = adversarial_kind(
    name="wgan",
    title="Wasserstein GAN",
    short="WGAN",
    when="A critic measures how far made pictures are from real ones, which falls as they get better.",
    config=WGANConfig,
    model="latentlab.models.wgan.model:make_wgan",
    figures=FIGURES,
    presets=(
        Preset(
            "Wasserstein GAN",
            "The critic's loss is a distance that falls: easier to watch and to trust, somewhat slower.",
            place=98,
        ),
    ),
    called="a Wasserstein GAN",
)
