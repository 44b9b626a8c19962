"""The arguments of what diffusion models do: sample, diffuse, edit, inpaint. Without torch.

What may be given to one kind of model, or one way of starting, and not to another has no default here, so
that one that was given can be told from one that was not.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Any

from latentlab.commands.arguments import (
    add_columns,
    add_condition,
    add_device,
    add_json,
    add_model,
    add_output,
    add_which_picture,
    whole,
)
from latentlab.commands.attribute_arguments import AddCommand
from latentlab.engine.diffusion.recipes import (
    LEAST_STRENGTH,
    MOST_GUIDANCE,
    MOST_PICTURES,
    MOST_STEPS,
    SAMPLER_NAMES,
)

# What is meant by what is not given.
OF_SAMPLER: Mapping[str, Any] = {"sampler": "ddim", "steps": 50, "eta": 0.0, "guidance": 1.0}
OF_TAPE: Mapping[str, Any] = {
    **OF_SAMPLER, "n": 16, "seed": 0, "class_": None, "condition": None, "data": None, "between": None,
}  # fmt: skip
_AS_IN_DATA = "; what is not named is drawn for each picture, as it occurs in the data"


def add_sampling(parser: argparse.ArgumentParser) -> None:
    """What `latentlab sample` takes of a diffusion model alone."""
    _add_sampler_settings(parser.add_argument_group("of diffusion models"))


def add_class(parser: argparse.ArgumentParser) -> None:
    """--class, another name for --condition."""
    parser.add_argument(
        "--class", dest="class_", metavar="NAME", help="the same of a model that is told classes: the class"
    )


def add_diffusion_commands(add: AddCommand) -> None:
    """diffuse, edit and inpaint."""
    shown = add(
        "diffuse",
        "run a diffusion model from noise to pictures, and keep every step: the tape",
        "latentlab diffuse mnist-ddpm --seed 0 --steps 50 --show xt,x0 -o tape.webp",
    )
    add_model(shown)
    shown.add_argument(
        "--recipe",
        metavar="FILE",
        help="run the tape again that this picture or .npz was exported from; it says all but what to show",
    )
    _add_count(shown, None, "16")
    _add_seed(shown, None)
    _add_told(shown, _AS_IN_DATA)
    shown.add_argument(
        "--between",
        metavar="SEED",
        type=whole(0, 2**63 - 1),
        help="pictures on the arc from the first noise of --seed to the first of this seed, all told what is "
        "asked for, or nothing",
    )
    _add_sampler_settings(shown)
    shown.add_argument(
        "--show",
        metavar="WHAT,...",
        type=lambda text: tuple(text.split(",")),
        default=("xt",),
        help="side by side: xt, the picture in its noise (the default); x0, the picture, "
        "and noise, the noise that the model believes in",
    )
    shown.add_argument(
        "--picture",
        metavar="K",
        type=whole(0, MOST_PICTURES - 1),
        help="show this one alone, counted from 0 (default: all)",
    )
    shown.add_argument(
        "--every",
        metavar="N",
        type=whole(1, MOST_STEPS),
        default=1,
        help="keep each N-th frame, and the last",
    )
    shown.add_argument(
        "--fps", metavar="RATE", type=float, default=12.0, help="frames a second, 0.5 to 100 (default 12)"
    )
    add_output(shown, "tape.webp, .gif, .apng and .mp4 move; .png and .jpg are strips; .npz has the numbers")
    add_json(shown)
    add_device(shown)

    changed = add(
        "edit",
        "noise a picture and let a diffusion model bring it back, more or less changed (SDEdit)",
        "latentlab edit mnist-ddpm --image in.png --strength 0.5 -o out.png",
    )
    add_model(changed)
    _add_picture(changed)
    changed.add_argument(
        "--strength",
        metavar="X",
        type=_number(1.0, LEAST_STRENGTH),
        default=0.5,
        help=f"how far towards nothing but noise, {LEAST_STRENGTH:g} to 1 (default 0.5): the more, the less "
        "is left of it",
    )
    _add_rest(changed)

    filled = add(
        "inpaint",
        "have a diffusion model fill a hole in a picture; the rest is kept as it is (RePaint)",
        "latentlab inpaint mnist-ddpm --image in.png --mask mask.png -o out.png",
    )
    add_model(filled)
    _add_picture(filled)
    filled.add_argument(
        "--mask",
        metavar="PATH",
        required=True,
        help="a picture, white where the hole is, of the size of the other one or of the model's pictures; "
        "what is black or transparent is kept",
    )
    filled.add_argument(
        "--repeats",
        metavar="N",
        type=whole(1, 50),
        default=5,
        help="how often each step is made, for the hole to match what is around it (default 5)",
    )
    _add_rest(filled)


def _add_rest(parser: argparse.ArgumentParser) -> None:
    _add_count(parser, 1, "1; more are variants, side by side")
    _add_seed(parser, 0)
    _add_told(parser, f"{_AS_IN_DATA}; where nothing is asked for, nothing is told")
    _add_sampler_settings(parser)
    add_output(parser, "out.png, .webp or .jpg")
    add_json(parser)
    add_device(parser)


def _add_count(parser: argparse.ArgumentParser, default: int | None, words: str) -> None:
    parser.add_argument(
        "-n",
        metavar="N",
        type=whole(1, MOST_PICTURES),
        default=default,
        help=f"pictures, up to {MOST_PICTURES} (default {words})",
    )


def _add_seed(parser: argparse.ArgumentParser, default: int | None) -> None:
    parser.add_argument(
        "--seed",
        metavar="S",
        type=whole(0, 2**63 - 1),
        default=default,
        help="the same seed gives the same pictures (default 0)",
    )


def _add_told(parser: argparse.ArgumentParser, more: str) -> None:
    add_condition(parser, more)
    add_class(parser)
    parser.add_argument(
        "--data",
        metavar="DATA",
        help="a data set: of its pictures, and of how often what is not asked for occurs "
        "(default: what the model learnt from)",
    )
    add_columns(parser)


def _add_picture(parser: argparse.ArgumentParser) -> None:
    add_which_picture(parser, "a picture")
    parser.add_argument(
        "--split", default="test", metavar="SPLIT", help="whose picture: train, test (the default) or all"
    )


def _add_sampler_settings(parser: argparse._ActionsContainer) -> None:
    parser.add_argument("--sampler", choices=SAMPLER_NAMES, help="how the way back is gone (default ddim)")
    parser.add_argument(
        "--steps", metavar="S", type=whole(1, MOST_STEPS), help="steps from noise to picture (default 50)"
    )
    parser.add_argument(
        "--eta", metavar="X", type=_share, help="the share of noise in the steps of ddim, 0 to 1 (default 0)"
    )
    parser.add_argument(
        "--guidance",
        metavar="X",
        type=_number(MOST_GUIDANCE),
        help="how closely the condition is followed, without + X (with - without): 1 as it was learnt (the "
        "default), 0 not at all; the w of Ho & Salimans is X - 1",
    )


def _number(most: float, least: float = 0.0) -> Callable[[str], float]:
    """An argument type: a number from `least` to `most`."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        # A comparison with NaN is false, so NaN is refused too.
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number from {least:g} to {most:g}")
        return value

    return parse


_share = _number(1.0)
