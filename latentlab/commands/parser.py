"""The argument parser of the whole command line. Torch-free, so that `--help` answers at once."""

from __future__ import annotations

import argparse
import functools
from typing import NoReturn, TypeAlias

from latentlab.commands.angles_arguments import add_angles
from latentlab.commands.arguments import (
    add_columns,
    add_condition,
    add_data,
    add_device,
    add_json,
    add_model,
    add_output,
    add_seed,
    low_high,
    point,
    seconds,
    whole,
)
from latentlab.commands.attribute_arguments import add_attribute_commands
from latentlab.commands.diffusion_arguments import add_class, add_diffusion_commands, add_sampling
from latentlab.commands.evaluation_arguments import add_evaluation
from latentlab.commands.inversion_arguments import add_inversion
from latentlab.commands.judge_arguments import add_judge
from latentlab.commands.origin_arguments import add_origin
from latentlab.commands.printing import warn
from latentlab.commands.prior_arguments import add_prior
from latentlab.commands.ratio_arguments import add_ratio
from latentlab.commands.texture_arguments import add_texture
from latentlab.commands.theory_arguments import add_theory
from latentlab.commands.translation_arguments import add_translation
from latentlab.errors import LabError
from latentlab.version import __version__

_EXAMPLES = """examples:
  latentlab                                      open the window
  latentlab --data ~/cats                        open the window, and pictures of your own
  latentlab list                                 the shipped models and data sets
  latentlab evaluate mnist-vae-2d --json         its ELBO and log-likelihood
  latentlab manifold mnist-vae-2d -n 20 -o grid.png
  latentlab arithmetic faces-vae --index 17 --add Hat -o hat.png
  latentlab diffuse mnist-ddpm --show xt,x0 -o tape.webp
  latentlab COMMAND --help                       the options of a command
"""


class _Parser(argparse.ArgumentParser):
    """An argument parser whose errors are `LabError`s: one line, and exit code 2."""

    def error(self, message: str) -> NoReturn:
        raise LabError(message, hint=f"See {self.prog} --help")


Commands: TypeAlias = "argparse._SubParsersAction[_Parser]"


def make_parser(training: bool) -> _Parser:
    """Makes the whole parser. `training` adds the kinds of model and their flags."""
    parser = _Parser(
        prog="latentlab",
        description="A laboratory for latent spaces. Without a command, it opens its window.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"latentlab {__version__}")
    parser.add_argument("--info", action="store_true", help="print versions and devices, and exit")
    _add_pictures(parser, "and open the page on these data: a folder or file of pictures")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")

    add = functools.partial(_add_command, commands)
    opened = add("open", "open the window on a model", "latentlab open runs/mine.safetensors")
    opened.add_argument("model", metavar="MODEL", nargs="?", help="a shipped name, a file or a project")
    _add_pictures(opened, "open it on these data: a folder or file of pictures")

    listed = add("list", "list the shipped models and data sets", "latentlab list --json")
    add_json(listed)

    _add_training(commands, training)

    judged = add(
        "evaluate",
        "measure how good a model is: its ELBO and log-likelihood, or the pictures of a diffusion model",
        "latentlab evaluate mnist-vae-2d --json\n  latentlab evaluate mnist-ddpm --steps 50 --json",
    )
    add_model(judged)
    add_evaluation(judged)
    add_seed(judged)
    add_device(judged)
    add_json(judged)

    grid = add(
        "manifold",
        "decode the latent plane of a 2-latent model into a grid of pictures",
        "latentlab manifold mnist-vae-2d -n 20 -o grid.png --range -3,3",
    )
    add_model(grid)
    grid.add_argument("-n", metavar="N", type=whole(1, 200), default=20, help="N x N pictures (default 20)")
    grid.add_argument(
        "--range",
        metavar="prior|LOW,HIGH",
        type=low_high,
        default=None,
        help="equal steps of prior probability (prior, the default) or a square of the plane",
    )
    add_condition(grid)
    add_output(grid, "grid.png, .webp or .jpg")
    add_device(grid)

    drawn = add(
        "sample",
        "sample pictures: from the prior of a model, or with a diffusion model",
        "latentlab sample faces-cvae --condition Hat=1,Smiling=0 -n 12 -o samples.png\n"
        "  latentlab sample mnist-ddpm --sampler ddim --steps 50 --class 3 --guidance 2 -o threes.png",
    )
    add_model(drawn)
    drawn.add_argument("-n", metavar="N", type=whole(1, 10_000), default=64, help="pictures (default 64)")
    add_seed(drawn)
    add_condition(drawn, "; what is not named is drawn for each picture with its frequency in the data")
    add_class(drawn)
    drawn.add_argument(
        "--data",
        metavar="DATA",
        help="the data set whose frequencies are used for what is not named (default: the one that "
        "the model was trained on)",
    )
    add_columns(drawn)
    how = drawn.add_argument_group("for models with a latent space").add_mutually_exclusive_group()
    # No default, so that a given flag can be recognised.
    for flag, draws, words in (
        ("--mean", False, "expected pictures (the default)"),
        ("--draw", True, "pictures drawn from p(x|z)"),
    ):
        how.add_argument(flag, dest="draw", action="store_const", const=draws, help=words)
    add_sampling(drawn)
    add_output(drawn, "samples.png, .webp or .jpg")
    add_json(drawn)
    add_device(drawn)

    coded = add(
        "encode",
        "encode a data set and write its means and standard deviations",
        "latentlab encode mnist-vae-2d --data mnist --split test -o z.npz",
    )
    add_model(coded)
    add_data(coded)
    coded.add_argument(
        "--projector",
        action="store_true",
        help="write a folder for the TensorBoard Projector instead: tensors, metadata, sprite",
    )
    add_output(coded, "z.npz or z.csv", scaled=False)
    add_device(coded)

    walked = add(
        "interpolate",
        "decode a walk between two points",
        "latentlab interpolate mnist-vae-2d --from 1.0,0.5 --to -1,0 --steps 12 -o walk.webp",
    )
    add_model(walked)
    walked.add_argument(
        "--from",
        dest="start",
        metavar="A",
        type=point,
        required=True,
        help="the start point: numbers separated by commas, such as 1.0,0.5",
    )
    walked.add_argument("--to", dest="end", metavar="B", type=point, required=True, help="where it ends")
    walked.add_argument(
        "--steps",
        metavar="N",
        type=whole(2, 1000),
        default=12,
        help="pictures, both ends included (default 12)",
    )
    walked.add_argument(
        "--path",
        choices=("lerp", "slerp"),
        default="lerp",
        help="a straight line (the default) or an arc around the origin",
    )
    walked.add_argument(
        "--fps", metavar="RATE", type=float, default=12.0, help="frames per second, 0.5 to 100 (default 12)"
    )
    add_condition(walked)
    add_output(
        walked, "the file to write: an animation (.webp, .gif, .apng, .mp4) or a strip of frames (.png, .jpg)"
    )
    add_device(walked)

    add_diffusion_commands(add)
    add_attribute_commands(add)
    add_texture(add)
    add_theory(add)
    add_origin(add)
    add_prior(add)
    add_judge(add)
    add_ratio(add)
    add_angles(add)
    add_translation(add)
    add_inversion(add)
    _add_verbose(parser)
    return parser


def _add_verbose(parser: argparse.ArgumentParser) -> None:
    """Adds --verbose, for every command that reads data."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                _add_verbose(command)
        elif action.dest == "data":
            parser.add_argument(
                "--verbose",
                action="store_true",
                help="list everything that was left out of your own data, and why, instead of a summary",
            )
            return


def _add_pictures(parser: _Parser, text: str) -> None:
    # Another name than other commands' --data, and no default: "open" must not undo what came before it.
    parser.add_argument("--data", dest="pictures", metavar="PATH", default=argparse.SUPPRESS, help=text)
    add_columns(parser, of_window=True)


def _add_training(commands: Commands, training: bool) -> None:
    example = "latentlab train {} --data mnist --out runs/mine.safetensors"
    if not training:
        _add_command(commands, "train", "train a model of your own", example.format("KIND"))
        return
    # Only here: loading the kinds takes a while, and no other command needs them.
    from latentlab.commands.flags import add_training_flags
    from latentlab.engine.training.plan import means_something
    from latentlab.engine.training.presets import presets
    from latentlab.models.capabilities import Capability
    from latentlab.models.registry import KINDS, faults

    warn(*faults())
    examples = {
        name: example.format(name) + (" --epochs 20" if means_something("epochs", name) else "")
        for name in KINDS
    }
    first = examples[presets()[0].choice.kind]
    parser = _add_command(commands, "train", "train a model of your own", first)
    kinds = parser.add_subparsers(dest="kind", metavar="KIND", title="kinds of model", required=True)
    for name, about in KINDS.items():
        kind = _add_command(
            kinds, name, f"train {about.in_a_sentence}{about.aside} and save it", examples[name]
        )
        kind.add_argument(
            "--data",
            default="mnist",
            metavar="DATA",
            help="the name of a data set (see latentlab list), or the path of your own (default mnist)",
        )
        add_columns(kind)
        kind.add_argument("--out", "-o", required=True, metavar="FILE", help="a .safetensors file to write")
        kind.add_argument("--force", action="store_true", help="replace the file if it exists")
        kind.add_argument(
            "--half", action="store_true", help="store weights with 16 bits, which halves the file"
        )
        going_on = kind.add_mutually_exclusive_group()
        kind.set_defaults(start=None)
        if Capability.FITS not in about.capabilities:
            going_on.add_argument(
                "--from",
                dest="start",
                metavar="MODEL",
                help="go on from a finished model, a name or a file, with its weights and settings; --epochs "
                "says how many more",
            )
        going_on.add_argument(
            "--resume",
            action="store_true",
            help="go on with the training of FILE that was stopped, as it was begun: of the other flags only "
            "--device, --half, --force, --log and --checkpoint-every count",
        )
        going_on.add_argument(
            "--resume-or-start",
            action="store_true",
            help="resume if there is a checkpoint, otherwise start",
        )
        kind.add_argument(
            "--checkpoint-every",
            type=seconds,
            default=30.0,
            metavar="SECONDS",
            help="seconds between checkpoints (default 30); the first is written after 2 seconds",
        )
        kind.add_argument(
            "--log", metavar="FOLDER", help="folder for metrics.jsonl and TensorBoard event files"
        )
        add_json(kind)
        add_training_flags(kind, name)


def _add_command(commands: Commands, name: str, text: str, example: str) -> _Parser:
    return commands.add_parser(
        name,
        help=text,
        description=f"{text[0].upper()}{text[1:]}.",
        epilog=f"example:\n  {example}\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
