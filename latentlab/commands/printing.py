"""The only module that prints. Names from files never reach the terminal as escape sequences."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TextIO

from latentlab.errors import LabError
from latentlab.plain import one_line

# Printed before any other output.
_announced: list[str] = []


def say(*lines: str) -> None:
    """Prints lines of a result on stdout; line ends within one of them are shown as escapes.

    Raises:
        LabError: if the disk that they go to is full.
        BrokenPipeError: if nobody reads them any more.
    """
    tell_announced()
    with _written():
        for line in lines:
            _put(line, sys.stdout)


def flush() -> None:
    """Flushes all results; raises as `say` does."""
    with _written():
        sys.stdout.flush()


def say_no_more() -> None:
    """Keeps Python from trying again at exit to write what could not be written."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextlib.contextmanager
def _written() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        say_no_more()
        raise LabError(f"the output could not be written ({error.strerror})") from None


def warn(*lines: str) -> None:
    """Prints on stderr. While a progress bar is shown, lines appear above it.

    If stderr is unusable (a closed terminal, a full disk), the work goes on.
    """
    tell_announced()
    _warn(lines)


def announce(*lines: str) -> None:
    """Lines for stderr to print before the next output, unless they are withdrawn."""
    _announced.extend(lines)


def tell_announced() -> None:
    """Prints what was announced."""
    lines = tuple(_announced)
    _announced.clear()
    _warn(lines)


def withdraw_announced() -> None:
    """Discards what was announced."""
    _announced.clear()


def _warn(lines: tuple[str, ...]) -> None:
    with contextlib.suppress(OSError, ValueError):  # ValueError: stderr has been closed
        for line in lines:
            _put(line, sys.stderr)


def _put(line: str, stream: TextIO) -> None:
    text = one_line(line)
    try:
        print(text, file=stream)
    except UnicodeEncodeError:  # a terminal, or a file, with a smaller character set
        letters = stream.encoding or "ascii"
        print(text.encode(letters, "backslashreplace").decode(letters), file=stream)
