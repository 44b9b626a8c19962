"""How fast the data browser scrolls, sorts and selects. Run by hand: python -m tests.benchmarks.data_browser

Frames of scrolling through 70,000 and 1,000,000 pictures, from the turn of the wheel, or the move of the
scroll bar's handle, to the end of the painting: by small steps, by pages, and by jumps to places never seen
before, which is what a drag of the handle does. At several sizes of picture, with captions.
"""

from __future__ import annotations

import os
import sys
import time

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from latentlab.qt.app import create_window
from latentlab.session.picture_rows import PictureRows
from tests.benchmarks.report import Report, quantiles
from tests.benchmarks.window import wait_until

_FRAME_MS = 16.0


def pictures(count: int, channels: int, side: int) -> PictureRows:
    """Pictures that all differ; each is a window of one long noise, which keeps the memory small."""
    step, size = 7, channels * side * side
    noise = np.random.default_rng(0).integers(0, 256, count * step + size, dtype=np.uint8)
    shape, strides = (count, channels, side, side), (step, side * side, side, 1)
    images = np.lib.stride_tricks.as_strided(noise, shape, strides, writeable=False)
    labels = np.random.default_rng(1).integers(0, 10, count)
    classes = tuple(f"class {number}" for number in range(10))
    return PictureRows("/none/noise", "all", images, labels, classes, testing=count // 10)


def wheel(grid: object, turn: int) -> None:
    place = QPointF(200, 100)
    event = QWheelEvent(
        place, grid.viewport().mapToGlobal(place), QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(grid.viewport(), event)


def frames(browser: object, way: str, count: int = 200) -> tuple[list[float], list[float]]:
    """Seconds of each frame of scrolling, and those of the processor alone, which others may be using."""
    grid, bar, chance = browser.grid, browser.grid.verticalScrollBar(), np.random.default_rng(2)
    bar.setValue(0)
    QApplication.processEvents()
    seconds, worked = [], []
    for number in range(count):
        goal = int(chance.integers(0, max(1, bar.maximum())))
        started, at_work = time.perf_counter(), time.thread_time()
        if way == "wheel":
            wheel(grid, -120)
        elif way == "pages":
            bar.setValue(bar.value() + bar.pageStep())
        else:
            bar.setValue(goal)
        grid.viewport().repaint()
        seconds.append(time.perf_counter() - started)
        worked.append(time.thread_time() - at_work)
        QApplication.processEvents()
        if bar.value() == bar.maximum() and number + 1 < count:
            bar.setValue(0)
            grid.viewport().repaint()
    return seconds, worked


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication(sys.argv[:1])
    window = create_window()
    window.resize(1440, 900)
    window.show()
    window.start()
    wait_until(lambda: window.workspace.encodings is not None and window.workspace.encodings.done)
    report = Report("data_browser")
    browser = window.bench.browser
    # As large as in its own window: more cells in view than in any workspace.
    browser.setParent(None)
    browser.resize(1400, 820)
    browser.show()
    for count, channels, side in ((70_000, 1, 28), (1_000_000, 1, 28), (1_000_000, 3, 64)):
        started = time.perf_counter()
        browser.show_pictures(pictures(count, channels, side))
        QApplication.processEvents()
        what = f"{count:,} of {channels} x {side} x {side}"
        report.add(f"{what}: shown after", f"{1e3 * (time.perf_counter() - started):.1f} ms")
        wait_until(lambda: not browser._sorter.busy)
        for size in browser.grid.sides[:5]:
            browser.grid.set_side(size)
            cells = browser.grid.cells.columns * (browser.grid.viewport().height() // browser.grid.cells.down)
            for way in ("wheel", "pages", "jumps"):
                seconds, worked = frames(browser, way)
                found = quantiles(seconds) | {"p95_worked_ms": quantiles(worked)["p95_ms"]}
                report.add(
                    f"{what} at {size} px, {cells} in view, {way}", found,
                    keeps=found["p95_ms"] <= _FRAME_MS, goal=f"p95 <= {_FRAME_MS:g} ms",
                )  # fmt: skip
        browser.grid.set_side(56)
        for column in ("class", "split"):
            browser.bar.sort.setCurrentIndex(browser.bar.sort.findData(column))
            started = time.perf_counter()
            wait_until(lambda: not browser._sorter.busy, step=5)
            report.add(f"{what} sorted by {column}", f"{1e3 * (time.perf_counter() - started):.0f} ms")
        started = time.perf_counter()
        QTest.keyClick(browser.grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        browser.grid.viewport().repaint()
        report.add(f"{what}: all selected after", f"{1e3 * (time.perf_counter() - started):.1f} ms")
        found = quantiles(frames(browser, "wheel")[0])
        report.add(f"{what}: all selected, wheel", found, keeps=found["p95_ms"] <= _FRAME_MS)
    report.save()
    browser.setParent(window)
    window.close()
    app.processEvents()


if __name__ == "__main__":
    main()
