"""How the window answers while it trains. Run by hand: python -m tests.benchmarks.training_window

With 70,000 points in sight, the unfolding on and a training on all cores: a drag of the probe from the mouse
event to the painted picture, how late a timer of the window's thread fires, how often the plane follows, and
what the window costs the training, against the same training without a window, in turns.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QElapsedTimer, Qt, QTimer

from latentlab.data import catalog
from latentlab.engine.inference.device import available_cores
from latentlab.engine.training.events import Progress
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.presets import Choice, fields_of
from latentlab.engine.training.run import TrainingRun
from latentlab.qt.app import create_window
from latentlab.qt.clients.trainer_client import Stage
from latentlab.qt.clients.training_orders import Begin
from latentlab.session.edits import ChangeData
from tests.benchmarks.report import Report, quantiles
from tests.benchmarks.window import measure_drag, rest, wait_until

FIELDS = fields_of(Choice.of("vae"))


def plan() -> TrainingPlan:
    return TrainingPlan(epochs=10_000, precision="bf16", threads=available_cores())


def windowless_rate(seconds: float) -> float:
    """Pictures a second of the training alone, in a process of its own.

    Threads that torch keeps for one thread of a process make the libraries under it spin less at the barriers
    of another's: the figure in the window would be half of what it is.
    """
    words = [sys.executable, "-m", "tests.benchmarks.training_window", "--alone", str(seconds)]
    return float(subprocess.run(words, check=True, capture_output=True, text=True).stdout)


def train_alone(seconds: float) -> float:
    """The same, here."""
    train, test = catalog.load("mnist", "train"), catalog.load("mnist", "test")
    out = Path(tempfile.mkdtemp()) / "alone.safetensors"
    rates, started = [], time.perf_counter()
    for event in TrainingRun("vae", FIELDS, plan(), train, test, out).run():
        if isinstance(event, Progress):
            rates.append(event.images_per_second)
        if time.perf_counter() - started > seconds:
            break
    return float(np.median(rates[5:]))


class Lateness:
    """How much later than every 10 ms a precise timer of the window's thread fires."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._clock = QElapsedTimer()
        self._timer = QTimer(interval=10, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._clock.start()
        self._timer.start()

    def _tick(self) -> None:
        late = self._clock.nsecsElapsed() * 1e-9 - 0.010
        self._clock.restart()
        self.seconds.append(max(0.0, late))

    def stop(self) -> list[float]:
        self._timer.stop()
        return self.seconds[5:]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--alone", type=float, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone:
        print(train_alone(given.alone))
        return 0
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    folder = Path(tempfile.mkdtemp())
    report = Report("training_window")
    window = create_window()
    window.bench.trainer.folder = folder
    window.resize(1440, 900)
    window.show()
    window.bench.docks.show_training()
    # Beside the plane, where the grid is at first.
    window.bench.docks.bring(window.bench.docks.probe)
    rest(500)
    window.workspace.do(ChangeData(data="mnist", split="all"))
    wait_until(
        lambda: window.workspace.encodings is not None and len(window.workspace.encodings.mean) == 70_000
    )
    rates: list[float] = []
    window.bench.trainer.told.connect(
        lambda event: rates.append(event.images_per_second) if isinstance(event, Progress) else None
    )
    unfolded: list[float] = []
    window.workspace.unfolded.connect(lambda reply: unfolded.append(time.perf_counter()))
    alone, beside, drags, late, rested, follows = [], [], [], [], [], []
    window.bench.trainer.begin(Begin("vae", FIELDS, plan(), "mnist", folder / "m.safetensors"))
    wait_until(lambda: window.bench.trainer.stage is Stage.RUNNING and len(unfolded) > 8)
    for _ in range(given.rounds):
        window.bench.trainer.pause()
        wait_until(lambda: window.bench.trainer.stage is Stage.PAUSED)
        alone.append(windowless_rate(given.seconds))
        window.bench.trainer.resume()
        rest(1000)
        rates.clear()
        unfolded.clear()
        lateness = Lateness()
        rest(round(1000 * given.seconds))
        rested += lateness.stop()
        beside.append(float(np.median(rates)))
        follows.append((len(unfolded) - 1) / (unfolded[-1] - unfolded[0]))
        lateness = Lateness()
        drags += measure_drag(window, 300)
        late += lateness.stop()
    window.bench.trainer.keep()
    wait_until(lambda: window.bench.trainer.stage is Stage.IDLE)
    drag, lateness_figures = quantiles(drags), quantiles(late)
    report.add("drag while training", drag, keeps=drag["p95_ms"] <= 8, goal="p95 <= 8 ms")
    keeps = lateness_figures["p99_ms"] <= 8
    report.add("lateness of a timer, dragging", lateness_figures, keeps=keeps, goal="p99 <= 8 ms")
    resting = quantiles(rested)
    report.add("lateness of a timer, at rest", resting, keeps=resting["p99_ms"] <= 8, goal="p99 <= 8 ms")
    share = float(np.median(np.array(beside) / np.array(alone)))
    figures = {"alone": float(np.median(alone)), "in the window": float(np.median(beside)), "ratio": share}
    report.add("throughput while nobody drags", figures, keeps=share >= 0.9, goal=">= 0.9 x")
    often = float(np.median(follows))
    report.add("plane and manifold follow", {"per_second": often}, keeps=often >= 3.9, goal="4 a second")
    window.close()
    report.save()
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
