"""How fast the theory follows a hand, and how well its ways agree. By hand: python -m tests.benchmarks.theory

Measured in the real window with `mnist-vae-2d`: from a mouse event at which another picture becomes the
nearest, to the true posterior of that picture painted in the plane; the drag of the probe itself, with that
layer and without, in turns. With `--digits N`: how far the last rungs are from the quadrature, on the first N
test digits.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from latentlab.data import catalog
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.inference.evidence import Evidence
from latentlab.qt.app import create_window
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.controllers.theory_subject import subject_of
from latentlab.session.edits import SetLayers
from latentlab.session.neighbours import nearest
from latentlab.session.state import Layers
from tests.benchmarks.report import Report, quantiles
from tests.benchmarks.window import PaintWatch, measure_drag, rest, send_move, wait_until


def measure_following(window: QWidget, moves: int = 300) -> list[float]:
    """Seconds from a mouse event to the painted posterior of the picture that it makes the nearest.

    The hand goes on meanwhile, 60 times a second, in steps of a pixel or two.
    """
    plane = window.findChild(QWidget, "latentPlane")
    workspace, subject = window.workspace, subject_of(window.workspace)
    layer = plane.marks.posterior
    watch = PaintWatch(plane)
    middle = QPointF(*plane.camera.to_pixel(*workspace.projection.to_plane(workspace.state.probe))).toPoint()
    QTest.mousePress(plane, Qt.MouseButton.LeftButton, pos=middle)
    seconds, shown = [], None
    for number in range(moves):
        angle = number * 0.05
        place = middle + QPoint(round(120 * np.sin(angle)), round(90 * np.sin(1.7 * angle)))
        rest(16)
        started = time.perf_counter()
        send_move(plane, place, Qt.MouseButton.LeftButton)
        index = nearest(workspace.encodings.mean, workspace.state.probe, 1)[0]
        if index == shown or (shown is None and layer.reply is not None):
            shown = index  # nothing moves at first, and so nothing is painted
            continue
        watch.wait(lambda index=index: layer.reply is not None and layer.reply.subject.index == index)
        seconds.append(time.perf_counter() - started)
        shown = index
    QTest.mouseRelease(plane, Qt.MouseButton.LeftButton, pos=middle)
    assert subject.reply is not None
    return seconds


def in_the_window(report: Report) -> None:
    """The drag with the layer and without, and how fast the posterior follows."""
    window = create_window(Settings(Path(tempfile.mkdtemp()) / "lab.ini"))
    window.resize(1440, 900)
    window.show()
    wait_until(lambda: window.workspace.encodings is not None and window.workspace.encodings.done)
    rest(1500)
    drags: dict[bool, list[float]] = {False: [], True: []}
    for turn in range(6):
        on = turn % 2 == 1
        window.workspace.do(SetLayers(layers=Layers(posterior=on)))
        rest(1500)
        drags[on] += measure_drag(window, 200)
        rest(400)
    for on, seconds in drags.items():
        found = quantiles(seconds)
        words = f"drag to painted picture, the layer {'on' if on else 'off'}"
        report.add(words, found, keeps=found["p95_ms"] <= 5, goal="p95 <= 5 ms")
    window.workspace.do(SetLayers(layers=Layers(posterior=True)))
    rest(1500)
    found = quantiles(measure_following(window))
    report.add("drag to painted posterior", found, keeps=found["p95_ms"] <= 100, goal="p95 <= 100 ms")
    window.close()


def agreement(report: Report, digits: int) -> None:
    """How many digits have their last rungs within 0.1 nat of the quadrature, and the largest distance."""
    known = Evidence(load_model("mnist-vae-2d", torch.device("cpu")).model)
    data = catalog.load("mnist", "test")
    apart: dict[str, list[float]] = {"importance, K = 5,000": [], "adapted, K = 5,000": []}
    with torch.inference_mode():
        for index in range(digits):
            x = data.images[index : index + 1].float() / 255.0
            ladder = [one for one in known.steps(x, naive=0) if one is not None][-1]
            for name, one in zip(apart, (ladder.importance[5000], ladder.adapted), strict=True):
                apart[name].append(abs(one.value - ladder.quadrature))
    for name, values in apart.items():
        near = sum(value <= 0.1 for value in values)
        figures = {"within_0.1": near, "of": digits, "largest": round(max(values), 3)}
        adapted = name.startswith("adapted")
        report.add(name, figures, keeps=near == digits if adapted else None, goal="all" if adapted else "")


def main() -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    parser = argparse.ArgumentParser()
    parser.add_argument("--digits", type=int, default=0)
    digits = parser.parse_args().digits
    report = Report("theory")
    in_the_window(report)
    if digits:
        torch.set_num_threads(1)
        agreement(report, digits)
    report.save()
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
