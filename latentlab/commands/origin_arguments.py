"""The arguments of the command `latentlab origin`."""

from __future__ import annotations

from typing import Any

from latentlab.commands.arguments import add_columns, add_json


def add_origin(add: Any) -> None:
    """Adds the command; `add` makes a parser of a name, a text and an example."""
    parser = add(
        "origin",
        "find the training pictures nearest to a made picture, and say whether it is a copy of one",
        "latentlab origin sample.png --data mnist --json",
    )
    parser.add_argument(
        "image", metavar="IMAGE", help="a picture, such as a model draws; fitted to the data's size"
    )
    parser.add_argument(
        "--data",
        metavar="DATA",
        default="mnist",
        help="the data that the model learnt from: a name, or the path of your own (default mnist)",
    )
    add_columns(parser)
    parser.add_argument(
        "--features",
        action="store_true",
        help="compare in the features of a classifier, too: that takes a minute for all of mnist",
    )
    parser.add_argument(
        "--classifier",
        metavar="MODEL",
        default="",
        help="whose features: a shipped name or a file (default: DATA-classifier)",
    )
    add_json(parser)
