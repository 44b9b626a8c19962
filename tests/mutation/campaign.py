"""Runs readers over damaged files, and keeps what was no refusal in words."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from latentlab.errors import LabError
from tests.mutation.readers import Reader, all_readers
from tests.older import copied

# Of a processor; and by the clock, for who waits takes none, and a busy computer is no fault of a reader's.
LONGEST_S = 5.0
_WAITED_S = 30.0
# What hangs outside of Python is ended, with a trace of where it was.
_ABORTED_S = 90.0
MOST_GROWTH = 2**30


class TooSlow(BaseException):
    """Its time is over. No `except Exception` of a reader takes it for its own."""


@dataclass
class Tally:
    """How a reader fared: files refused and opened, and what else happened, with the number of the file."""

    reader: str
    files: int = 0
    refused: int = 0
    opened: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)
    seconds: float = 0.0
    slowest: float = 0.0
    growth: int = 0


def run(names: list[str], files: int, seed: int, only: int | None = None) -> Iterator[Tally]:
    """Damages and reads `files` files of each reader named (all, if none is), or number `only` alone."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for reader in all_readers(copied(place)):
            if not names or any(reader.name.startswith(name) for name in names):
                yield _run(reader, range(files) if only is None else range(only, only + 1), seed, place)


def made(reader: Reader, number: int, seed: int) -> tuple[str, bytes]:
    """The damaged file of a number: its name and its bytes, which hang on nothing else."""
    chance = random.Random(f"{seed}/{reader.name}/{number}")
    sound = reader.seeds[number % len(reader.seeds)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zips with two members of a name are made on purpose
        return sound.name, chance.choice(sound.ways)(sound.content, chance)


def _run(reader: Reader, numbers: range, seed: int, place: Path) -> Tally:
    tally, begun = Tally(reader.name), time.monotonic()
    folder = place / "damaged"
    for number in (-1, *numbers):  # first a sound one of each kind, that all be there which is there once
        if number < 0:
            for sound in reader.seeds:
                with _laid(folder, reader, sound.name, sound.content) as path:
                    reader.read(path)
            continue
        name, content = made(reader, number, seed)
        with _laid(folder, reader, name, content) as path:
            before, started = _peak(), time.monotonic()
            fault = _fault_of(reader, path, tally)
            took = time.monotonic() - started
        tally.files += 1
        tally.slowest = max(tally.slowest, took)
        grown = _peak() - before
        tally.growth = max(tally.growth, grown)
        if grown > MOST_GROWTH and not fault:
            fault = f"took {grown / 2**30:.1f} GiB"
        if fault:
            tally.faults.append((number, fault))
    tally.seconds = time.monotonic() - begun
    return tally


@contextlib.contextmanager
def _laid(folder: Path, reader: Reader, name: str, content: bytes) -> Iterator[Path]:
    """The file in a folder of its own, with what lies beside it."""
    folder.mkdir()
    try:
        for other, sound in reader.beside:
            (folder / other).write_bytes(sound)
        path = folder / name
        path.write_bytes(content)
        # Qt keeps what it knows of a file until its time or size is another one.
        stamp = random.randrange(10**9, 2 * 10**9)
        os.utime(path, (stamp, stamp))
        yield path
    finally:
        shutil.rmtree(folder)


def _fault_of(reader: Reader, path: Path, tally: Tally) -> str:
    """What a reader should not have done with a file; "" if it opened it, or refused it in words."""
    faulthandler.dump_traceback_later(_ABORTED_S, exit=True)
    before = {number: signal.signal(number, _stop) for number in (signal.SIGPROF, signal.SIGALRM)}
    signal.setitimer(signal.ITIMER_PROF, LONGEST_S)
    signal.setitimer(signal.ITIMER_REAL, _WAITED_S)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            reader.read(path)
        tally.opened += 1
    except LabError as error:
        tally.refused += 1
        return _unprintable(str(error))
    except TooSlow:
        return f"took more than {LONGEST_S:g} s\n{traceback.format_exc(limit=-4)}"
    except Exception:
        return traceback.format_exc(limit=-4)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        for number, handler in before.items():
            signal.signal(number, handler)
        faulthandler.cancel_dump_traceback_later()
    return ""


def _unprintable(text: str) -> str:
    """What keeps a refusal from being read; "" if nothing does."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return f"refused in letters that cannot be printed: {text[:200]!a}"
    return f"refused in {len(text):,} letters: {text[:200]!a}" if len(text) > 2000 else ""


def _stop(number: int, frame: FrameType | None) -> None:
    raise TooSlow


def _peak() -> int:
    """The most memory that this process ever held, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak
