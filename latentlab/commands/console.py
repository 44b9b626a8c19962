"""Shared by the commands: JSON on stdout, progress on stderr, opening the model on its device."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from latentlab.commands.printing import tell_announced
from latentlab.engine.files.checkpoint import LoadedModel, load_model
from latentlab.engine.inference.device import choose_device
from latentlab.errors import LabError
from latentlab.plain import short_name

# The most characters beside a progress bar.
_WORDS = 120


def open_model(arguments: argparse.Namespace) -> LoadedModel:
    """Opens the command's MODEL on its --device, after setting its --threads."""
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    return load_model(arguments.model, choose_device(arguments.device))


def print_json(values: Mapping[str, Any]) -> None:
    """Prints one JSON object on stdout.

    Raises:
        LabError: if a figure is not a number, which JSON cannot say.
    """
    try:
        print(json.dumps(values, indent=2, allow_nan=False))
    except ValueError:
        raise LabError("a figure is not a finite number: the model's outputs overflow") from None


@contextlib.contextmanager
def progress_bar(what: str) -> Iterator[Callable[[float, str], None]]:
    """A progress bar on stderr while the block runs, if stderr is a terminal.

    Yields a function to call with the share done, 0 to 1, and a short text ("" for none). Neither that nor
    `what` is read as rich's markup, or reaches the terminal as an escape sequence. If the terminal is closed
    meanwhile, only the bar ends.
    """
    tell_announced()
    if sys.stderr is None or sys.stderr.closed or not sys.stderr.isatty():
        yield lambda share, words: None
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[words]}", markup=False),
    )
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(short_name(what), total=1.0, words="")
    with contextlib.suppress(OSError):
        bar.start()
    try:
        yield lambda share, words: bar.update(task, completed=share, words=short_name(words, _WORDS))
    finally:
        with contextlib.suppress(OSError):
            bar.stop()
