"""The arguments of the commands for diffusion models: sample, diffuse, edit, inpaint. Torch-free.

Options that apply only to one kind of model, or one start, have no default here, so that a given one can be
recognised.
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
)
from latentlab.models.sampler_names import ETA_HELP, SAMPLER_NAMES

# The defaults of options that are not given.
OF_SAMPLER: Mapping[str, Any] = {"sampler": "ddim", "steps": 50, "eta": 0.0, "guidance": 1.0}
OF_TAPE: Mapping[str, Any] = {
    **OF_SAMPLER, "n": 16, "seed": 0, "class_": None, "condition": None, "data": None, "between": None,
}  # fmt: skip
_AS_IN_DATA = "; what is not named is drawn for each picture with its frequency in the data"


def add_sampling(parser: argparse.ArgumentParser) -> None:
    """The options of `latentlab sample` for diffusion models only."""
    _add_sampler_settings(parser.add_argument_group("for diffusion models"))


def add_class(parser: argparse.ArgumentParser) -> None:
    """Adds --class, another name for --condition."""
    parser.add_argument(
        "--class",
        dest="class_",
        metavar="NAME",
        help="short for --condition with a class-conditional model: the class",
    )


def add_diffusion_commands(add: AddCommand) -> None:
    """Adds diffuse, edit and inpaint."""
    shown = add(
        "diffuse",
        "sample from a diffusion model and record every step as a tape",
        "latentlab diffuse mnist-ddpm --seed 0 --steps 50 --show xt,x0 -o tape.webp",
    )
    add_model(shown)
    shown.add_argument(
        "--recipe",
        metavar="FILE",
        help="repeat the tape that this picture or .npz was exported from, with the same settings; "
        "only what to show can be changed",
    )
    _add_count(shown, None, "16")
    _add_seed(shown, None)
    _add_told(shown, _AS_IN_DATA)
    shown.add_argument(
        "--between",
        metavar="SEED",
        type=whole(0, 2**63 - 1),
        help="interpolate spherically (slerp) from the first noise of --seed to the first noise of "
        "this seed, all under the same condition, or none",
    )
    _add_sampler_settings(shown)
    shown.add_argument(
        "--show",
        metavar="WHAT,...",
        type=lambda text: tuple(text.split(",")),
        default=("xt",),
        help="what to show, side by side: xt, the noisy picture (the default); x0, the predicted "
        "picture; noise, the predicted noise",
    )
    shown.add_argument(
        "--picture",
        metavar="K",
        type=whole(0, MOST_PICTURES - 1),
        help="show only this picture, counted from 0 (default: all)",
    )
    shown.add_argument(
        "--every",
        metavar="N",
        type=whole(1, MOST_STEPS),
        default=1,
        help="keep every N-th frame, and the last",
    )
    shown.add_argument(
        "--fps", metavar="RATE", type=float, default=12.0, help="frames per second, 0.5 to 100 (default 12)"
    )
    add_output(
        shown,
        "the file to write: an animation (.webp, .gif, .apng, .mp4), a strip of frames (.png, .jpg) "
        "or arrays (.npz)",
    )
    add_json(shown)
    add_device(shown)

    changed = add(
        "edit",
        "add noise to a picture and denoise it with a diffusion model, which varies it (SDEdit)",
        "latentlab edit mnist-ddpm --image in.png --strength 0.5 -o out.png",
    )
    add_model(changed)
    _add_picture(changed)
    changed.add_argument(
        "--strength",
        metavar="X",
        type=_number(1.0, LEAST_STRENGTH),
        default=0.5,
        help=f"how much noise to add, {LEAST_STRENGTH:g} to 1 (default 0.5): at 1 nothing of the "
        "picture is left",
    )
    _add_rest(changed)

    filled = add(
        "inpaint",
        "fill a hole in a picture with a diffusion model and keep the rest (RePaint)",
        "latentlab inpaint mnist-ddpm --image in.png --mask mask.png -o out.png",
    )
    add_model(filled)
    _add_picture(filled)
    filled.add_argument(
        "--mask",
        metavar="PATH",
        required=True,
        help="a picture that is white where the hole is, of the same size as --image or as the "
        "model's pictures; black or transparent parts are kept",
    )
    filled.add_argument(
        "--repeats",
        metavar="N",
        type=whole(1, 50),
        default=5,
        help="how often each step is repeated, so that the filling matches its surroundings (default 5)",
    )
    _add_rest(filled)


def _add_rest(parser: argparse.ArgumentParser) -> None:
    _add_count(parser, 1, "1; more give several variants side by side")
    _add_seed(parser, 0)
    _add_told(parser, f"{_AS_IN_DATA}; without it the model samples unconditionally")
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
        help=f"number of pictures, up to {MOST_PICTURES} (default {words})",
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
        help="the data set of --index, and of the frequencies of attributes that are not named "
        "(default: the one that the model was trained on)",
    )
    add_columns(parser)


def _add_picture(parser: argparse.ArgumentParser) -> None:
    add_which_picture(parser, "a picture")
    parser.add_argument(
        "--split",
        default="test",
        metavar="SPLIT",
        help="the split of --index: train, test (the default) or all",
    )


def _add_sampler_settings(parser: argparse._ActionsContainer) -> None:
    parser.add_argument("--sampler", choices=SAMPLER_NAMES, help="sampler (default ddim)")
    parser.add_argument(
        "--steps", metavar="S", type=whole(1, MOST_STEPS), help="number of sampling steps (default 50)"
    )
    parser.add_argument(
        "--eta",
        metavar="X",
        type=_share,
        help=ETA_HELP,
    )
    parser.add_argument(
        "--guidance",
        metavar="X",
        type=_number(MOST_GUIDANCE),
        help="classifier-free guidance scale, without + X (with - without): 1 (the default) as "
        "trained, 0 unconditional; the w of Ho & Salimans is X - 1",
    )


def _number(most: float, least: float = 0.0) -> Callable[[str], float]:
    """Makes an argument type: a number from `least` to `most`."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        # A comparison with NaN is false, so NaN is refused too.
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a number from {least:g} to {most:g}")
        return value

    return parse


_share = _number(1.0)
