"""The arguments of the command `latentlab invert`."""

from __future__ import annotations

from typing import Any

from latentlab.commands.arguments import (
    add_condition,
    add_data,
    add_device,
    add_json,
    add_model,
    add_output,
    add_seed,
    add_which_picture,
    whole,
)


def add_inversion(add: Any) -> None:
    """Adds the command; `add` makes a parser of a name, a text and an example."""
    parser = add(
        "invert",
        "find the z from which a model makes a picture, by gradient descent",
        "latentlab invert mnist-cgan --image in.png -o z.npz\n"
        "  latentlab invert mnist-cgan --index 7 --condition 9 --json -o z.npz",
    )
    add_model(parser)
    add_which_picture(parser, "a picture file, resized for the model")
    add_condition(
        parser, "; by default that of the picture of the data, or of a file each class, the best kept"
    )
    parser.add_argument(
        "--steps", metavar="T", type=whole(0, 100_000), default=200, help="steps of descent (default 200)"
    )
    parser.add_argument(
        "--starts",
        metavar="S",
        type=whole(1, 1000),
        default=4,
        help="descents begun, of which the worse are given up on the way (default 4)",
    )
    add_data(parser)
    add_seed(parser)
    add_output(parser, "z.npz: z, the picture, and z and error at each step", scaled=False)
    add_device(parser)
    add_json(parser)
