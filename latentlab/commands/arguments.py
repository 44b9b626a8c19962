"""Argument types and options shared by several commands."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable

MAX_COORDINATE = 1000.0


def whole(low: int, high: int) -> Callable[[str], int]:
    """Makes an argument type: a whole number from `low` to `high`."""

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a whole number from {low} to {high}")
        return value

    return parse


def seconds(text: str) -> float:
    """An argument type: a duration in seconds, 0 or more."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.0 <= value <= 1e6:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a number of seconds")
    return value


def point(text: str) -> tuple[float, ...]:
    """An argument type: numbers separated by commas."""
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        values = (math.nan,)
    if not all(abs(value) <= MAX_COORDINATE for value in values):
        raise argparse.ArgumentTypeError(
            f"{text[:60]!r} is not a point; expected numbers from -1000 to 1000, such as 1.0,-0.5"
        )
    return values


def low_high(text: str) -> tuple[float, float] | None:
    """An argument type: LOW,HIGH, or None for `prior`."""
    if text == "prior":
        return None
    values = point(text)
    if len(values) != 2 or values[0] >= values[1]:
        raise argparse.ArgumentTypeError(
            f"{text[:60]!r} is not a range; expected prior, or LOW,HIGH such as -3,3"
        )
    return values[0], values[1]


def add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a shipped name (see latentlab list) or a file")


def add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", metavar="NAME", help="a data set (default: the one that the model was trained on)"
    )
    add_columns(parser)
    parser.add_argument("--split", default="test", metavar="SPLIT", help="train, test (the default) or all")


def add_columns(parser: argparse.ArgumentParser, *, of_window: bool = False) -> None:
    """--columns, which goes with --data."""
    parser.add_argument(
        "--columns",
        dest="picture_columns" if of_window else "columns",
        default=argparse.SUPPRESS,
        metavar="file=NAME,class=NAME,...",
        help="which columns of the table to use instead of those found automatically: file=, class=, "
        "split= and attributes=NAME+NAME; none to use no such column",
    )


def add_seed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seed",
        metavar="S",
        type=whole(0, 2**63 - 1),
        default=0,
        help="the same seed gives the same result (default 0)",
    )


def add_device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--device",
        default="auto",
        metavar="NAME",
        help="cpu, cuda, mps, or auto (the default) for the fastest available",
    )
    parser.add_argument(
        "--threads",
        type=whole(0, 1024),
        default=0,
        metavar="N",
        help="number of CPU threads (default 0: PyTorch decides)",
    )


def add_condition(parser: argparse.ArgumentParser, more: str = "; the others are 0") -> None:
    parser.add_argument(
        "--condition",
        metavar="CLASS|NAME=1,...",
        help=f"the condition of a conditional model: a class, or attributes such as Hat=1,Smiling=0{more}",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")


def add_which_picture(parser: argparse.ArgumentParser, image: str) -> None:
    """Adds --image (with `image` as its help) or --index: one of them is required."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--image", metavar="PATH", help=image)
    which.add_argument(
        "--index",
        metavar="I",
        type=number_or_name,
        help="a picture of the data set: its index, from 0, or the path of its file relative to the "
        "data set's folder",
    )


def number_or_name(text: str) -> int | str:
    """An argument type: a picture by its number, or by its name."""
    return whole(0, 10_000_000)(text) if text.isdecimal() or not text.strip("+-0123456789") else text


def add_output(parser: argparse.ArgumentParser, names: str, *, scaled: bool = True) -> None:
    parser.add_argument("-o", "--out", required=True, metavar="FILE", help=f"the file to write: {names}")
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")
    if scaled:
        parser.add_argument(
            "--scale",
            metavar="S",
            type=whole(1, 64),
            default=1,
            help="enlarge each pixel to S x S pixels (default 1)",
        )
