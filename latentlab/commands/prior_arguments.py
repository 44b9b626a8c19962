"""The arguments of the command `latentlab prior`."""

from __future__ import annotations

import argparse
from typing import Any

from latentlab.commands.arguments import (
    add_columns,
    add_device,
    add_json,
    add_model,
    add_output,
    add_seed,
    whole,
)

_MOST = 1000


def add_prior(add: Any) -> None:
    """Adds the command; `add` makes a parser of a name, a text and an example."""
    parser = add(
        "prior",
        "fit a mixture of Gaussians to a model's encodings and save the model with it as its prior",
        "latentlab prior faces-vae --components 50 --data faces -o faces-vae-mixture.safetensors",
    )
    add_model(parser)
    parser.add_argument(
        "--components",
        metavar="K[,K...]",
        type=counts,
        default=(1, 10, 50, 100),
        help="the number of Gaussians; of several the one under which held-out encodings are likeliest "
        "(default 1,10,50,100)",
    )
    parser.add_argument(
        "--fit-to",
        choices=("draws", "means"),
        default="draws",
        help="draws of the posteriors (the default), so that the mixture is the aggregate posterior, or "
        "their means; an autoencoder has only its codes",
    )
    parser.add_argument(
        "--data", metavar="NAME", help="a data set (default: the one that the model was trained on)"
    )
    add_columns(parser)
    parser.add_argument("--half", action="store_true", help="save 16 bits a weight: half the size")
    add_seed(parser)
    add_output(parser, "a .safetensors file", scaled=False)
    add_device(parser)
    add_json(parser)


def counts(text: str) -> tuple[int, ...]:
    """An argument type: whole numbers, separated by commas."""
    one = whole(1, _MOST)
    found = tuple(one(part.strip()) for part in text.split(","))
    if len(found) > 20:
        raise argparse.ArgumentTypeError("at most 20 numbers of components can be compared")
    return found
