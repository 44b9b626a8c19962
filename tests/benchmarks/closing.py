"""How long a window takes to be gone. Run by hand: python -m tests.benchmarks.closing --count 110

Each closing is a program of its own, closed at a random moment while it opens, while it trains a diffusion
model, trains one on large pictures and judges it, or draws a tape. Timed from the order to close to the end
of the process.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from tests.benchmarks.report import Report, quantiles

SITUATIONS = ("opening", "diffusion", "large", "tape")
# The window is closed so many seconds after it began, at most.
_LONGEST_S = 12.0
_GOAL_S = 2.0

_PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from latentlab.qt import app
from latentlab.qt.shell import main_window

situation, delay, data, out = sys.argv[1], float(sys.argv[2]), sys.argv[3], Path(sys.argv[4])

def close(window):
    print("closing", flush=True)
    window.close()

def begin(window):
    from latentlab.engine.training.plan import TrainingPlan
    from latentlab.qt.clients.training_orders import Begin
    if situation == "tape":
        from latentlab.engine.diffusion.recipes import Recipe
        client = window.bench.denoiser_client
        client.opened.connect(lambda reply: client.run(Recipe(count=16)))
        client.open("mnist-ddpm")
    else:
        plan = TrainingPlan(epochs=50, batch=64)
        fields = {}
        spec = "mnist" if situation == "diffusion" else data
        window.bench.trainer.begin(Begin("ddpm", fields, plan, spec, out))

real = main_window.LabWindow.__init__
def init(self, *args, **kwargs):
    real(self, *args, **kwargs)
    if situation == "opening":
        self.painted.connect(lambda: QTimer.singleShot(int(1000 * delay), lambda: close(self)))
        return
    begun = []
    def encoded(reply):
        if reply.done and not begun:
            begun.append(1)
            begin(self)
            QTimer.singleShot(int(1000 * delay), lambda: close(self))
    self.workspace.encoded.connect(encoded)
main_window.LabWindow.__init__ = init
sys.exit(app.main(["latentlab"]))
"""


def large_pictures(folder: Path, count: int = 400, side: int = 192) -> Path:
    """Photographs of noise, larger than what the shipped models draw."""
    chance = np.random.default_rng(0)
    for number in range(count):
        picture = chance.integers(0, 256, (side, side, 3), dtype=np.uint8)
        (folder / f"class{number % 2}").mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(folder / f"class{number % 2}" / f"{number}.jpg")
    return folder


def close_once(situation: str, delay: float, data: Path, folder: Path) -> tuple[float, int]:
    """Seconds from the order to close to the end of the process, and its exit code."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        environment[name] = str(folder / name)
    words = [sys.executable, "-c", _PROGRAM, situation, str(delay), str(data), str(folder / "m.safetensors")]
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == "closing":
                break
        began = time.perf_counter()
        process.wait(timeout=120)
    return time.perf_counter() - began, process.returncode


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=110)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=SITUATIONS)
    arguments = parser.parse_args()
    chance, report = random.Random(arguments.seed), Report("closing")
    situations = (arguments.only,) if arguments.only else SITUATIONS
    taken: dict[str, list[float]] = {situation: [] for situation in situations}
    with tempfile.TemporaryDirectory() as folder:
        data = large_pictures(Path(folder) / "large")
        for number in range(arguments.count):
            situation = situations[number % len(situations)]
            room = Path(folder) / str(number)
            room.mkdir()
            seconds, code = close_once(situation, chance.uniform(0.0, _LONGEST_S), data, room)
            assert code == 0, f"{situation} ended with {code}"
            left = [path.name for path in room.rglob("*") if ".tmp" in path.name or ".part" in path.name]
            assert not left, left
            taken[situation].append(seconds)
            print(f"{situation} {seconds:.2f}", flush=True)
    for situation, seconds in taken.items():
        over = sum(one > _GOAL_S for one in seconds)
        figures = {"closings": len(seconds), "over": over, "longest_s": max(seconds), **quantiles(seconds)}
        report.add(situation, figures, keeps=over == 0, goal=f"all within {_GOAL_S:g} s")
    report.save()


if __name__ == "__main__":
    main()
