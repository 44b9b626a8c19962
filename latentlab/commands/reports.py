"""What became of a person's own data while a command read them, told on stderr."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager

from latentlab.commands.printing import announce, tell_announced, warn, withdraw_announced
from latentlab.data.opening import telling
from latentlab.data.report import ReadingReport


@contextmanager
def reading_told(arguments: argparse.Namespace) -> Iterator[None]:
    """While a command runs: in a few lines, or all of it with --verbose; once, however often it reads them.

    Where nothing was left out, a command that is refused afterwards says no more than why.
    """
    told: list[ReadingReport] = []

    def tell(report: ReadingReport) -> None:
        if report in told:
            return
        told.append(report)
        whole, short = report.whole().splitlines(), report.in_short().splitlines()
        if arguments.verbose:
            warn(*whole)
        elif report.skipped_count:
            warn(*short, *(["--verbose gives more details."] if len(whole) > len(short) else []))
        else:
            announce(*short)

    if os.environ.get("RANK", "0") != "0" or "verbose" not in arguments:
        # One of several processes that train together, of which the first one tells; or nothing to read.
        yield
        return
    try:
        with telling(tell):
            yield
    except BaseException:
        withdraw_announced()
        raise
    tell_announced()
