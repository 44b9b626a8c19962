"""The spec of pix2pix: config, options, and when to use it. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from latentlab.core.figures import ChartSpec, FigureSpec, FiguresSpec
from latentlab.core.source_shapes import SOURCES, source_shape, target_shape
from latentlab.errors import LabError
from latentlab.models.capabilities import Capability
from latentlab.models.checks import require_shape
from latentlab.models.settings import check_settings, from_data, setting
from latentlab.models.spec import SIZE, KindSpec, Option, Preset, Shape, Translation

GROUPS = 8
# Sizes of the generator: the channels of each level, the finest first.
_WIDTHS: Mapping[str, tuple[int, ...]] = {"S": (24, 48, 64), "M": (32, 64, 96), "L": (48, 96, 160)}
# The network sees at most so many patches a side where it can.
_PLACES = 20
_PATCHES = (1, 2, 4, 8)
_SHARP_EDGE, _SOFT_EDGE = 0.02, 0.2

FIGURES = FiguresSpec(
    figures=(
        FigureSpec(
            "error",
            "Error",
            "",
            "lower",
            "the mean difference of a made picture from the true one, |G(s) - x|",
        ),
        FigureSpec(
            "real", "Critic on true pictures", "", "", "how probable it finds that true pictures are true"
        ),
        FigureSpec(
            "made", "Critic on made pictures", "", "", "how probable it finds that made pictures are true"
        ),
    ),
    charts=(
        ChartSpec("Error", "error", log=True),
        ChartSpec("Critic on true pictures", "real", foot=0.0, rises=True),
        ChartSpec("Critic on made pictures", "made", foot=0.0, rises=True),
    ),
    help="The error is the mean difference of a made picture from the true one, a number of a picture; "
    "lower is better. The critic gives each patch a probability that it is true: 1/2 for both says that it "
    "cannot tell them apart, 1 for the true and 0 for the made ones that it always can. The line follows "
    "the pictures that are learnt from, the dots are held-out pictures after each epoch.",
    waiting="The curves of the training will be here: the error, and what the critic thinks.",
    result="test error {error:.5f}",
    smoothing=0.03,
)


@dataclass(frozen=True)
class Pix2PixConfig:
    """What is translated, and the size of both players.

    Attributes:
        shape: (C, H, W) of the pictures of the data; for pairs, both halves.
        pixel: the side of a square of pixel art that is stored enlarged, 1 for other pictures.
        source: what a picture is made from.
        edge: the difference of neighbours, of 1, from which an outline has a line; 0 for 0.02 in pixel
            art, 0.2 in other pictures, whose edges are soft.
        factor: squares of a block's side at low resolution.
        adversarial: the weight of the critic's loss beside that of the L1 error; 0 for no critic.
        roughness: the share of the outlines that are damaged in training.
        widths: channels of each level of the generator, the finest first; multiples of 8.
        critic_width: channels of the critic's first level, a multiple of 8.
    """

    shape: tuple[int, ...] = from_data((3, 32, 32))
    pixel: int = from_data(1)
    source: str = setting("outline", f"what a picture is made from: {', '.join(SOURCES)}", choices=SOURCES)
    edge: float = setting(
        0.0,
        "difference of neighbouring pixels, of 1, from which an outline has a line; 0 chooses",
        low=0.0,
        high=1.0,
    )
    factor: int = setting(4, "pixels of a block's side at low resolution", low=2, high=32)
    adversarial: float = setting(
        0.005, "weight of the critic beside the L1 error; 0 for the L1 error alone", low=0.0, high=100.0
    )
    roughness: float = setting(
        0.3, "share of the outlines that are damaged in training, as a sketch is", low=0.0, high=1.0
    )
    widths: tuple[int, ...] = setting(
        _WIDTHS["M"],
        "channels of each level of the generator, the finest first",
        low=GROUPS,
        high=1024,
        length=(1, 5),
        counted="how many",
    )
    critic_width: int = setting(32, "channels of the critic's first level", low=GROUPS, high=512)

    def __post_init__(self) -> None:
        if self.source == "pairs" and len(self.shape) == 3 and self.shape[2] == 2 * self.shape[1]:
            require_shape((*self.shape[:2], self.shape[1]))
        else:
            require_shape(self.shape)
        check_settings(self)
        if not 1 <= self.pixel <= min(self.shape[1:]) or any(side % self.pixel for side in self.shape[1:]):
            raise LabError(
                f"config field 'pixel' is {self.pixel}, expected a part of the sides {self.shape[1:]}"
            )
        for width in (*self.widths, self.critic_width):
            if width % GROUPS:
                raise LabError(f"config field 'widths' has {width}, expected multiples of {GROUPS}")
        if self.source == "pairs" and (self.shape[2] != 2 * self.shape[1] or self.shape[1] % self.pixel):
            raise LabError(
                f"the pictures are {self.shape[2]} x {self.shape[1]}, no pairs of two squares side by side",
                hint="Give a folder of pairs as --data FOLDER::fit=pairs, or choose another source",
            )
        if self.source == "grey" and self.shape[0] == 1:
            raise LabError(
                "the pictures are grey already, so there is no colour to learn",
                hint="Choose another source, such as outline, or pictures in colour",
            )

    @property
    def line_from(self) -> float:
        """The difference from which an outline has a line."""
        return self.edge or (_SHARP_EDGE if self.pixel > 1 else _SOFT_EDGE)

    @property
    def patch(self) -> int:
        """Squares of the side of the patches that both networks see."""
        side = max(self.shape[1], self.shape[2] // (2 if self.source == "pairs" else 1)) // self.pixel
        return next((patch for patch in _PATCHES if side <= _PLACES * patch), _PATCHES[-1])


OPTIONS = (
    SIZE,
    Option(
        "source",
        "&Made from",
        "What a picture is made from: its outline, its left half, its greys, a coarse version of it, or the "
        "left half of each picture of a folder of pairs.",
        "outline",
        (
            ("Its outline", "outline"),
            ("Its left half", "half"),
            ("Its greys", "grey"),
            ("Low resolution", "low"),
            ("Pairs: left to right", "pairs"),
        ),
    ),
    Option(
        "adversarial",
        "&Critic's weight",
        "The weight of the patch critic beside the L1 error. 0 is the L1 error alone, which blurs what it "
        "cannot know.",
        0.005,
    ),
)


def fields_of(values: Mapping[str, Any], shape: Shape | None = None) -> dict[str, Any]:
    """The fields of a config for a choice of `OPTIONS`."""
    chosen = {name: values[name] for name in ("source", "adversarial")}
    return {"widths": _WIDTHS[values["size"]], **chosen}


def _also(config: Pix2PixConfig) -> frozenset[Capability]:
    return frozenset({Capability.JUDGES_PATCHES} if config.adversarial > 0.0 else ())


def _translation(config: Pix2PixConfig) -> Translation:
    channels, height, width = config.shape
    picture = channels, height, width
    return Translation(
        config.source, source_shape(config.source, picture), target_shape(config.source, picture)
    )


KIND = KindSpec(
    name="pix2pix",
    title="pix2pix",
    when="It makes a picture of a picture: a face of its outline, a whole of its half, colours of greys.",
    called="a pix2pix model",
    config=Pix2PixConfig,
    model="latentlab.models.pix2pix.model:translator_of",
    capabilities=frozenset({Capability.TRANSLATES}),
    figures=FIGURES,
    also=_also,
    translation=_translation,
    options=OPTIONS,
    fields=fields_of,
    listed="test error {error:.4f}",
    presets=(
        Preset(
            "pix2pix: draw outlines, see pictures",
            "Learns to make a picture of its outline. Draw at the left, and see at the right.",
            place=95,
        ),
    ),
    usual={
        "epochs": 20,
        "batch": 32,
        "learning_rate": 1e-3,
        "warmup_steps": 200,
        "gradient_norm": 10.0,
    },
    seen=300_000,
    fewest_epochs=10,
)
