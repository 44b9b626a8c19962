"""A mixture as prior in the real window: fitted from the menu, opened, drawn on the plane, and left again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from latentlab.data import catalog
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.rendering.renderer import Renderer
from latentlab.qt.shell import prior_dialog
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.shell.prior_dialog import PriorDialog
from latentlab.session.state import SessionState
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle
from tests.tiny import save_tiny_model, toy_set

pytestmark = OFFSCREEN


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LabWindow]:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split, 200))
    state = SessionState(model=str(save_tiny_model(tmp_path / "tiny.safetensors")), data="toy")
    with open_window(qtbot, tmp_path, Renderer(), state=state) as window:  # type: ignore[arg-type]
        yield window
        # The render thread is still at work for the window.
        until_idle()


def dialog(window: LabWindow) -> PriorDialog:
    window.bench.actions["fitPriorAction"].trigger()
    page = window.findChild(PriorDialog)
    assert page is not None
    return page


def choose(qtbot: QtBot, page: PriorDialog, text: str) -> None:
    chooser = page.findChild(QComboBox, "priorComponents")
    qtbot.keyClicks(chooser, text)
    assert chooser.currentText() == text


def press(qtbot: QtBot, page: PriorDialog, name: str) -> None:
    qtbot.mouseClick(page.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


@pytest.mark.slow
def test_that_a_mixture_is_fitted_opened_and_drawn(qtbot: QtBot, tmp_path: Path, window: LabWindow) -> None:
    workspace, before = window.workspace, window.workspace.state.model
    assert window.bench.plane.prior_lines.lines is None, "the circles of N(0, I)"
    page = dialog(window)
    assert "N(0, I)" in page.words.text()
    choose(qtbot, page, "1")
    press(qtbot, page, "priorFit")
    made = tmp_path / "models" / "tiny-mixture.safetensors"
    qtbot.waitUntil(lambda: workspace.state.model == str(made), timeout=60_000)
    assert window.findChild(PriorDialog) is None
    model = workspace.model
    assert model is not None
    assert model.prior is not None
    assert model.prior.formula == "mixture of 1 Gaussian"
    assert window.bench.plane.prior_lines.lines, "lines around the density in place of circles"
    assert load_model(made).card.prior["of"]["name"] == "tiny"
    assert "mixture of 1 Gaussian" in window.bench.messages.label.text()
    # The model before is there again by undo.
    qtbot.waitUntil(lambda: workspace.encodings is not None and workspace.encodings.done, timeout=10_000)
    window.bench.actions["undoAction"].trigger()
    qtbot.waitUntil(lambda: workspace.state.model == before, timeout=10_000)


@pytest.mark.slow
def test_that_a_fit_is_stopped_and_nothing_is_saved(
    qtbot: QtBot, tmp_path: Path, window: LabWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    whole = prior_dialog._fit

    def held(*given: object) -> object:
        go_on.wait(20)
        return whole(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(prior_dialog, "_fit", held)
    page = dialog(window)
    press(qtbot, page, "priorFit")
    assert not page.fit_button.isEnabled()
    assert page.cancel_button.text() == "Stop"
    press(qtbot, page, "priorCancel")
    go_on.set()
    qtbot.waitUntil(lambda: page.note.text() == "Stopped. Nothing was saved.", timeout=20_000)
    assert page.fit_button.isEnabled()
    assert not list((tmp_path / "models").glob("*.safetensors"))
    press(qtbot, page, "priorCancel")


@pytest.mark.slow
def test_that_a_fault_is_said_in_the_dialog(
    qtbot: QtBot, window: LabWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split, 20))
    page = dialog(window)
    choose(qtbot, page, "100")
    press(qtbot, page, "priorFit")
    qtbot.waitUntil(lambda: "too few for 100 components" in page.note.text(), timeout=20_000)
    assert page.isVisible()
    press(qtbot, page, "priorCancel")


@pytest.mark.slow
def test_that_the_command_asks_for_a_model_with_a_latent_space(window: LabWindow) -> None:
    assert window.bench.actions["fitPriorAction"].isEnabled()
    assert not prior_dialog.can_fit(None)
