"""The spec of the variational autoencoder: config, options, and when to use it. Torch-free."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from latentlab.errors import LabError
from latentlab.models.capabilities import Capability
from latentlab.models.checks import require_range, require_shape
from latentlab.models.objectives.figures import ELBO
from latentlab.models.settings import check_settings, from_data, setting
from latentlab.models.spec import SIZE, KindSpec, Option, Preset, Shape, options_of

NETWORKS = ("mlp", "conv", "linear")
LIKELIHOODS = ("bernoulli", "gaussian", "categorical", "palette")
# The length of the embedding of each colour of a palette in the encoder.
_COLOUR_FEATURES = 8
# (encoder widths, decoder widths); equal widths of an "mlp" in a row are residual blocks.
_WIDTHS: Mapping[tuple[str, str], tuple[tuple[int, ...], tuple[int, ...]]] = {
    ("mlp", "S"): ((256, 128), (128, 256)),
    ("mlp", "M"): ((256, 256, 256), (256, 256, 256, 256)),
    ("mlp", "L"): ((512, 512, 512), (512, 512, 512, 512)),
    ("conv", "S"): ((16, 32), (32, 16)),
    ("conv", "M"): ((32, 64, 128), (128, 64, 32)),
    ("conv", "L"): ((64, 128, 256), (256, 128, 64)),
}
# One linear layer has no widths.
_NO_WIDTHS = (1,), (1,)
# The title of each choice: (the likelihood's name, whether its sigma is learnt).
_CALLED: Mapping[str, tuple[str, bool]] = {
    "Bernoulli": ("bernoulli", False),
    "Gaussian, learnt sigma": ("gaussian", True),
    "Gaussian, sigma 0.1": ("gaussian", False),
    "Categorical": ("categorical", False),
    "Palette": ("palette", False),
}


@dataclass(frozen=True)
class VAEConfig:
    """The size and the likelihood of a VAE.

    Attributes:
        latents: D, the dimensions of z; 1 to 256.
        shape: (C, H, W) of the pictures; 1 to 4 channels, sides of 4 to 256 pixels.
        encoder: "mlp", "conv", or "linear", a single layer, which uses neither widths nor dropout.
        encoder_widths: units of each hidden layer ("mlp"; a width equal to the one before it is a
            residual block), channels of each halving ("conv").
        decoder: the same for the decoder.
        decoder_widths: the same for the decoder, read in the direction of decoding.
        encoder_dropout, decoder_dropout: the share of hidden units silenced in training; 0 to 0.9.
        likelihood: "bernoulli", "gaussian", "categorical" or "palette".
        sigma: the Gaussian's standard deviation, pictures being in [0, 1].
        learn_sigma: whether training finds the Gaussian's sigma, one for all pixels, starting at `sigma`
            (Rybkin et al., Simple and Effective VAE Training with Calibrated Decoders, 2021).
        levels: the categorical's number of grey levels.
        palette, pixel: the palette's colours, and the side in pixels of a drawn pixel; see
            `latentlab.core.likelihoods.Palette`.
        encoder_features: the length of the embedding of each colour of the palette in the encoder; 0 shows
            it the colour's channels instead.
        decoder_features: features of each pixel in the decoder, from which all colours' logits follow.
    """

    latents: int = setting(
        2,
        "dimensions of the latent space",
        low=1,
        high=256,
        label="&Latents",
        tip="Dimensions of the latent space. Two can be seen whole; more give sharper pictures.",
    )
    shape: tuple[int, ...] = from_data((1, 28, 28))
    encoder: str = setting("mlp", f"network that encodes: {', '.join(NETWORKS)}", choices=NETWORKS)
    encoder_widths: tuple[int, ...] = setting(
        (512, 256),
        "units of its hidden layers (mlp), or channels of its halvings (conv)",
        low=1,
        high=4096,
        length=(1, 8),
    )
    decoder: str = setting("mlp", f"network that decodes: {', '.join(NETWORKS)}", choices=NETWORKS)
    decoder_widths: tuple[int, ...] = setting(
        (256, 512), "the same for the decoder, in the direction of decoding", low=1, high=4096, length=(1, 8)
    )
    encoder_dropout: float = setting(
        0.0, "share of the encoder's hidden units silenced in training", low=0.0, high=0.9
    )
    decoder_dropout: float = setting(
        0.0, "share of the decoder's hidden units silenced in training", low=0.0, high=0.9
    )
    likelihood: str = setting(
        "bernoulli", f"what the decoder's outputs mean: {', '.join(LIKELIHOODS)}", choices=LIKELIHOODS
    )
    sigma: float = setting(
        0.1,
        "standard deviation of the Gaussian likelihood, pictures being in [0, 1]",
        low=1e-3,
        high=10.0,
    )
    learn_sigma: bool = setting(False, "let training find that standard deviation")
    levels: int = setting(256, "grey levels of the categorical likelihood", low=2, high=256)
    palette: tuple[str, ...] = from_data(())
    pixel: int = from_data(1)
    encoder_features: int = setting(
        0,
        "numbers for each colour of a palette that the encoder reads; 0 for its channels",
        low=0,
        high=256,
    )
    decoder_features: int = setting(
        24,
        "numbers the decoder says of each pixel, from which all colours' logits follow",
        low=1,
        high=256,
    )

    def __post_init__(self) -> None:
        require_shape(self.shape)
        check_settings(self)
        if self.learn_sigma and self.likelihood != "gaussian":
            raise LabError(f"config field 'learn_sigma' is for a Gaussian likelihood, not {self.likelihood}")
        if self.likelihood == "palette":
            self._check_palette()
        elif self.encoder_features:
            raise LabError(f"config field 'encoder_features' is for a palette, not {self.likelihood}")

    @property
    def is_linear(self) -> bool:
        """Whether its decoded pictures are linear in z, until they are clipped."""
        return self.decoder == "linear" and self.likelihood == "gaussian"

    def _check_palette(self) -> None:
        require_range("palette (its length)", len(self.palette), 2, 256)
        for colour in self.palette:
            if re.fullmatch("([0-9a-f]{2})" * self.shape[0], str(colour)) is None:
                raise LabError(
                    f"config field 'palette' has {colour!r}, which is not a colour of these pictures"
                )
        require_range("pixel", self.pixel, 1, 64)
        if self.shape[1] % self.pixel or self.shape[2] % self.pixel:
            raise LabError(f"config field 'pixel' is {self.pixel}, which does not divide the pictures' sides")


OPTIONS = (
    *options_of(VAEConfig),
    Option(
        "network",
        "&Network",
        "Dense layers are fastest for small pictures; convolutions for larger ones and colour. One linear "
        "layer each way finds, with a Gaussian likelihood, the plane of the principal components.",
        "mlp",
        (("Dense layers", "mlp"), ("Convolutions", "conv"), ("One linear layer", "linear")),
    ),
    SIZE,
    Option(
        "likelihood",
        "Likeli&hood",
        "What the decoder's outputs mean. Bernoulli suits black on white, Gaussian grey and colour; a learnt "
        "sigma finds by itself how exact pictures can be. Categorical chooses among 256 levels.",
        "Bernoulli",
        tuple((called, called) for called in _CALLED),
    ),
)
# The fields that suit pictures with colours: for any of the kinds with these options.
_OF_COLOUR = {"latents": 32, "network": "conv", "likelihood": "Gaussian, learnt sigma"}


def fields_of(values: Mapping[str, Any], shape: Shape | None = None) -> dict[str, Any]:
    """The fields of a config for a choice of `OPTIONS`."""
    network = values["network"]
    encoder, decoder = _WIDTHS.get((network, values["size"]), _NO_WIDTHS)
    likelihood, learnt = _CALLED[values["likelihood"]]
    return {
        "latents": values["latents"],
        "encoder": network,
        "encoder_widths": encoder,
        "decoder": network,
        "decoder_widths": decoder,
        "likelihood": likelihood,
        "learn_sigma": learnt,
        "encoder_features": _COLOUR_FEATURES if likelihood == "palette" else 0,
    }


def propose(shape: Shape, given: Mapping[str, Any]) -> dict[str, Any]:
    """Fields that suit pictures of (C, H, W); the widths follow the networks, the rest the likelihood."""
    values = {option.name: option.default for option in OPTIONS}
    if shape[0] > 1:
        values.update(_OF_COLOUR)
    fields = fields_of(values)
    for side, part in enumerate(("encoder", "decoder")):
        network = given.get(part, values["network"])
        if (network, values["size"]) in _WIDTHS:
            fields[f"{part}_widths"] = _WIDTHS[network, values["size"]][side]
    likelihood = given.get("likelihood", fields["likelihood"])
    fields["learn_sigma"] = likelihood == "gaussian" and "sigma" not in given
    fields["encoder_features"] = _COLOUR_FEATURES if likelihood == "palette" else 0
    return fields


def also(config: VAEConfig) -> frozenset[Capability]:
    """What a model of this config can do besides, by its decoder."""
    return frozenset({Capability.DECODES_LINEARLY} if config.is_linear else ())


KIND = KindSpec(
    name="vae",
    title="Variational autoencoder",
    short="VAE",
    when="It learns where pictures lie in its latent space, and how sure it is of each.",
    config=VAEConfig,
    model="latentlab.models.vae.model:VAE",
    capabilities=frozenset(
        {
            Capability.ENCODES,
            Capability.DECODES,
            Capability.HAS_LIKELIHOOD,
            Capability.HAS_PRIOR,
            Capability.SAMPLES,
            Capability.TELLS_DENSITY,
        }
    ),
    also=also,
    figures=ELBO,
    listed="test ELBO {elbo:.2f} nats per picture",
    options=OPTIONS,
    fields=fields_of,
    propose=propose,
    presets=(
        Preset(
            "VAE, 2 latents",
            "To start with: the whole latent space is the plane you see, smooth and without holes.",
            place=10,
            first_for="grey",
        ),
        Preset(
            "VAE, 16 latents",
            "Sharper pictures: room for shape and style. The plane shows two dimensions at a time.",
            {"latents": 16, "size": "L"},
            place=20,
        ),
        Preset(
            "Beta-VAE (beta 4)",
            "Fewer dimensions are used, each for one factor; pictures get blurrier.",
            {"latents": 8},
            beta=4.0,
            place=30,
        ),
        Preset(
            "VAE for colour pictures",
            "Convolutions, 32 latents and a learnt noise level: photographs, drawings, faces.",
            _OF_COLOUR,
            place=70,
            first_for="colour",
        ),
        Preset(
            "VAE for pixel art",
            "For pictures with few colours: every pixel is one of them, so nothing blurs.",
            {"latents": 32, "likelihood": "Palette"},
            place=80,
        ),
    ),
)
