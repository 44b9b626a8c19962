"""The spec of the generative adversarial network: config, options, and when to use it. Torch-free."""

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

LOSSES = ("non-saturating", "minimax")


@dataclass(frozen=True)
class GANConfig(AdversarialConfig):
    """The sizes of a GAN, and what its players play for.

    Attributes:
        loss: the generator's: "non-saturating" or "minimax".
        smoothing: the share by which the target of real pictures is below 1; 0 to 0.5.
        r1: gamma, the weight of the penalty on the discriminator's slope at real pictures; 0 for none.
        r1_every: it is applied in each so-many-th step, and weighed so many times.
        auxiliary: the weight of telling the condition from the discriminator's features; 0 for not at all.
    """

    loss: str = setting(
        "non-saturating",
        f"what the generator minimises: {', '.join(LOSSES)}",
        choices=LOSSES,
        label="&Loss",
        tip="Non-saturating: the generator raises log D of what it makes, and learns from the start. "
        "Minimax: it lowers log(1 − D), the original game, whose slope vanishes when D is sure.",
    )
    smoothing: float = setting(
        0.0,
        "share by which the target of real pictures is below 1",
        low=0.0,
        high=0.5,
        label="S&moothing",
        tip="Tell the discriminator that real pictures are real with probability 1 less this: it then stays "
        "less sure of itself.",
    )
    r1: float = setting(
        0.05,
        "weight of the penalty on the discriminator's slope at real pictures; 0 for none",
        low=0.0,
        high=1000.0,
        label="&R1 penalty",
        tip="Keep the discriminator flat around real pictures. Without it the two players often circle and "
        "never settle.",
    )
    r1_every: int = setting(16, "the penalty is applied in each so-many-th step", low=1, high=1000)
    auxiliary: float = setting(
        0.05,
        "weight, in either player's loss, of telling the condition from the discriminator's features",
        low=0.0,
        high=100.0,
    )


FIGURES = FiguresSpec(
    figures=(
        FigureSpec(
            "discriminator",
            "Loss of the discriminator",
            "nats",
            "",
            "How badly D tells real from made pictures: 2 log 2 = 1.39 when it guesses, "
            "0 when it is sure, and right.",
        ),
        FigureSpec(
            "generator",
            "Loss of the generator",
            "nats",
            "",
            "How badly G deceives D: log 2 = 0.69 when D guesses, more when D sees through it.",
        ),
        FigureSpec(
            "real",
            "D of real pictures",
            "",
            "",
            "Mean of D(x): 1 when D is sure of real pictures, 0.5 when it guesses.",
        ),
        FigureSpec(
            "made",
            "D of made pictures",
            "",
            "",
            "Mean of D(G(z)): 0 when D sees through made pictures, 0.5 when it guesses.",
        ),
        *INVERSION,
    ),
    charts=(
        ChartSpec("Discriminator's loss, nats", "discriminator"),
        ChartSpec("Generator's loss, nats", "generator"),
        ChartSpec("D of real pictures", "real", foot=0.0, rises=True),
        ChartSpec("D of made pictures", "made", foot=0.0, rises=True),
        ENCODER_CHART,
    ),
    help="Two networks play against each other, so that neither loss falls to the end: 1.39 and 0.69 say "
    "that the discriminator cannot tell real from made. Look at the samples rather than at the losses. The "
    "lines follow the pictures that are learnt from, the dots are held-out pictures after each epoch; the "
    "encoder is trained when the players have ended.",
    players=("discriminator", "generator"),
    waiting="The curves of the training will be here: both losses, and D of real and made pictures.",
    smoothing=0.03,
)

KIND = adversarial_kind(
    name="gan",
    title="Generative adversarial network",
    short="GAN",
    when="A generator learns to make pictures that a discriminator takes for real ones: sharp pictures.",
    config=GANConfig,
    model="latentlab.models.gan.model:make_gan",
    figures=FIGURES,
    presets=(
        Preset(
            "GAN, 64 latents",
            "Two networks against each other: sharp pictures, and two losses that never settle.",
            place=92,
        ),
        Preset(
            "Conditional GAN",
            "Makes the class, or the attributes, that are asked for. Needs classes or attributes.",
            {"condition": True},
            place=94,
        ),
        Preset(
            "GAN, 2 latents",
            "The whole latent space is the plane: see what the discriminator thinks of every place.",
            {"latents": 2},
            place=96,
        ),
    ),
)
