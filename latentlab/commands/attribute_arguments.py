"""The arguments of the commands about attributes. Torch-free, so that `--help` answers at once."""

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

# Repeated here, because the engine needs torch.
METHODS = ("means", "regressed", "discriminant", "steered")


class AddCommand(Protocol):
    """Makes the parser of a command: its name, its help, an example."""

    def __call__(self, name: str, text: str, example: str) -> argparse.ArgumentParser: ...


def add_attribute_commands(add: AddCommand) -> None:
    """Adds attributes, arithmetic and analogy."""
    shown = add(
        "attributes",
        "find the latent direction of each attribute, and how reliable it is",
        "latentlab attributes faces-vae --method regressed --out directions.safetensors",
    )
    add_model(shown)
    _add_data(shown)
    _add_method(shown)
    _add_classifier(shown)
    shown.add_argument(
        "-o", "--out", metavar="FILE", help="file to save the directions to: .safetensors or .npz"
    )
    shown.add_argument("--force", action="store_true", help="replace the file if it exists")
    add_json(shown)
    add_device(shown)

    moved = add(
        "arithmetic",
        "add attributes to pictures, or remove them",
        "latentlab arithmetic faces-vae --index 17 --add Hat=1.0 --add Smiling=-0.5 -o out.png",
    )
    add_model(moved)
    add_which_picture(moved, "a picture, or a folder of pictures")
    moved.add_argument(
        "--add",
        dest="amounts",
        metavar="NAME=AMOUNT",
        type=amount,
        action="append",
        default=[],
        help="how much of an attribute to add (1 without a number; negative amounts remove it); may "
        "be repeated",
    )
    _add_data(moved)
    moved.add_argument(
        "--split",
        default="test",
        metavar="SPLIT",
        help="the split of --index: train, test (the default) or all",
    )
    how = moved.add_mutually_exclusive_group()
    how.add_argument(
        "--directions", metavar="FILE", help="use the directions saved by `latentlab attributes --out`"
    )
    _add_method(how)
    _add_classifier(moved)
    add_condition(
        moved, "; other attributes stay as in the picture of --index, or are 0 for a picture of your own"
    )
    moved.add_argument(
        "--same-z",
        action="store_true",
        help="keep z unchanged when a picture of --index is decoded under another condition, instead "
        "of compensating for what z still says of it",
    )
    add_output(moved, "out.png, .webp or .jpg; for a folder of pictures, the folder to write .png files to")
    add_device(moved)

    drawn = add(
        "analogy",
        "complete the analogy: a is to b as c is to the decoded picture",
        "latentlab analogy faces-vae a.png b.png c.png -o d.png",
    )
    add_model(drawn)
    for name, text in (
        ("a", "a picture"),
        ("b", "the same picture with something changed"),
        ("c", "the picture to apply the same change to"),
    ):
        drawn.add_argument(name, metavar=name.upper(), help=f"{text}: a picture file")
    add_condition(drawn)
    add_output(drawn, "d.png, .webp or .jpg")
    add_device(drawn)


def amount(text: str) -> tuple[str, float]:
    """An argument type: NAME=AMOUNT, or NAME alone for 1."""
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
            f"{text[:60]!r} is not an amount; expected a name and a number from -1000 to 1000, "
            "such as Hat=1.0"
        )
    return name, value


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        metavar="DATA",
        help="a data set with attributes or classes, by name or path (default: the one that the model "
        "was trained on)",
    )
    add_columns(parser)


def _add_method(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--method",
        choices=METHODS,
        help="how to find the directions: difference of means, the other attributes regressed out, "
        "Fisher's linear discriminant, or trained through the decoder until a classifier "
        "recognises the attribute, which takes a minute (default: steered where such directions "
        "are shipped, as in the window, otherwise means)",
    )


def _add_classifier(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--classifier",
        metavar="CLASSIFIER",
        default="",
        help="the classifier that directions are steered by: a shipped name or a file (default: "
        "DATA-classifier)",
    )
