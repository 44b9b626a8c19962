"""The entry point of the command `latentlab`: parses the command line and calls `latentlab.commands`.

Neither torch nor Qt is imported here: `--help` and `--version` answer at once, commands bring in torch
when they run, and only opening the window brings in Qt.

Exit codes: 0 done; 2 something the person can mend, told on one line of stderr; 130 stopped by Ctrl+C.
"""

from __future__ import annotations

import os
import sys

from latentlab.commands.interruption import leaving_at_once

# Few imports here: until `main` runs, Ctrl+C prints a traceback.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

# Values of such an option that begin with a minus, which argparse takes for a flag.
_TAKES_NUMBERS = {"--from", "--to", "--range"}
_BEGINS_A_NUMBER = {*"0123456789."}
# How long torch's threads (GNU OpenMP) spin for work before they sleep. By default milliseconds, many times
# in every layer: where another program wants the cores, some runs took ten times as long. So short a spin
# costs nothing on cores of one's own.
_LOOKS = "2000"


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command line (by default the process's) and returns its exit code; never raises SystemExit.

    Errors that a user cannot fix are bugs, and come through as exceptions.
    """
    with leaving_at_once():
        from latentlab.commands.parser import make_parser
        from latentlab.commands.printing import flush, say_no_more, warn
        from latentlab.errors import LabError

    os.environ.setdefault("GOMP_SPINCOUNT", _LOOKS)
    _open_closed_streams()
    words = _join_negative_numbers(sys.argv[1:] if argv is None else argv)
    try:
        arguments = make_parser(training="train" in words).parse_args(words)
        code = _run(arguments)
        flush()  # flushed here, where a closed pipe is not yet a traceback
        return code
    except SystemExit as ended:  # --help and --version end this way
        return int(ended.code or 0)
    except LabError as error:
        warn(f"latentlab: {' '.join(str(error).split())}")
        return 2
    except KeyboardInterrupt:
        warn("latentlab: stopped; no result was written")
        return 130
    except BrokenPipeError:
        # The reader of our output has closed the pipe (`latentlab list | head -1`).
        say_no_more()
        return 1


def _open_closed_streams() -> None:
    """Replaces streams that were closed before the start (`>&-`) by null: Python has None there."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  for good


def _run(arguments: argparse.Namespace) -> int:
    if arguments.info:
        arguments.command = "info"
    _choose_columns(arguments)
    pictures = getattr(arguments, "pictures", None)
    if arguments.command in (None, "open"):
        with leaving_at_once():
            from latentlab.commands.window import open_window

            return open_window(getattr(arguments, "model", None), data=pictures)
    if pictures is not None:
        from latentlab.errors import LabError

        raise LabError(
            "--data before a command is for the window", hint=f"See latentlab {arguments.command} --help"
        )
    from latentlab.commands.reports import reading_told
    from latentlab.commands.table import COMMANDS

    with reading_told(arguments):
        COMMANDS[arguments.command](arguments)
    return 0


def _choose_columns(arguments: argparse.Namespace) -> None:
    """Merges --columns into the data spec, so that it is stored and shown with it."""
    for data, columns in (("pictures", "picture_columns"), ("data", "columns")):
        text = getattr(arguments, columns, None)
        if text is None:
            continue
        from latentlab.data.spec import with_columns

        spec = getattr(arguments, data, None)
        if spec is None:
            from latentlab.errors import LabError

            raise LabError("--columns needs --data", hint="Give --data as well")
        setattr(arguments, data, with_columns(spec, text))


def _join_negative_numbers(words: Sequence[str]) -> list[str]:
    """`--to -1,0` as `--to=-1,0`, which argparse understands."""
    joined: list[str] = []
    for word in words:
        negative = word[:1] == "-" and word[1:2] in _BEGINS_A_NUMBER
        if joined and joined[-1] in _TAKES_NUMBERS and negative:
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined
