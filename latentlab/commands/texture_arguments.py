"""The arguments of the command `latentlab texture`."""

from __future__ import annotations

import argparse
from typing import Any

from latentlab.commands.arguments import add_output, add_seed, whole
from latentlab.engine.rendering.texture_recipe import LARGEST_SIDE, LEAST_SIDE, MODELS
from latentlab.shipped import texture_files


def add_texture(add: Any) -> None:
    """Adds the command; `add` makes a parser of a name, a text and an example."""
    parser = add(
        "texture",
        "draw a texture of any size like a picture, from its spectrum; it has no seam",
        "latentlab texture wood --size 512x512 --seed 0 -o texture.png\n"
        "  latentlab texture wood --with water --at 0.5 -o between.png",
    )
    names = ", ".join(texture_files())
    parser.add_argument("picture", metavar="PICTURE", help=f"a picture file, or one that ships: {names}")
    parser.add_argument(
        "--model",
        choices=MODELS,
        default="rpn",
        help="random phase noise (rpn, the default), or the Gaussian asymptotic discrete spot noise (adsn)",
    )
    parser.add_argument(
        "--size",
        metavar="WIDTHxHEIGHT",
        type=size,
        default=None,
        help="the size of the texture (default: the picture's own)",
    )
    parser.add_argument(
        "--amount",
        metavar="A",
        type=share,
        default=1.0,
        help="how random the phases are: 0 keeps the picture's own, 1 (the default) none; for rpn",
    )
    parser.add_argument("--with", dest="other", metavar="PICTURE", help="a second picture, for --at")
    parser.add_argument(
        "--at",
        metavar="T",
        type=share,
        default=0.5,
        help="the share of the way to the second one (default 0.5)",
    )
    add_seed(parser)
    add_output(parser, "texture.png, .webp or .jpg")


def size(text: str) -> tuple[int, int]:
    """An argument type: WIDTHxHEIGHT; returns rows and columns."""
    side = whole(LEAST_SIDE, LARGEST_SIDE)
    width, cross, height = text.lower().replace("\N{MULTIPLICATION SIGN}", "x").partition("x")
    if not cross:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a size; expected one such as 512x512")
    return side(height), side(width)


def share(text: str) -> float:
    """An argument type: a number from 0 to 1."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1.0:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a number from 0 to 1")
    return value
