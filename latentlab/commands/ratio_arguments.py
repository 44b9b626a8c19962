"""The arguments of the command `latentlab ratio`."""

from __future__ import annotations

from typing import Any

from latentlab.commands.arguments import add_device, add_json, add_seed, whole


def add_ratio(add: Any) -> None:
    """Adds the command; `add` makes a parser of a name, a text and an example."""
    parser = add(
        "ratio",
        "estimate the density ratio of two sets of pictures: what one has and the other lacks",
        "latentlab ratio mnist mnist-vae-16d --json\n  latentlab ratio mnist:train mnist:test",
    )
    for name, which in (("a", "one set"), ("b", "the other")):
        parser.add_argument(
            name,
            metavar=name.upper(),
            help=f"{which}: a model, whose samples are drawn, or a data set, with :train, :test (the "
            "default) or :all for a split",
        )
    parser.add_argument(
        "--pictures",
        dest="drawn",  # "pictures" are the data that the window opens
        metavar="N",
        type=whole(40, 1_000_000),
        default=2000,
        help="pictures of each set, at most as many as there are (default 2000)",
    )
    parser.add_argument(
        "--store", metavar="FOLDER", help="where samples are kept (default: the user's cache)"
    )
    add_seed(parser)
    add_device(parser)
    add_json(parser)
