"""How fast the window switches its workspace. Run by hand: python -m tests.benchmarks.workspaces [MODEL]

In the real window, with a model and its pictures open, each button after each other: from the click until the
new workspace is laid out and painted; and the longest turn of the event loop in the second after it.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from latentlab.qt.app import create_window
from latentlab.qt.controllers.settings import Settings
from tests.benchmarks.report import Report, quantiles
from tests.benchmarks.window import rest

_ROUNDS = 1
_AFTER_S = 1.0


def switch(window: QWidget, name: str) -> tuple[float, float, float]:
    """Clicks on a button; seconds until it is painted, of the window's thread for that, and of the longest
    turn afterwards.
    """
    button = window.findChild(QToolButton, f"workspace_{name}")
    started, worked = time.perf_counter(), time.thread_time()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    # Layouts that were invalidated, and the paint that the switch asked for.
    QApplication.sendPostedEvents()
    window.repaint()
    painted, worked = time.perf_counter(), time.thread_time() - worked
    longest, late = 0.0, painted + _AFTER_S
    while (before := time.perf_counter()) < late:
        QApplication.processEvents()
        longest = max(longest, time.perf_counter() - before)
        time.sleep(0.001)
    return painted - started, worked, longest


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="1440x900")
    given = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    report = Report("workspaces")
    with tempfile.TemporaryDirectory() as folder:
        window = create_window(Settings(Path(folder) / "lab.ini"))
        window.resize(*map(int, given.size.split("x")))
        window.show()
        rest(1500)
        names = list(window.bench.workspaces.specs)
        # From each to each other: every ordered pair is met in these rounds.
        tour = [name for pair in itertools.permutations(names, 2) for name in pair] * _ROUNDS
        first: dict[str, tuple[float, float]] = {}
        again: list[float] = []
        work: list[float] = []
        turns: list[float] = []
        for name in tour:
            if name == window.bench.workspaces.current:
                continue
            seconds, worked, longest = switch(window, name)
            if name in first:
                again.append(seconds)
                work.append(worked)
                turns.append(longest)
            else:
                first[name] = seconds, worked
        ms = {name: tuple(round(1e3 * one, 1) for one in both) for name, both in first.items()}
        report.add("first visit: ms, and of the window's thread", ms)
        report.add("the same of the window's thread", quantiles(work))
        figure = quantiles(again)
        report.add("switch to painted", figure, keeps=figure["p95_ms"] <= 100, goal="p95 <= 100 ms")
        report.add("longest turn in the second after it", quantiles(turns))
        window.close()
    report.save()
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
