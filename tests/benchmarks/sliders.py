"""How fast an attribute's slider answers the mouse. Run by hand: python -m tests.benchmarks.sliders [MODEL]

In the real window: from each mouse event of a drag of the handle to the face with the attribute added,
painted on the attribute board; and the same while several attributes have been added already.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QWidget

from latentlab.qt.app import create_window
from tests.benchmarks.report import Report, quantiles
from tests.benchmarks.window import PaintWatch, Shown, rest, send_move, wait_until

_MOVES = 400


def handle_of(slider: QSlider) -> QPoint:
    """The middle of the slider's handle."""
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    style, part = QStyle.ComplexControl.CC_Slider, QStyle.SubControl.SC_SliderHandle
    return slider.style().subControlRect(style, option, part, slider).center()


def board_of(window: QWidget) -> QWidget:
    """The attribute board, in sight."""
    window.bench.docks.show_attributes()
    return window.findChild(QWidget, "attributeBoard")


def measure_slider(window: QWidget, name: str, moves: int = _MOVES) -> list[float]:
    """Seconds from each mouse event to the picture of exactly that place, painted."""
    slider = window.findChild(QSlider, f"attributeSlider_{name}")
    image = window.findChild(QWidget, "attributesAfter")
    watch, shown = PaintWatch(image), Shown(window, image)
    middle, reach = handle_of(slider), slider.width() // 2 - 20
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=middle)
    seconds = []
    for number in range(moves):
        place = middle + QPoint(round(reach * np.sin(number * 0.05)), 0)
        rest(4)
        before = window.session.state.probe
        started = time.perf_counter()
        send_move(slider, place, Qt.MouseButton.LeftButton)
        z = window.session.state.probe
        if z == before:
            continue
        watch.wait(lambda z=z: shown.shows(z))
        seconds.append(time.perf_counter() - started)
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=middle)
    return seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", default="faces-vae")
    given = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    report = Report("sliders")
    window = create_window()
    window.resize(1440, 900)
    window.show()
    rest(500)
    wait_until(lambda: window.workspace.model is not None)
    loaded: list[object] = []
    window.workspace.loaded.connect(loaded.append)
    window.workspace.open(replace(window.session.state, model=given.model, data="faces", split="test"))
    wait_until(lambda: bool(loaded))
    board = board_of(window)
    # Steered directions that ship are there before the pictures are encoded, which takes a core.
    wait_until(
        lambda: (
            "Hat" in board.rows and window.workspace.encodings is not None and window.workspace.encodings.done
        )
    )
    rest(2000)
    for words, name in (
        ("the first attribute", "Hat"),
        ("another, one being added", "Smiling"),
        ("a third, two being added", "Long_Hair"),
    ):
        figure = quantiles(measure_slider(window, name))
        report.add(
            f"slider to painted picture, {words}", figure, keeps=figure["p95_ms"] <= 8, goal="p95 <= 8 ms"
        )
    window.close()
    report.save()
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
