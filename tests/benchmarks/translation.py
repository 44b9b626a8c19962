"""What `faces-pix2pix` keeps of held-out faces, and how soon a stroke becomes a picture.

    python -m tests.benchmarks.translation [MODEL ...]

Attributes kept: the share of held-out pictures for which `faces-classifier`, which took no part in the
training, sees an attribute in the picture made of the outline as in the true one; for each model, and for the
face of the nearest training outline (Euclidean), the least that a model has to beat. With them the L1 error
and the Frechet distance of the made faces to the true ones, in that classifier's features.

Stroke to picture: the view in the window, moves of the mouse every 16 ms along a random path; the time from
a move that changes the drawing until a picture of a drawing at least as new is painted, without a model
beside the open one and with the first that suits. Goal: p95 at most 30 ms, with little else running.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from latentlab.core.frechet import Moments, moments, squared_distance
from latentlab.data import catalog
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.inference.translating import require_translator, translated

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from latentlab.qt.clients.workspace import Workspace
    from latentlab.qt.views.translate.view import TranslateView

_MODEL, _JUDGE, _DATA = "faces-pix2pix", "faces-classifier", "faces"
_MOVES, _EVERY_S = 400, 0.016


@torch.inference_mode()
def attributes_kept(models: list[str]) -> None:
    """Prints a line for each model, and one for the nearest training outline."""
    judge = load_model(_JUDGE).model
    test, train = catalog.load(_DATA, "test"), catalog.load(_DATA, "train")
    x = test.images.float() / 255.0

    def seen(pictures: Tensor) -> Tensor:
        return torch.cat([judge.logits(some) > 0.0 for some in pictures.split(250)])

    def features(pictures: Tensor) -> Moments:
        return moments(torch.cat([judge.features(some) for some in pictures.split(250)]))

    true, real = seen(x), features(x)

    def tell(name: str, pictures: Tensor) -> None:
        kept = (seen(pictures) == true).float().mean(0)
        each = "  ".join(f"{what} {share:.4f}" for what, share in zip(judge.class_names, kept, strict=True))
        far = (
            f"L1 {(pictures - x).abs().mean():.4f}  Frechet {squared_distance(features(pictures), real):.2f}"
        )
        print(f"{name:28s} mean {kept.mean():.4f}  {each}  {far}", flush=True)

    for name in models:
        model = require_translator(load_model(name).model, name)
        tell(Path(name).stem, translated(model, model.source_of(x)))
    model = require_translator(load_model(models[0]).model, models[0])
    known = torch.cat([model.source_of(some.float() / 255.0) for some in train.images.split(500)]).flatten(1)
    sources = model.source_of(x).flatten(1)
    nearest = torch.cat([torch.cdist(some, known).argmin(1) for some in sources.split(200)])
    tell("nearest training outline", train.images[nearest].float() / 255.0)


def stroke_to_picture(model: str) -> None:
    """Prints percentiles of the time from a move of the mouse to its picture."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtTest import QTest

    from latentlab.qt.app import application, create_window
    from latentlab.qt.controllers.settings import Settings
    from latentlab.qt.views.translate.view import TranslateView
    from latentlab.session.state import SessionState

    app = application([])
    # On the model that ships: a window waits for encodings, and one that translates has none.
    window = create_window(Settings(Path(tempfile.mkdtemp()) / "lab.ini"))
    window.resize(1440, 900)
    window.show()
    window.workspace.open(SessionState(model=model, data=_DATA))
    view, until = None, time.monotonic() + 120.0
    while (view is None or view.reply is None) and time.monotonic() < until:
        QTest.qWait(50)
        view = window.findChild(TranslateView, "translateView")
    assert view is not None, "the view did not open"
    choice = view.beside.choice
    for place in range(min(choice.count(), 2)):
        choice.setCurrentIndex(place)
        choice.activated.emit(place)
        QTest.qWait(500)
        took = 1000.0 * np.array(_times(app, window.workspace, view))
        p50, p95, p99 = np.percentile(took, [50, 95, 99])
        print(
            f"stroke to picture: {len(took)} moves, p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms; "
            f"beside: {choice.currentText()}; load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
    window.close()


def _times(app: QApplication, workspace: Workspace, view: TranslateView) -> list[float]:
    """Draws one long stroke; -> seconds from each move that changed the drawing to its picture."""
    from PySide6.QtCore import QEvent, QObject, QPoint, Qt
    from PySide6.QtTest import QTest

    from latentlab.engine.rendering.requests.translation import TranslateReply, TranslateRequest

    canvas, ask = view.canvas, workspace.ask
    # The times of moves: not asked for yet, by the number of their request, answered, and how long they took.
    waiting, asked, answered, took = list[float](), dict[int, list[float]](), list[float](), list[float]()

    def spy(kind: Any, *arguments: Any) -> int:
        number = ask(kind, *arguments)
        if kind is TranslateRequest:
            asked[number] = waiting.copy()
            waiting.clear()
        return number

    def came(reply: TranslateReply) -> None:
        answered.extend(asked.pop(reply.generation, ()))

    class Painted(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                now = time.perf_counter()
                took.extend(now - moved for moved in answered)
                answered.clear()
            return False

    painted = Painted()
    view.made.installEventFilter(painted)
    workspace.ask = spy
    workspace.on(TranslateRequest).connect(came)
    view.tools.clear.click()
    stream, spot = np.random.default_rng(0), np.array([canvas.width() / 2, canvas.height() / 2])
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(*spot.astype(int).tolist()))
    for _ in range(_MOVES):
        began = time.perf_counter()
        spot = (spot + stream.normal(size=2) * 18.0).clip(40, min(canvas.width(), canvas.height()) - 40)
        before = canvas.sketch.array
        waiting.append(time.perf_counter())
        QTest.mouseMove(canvas, QPoint(*spot.astype(int).tolist()))
        if np.array_equal(before, canvas.sketch.array):
            waiting.pop()
        while time.perf_counter() - began < _EVERY_S:
            app.processEvents()
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(*spot.astype(int).tolist()))
    QTest.qWait(300)
    workspace.ask = ask
    workspace.on(TranslateRequest).disconnect(came)
    view.made.removeEventFilter(painted)
    return took


if __name__ == "__main__":
    torch.set_num_threads(1)
    chosen = sys.argv[1:] or [_MODEL]
    stroke_to_picture(chosen[0])
    attributes_kept(chosen)
