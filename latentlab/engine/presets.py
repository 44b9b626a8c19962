"""Models to begin with: what a person can choose before a training, and when to choose what.

A `Choice` is what the person sees; `fields_of` makes of it the fields of a model's config.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SIZES = ("S", "M", "L")
# Of a first training: pictures a step, and how many it looks at, counting each as often as it is seen.
_BATCH, _MANY = 128, 30_000
_SEEN, _FEWEST_EPOCHS, _MOST_EPOCHS = 700_000, 10, 300
# (encoder widths, decoder widths); equal widths of an "mlp" in a row are residual blocks.
_WIDTHS: Mapping[tuple[str, str], tuple[tuple[int, ...], tuple[int, ...]]] = {
    ("mlp", "S"): ((256, 128), (128, 256)),
    ("mlp", "M"): ((256, 256, 256), (256, 256, 256, 256)),
    ("mlp", "L"): ((512, 512, 512), (512, 512, 512, 512)),
    ("conv", "S"): ((16, 32), (32, 16)),
    ("conv", "M"): ((32, 64, 128), (128, 64, 32)),
    ("conv", "L"): ((64, 128, 256), (256, 128, 64)),
}
# What the choice is called: (the likelihood's name, whether its sigma is learnt).
LIKELIHOODS: Mapping[str, tuple[str, bool]] = {
    "Bernoulli": ("bernoulli", False),
    "Gaussian, learnt sigma": ("gaussian", True),
    "Gaussian, sigma 0.1": ("gaussian", False),
    "Categorical": ("categorical", False),
    "Palette": ("palette", False),
}
# Numbers for each colour of a palette that the encoder reads.
_COLOUR_FEATURES = 8


@dataclass(frozen=True)
class Choice:
    """What to train.

    Attributes:
        kind: a name in `latentlab.models.registry.KINDS`.
        latents: dimensions of the latent space.
        network: "mlp" or "conv".
        size: "S", "M" or "L".
        likelihood: a key of `LIKELIHOODS`.
        beta: the weight of the KL.
    """

    kind: str = "vae"
    latents: int = 2
    network: str = "mlp"
    size: str = "M"
    likelihood: str = "Bernoulli"
    beta: float = 1.0


@dataclass(frozen=True)
class Preset:
    """A choice with a name, and a line on when to take it."""

    title: str
    when: str
    choice: Choice


PRESETS: tuple[Preset, ...] = (
    Preset(
        "VAE, 2 latents",
        "To begin with: the whole latent space is the plane you see, smooth and without holes.",
        Choice(),
    ),
    Preset(
        "VAE, 16 latents",
        "Sharper pictures: room for shape and style. The plane shows two dimensions at a time.",
        Choice(latents=16, size="L"),
    ),
    Preset(
        "Beta-VAE (beta 4)",
        "Fewer dimensions are used, each for one thing; pictures get softer.",
        Choice(latents=8, beta=4.0),
    ),
    Preset(
        "Autoencoder, 2 latents",
        "To compare: it only has to rebuild pictures, so its plane has holes and no prior.",
        Choice(kind="ae"),
    ),
    Preset(
        "Conditional VAE, 2 latents",
        "Told the class of each picture, so that the plane is left for style. Needs classes or attributes.",
        Choice(kind="cvae"),
    ),
    Preset(
        "Conditional VAE for pixel art",
        "Told the attributes of each picture: sharp pictures with what is asked for, and without.",
        Choice(kind="cvae", latents=32, likelihood="Palette"),
    ),
    Preset(
        "VAE for colour pictures",
        "Convolutions, 32 latents and a learnt noise level: photographs, drawings, faces.",
        Choice(latents=32, network="conv", likelihood="Gaussian, learnt sigma"),
    ),
    Preset(
        "VAE for pixel art",
        "Pictures drawn with few colours: every pixel is one of them, so that nothing blurs.",
        Choice(latents=32, likelihood="Palette"),
    ),
)


def fields_of(choice: Choice) -> dict[str, Any]:
    """The fields of the model's config, without what the data decide."""
    encoder, decoder = _WIDTHS[choice.network, choice.size]
    likelihood, learnt = LIKELIHOODS[choice.likelihood]
    return {
        "latents": choice.latents,
        "encoder": choice.network,
        "encoder_widths": encoder,
        "decoder": choice.network,
        "decoder_widths": decoder,
        "likelihood": likelihood,
        "learn_sigma": learnt,
        "encoder_features": _COLOUR_FEATURES if likelihood == "palette" else 0,
    }


def epochs_for(count: int) -> int:
    """Passes over so many pictures that make a good beginning: few pictures have to be seen more often."""
    return min(_MOST_EPOCHS, max(_FEWEST_EPOCHS, round(_SEEN / max(1, count))))


def batch_for(count: int) -> int:
    """Pictures a step for so many in all: of few, more and smaller steps get further in the same time."""
    return _BATCH if count >= _MANY else _BATCH // 2


def suited_to(shape: tuple[int, int, int]) -> Preset:
    """The preset to begin with for pictures of (C, H, W)."""
    return PRESETS[0] if shape[0] == 1 else PRESETS[-2]
