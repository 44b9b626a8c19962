"""The arguments of `latentlab evaluate`: some for every model, most for one family only.

The latter have no default here, so that a flag given to the wrong kind of model can be recognised.
Torch-free, so that `--help` answers at once.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from latentlab.commands.arguments import add_columns, whole
from latentlab.engine.diffusion.recipes import MOST_STEPS
from latentlab.models.sampler_names import SAMPLER_NAMES

# The defaults of options that are not given: for models with an ELBO, and for diffusion models.
OF_ELBO: Mapping[str, Any] = {"split": "test", "samples": 5000, "likelihood_images": 1000}
OF_DIFFUSION: Mapping[str, Any] = {
    "drawn": 10_000, "sampler": "ddim", "steps": 50, "eta": 0.0, "guidance": 1.0,
    "classifier": "", "leave_out": (),
}  # fmt: skip


def flag_of(name: str) -> str:
    """The flag of one of these."""
    return "--pictures" if name == "drawn" else f"--{name.replace('_', '-')}"


def add_evaluation(parser: argparse.ArgumentParser) -> None:
    """Adds all of them."""
    parser.add_argument(
        "--data", metavar="NAME", help="a data set (default: the one that the model was trained on)"
    )
    add_columns(parser)
    elbo = parser.add_argument_group("for models with an ELBO")
    elbo.add_argument("--split", metavar="SPLIT", help="train, test (the default) or all")
    elbo.add_argument(
        "--samples",
        metavar="K",
        type=whole(1, 1_000_000),
        help="importance samples per picture for the log-likelihood (default 5000)",
    )
    elbo.add_argument(
        "--likelihood-images",
        metavar="N",
        type=whole(1, 10_000_000),
        help="number of pictures for the log-likelihood, spread evenly over the split (default 1000)",
    )
    drawn = parser.add_argument_group("for diffusion models")
    drawn.add_argument(
        "--pictures",
        dest="drawn",  # "pictures" are the data that the window opens
        metavar="N",
        type=whole(2, 1_000_000),
        help="number of samples to evaluate (default 10000)",
    )
    drawn.add_argument("--sampler", choices=SAMPLER_NAMES, help="sampler (default ddim)")
    drawn.add_argument(
        "--steps", metavar="S", type=whole(1, MOST_STEPS), help="number of sampling steps (default 50)"
    )
    drawn.add_argument("--eta", metavar="X", type=float, help="eta of ddim, 0 to 1 (default 0)")
    drawn.add_argument(
        "--guidance", metavar="X", type=float, help="classifier-free guidance scale (default 1)"
    )
    drawn.add_argument(
        "--classifier",
        metavar="MODEL",
        help="the classifier that evaluates the samples: a shipped name or a file (default: DATA-classifier)",
    )
    drawn.add_argument(
        "--leave-out",
        metavar="NAME,...",
        type=lambda text: tuple(text.split(",")),
        help="attributes to ignore when counting samples that show everything in their condition",
    )
