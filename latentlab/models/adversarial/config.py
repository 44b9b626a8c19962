"""What the specs of the adversarial kinds share: config, options, plan. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from latentlab.core.figures import ChartSpec, FigureSpec, FiguresSpec
from latentlab.errors import LabError
from latentlab.models.capabilities import Capability
from latentlab.models.checks import require_conditions, require_range, require_shape
from latentlab.models.settings import check_settings, from_data, setting
from latentlab.models.spec import SIZE, KindSpec, Option, Preset, Shape, options_of

NETWORKS = ("conv", "mlp")
PRIORS = ("normal", "uniform")
# The generator's widths, coarsest first, by network and size; the discriminator's are the same, reversed.
_WIDTHS: Mapping[tuple[str, str], tuple[int, ...]] = {
    ("conv", "S"): (64, 64, 32),
    ("conv", "M"): (96, 96, 64),
    ("conv", "L"): (192, 192, 128),
    ("mlp", "S"): (128, 128),
    ("mlp", "M"): (256, 256, 256),
    ("mlp", "L"): (512, 512, 512),
}
# The sides up to which places are patches of so many drawn pixels; see `AdversarialConfig.patch`.
_PATCHES = ((20, 1), (48, 2), (96, 4))
_LARGEST_PATCH = 8

_CAPABILITIES = frozenset(
    {
        Capability.DECODES,
        Capability.HAS_PRIOR,
        Capability.SAMPLES,
        Capability.SCORES,
        Capability.INVERTS,
    }
)
INVERSION = (
    FigureSpec(
        "latent_error",
        "Error of z",
        "",
        "lower",
        "How far the encoder's z is from the z of a made picture. It is trained when the players have ended.",
    ),
    FigureSpec(
        "pixel_error", "Error of pixels", "", "lower", "RMS of a picture against that made from its encoding."
    ),
)
ENCODER_CHART = ChartSpec("Error of z, by the encoder", "latent_error", log=True)


@dataclass(frozen=True)
class AdversarialConfig:
    """The sizes of the networks, the prior, and what pictures are conditioned on.

    Attributes:
        latents: D, the dimensions of z; 1 to 256.
        shape: (C, H, W) of the pictures; 1 to 4 channels, sides of 4 to 256 pixels.
        pixel: the side of a drawn pixel: pixel art that is shown enlarged is made at its own size.
        prior: "normal" for N(0, I), "uniform" for U[-1, 1]^D.
        network: "conv" or "mlp".
        generator_widths: channels of each level, the coarsest first ("conv"), or units of each hidden layer.
        discriminator_widths: the same of the discriminator, in its own direction.
        condition: whether the classes or attributes of the data, if there are any, are the condition.
        condition_names, exclusive: these conditions.
        encoder: whether an encoder is trained when the players have ended.
    """

    latents: int = setting(
        64,
        "dimensions of the latent space",
        low=1,
        high=256,
        label="&Latents",
        tip="Dimensions of the latent space. Two can be seen whole; more give more varied pictures.",
    )
    shape: tuple[int, ...] = from_data((1, 28, 28))
    pixel: int = from_data(1)
    prior: str = setting("normal", f"where z is drawn from: {', '.join(PRIORS)}", choices=PRIORS)
    network: str = setting("conv", f"both networks: {', '.join(NETWORKS)}", choices=NETWORKS)
    generator_widths: tuple[int, ...] = setting(
        (96, 96, 64),
        "channels of the generator's levels, the coarsest first (conv), or units of its hidden layers (mlp)",
        low=8,
        high=2048,
        length=(1, 6),
        counted="how many",
    )
    discriminator_widths: tuple[int, ...] = setting(
        (64, 96, 96),
        "the same of the discriminator, from the picture on",
        low=8,
        high=2048,
        length=(1, 6),
        counted="how many",
    )
    condition: bool = setting(False, "make pictures of the class, or with the attributes, that are asked for")
    condition_names: tuple[str, ...] = from_data(())
    exclusive: bool = from_data(True)
    encoder: bool = setting(True, "train an encoder afterwards, that finds the z of a picture")

    def __post_init__(self) -> None:
        require_shape(self.shape)
        check_settings(self)
        require_range("pixel", self.pixel, 1, 64)
        if self.shape[1] % self.pixel or self.shape[2] % self.pixel:
            raise LabError(f"config field 'pixel' is {self.pixel}, which does not divide the pictures' sides")
        require_conditions(self.condition_names, exclusive=self.exclusive, least=0)

    @property
    def drawn_shape(self) -> Shape:
        """(C, H, W) in drawn pixels."""
        channels, height, width = self.shape
        return channels, height // self.pixel, width // self.pixel

    @property
    def patch(self) -> int:
        """The side of the patches that convolutions see as one place, so that there are few places."""
        longest = max(self.drawn_shape[1:])
        return next((patch for most, patch in _PATCHES if longest <= most), _LARGEST_PATCH)


def _options(config: type[AdversarialConfig]) -> tuple[Option, ...]:
    """The rows of the form: the config's own, then network and size, then what else the kinds share."""
    return (
        *options_of(config),
        Option(
            "network",
            "&Network",
            "Convolutions make sharper pictures; dense layers are simplest, and quick for two latents.",
            "conv",
            (("Convolutions", "conv"), ("Dense layers", "mlp")),
        ),
        SIZE,
        Option(
            "prior",
            "&Prior",
            "Where z is drawn from when a picture is made.",
            "normal",
            (("Normal, N(0, I)", "normal"), ("Uniform, from −1 to 1", "uniform")),
        ),
        Option(
            "condition",
            "&Condition",
            "Make pictures of the class, or with the attributes, that are asked for.",
            False,
            (("none", False), ("classes or attributes", True)),
        ),
        Option(
            "encoder",
            "E&ncoder",
            "Train an encoder when the players have ended. It finds the z of a picture, so that the points "
            "of the data, attributes and your own pictures work as for a VAE.",
            True,
            (("yes", True), ("no", False)),
        ),
    )


def _fields_of(values: Mapping[str, Any], shape: Shape | None = None) -> dict[str, Any]:
    """The fields of a config for a choice of `_options`."""
    widths = _WIDTHS[values["network"], values["size"]]
    fields = {name: value for name, value in values.items() if name != "size"}
    return {**fields, "generator_widths": widths, "discriminator_widths": widths[::-1]}


def _also(config: AdversarialConfig) -> frozenset[Capability]:
    """What a model of this config can do besides."""
    more = {Capability.CONDITIONAL} if config.condition_names else set()
    return frozenset(more | ({Capability.ENCODES} if config.encoder else set()))


def _conditioned(fields: Mapping[str, Any]) -> bool:
    """Whether a config of these fields takes the conditions of its data."""
    return bool(fields.get("condition", False))


def adversarial_kind(
    name: str,
    title: str,
    short: str,
    when: str,
    config: type[AdversarialConfig],
    model: str,
    figures: FiguresSpec,
    presets: tuple[Preset, ...],
    called: str = "",
) -> KindSpec:
    """The spec of an adversarial kind, of what is its own; see `KindSpec`."""
    return KindSpec(
        name=name,
        title=title,
        called=called,
        short=short,
        when=when,
        config=config,
        model=model,
        capabilities=_CAPABILITIES,
        also=_also,
        conditioned=_conditioned,
        figures=figures,
        options=_options(config),
        fields=_fields_of,
        presets=presets,
        usual={"epochs": 24, "batch": 64, "learning_rate": 1e-3, "warmup_steps": 100, "final_rate": 0.05},
        seen=500_000,
        fewest_epochs=8,
    )
