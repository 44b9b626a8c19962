"""The spec of the diffusion model: config, options, and when to use it. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from latentlab.errors import LabError
from latentlab.models.capabilities import Capability
from latentlab.models.checks import require_conditions, require_shape
from latentlab.models.objectives.figures import DENOISING
from latentlab.models.settings import check_settings, from_data, setting
from latentlab.models.spec import SIZE, KindSpec, Option, Preset, Shape

SCHEDULES = ("linear", "cosine", "sigmoid")
PREDICTS = ("noise", "x0", "v")
WEIGHTINGS = ("simple", "min-snr")
# Sizes of the U-Net: (widths, blocks of each level).
_UNETS: Mapping[str, tuple[tuple[int, ...], int]] = {
    "S": ((32, 64), 1),
    "M": ((48, 96), 1),
    "L": ((64, 128), 2),
}
# The longest side of pictures for each patch size; larger pictures use the last.
_PATCHES = ((48, 2), (128, 4), (256, 8))


@dataclass(frozen=True)
class DDPMConfig:
    """The size and the objective of a diffusion model.

    Attributes:
        shape: (C, H, W) of the pictures; 1 to 4 channels, sides of 4 to 256 pixels.
        patch: the network sees patches of so many pixels a side, 1 to 8.
        widths: channels of each level of the U-Net, the finest first; multiples of 8, each level has half
            the sides of the one before.
        blocks: residual blocks of each level, 1 to 4.
        dropout: the share of hidden units silenced in training; 0 to 0.9.
        schedule: "linear", "cosine" or "sigmoid".
        steps: T, 10 to 10,000.
        predicts: "noise", "x0" or "v".
        weighting: "simple" or "min-snr".
        condition_names: the classes or attributes, up to 1,000 or 256; none for an
            unconditional model.
        exclusive: classes, of which one holds, rather than attributes, of which any may.
        condition_dropout: the share of the pictures without a condition in training.
    """

    shape: tuple[int, ...] = from_data((1, 28, 28))
    patch: int = setting(2, "pixels of the side of the patches that the network sees", low=1, high=8)
    widths: tuple[int, ...] = setting(
        (48, 96),
        "channels of each level, the finest first",
        low=8,
        high=1024,
        length=(1, 5),
        counted="how many",
    )
    blocks: int = setting(1, "residual blocks of each level", low=1, high=4)
    dropout: float = setting(0.0, "share of hidden units silenced in training", low=0.0, high=0.9)
    schedule: str = setting(
        "cosine", f"how fast a picture drowns in noise: {', '.join(SCHEDULES)}", choices=SCHEDULES
    )
    steps: int = setting(1000, "T, the time at which pure noise is left", low=10, high=10_000)
    predicts: str = setting("v", f"what the network is asked for: {', '.join(PREDICTS)}", choices=PREDICTS)
    weighting: str = setting(
        "simple", f"how much each noise level counts: {' or '.join(WEIGHTINGS)}", choices=WEIGHTINGS
    )
    condition_names: tuple[str, ...] = from_data(())
    exclusive: bool = from_data(True)
    condition_dropout: float = setting(
        0.1,
        "share of the pictures of which it is told nothing in training, for guidance",
        low=0.0,
        high=1.0,
    )

    def __post_init__(self) -> None:
        require_shape(self.shape)
        check_settings(self)
        for width in self.widths:
            if width % 8:
                raise LabError(f"config field 'widths' has {width}, expected multiples of 8")
        require_conditions(self.condition_names, exclusive=self.exclusive, least=0)


OPTIONS = (
    SIZE,
    Option(
        "predicts",
        "&Predicts",
        "What the network is asked for. All three come to the same picture; v does well with much noise and "
        "with little.",
        "v",
        (("v, between picture and noise", "v"), ("The noise", "noise"), ("The picture", "x0")),
    ),
    Option(
        "noise",
        "&Noise schedule",
        "How fast a picture drowns. Cosine leaves small pictures in sight for longer; linear is that of the "
        "first DDPM.",
        "cosine",
        tuple((name, name) for name in ("cosine", "linear", "sigmoid")),
    ),
    Option(
        "weighting",
        "&Weighting",
        "Simple weighs all times alike; min-SNR cares less for times with hardly any noise.",
        "simple",
        tuple((name, name) for name in WEIGHTINGS),
    ),
    Option(
        "condition_dropout",
        "C&ondition dropout",
        "The share of the pictures of which it is told nothing. It needs some, or guidance has nothing to "
        "compare with.",
        0.1,
    ),
)


def fields_of(values: Mapping[str, Any], shape: Shape | None = None) -> dict[str, Any]:
    """The fields of a config for a choice of `OPTIONS`; larger pictures are processed in larger patches."""
    widths, blocks = _UNETS[values["size"]]
    longest = max(shape[1:]) if shape else 0
    return {
        "patch": next((patch for most, patch in _PATCHES if longest <= most), _PATCHES[-1][1]),
        "widths": widths,
        "blocks": blocks,
        "predicts": values["predicts"],
        "schedule": values["noise"],
        "weighting": values["weighting"],
        "condition_dropout": values["condition_dropout"],
    }


def _also(config: DDPMConfig) -> frozenset[Capability]:
    return frozenset({Capability.CONDITIONAL} if config.condition_names else ())


KIND = KindSpec(
    name="ddpm",
    title="Diffusion model",
    when="It has no latents: it learns to take noise away, step by step, and draws the finest pictures.",
    config=DDPMConfig,
    model="latentlab.models.ddpm.model:DDPM",
    capabilities=frozenset({Capability.DENOISES, Capability.SAMPLES, Capability.SAMPLES_STEPWISE}),
    figures=DENOISING,
    also=_also,
    options=OPTIONS,
    fields=fields_of,
    presets=(
        Preset(
            "Diffusion model (DDPM)",
            "Samples pictures from noise, step by step. Conditioned on the class or the "
            "attributes if there are any.",
            place=90,
        ),
    ),
    usual={"epochs": 10, "batch": 64, "gradient_norm": 1.0},
    # Each picture takes ten times as long: some 20 minutes on two cores.
    seen=500_000,
    fewest_epochs=8,
)
