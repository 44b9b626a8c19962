"""What the window saves: the right pixels, beside the loop, whole or not at all."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QPushButton
from pytestqt.qtbot import QtBot

from latentlab.engine.files import atomic
from latentlab.engine.files.provenance import read_provenance
from latentlab.engine.rendering.requests.points import PointRequest
from latentlab.qt.export.dialog import ExportDialog
from latentlab.qt.shell.main_window import LabWindow
from latentlab.session.edits import MoveProbe, SelectImage, SetPins
from tests.qt.fake_renderer import COUNT, SIDE, picture_at
from tests.qt.shell import OFFSCREEN, open_window

pytestmark = OFFSCREEN


def leftovers(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.suffix == ".part"]


def test_that_the_probe_is_saved_with_its_pixels_and_its_origin(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        with qtbot.waitSignal(
            window.workspace.on(PointRequest).signal, check_params_cb=lambda reply: reply.z == (2.0, 0.0)
        ):
            window.workspace.do(MoveProbe(z=(2.0, 0.0)))
        with qtbot.waitSignal(window.bench.exporter.saved, timeout=3000):
            window.bench.exporter.save_probe(tmp_path / "p.png", scale=3)
        assert "p.png" in window.statusBar().currentMessage()
    with Image.open(tmp_path / "p.png") as image:
        pixels = np.asarray(image)
    np.testing.assert_array_equal(pixels, picture_at((2.0, 0.0)).repeat(3, 0).repeat(3, 1))
    origin = read_provenance(tmp_path / "p.png")
    assert (origin.what, origin.model, origin.z) == ("probe", "mnist-vae-2d", (2.0, 0.0))


def test_that_grid_tray_walk_selection_and_encodings_are_saved(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        exporter, state = window.bench.exporter, window.workspace.state
        window.workspace.do(SetPins(pins=((0.0, 0.0), (1.0, 1.0), (2.0, 0.0))))
        window.workspace.do(SelectImage(index=3))
        found = exporter.exportables
        qtbot.waitUntil(lambda: all(map(found.has, ("tray", "walk", "selection", "encodings"))), timeout=2000)
        qtbot.waitUntil(lambda: found.has("grid"), timeout=2000)
        frames = len(found.get("walk").pictures)
        assert frames == 2 * (state.walk.steps - 1) + 1
        exporter.save_grid(tmp_path / "grid.webp")
        exporter.save_tray(tmp_path / "tray.png")
        exporter.save_walk(tmp_path / "walk.gif")
        exporter.save_walk(tmp_path / "walk.png")
        exporter.save_walk(tmp_path / "strip.webp", animated=False)
        exporter.save_selection(tmp_path / "selection.jpg")
        exporter.save_encodings(tmp_path / "z.npz")
        exporter.save("encodings", tmp_path / "z.csv")
        qtbot.waitUntil(lambda: not window.bench.background.busy, timeout=5000)
        assert not window.bench.messages.isVisible(), window.bench.messages.label.text()
    sizes, counts = {}, {}
    for name in ("grid.webp", "tray.png", "walk.gif", "walk.png", "strip.webp", "selection.jpg"):
        with Image.open(tmp_path / name) as image:
            sizes[name], counts[name] = image.size, getattr(image, "n_frames", 1)
    assert sizes["grid.webp"] == (20 * SIDE, 20 * SIDE)
    assert sizes["tray.png"] == (3 * SIDE + 4, SIDE)
    assert sizes["walk.gif"] == (SIDE, SIDE)
    assert counts["walk.gif"] > 1
    assert sizes["walk.png"] == sizes["strip.webp"] == (frames * (SIDE + 2) - 2, SIDE)
    assert sizes["selection.jpg"] == (10 * (SIDE + 2) - 2, SIDE)
    assert read_provenance(tmp_path / "walk.gif").extra["path"] == "lerp"
    with np.load(tmp_path / "z.npz") as arrays:
        assert arrays["z"].shape == (COUNT, 2)
    assert len((tmp_path / "z.csv").read_text().splitlines()) == COUNT + 1


def refused(qtbot: QtBot, window: LabWindow, path: Path, overwrite: bool = False) -> str:
    with qtbot.waitSignal(window.bench.exporter.failed, timeout=3000):
        window.bench.exporter.save_probe(path, overwrite=overwrite)
    assert window.bench.messages.isVisible()
    return window.bench.messages.label.text()


def test_that_a_file_is_not_replaced_unasked(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "p.png"
    path.write_bytes(b"precious")
    with open_window(qtbot, tmp_path) as window:
        assert "p.png: already exists" in refused(qtbot, window, path)
        assert path.read_bytes() == b"precious"
        with qtbot.waitSignal(window.bench.exporter.saved, timeout=3000):
            window.bench.exporter.save_probe(path, overwrite=True)
    assert path.read_bytes() != b"precious"


@pytest.mark.parametrize("what", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_that_a_full_or_failing_disk_is_told_and_the_old_file_intact(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: int
) -> None:
    path = tmp_path / "p.png"
    path.write_bytes(b"precious")

    def fail(handle: int) -> None:
        raise OSError(what, os.strerror(what))

    with open_window(qtbot, tmp_path) as window:
        monkeypatch.setattr(atomic.os, "fsync", fail)
        text = refused(qtbot, window, path, overwrite=True)
        monkeypatch.undo()
        assert "p.png" in text
        assert os.strerror(what) in text
        assert not window.crashes.log.path.exists()
    assert path.read_bytes() == b"precious"
    assert not leftovers(tmp_path)


def test_that_a_folder_that_may_not_be_written_to_is_told(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_window(qtbot, tmp_path) as window:
        monkeypatch.setattr("latentlab.engine.files.destination.os.access", lambda path, mode: False)
        assert "is not writable" in refused(qtbot, window, tmp_path / "p.png")
        monkeypatch.undo()
        assert "does not exist" in refused(qtbot, window, tmp_path / "nowhere" / "p.png")
        assert "the file extension '.docx' is unknown" in refused(qtbot, window, tmp_path / "p.docx")


def test_that_what_is_not_there_is_not_saved_but_said(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.bench.exporter.save_walk(tmp_path / "walk.gif")
        assert "pin at least two" in window.bench.messages.label.text()
        window.bench.exporter.save_selection(tmp_path / "s.png")
        assert "no picture is selected" in window.bench.messages.label.text()


def test_that_an_unexpected_failure_goes_to_the_log(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError("by nought")

    with open_window(qtbot, tmp_path) as window:
        monkeypatch.setattr("latentlab.qt.export.exporter.save_picture", fail)
        assert "by nought" in refused(qtbot, window, tmp_path / "p.png")
        assert "Traceback" in window.crashes.log.path.read_text()


def test_that_closing_waits_for_a_save(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from latentlab.qt.export import exporter as exporting

    real = exporting.save_picture

    def slow(*args: object, **kwargs: object) -> object:
        time.sleep(0.4)
        return real(*args, **kwargs)

    with open_window(qtbot, tmp_path) as window:
        monkeypatch.setattr(exporting, "save_picture", slow)
        window.bench.exporter.save_probe(tmp_path / "p.png")
        window.close()
        assert (tmp_path / "p.png").exists()


def open_dialog(qtbot: QtBot, window: LabWindow, action: str) -> ExportDialog:
    window.bench.actions[action].trigger()
    dialogs = [page for page in window.findChildren(ExportDialog) if page.isVisible()]
    assert len(dialogs) == 1
    return dialogs[0]


def test_that_the_dialog_saves_by_keys_and_remembers_scale_and_folder(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        page = open_dialog(qtbot, window, "exportProbeAction")
        page.path.clear()
        qtbot.keyClicks(page.path, str(tmp_path / "mine.webp"))
        assert page.chosen.suffix == ".webp"
        page.scale.setValue(4)
        assert page.size_label.text() == "32 × 32 pixels"
        with qtbot.waitSignal(window.bench.exporter.saved, timeout=3000):
            qtbot.keyClick(page.path, Qt.Key.Key_Return)
        again = open_dialog(qtbot, window, "exportGridAction")
        assert again.scale.value() == 4
        assert again.path.text() == str(tmp_path / "grid.png")
        again.reject()
    with Image.open(tmp_path / "mine.webp") as image:
        assert image.size == (32, 32)


def test_that_the_dialog_asks_before_it_replaces(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "probe.png").write_bytes(b"precious")
    with open_window(qtbot, tmp_path) as window:
        window.settings.folder = str(tmp_path)
        page = open_dialog(qtbot, window, "exportProbeAction")
        save = page.buttons.button(QDialogButtonBox.StandardButton.Save)
        assert isinstance(save, QPushButton)
        assert save.text() == "Replace"
        assert "exists already" in page.note.text()
        page.path.setText(str(tmp_path / "other.png"))
        assert save.text() == "Save"
        page.path.setText(str(tmp_path / "probe.png"))
        with qtbot.waitSignal(window.bench.exporter.saved, timeout=3000):
            qtbot.mouseClick(save, Qt.MouseButton.LeftButton)
    assert (tmp_path / "probe.png").read_bytes() != b"precious"


def test_that_a_walk_is_offered_moving_and_as_a_strip(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.settings.folder = str(tmp_path)
        window.workspace.do(SetPins(pins=((0.0, 0.0), (1.0, 1.0))))
        qtbot.waitUntil(lambda: window.bench.exporter.exportables.has("walk"), timeout=2000)
        page = open_dialog(qtbot, window, "exportWalkAction")
        assert "46 frames" in page.size_label.text()  # of 24 pictures, there and back
        page.format.setCurrentText("PNG strip")
        assert page.path.text().endswith("walk.png")
        assert "frames" not in page.size_label.text()
        page.reject()
        assert not [page for page in window.findChildren(ExportDialog) if page.isVisible()]
