"""The arguments of the command `latentlab translate`."""

from __future__ import annotations

from typing import Any

from latentlab.commands.arguments import (
    add_data,
    add_device,
    add_json,
    add_model,
    add_output,
    add_which_picture,
)


def add_translation(add: Any) -> None:
    """Adds the command; `add` makes a parser of a name, a text and an example."""
    parser = add(
        "translate",
        "make a picture of another one, such as a face of its outline",
        "latentlab translate faces-pix2pix --image outline.png -o face.png\n"
        "  latentlab translate faces-pix2pix --index 7 --source outline.png -o face.png",
    )
    add_model(parser)
    add_which_picture(
        parser, "a picture file of what the model is given: an outline, black on white, for example"
    )
    parser.add_argument(
        "--whole",
        action="store_true",
        help="--image is a picture as the model makes them: take its outline, half or greys first",
    )
    parser.add_argument("--source", metavar="FILE", help="also write what the model was given")
    add_data(parser)
    add_output(parser, "face.png, .webp or .jpg")
    add_device(parser)
    add_json(parser)
