"""A model without an encoder, and one without latents, in the real window: by mouse, saved, found again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from latentlab.engine.files.provenance import read_provenance
from latentlab.models.registry import registered
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.export import exportables
from latentlab.qt.shell.main_window import LabWindow
from latentlab.session.session import Session
from tests.hands import Faults, Hands, composed, few_pictures, move, settle, until
from tests.kinds import latentless, prior
from tests.kinds.latentless import save_specks
from tests.kinds.prior import BlotConfig, save_blot
from tests.qt.shell import OFFSCREEN

pytestmark = [OFFSCREEN, pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)]

_LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    with registered(prior.KIND), registered(latentless.KIND):
        yield


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[LabWindow]:
    with few_pictures(260):
        made = composed(Settings(tmp_path / "lab.ini"), tmp_path / "models")
        yield made
        qtbot.waitUntil(lambda: not made.bench.background.busy, timeout=5000)
        made.close()
        made.deleteLater()


def open_file(window: LabWindow, path: Path) -> None:
    """Opens a model file, and waits until something is to be seen of it."""
    window.bench.opener.open_file(path)
    found = window.bench.exporter.exportables

    def there() -> bool:
        model = window.workspace.model
        shown = found.has(exportables.GRID) or found.has(exportables.SAMPLES)
        return model is not None and model.path == str(path) and shown

    until(there, f"{path} was not opened")


def drag_to(window: LabWindow, u: float, v: float) -> None:
    """The probe to a place in the plane, by the mouse."""
    plane = window.bench.plane
    here = plane.camera.to_pixel(*window.workspace.state.probe[:2])
    there = plane.camera.to_pixel(u, v)
    QTest.mousePress(plane, _LEFT, pos=QPointF(*here).toPoint())
    move(plane, QPointF(*there), _LEFT)
    QTest.mouseRelease(plane, _LEFT, pos=QPointF(*there).toPoint())


def test_that_a_model_without_an_encoder_is_opened_dragged_and_saved(window: LabWindow, tmp_path: Path):
    faults = Faults(window, tmp_path)
    open_file(window, save_blot(tmp_path / "blot.safetensors"))
    bench, workspace = window.bench, window.workspace
    note = bench.plane.note
    assert note.isVisible()
    assert note.text() == (
        "blot has no encoder: pictures of the data have no place here, and so there are no points. "
        "The plane is that of its prior, U[−1, 1]."
    )
    # The view shows the square in which the prior lies, and little more.
    left, right, bottom, top = bench.plane.camera.region
    assert min(-left, right, -bottom, top) > 0.99
    assert min(right - left, top - bottom) < 2.6
    assert bench.status.task.text() == ""

    drag_to(window, 0.5, -0.5)
    until(lambda: bench.probe.image.picture is not None, "no picture came")
    assert workspace.state.probe == pytest.approx((0.5, -0.5), abs=0.02)
    until(lambda: "−1.39" in bench.probe.density.text(), "the prior has no word on it")
    assert bench.probe.words.text() == "where nearly all draws of the prior, U[−1, 1], lie"
    drag_to(window, 1.2, 0.0)
    until(lambda: "−∞" in bench.probe.density.text(), "a place outside has no density")
    assert "never draws from here" in bench.probe.words.text()

    for _ in range(20):
        bench.actions["randomProbeAction"].trigger()
        assert all(abs(value) <= 1.0 for value in workspace.state.probe)
    bench.actions["originAction"].trigger()
    assert workspace.state.probe == pytest.approx((0.0, 0.0), abs=1e-6)

    bench.exporter.save(exportables.GRID, tmp_path / "grid.png", 1, False, False)
    until(lambda: (tmp_path / "grid.png").exists() and not bench.background.busy, "nothing was saved")
    page = np.array(Image.open(tmp_path / "grid.png"))
    assert page.shape[:2] == (20 * 28, 20 * 28)
    assert read_provenance(tmp_path / "grid.png").model == "blot"
    assert not faults.found


def test_that_the_session_of_such_a_model_is_found_again(window: LabWindow, tmp_path: Path, qtbot: QtBot):
    path = save_blot(tmp_path / "blot.safetensors")
    open_file(window, path)
    drag_to(window, 0.25, 0.75)
    window.bench.actions["pinHereAction"].trigger()
    probe = window.workspace.state.probe
    window.save_settings()
    settings = Settings(tmp_path / "lab.ini")
    assert settings.session.model == str(path)
    again = LabWindow(Workspace(Session(settings.session)), settings, tmp_path / "models")
    again.show()
    again.start()
    until(lambda: again.bench.exporter.exportables.has(exportables.GRID), "not opened")
    assert again.workspace.state.probe == probe
    assert again.workspace.state.pins == (probe,)
    again.close()
    again.deleteLater()


def test_that_every_control_of_the_window_can_be_used_with_such_models(window: LabWindow, tmp_path: Path):
    faults, hands = Faults(window, tmp_path), Hands(window)
    files = [
        save_blot(tmp_path / "blot.safetensors"),
        save_specks(tmp_path / "specks.safetensors"),
        save_blot(tmp_path / "blot-3d.safetensors", BlotConfig(latents=3)),
    ]
    for path in files:
        open_file(window, path)
        hands.use_everything(of_a_kind=1)
        settle(50)
        assert not faults.found, f"{path.name}: {faults.found}"
        assert window.workspace.model.path == str(path)
    hands.open("mnist-vae-2d")
    assert window.bench.plane.isVisible()
    assert not window.bench.plane.note.isVisible()
    hands.use_everything(of_a_kind=1)
    assert not faults.found


def test_that_a_model_without_latents_shows_what_it_draws(window: LabWindow, tmp_path: Path, qtbot: QtBot):
    faults = Faults(window, tmp_path)
    open_file(window, save_specks(tmp_path / "specks.safetensors"))
    view = window.bench.samples
    assert view.isVisible()
    assert not window.bench.plane.isVisible()
    assert view.note.text().startswith("specks has no latent space")
    first = view.sheet.picture
    assert first.shape == (4 * 28, 4 * 28)
    QTest.mouseClick(view.draw, _LEFT)
    until(lambda: "seed 1" in view.status.text(), "no others were drawn")
    assert not np.array_equal(view.sheet.picture, first)
    window.bench.exporter.save(exportables.SAMPLES, tmp_path / "drawn.png", 1, False, False)
    until(lambda: (tmp_path / "drawn.png").exists() and not window.bench.background.busy, "nothing was saved")
    assert np.array_equal(np.array(Image.open(tmp_path / "drawn.png")), view.sheet.picture)
    window.save_settings()
    assert Settings(tmp_path / "lab.ini").session.model.endswith("specks.safetensors")
    assert not faults.found
