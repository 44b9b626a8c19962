"""Files dropped on the window: models, LatentLab's own pictures, and everything else."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog
from pytestqt.qtbot import QtBot

from latentlab.engine.files.export import save_picture
from latentlab.engine.files.provenance import Provenance
from latentlab.engine.rendering.requests.points import PointRequest
from latentlab.qt.shell.main_window import LabWindow
from latentlab.session.edits import MoveProbe, SetPins
from latentlab.session.switching import for_model
from tests.qt.fake_renderer import FakeRenderer
from tests.qt.shell import OFFSCREEN, open_window

pytestmark = OFFSCREEN
GREY = np.full((8, 8), 90, dtype=np.uint8)
HASH = "0123456789ab"


def drop(window: LabWindow, *paths: Path | str) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    hands = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, *hands)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, *hands))


def picture(path: Path, **fields: object) -> Path:
    known = {"what": "probe", "model": "mnist-vae-2d", "model_hash": HASH, "z": (1.5, -0.5)}
    return save_picture(path, GREY, provenance=Provenance(**{**known, **fields}))


def told(qtbot: QtBot, window: LabWindow) -> str:
    qtbot.waitUntil(window.bench.messages.isVisible, timeout=2000)
    return window.bench.messages.label.text()


@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.jpg"])
def test_that_a_dropped_picture_puts_the_probe_where_it_was_made_and_that_undoes(
    qtbot: QtBot, tmp_path: Path, name: str
) -> None:
    path = picture(tmp_path / name)
    with open_window(qtbot, tmp_path) as window:
        drop(window, path)
        qtbot.waitUntil(lambda: window.workspace.state.probe == (1.5, -0.5), timeout=2000)
        window.workspace.undo_stack.undo()
        assert window.workspace.state.probe == (0.0, 0.0)


def test_that_what_was_saved_here_comes_back_here(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        z = (0.123456789, -1.987654321)
        with qtbot.waitSignal(
            window.workspace.on(PointRequest).signal, check_params_cb=lambda reply: reply.z == z
        ):
            window.workspace.do(MoveProbe(z=z))
        with qtbot.waitSignal(window.bench.exporter.saved, timeout=2000):
            window.bench.exporter.save_probe(tmp_path / "p.png", scale=2)
        window.workspace.do(MoveProbe(z=(0.0, 0.0)))
        drop(window, tmp_path / "p.png")
        qtbot.waitUntil(lambda: window.workspace.state.probe == z, timeout=2000)


def test_that_a_dropped_model_is_opened_and_pins_of_the_old_one_go(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.workspace.do(SetPins(pins=((1.0, 1.0),)))
        with qtbot.waitSignal(window.workspace.loaded, timeout=2000):
            drop(window, tmp_path / "other.safetensors")
        assert window.workspace.state.model == str(tmp_path / "other.safetensors")
        assert window.workspace.state.pins == ()


def test_that_a_picture_of_another_model_says_so_and_may_be_followed_anyway(
    qtbot: QtBot, tmp_path: Path
) -> None:
    path = picture(tmp_path / "a.png", model_hash="ffffffffffff")
    with open_window(qtbot, tmp_path) as window:
        drop(window, path)
        assert "another model" in told(qtbot, window)
        assert window.workspace.state.probe == (0.0, 0.0)
        qtbot.mouseClick(window.bench.messages.offer, Qt.MouseButton.LeftButton)
        assert window.workspace.state.probe == (1.5, -0.5)
        assert not window.bench.messages.isVisible()


def test_that_a_picture_of_another_shipped_model_offers_to_open_it(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "latentlab.qt.controllers.file_opener.model_files", lambda: {"faces": Path("faces.safetensors")}
    )
    path = picture(tmp_path / "a.png", model="faces", model_hash="ffffffffffff")
    with open_window(qtbot, tmp_path) as window:
        drop(window, path)
        assert "faces" in told(qtbot, window)
        with qtbot.waitSignal(window.workspace.loaded, timeout=2000):
            qtbot.mouseClick(window.bench.messages.offer, Qt.MouseButton.LeftButton)
        assert (window.workspace.state.model, window.workspace.state.probe) == ("faces", (1.5, -0.5))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"z": (1.0, 2.0, 3.0)}, "3 numbers"),
        ({"z": (1.0, 2.0, 3.0), "model_hash": "ffffffffffff"}, "another model"),
        ({"what": "grid", "z": None}, "shows a grid"),
    ],
)
def test_that_a_picture_that_cannot_be_gone_to_says_why(
    qtbot: QtBot, tmp_path: Path, fields: dict[str, object], words: str
) -> None:
    path = picture(tmp_path / "a.png", **fields)
    with open_window(qtbot, tmp_path) as window:
        drop(window, path)
        text = told(qtbot, window)
        assert words in text
        assert "a.png" in text
        assert not window.bench.messages.offer.isVisible()
        assert window.workspace.state.probe == (0.0, 0.0)


def test_that_other_files_say_what_can_be_dropped(qtbot: QtBot, tmp_path: Path) -> None:
    fake = tmp_path / "fake.png"
    fake.write_text("no picture")
    with open_window(qtbot, tmp_path) as window:
        for dropped, words in (
            (tmp_path / "notes.txt", "cannot be opened. Drop"),
            (
                tmp_path / "IMG_1.HEIC",
                "IMG_1.HEIC: is a HEIC picture, which LatentLab does not read; convert it to JPEG or PNG.",
            ),
            (tmp_path / "DSC_1.NEF", "is a camera's raw picture"),
            (tmp_path / "model.pt", "hidden programs"),
            (fake, "not a readable"),
            (tmp_path / "gone.png", "could not be read"),
        ):
            window.bench.messages.hide()
            drop(window, dropped)
            text = told(qtbot, window)
            assert words in text
            assert dropped.name in text
        assert not window.crashes.log.path.exists()


@pytest.mark.parametrize(
    "name", ["cats", "cats.zip", "a.npz", "a.csv", "list_attr_celeba.txt", "t10k-idx3-ubyte.gz"]
)
def test_that_what_may_be_data_opens_the_page_for_data(qtbot: QtBot, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.mkdir() if name == "cats" else path.write_bytes(b"nothing much")
    with open_window(qtbot, tmp_path) as window:
        drop(window, path)
        qtbot.waitUntil(lambda: window.bench.controller.data.page is not None, timeout=3000)
        page = window.bench.controller.data.page
        assert page.isVisible()
        assert page.page.path.text() == str(path)
        qtbot.waitUntil(page.page.note.isVisible, timeout=3000)
        assert name in page.page.note.text()
        assert not window.bench.messages.isVisible()
        qtbot.keyClick(page, Qt.Key.Key_Escape)
        assert window.bench.controller.data.page is None or not window.bench.controller.data.page.isVisible()


def test_that_of_many_files_one_is_opened_at_a_time_and_the_next_offered(
    qtbot: QtBot, tmp_path: Path
) -> None:
    first, second = picture(tmp_path / "a.png"), picture(tmp_path / "b.png", z=(3.0, 3.0))
    with open_window(qtbot, tmp_path) as window:
        drop(window, first, second)
        qtbot.waitUntil(lambda: window.workspace.state.probe == (1.5, -0.5), timeout=2000)
        bar = window.bench.messages
        assert "1 of 2 files is opened: a.png" in bar.label.text()
        assert bar.offer.text() == "Open b.png"
        qtbot.mouseClick(bar.offer, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: window.workspace.state.probe == (3.0, 3.0), timeout=2000)
        assert "the last of them" in bar.label.text()
        assert not bar.offer.isVisible()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("name", ["x.png", "x.npz", "x.tif", "x.csv", "x.zip", "x.safetensors"])
def test_that_the_window_does_not_wait_for_a_pipe(qtbot: QtBot, tmp_path: Path, name: str) -> None:
    """Were it waited for, on the window's thread or behind it, the test would not end."""
    os.mkfifo(tmp_path / name)
    with open_window(qtbot, tmp_path) as window:
        drop(window, tmp_path / name)
        if name in ("x.png", "x.tif"):
            assert name in told(qtbot, window)
        qtbot.waitUntil(lambda: not window.bench.background.busy, timeout=5000)
        for page in window.findChildren(QDialog):
            page.close()


def test_that_an_offer_made_for_a_model_that_was_closed_since_is_not_taken_up(
    qtbot: QtBot, tmp_path: Path
) -> None:
    path = picture(tmp_path / "a.png", model_hash="fedcba987654")
    renderer = FakeRenderer()
    with open_window(qtbot, tmp_path, renderer) as window:
        drop(window, path)
        assert "another model" in told(qtbot, window)
        renderer.latents = 3
        renderer.mean = np.zeros((len(renderer.mean), 3), np.float32)
        with qtbot.waitSignal(window.workspace.encoded, timeout=2000):
            window.workspace.open(for_model(window.workspace.state, "wide"))
        button = next(
            one for one in window.bench.messages.findChildren(QAbstractButton) if "anyway" in one.text()
        )
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert "no longer open" in told(qtbot, window)
        assert window.workspace.state.probe == (0.0, 0.0, 0.0)
        assert not window.workspace.undo_stack.canUndo()
