"""The arguments of the command `latentlab theory`."""

from __future__ import annotations

from typing import Any

from latentlab.commands.arguments import (
    add_condition,
    add_data,
    add_device,
    add_json,
    add_model,
    add_seed,
    add_which_picture,
)


def add_theory(add: Any) -> None:
    """Adds the command; `add` makes a parser of a name, a text and an example."""
    parser = add(
        "theory",
        "estimate log p(x) of one picture by every way there is: the ELBO, its gap, and the integral",
        "latentlab theory mnist-vae-2d --index 7 --json",
    )
    add_model(parser)
    add_which_picture(parser, "a picture of your own, fitted to the model's size")
    add_condition(parser, "; with --image, what the picture shows")
    add_data(parser)
    add_seed(parser)
    add_device(parser)
    add_json(parser)
