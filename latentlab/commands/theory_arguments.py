"""The arguments of the command `latentlab theory`."""

from __future__ import annotations

from typing import Any

from latentlab.commands.arguments import add_data, add_device, add_json, add_model, add_seed, number_or_name


def add_theory(add: Any) -> None:
    """Adds the command; `add` makes a parser of a name, a text and an example."""
    parser = add(
        "theory",
        "estimate log p(x) of one picture by every way there is: the ELBO, its gap, and the integral",
        "latentlab theory mnist-vae-2d --index 7 --json",
    )
    add_model(parser)
    parser.add_argument(
        "--index",
        metavar="I",
        type=number_or_name,
        required=True,
        help="the picture: its index in the split, from 0, or the path of its file",
    )
    add_data(parser)
    add_seed(parser)
    add_device(parser)
    add_json(parser)
