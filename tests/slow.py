"""Which tests are slow: `python -m tests.slow` runs them all, and writes anew which take most of the time.

`pytest -m "not slow"` is for between two edits, and has to be done in a minute. So the tests that take
longest, counting all cases of a test together, stand in slow.txt until what is left takes no more than
`_LEFT_S`. They are named there and not marked where they stand, for it is measured and not decided. A test
that is known to be slow may say so by `@pytest.mark.slow` as well.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

LIST = Path(__file__).with_name("slow.txt")
# Seconds for the tests of the fast tier; the rest of its minute goes to imports, fixtures and finding them.
_LEFT_S = 17.0


def function_of(nodeid: str) -> str:
    """A test without its cases and folders, for files move: "test_gaussian.py::test_that_..."."""
    return nodeid.partition("[")[0].rpartition("/")[2]


def listed() -> frozenset[str]:
    """The tests in slow.txt."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def mark_slow(items: Iterable[pytest.Item]) -> None:
    """Marks those that are listed."""
    slow = listed()
    for item in items:
        if function_of(item.nodeid) in slow:
            item.add_marker(pytest.mark.slow)


def slowest(seconds: Mapping[str, float], left: float = _LEFT_S) -> list[str]:
    """The fewest tests without which the others take at most `left` seconds; from seconds by case."""
    by_function: dict[str, float] = {}
    for nodeid, taken in seconds.items():
        by_function[function_of(nodeid)] = by_function.get(function_of(nodeid), 0.0) + taken
    slow, rest = [], sum(by_function.values())
    for name in sorted(by_function, key=lambda name: -by_function[name]):
        if rest <= left:
            break
        slow.append(name)
        rest -= by_function[name]
    return sorted(slow)


def write(slow: Iterable[str]) -> None:
    """Into slow.txt."""
    head = "# Made by `python -m tests.slow`: left out by `pytest -m 'not slow'`.\n"
    LIST.write_text(head + "".join(f"{name}\n" for name in slow), encoding="utf-8")


class Stopwatch:
    """A plugin of pytest that notes how long each test takes, with all that is made and taken down for it."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._begun = 0.0

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._begun = time.perf_counter()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.seconds[nodeid] = time.perf_counter() - self._begun


def main() -> int:
    """Runs all tests to the end, and writes the list, whether they pass or not."""
    stopwatch = Stopwatch()
    code = int(pytest.main([], plugins=[stopwatch]))
    if code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        slow = slowest(stopwatch.seconds)
        write(slow)
        print(f"{len(slow)} of {len(set(map(function_of, stopwatch.seconds)))} tests are slow")
    return code


if __name__ == "__main__":
    sys.exit(main())
