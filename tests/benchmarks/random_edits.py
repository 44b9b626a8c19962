"""Edits at random in a live window. By hand: python -m tests.benchmarks.random_edits [--edits N] [--seed S]

Hands use every control that they find, drag, gather and zoom; they undo and redo, turn to other panels, and
open other models, splits and diffusion models, often before the last one is there. Nothing may reach the
crash handler, Qt may not complain, and after the first thousand edits the memory stays within 50 MB. Of the
data the first pictures are there alone, and each model has been opened and used once before: else what is
loaded late would count as growth. Memory is that of a window at rest, less what the allocator keeps free.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QTabWidget

from latentlab.engine.inference.memory import give_back
from latentlab.qt.app import application
from latentlab.qt.clients.gui_gc import Collector
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.shell.main_window import LabWindow
from tests.hands import Faults, Hands, composed, denoisers, encoded, few_pictures, planes, settle, until

FEW = 260
WARM = 1000
MOST_GROWTH_MB = 50.0
# What the offscreen platform says of every window.
_OFFSCREEN = "This plugin does not support"


@dataclass(frozen=True)
class Figures:
    """What a campaign did and met; memory in MB (RSS), after the first edits and at the end."""

    edits: int
    undone: int
    opened: int
    seconds: float
    faults: str
    warm_mb: float
    end_mb: float

    @property
    def growth_mb(self) -> float:
        """By how much the memory has grown since the window was warm."""
        return self.end_mb - self.warm_mb


class Campaign:
    """Edits at random, of which `seed` decides."""

    def __init__(self, window: LabWindow, folder: Path, seed: int = 0) -> None:
        self.window, self.chance = window, random.Random(seed)
        self.hands, self.faults = Hands(window, seed + 1), Faults(window, folder)
        self.undone = self.opened = 0
        self._front = window.bench.docks.content_of(window.bench.docks.grid)
        hands = self.hands
        # What is done, and how often.
        self._ways: dict[Callable[[], None], float] = {
            self._use: 52.0, self._turn: 5.0, self._undo: 14.0, self._redo: 8.0,
            hands.drag: 5.0, hands.select: 5.0, hands.gather: 2.0, hands.look: 2.0, hands.nudge: 3.0,
            hands.point_at_grid: 2.0, self._open: 1.5, self._split: 0.3, self._draw: 0.1,
        }  # fmt: skip

    def tour(self) -> None:
        """Opens and uses everything once: what is loaded for that, and kept, is no growth."""
        for name in planes():
            for command in ("allDataAction", "testDataAction"):
                self.hands.open(name)
                self.window.bench.actions[command].trigger()
                settle(100)
            self.hands.use_everything()
        for name in denoisers():
            self.hands.open_denoiser(name)

    def run(self, edits: int, warm: int = WARM, say: Callable[[str], None] = lambda words: None) -> Figures:
        """Makes so many; stops at the first fault."""
        began, warm_mb, done = time.perf_counter(), 0.0, 0
        ways, weights = list(self._ways), list(self._ways.values())
        while done < edits and not self.faults.found:
            self.chance.choices(ways, weights)[0]()
            settle()
            done += 1
            if done == min(warm, edits):
                warm_mb = self._at_rest_mb()
            if done % 1000 == 0:
                memory = self._at_rest_mb() if done % 5000 == 0 else memory_mb()
                say(f"{done:,} edits, {memory:.0f} MB, {time.perf_counter() - began:.0f} s")
        end_mb = self._at_rest_mb()
        seconds = time.perf_counter() - began
        return Figures(done, self.undone, self.opened, seconds, self.faults.found, warm_mb, end_mb)

    def _at_rest_mb(self) -> float:
        """The memory with everything drawn, of the model that each measurement has open."""
        self.hands.close_pages()
        self.hands.open(planes()[0])
        settle(400)
        until(lambda: encoded(self.window), "the model was not encoded")
        # What the allocator keeps for later, some 50 MB now and some 150 then, is nobody's.
        give_back()
        return memory_mb()

    def _use(self) -> None:
        panels = [self._front, self.window.bench.docks.probe.widget(), self.window.centralWidget()]
        controls = self.hands.controls(self.chance.choices(panels, (6, 3, 1))[0])
        if controls:
            self.hands.use(self.chance.choice(controls))

    def _turn(self) -> None:
        bench = self.window.bench
        if self.chance.random() < 0.3:
            bench.workspaces.show(
                self.chance.choice([name for name in bench.workspaces.specs if name != "compare"])
            )
        dock = self.chance.choice([dock for dock in bench.docks.all if dock is not bench.docks.compare])
        bench.workspaces.reveal(dock)
        self._front = bench.docks.content_of(dock)
        for tabs in self._front.findChildren(QTabWidget):
            if tabs.objectName():
                tabs.setCurrentIndex(self.chance.randrange(tabs.count()))

    def _undo(self) -> None:
        self.undone += self.window.workspace.undo_stack.canUndo()
        self.window.bench.actions["undoAction"].trigger()

    def _redo(self) -> None:
        self.window.bench.actions["redoAction"].trigger()

    def _open(self) -> None:
        """Another model: now and then it is waited for."""
        self.opened += 1
        name = self.chance.choice(planes())
        self.window.bench.actions[f"model_{name}"].trigger()
        if self.chance.random() < 0.5:
            settle(self.chance.randrange(1, 300))

    def _split(self) -> None:
        self.window.bench.actions[self.chance.choice(("testDataAction", "allDataAction"))].trigger()

    def _draw(self) -> None:
        self.window.bench.diffusion.open_model(self.chance.choice(denoisers()))


def memory_mb() -> float:
    """The resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    complaints: list[str] = []

    def complain(kind: QtMsgType, context: object, words: str) -> None:
        if _OFFSCREEN not in words:
            complaints.append(words)
            print(words, file=sys.stderr, flush=True)

    app = application([])
    qInstallMessageHandler(complain)
    collector = Collector(app)
    collector.start()
    with tempfile.TemporaryDirectory() as folder, few_pictures(FEW):
        window = composed(Settings(Path(folder) / "lab.ini"), Path(folder) / "models")
        campaign = Campaign(window, Path(folder), given.seed)
        campaign.tour()
        found = campaign.run(given.edits, say=lambda words: print(words, flush=True))
        window.close()
    collector.stop()
    print(
        f"{found.edits:,} edits ({found.undone:,} undone, {found.opened:,} models) in {found.seconds:.0f} s"
    )
    print(f"Memory: {found.warm_mb:.0f} MB after {WARM:,} edits, {found.end_mb:.0f} MB at the end")
    print(f"Exceptions: {found.faults or 'none'}; complaints of Qt: {len(complaints)}")
    good = not found.faults and not complaints and found.growth_mb <= MOST_GROWTH_MB
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
