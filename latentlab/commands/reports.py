"""Reports on stderr how reading the user's own data went."""

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
    """While a command runs: reports in a few lines, or in full with --verbose; once, however often it reads.

    Where nothing was left out, a command that is refused afterwards prints only the reason.
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
        # One of several processes that train together, of which the first reports; or nothing was read.
        yield
        return
    try:
        with telling(tell):
            yield
    except BaseException:
        withdraw_announced()
        raise
    tell_announced()
