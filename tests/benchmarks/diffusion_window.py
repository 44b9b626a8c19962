"""How the window answers while a tape runs. By hand: python -m tests.benchmarks.diffusion_window [MODEL]

A tape of 16 pictures runs again and again beside 10,000 points in sight: how late a timer of the window's
thread fires, and a drag of the probe from the mouse event to the painted picture. Then a finished tape is
scrubbed by mouse: from each move to the frame painted.
"""

from __future__ import annotations

import argparse
import os
import sys
import time

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from latentlab.engine.diffusion.recipes import Recipe, SamplerSettings
from latentlab.qt.app import create_window
from latentlab.qt.shell.main_window import LabWindow
from tests.benchmarks.report import Report, quantiles
from tests.benchmarks.training_window import Lateness
from tests.benchmarks.window import PaintWatch, measure_drag, rest, send_move, wait_until


class Again:
    """Runs the same recipe once more as soon as it has come to its end."""

    def __init__(self, window: LabWindow, recipe: Recipe, model: str) -> None:
        self.window, self.recipe, self.model, self.runs = window, recipe, model, 0
        window.bench.diffusion.tape_finished.connect(self._finished)
        window.bench.diffusion.show_recipe(recipe, model)

    def _finished(self, recipe: Recipe) -> None:
        self.runs += 1
        self.window.bench.diffusion.show_recipe(self.recipe, self.model)

    def stop(self) -> None:
        self.window.bench.diffusion.tape_finished.disconnect(self._finished)


def measure_scrubbing(window: LabWindow, moves: int = 600) -> list[float]:
    """Seconds from each mouse move on the tape to the frame under it, painted large."""
    tape = window.bench.diffusion.findChild(QWidget, "tape")
    layers = [
        window.bench.diffusion.findChild(QWidget, name)
        for name in ("believedPictures", "noisyPictures", "believedNoise")
    ]
    watch, shown = PaintWatch(next(layer for layer in layers if layer.isVisible())), [-1]
    window.bench.diffusion.frame_shown.connect(lambda found: shown.append(found[0].number))
    QTest.mousePress(tape, Qt.MouseButton.LeftButton, pos=QPoint(4, tape.height() // 2))
    seconds, last = [], shown[-1]
    for number in range(moves):
        share = 0.5 + 0.48 * np.sin(number * 0.07)
        place = QPoint(round(share * tape.width()), tape.height() // 2)
        rest(4)
        started = time.perf_counter()
        send_move(tape, place, Qt.MouseButton.LeftButton)
        if shown[-1] == last:
            continue
        last = shown[-1]
        watch.wait(lambda: True)
        seconds.append(time.perf_counter() - started)
    QTest.mouseRelease(tape, Qt.MouseButton.LeftButton, pos=QPoint(4, tape.height() // 2))
    return seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", default="mnist-ddpm")
    parser.add_argument("--rounds", type=int, default=4)
    given = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    report = Report("diffusion_window")
    window = create_window()
    window.resize(1440, 900)
    window.show()
    window.bench.docks.show_diffusion()
    rest(2000)
    again = Again(window, Recipe(16, SamplerSettings(steps=50, guidance=2.0, conditions=told())), given.model)
    wait_until(lambda: again.runs > 0)
    late, drags = [], []
    for _ in range(given.rounds):
        lateness = Lateness()
        rest(5000)
        late += lateness.stop()
        drags += measure_drag(window, 300)
    again.stop()
    done = again.runs
    lateness_figures, drag = quantiles(late), quantiles(drags)
    keeps = lateness_figures["p99_ms"] <= 16
    report.add("lateness of a timer while a tape runs", lateness_figures, keeps=keeps, goal="p99 <= 16 ms")
    report.add("drag while a tape runs", drag, keeps=drag["p95_ms"] <= 10, goal="p95 <= 10 ms")
    report.add("tapes meanwhile", done)
    wait_until(lambda: window.bench.diffusion.frames()[-1].t == 0)
    rest(1500)
    scrubbed = quantiles(measure_scrubbing(window))
    report.add("scrubbing a finished tape", scrubbed, keeps=scrubbed["p95_ms"] <= 8, goal="p95 <= 8 ms")
    window.close()
    report.save()
    return 1 if report.missed else 0


def told() -> tuple[tuple[float, ...], ...]:
    """Each of ten classes in turn."""
    return tuple(tuple(float(row == column) for column in range(10)) for row in range(10))


if __name__ == "__main__":
    sys.exit(main())
