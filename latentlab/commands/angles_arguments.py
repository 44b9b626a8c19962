"""The arguments of the command `latentlab angles`."""

from __future__ import annotations

from typing import Any

from latentlab.commands.arguments import add_device, add_json, add_model


def add_angles(add: Any) -> None:
    """Adds the command; `add` makes a parser of a name, a text and an example."""
    parser = add(
        "angles",
        "measure how the planes of two linear decoders lie to each other: their principal angles",
        "latentlab angles mnist-linear-16d mnist-gaussian --json",
    )
    add_model(parser)
    parser.add_argument(
        "other", metavar="OTHER", help="the other model; of a Gaussian or PCA the first components are taken"
    )
    add_device(parser)
    add_json(parser)
