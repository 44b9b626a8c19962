"""The arguments of the command `latentlab judge`."""

from __future__ import annotations

from typing import Any

from latentlab.commands.arguments import add_columns, add_device, add_json, add_seed, whole


def add_judge(add: Any) -> None:
    """Adds the command; `add` makes a parser of a name, a text and an example."""
    parser = add(
        "judge",
        "put models of a data set in one table: density, samples, representation",
        "latentlab judge mnist-vae-2d mnist-ddpm --data mnist -o table.md",
    )
    parser.add_argument(
        "models", metavar="MODEL", nargs="*", help="shipped names (see latentlab list) or files"
    )
    parser.add_argument("--data", metavar="NAME", required=True, help="the data set to judge them on")
    add_columns(parser)
    parser.add_argument(
        "--shipped", action="store_true", help="judge all models that ship for these data, too"
    )
    parser.add_argument(
        "--pictures",
        dest="drawn",  # "pictures" are the data that the window opens
        metavar="N",
        type=whole(12, 1_000_000),
        default=2000,
        help="samples of each model, at most as many as there are held-out pictures (default 2000)",
    )
    parser.add_argument(
        "--classifier",
        metavar="MODEL",
        default="",
        help="the classifier that looks at samples: a shipped name or a file (default: DATA-classifier)",
    )
    parser.add_argument("--again", action="store_true", help="measure anew what was measured before")
    parser.add_argument(
        "--store", metavar="FOLDER", help="where figures and samples are kept (default: the user's cache)"
    )
    parser.add_argument("-o", "--out", metavar="FILE", help="write the table: .md, .csv or .json")
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")
    add_seed(parser)
    add_device(parser)
    add_json(parser)
