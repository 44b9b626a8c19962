"""The only places where commands print. No name from a file reaches the terminal as an escape sequence."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TextIO

from latentlab.errors import LabError
from latentlab.plain import one_line

# What is told as soon as anything else is.
_announced: list[str] = []


def say(*lines: str) -> None:
    """Lines of a result on stdout; what would end a line within one of them is shown as an escape.

    Raises:
        LabError: if the disk that they go to is full.
        BrokenPipeError: if nobody reads them any more.
    """
    tell_announced()
    with _written():
        for line in lines:
            _put(line, sys.stdout)


def flush() -> None:
    """Sees to it that all results are written; raises as `say` does."""
    with _written():
        sys.stdout.flush()


def say_no_more() -> None:
    """Python must not try again, as it ends, to write what could not be written."""
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
    """The same on stderr, for whoever watches. While a bar is shown they pass above it.

    If nobody can watch any more (a closed terminal, a full disk), the work goes on.
    """
    tell_announced()
    _warn(lines)


def announce(*lines: str) -> None:
    """Lines for stderr that come before whatever is printed next, unless they are withdrawn."""
    _announced.extend(lines)


def tell_announced() -> None:
    """Prints what was announced."""
    lines = tuple(_announced)
    _announced.clear()
    _warn(lines)


def withdraw_announced() -> None:
    """What was announced is not worth telling any more."""
    _announced.clear()


def _warn(lines: tuple[str, ...]) -> None:
    with contextlib.suppress(OSError, ValueError):  # ValueError: stderr has been closed
        for line in lines:
            _put(line, sys.stderr)


def _put(line: str, stream: TextIO) -> None:
    text = one_line(line)
    try:
        print(text, file=stream)
    except UnicodeEncodeError:  # a terminal, or a file, that knows fewer letters
        letters = stream.encoding or "ascii"
        print(text.encode(letters, "backslashreplace").decode(letters), file=stream)
