"""The commands about attributes as argparse sees them. Without torch, so that `--help` answers at once."""

from __future__ import annotations

import argparse
from typing import Protocol

from latentlab.commands.arguments import (
    MAX_COORDINATE,
    add_columns,
    add_condition,
    add_device,
    add_json,
    add_model,
    add_output,
    add_which_picture,
)

# Named here too, for the engine needs torch.
METHODS = ("means", "regressed", "discriminant", "steered")


class AddCommand(Protocol):
    """Makes the parser of a command: its name, what it does, an example."""

    def __call__(self, name: str, text: str, example: str) -> argparse.ArgumentParser: ...


def add_attribute_commands(add: AddCommand) -> None:
    """attributes, arithmetic and analogy."""
    shown = add(
        "attributes",
        "find what adds an attribute to a picture, and how far to trust it",
        "latentlab attributes faces-vae --method regressed --out directions.safetensors",
    )
    add_model(shown)
    _add_data(shown)
    _add_method(shown)
    _add_classifier(shown)
    shown.add_argument("-o", "--out", metavar="FILE", help="keep the directions: .safetensors or .npz")
    shown.add_argument("--force", action="store_true", help="replace the file if it exists")
    add_json(shown)
    add_device(shown)

    moved = add(
        "arithmetic",
        "add attributes to pictures, or take them away",
        "latentlab arithmetic faces-vae --index 17 --add Hat=1.0 --add Smiling=-0.5 -o out.png",
    )
    add_model(moved)
    add_which_picture(moved, "a picture, or a folder of them")
    moved.add_argument(
        "--add",
        dest="amounts",
        metavar="NAME=AMOUNT",
        type=amount,
        action="append",
        default=[],
        help="how often to add an attribute (once without a number, below 0 takes it away); may be repeated",
    )
    _add_data(moved)
    moved.add_argument(
        "--split", default="test", metavar="SPLIT", help="whose picture: train, test (the default) or all"
    )
    how = moved.add_mutually_exclusive_group()
    how.add_argument(
        "--directions", metavar="FILE", help="directions kept by `latentlab attributes --out`, not found anew"
    )
    _add_method(how)
    _add_classifier(moved)
    add_condition(moved, "; the others as a picture of --index has them, else 0")
    moved.add_argument(
        "--same-z",
        action="store_true",
        help="keep z where a picture of --index is told otherwise, and do not let it lean the same way",
    )
    add_output(moved, "out.png, .webp or .jpg; for a folder of pictures, the folder to write .png files to")
    add_device(moved)

    drawn = add(
        "analogy",
        "decode the picture that is to c as b is to a",
        "latentlab analogy faces-vae a.png b.png c.png -o d.png",
    )
    add_model(drawn)
    for name, text in (("a", "a picture"), ("b", "what became of it"), ("c", "what the same is to befall")):
        drawn.add_argument(name, metavar=name.upper(), help=f"{text}: a picture file")
    add_condition(drawn)
    add_output(drawn, "d.png, .webp or .jpg")
    add_device(drawn)


def amount(text: str) -> tuple[str, float]:
    """An argument type: NAME=AMOUNT, or NAME alone for once."""
    name, equals, number = text.rpartition("=")
    if not equals:
        return text, 1.0
    try:
        value = float(number)
    except ValueError:
        value = MAX_COORDINATE + 1.0
    # A comparison with NaN is false, so NaN is refused too.
    if not abs(value) <= MAX_COORDINATE:
        raise argparse.ArgumentTypeError(
            f"{text[:60]!r} adds nothing; expected a name and a number from -1000 to 1000 such as Hat=1.0"
        )
    return name, value


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        metavar="DATA",
        help="a data set with attributes or classes, by name or path (default: what the model learnt from)",
    )
    add_columns(parser)


def _add_method(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--method",
        choices=METHODS,
        help="difference of means, the other attributes regressed out, Fisher's linear discriminant, or "
        "steered through the decoder until a classifier sees it, which takes a minute (default: steered "
        "where such directions ship, as in the window, else means)",
    )


def _add_classifier(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--classifier",
        metavar="CLASSIFIER",
        default="",
        help="steer, and by this judge: a shipped name or a file (default: DATA-classifier)",
    )
