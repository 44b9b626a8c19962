"""The view of mixtures in the real window, by mouse and key: components, the plane, and the tape of EM."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QSlider, QToolButton
from pytestqt.qtbot import QtBot

from latentlab.data import catalog
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.training.events import EpochEnded
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.run import TrainingRun
from latentlab.engine.training.snapshot import Snapshot
from latentlab.engine.training.snapshots import weighed
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.views.mixture.view import MixtureView
from latentlab.session.state import SessionState
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle
from tests.tiny import save_tiny_model, toy_set

pytestmark = [OFFSCREEN, pytest.mark.slow]
LEFT = Qt.MouseButton.LeftButton
PASSES = 4


@pytest.fixture
def mixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mixture that was fitted to toy pictures, which are found by any name."""
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split, 200))
    config = {"components": 3, "factors": 2, "tolerance": 0.0}
    run = TrainingRun(
        "gmm", config, TrainingPlan(epochs=PASSES, device="cpu"), toy_set("train", 200), toy_set("test"),
        tmp_path / "mix.safetensors", data="toy",
    )  # fmt: skip
    list(run.run())
    return tmp_path / "mix.safetensors"


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, mixture: Path) -> Iterator[LabWindow]:
    """The window, where a model with a plane was open before the mixture."""
    first = save_tiny_model(tmp_path / "first.safetensors")
    state = SessionState(model=str(first), data="toy")
    with open_window(qtbot, tmp_path, Renderer(), state=state) as made:  # type: ignore[arg-type]
        assert made.findChild(QToolButton, "workspace_mixture").isHidden()
        made.workspace.open(SessionState(model=str(mixture), data="toy"))
        qtbot.waitUntil(lambda: made.workspace.model.path == str(mixture), timeout=10_000)
        yield made


@pytest.fixture
def view(qtbot: QtBot, window: LabWindow) -> MixtureView:
    """The view, the mixture in it."""
    qtbot.mouseClick(window.findChild(QToolButton, "workspace_mixture"), LEFT)
    (found,) = window.findChildren(MixtureView)
    qtbot.waitUntil(lambda: found.model is not None, timeout=10_000)
    return found


def run_em(qtbot: QtBot, view: MixtureView) -> None:
    button = view.findChild(QPushButton, "emRun")
    qtbot.mouseClick(button, LEFT)
    assert button.text() == "Stop"
    qtbot.waitUntil(lambda: button.text() == "Run EM again", timeout=20_000)


def test_that_its_workspace_joins_the_others_while_a_mixture_is_open(
    qtbot: QtBot, window: LabWindow, view: MixtureView, tmp_path: Path
) -> None:
    assert view.isVisible()
    button = window.findChild(QToolButton, "workspace_mixture")
    other = save_tiny_model(tmp_path / "tiny.safetensors")
    window.workspace.open(SessionState(model=str(other), data="toy"))
    qtbot.waitUntil(lambda: window.workspace.model.path == str(other), timeout=10_000)
    assert button.isHidden()
    assert window.bench.workspaces.current == "explore"
    until_idle()


def test_that_means_and_pictures_are_shown_before_em_is_run(view: MixtureView) -> None:
    assert view.mosaic.count == 3
    assert "3 components" in view.title.text()
    assert view.tape.heading.text() == f"The fitted mixture, after {PASSES} passes"
    assert not view.findChild(QSlider, "emSlider").isEnabled()
    assert view.findChild(QPushButton, "emRun").isEnabled()
    assert "Run EM step by step" in view.tape.curve.waiting
    slider = view.findChild(QSlider, "emSlider")
    assert slider.value() == slider.maximum() > 0


def test_that_em_runs_again_and_its_steps_are_scrubbed_by_key_and_mouse(
    qtbot: QtBot, view: MixtureView
) -> None:
    run_em(qtbot, view)
    slider = view.findChild(QSlider, "emSlider")
    assert slider.value() == slider.maximum() == 2 * PASSES
    values = [value for _, value in view.tape.curve.curve]
    assert len(values) == PASSES
    assert all(now >= before - 1e-6 for before, now in itertools.pairwise(values))
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    assert view.tape.heading.text() == "Start: k-means"
    first = view.tape.now
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert view.tape.heading.text() == "Pass 1, E step"
    assert f"{values[0]:.2f}".replace("-", "−") in view.findChild(QLabel, "emWords").text()
    qtbot.mouseClick(view.findChild(QPushButton, "emStep"), LEFT)
    assert view.tape.heading.text() == "Pass 1, M step"
    assert not np.array_equal(view.tape.now.places, first.places)
    qtbot.mouseClick(view.findChild(QPushButton, "emBack"), LEFT)
    assert view.tape.heading.text() == "Pass 1, E step"
    curve = view.tape.curve
    qtbot.mouseClick(curve, LEFT, pos=QPoint(curve.width() - 8, curve.height() // 2))
    assert view.tape.heading.text() == f"Pass {PASSES}, M step"
    np.testing.assert_allclose(view.tape.now.weights, view.model.step.weights, atol=1e-4)


def test_that_a_played_tape_begins_at_the_start_and_ends_at_the_end(qtbot: QtBot, view: MixtureView) -> None:
    run_em(qtbot, view)
    play = view.findChild(QPushButton, "emPlay")
    seen: list[int] = []
    view.tape.shown.connect(lambda step: seen.append(step.number))
    qtbot.mouseClick(play, LEFT)
    assert play.text() == "Pause"
    for _ in range(2 * PASSES + 2):
        view.tape._next()
    assert seen == list(range(2 * PASSES + 1))
    assert play.text() == "Play"


def test_that_em_is_stopped_and_what_came_stays(qtbot: QtBot, view: MixtureView) -> None:
    button = view.findChild(QPushButton, "emRun")
    qtbot.mouseClick(button, LEFT)
    qtbot.mouseClick(button, LEFT)
    assert button.text() in ("Run EM again", "Run EM step by step")
    until_idle()
    count = len(view.tape.tape)
    until_idle()
    assert len(view.tape.tape) == count
    assert view.findChild(QPushButton, "emRun").isEnabled()


def test_that_em_does_not_go_on_unseen_when_another_model_is_opened(
    qtbot: QtBot, window: LabWindow, view: MixtureView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[bool] = []
    monkeypatch.setattr(window.bench.mixtures, "stop_em", lambda: stopped.append(True))
    view.tape.set_running(True, 1, 100)
    other = save_tiny_model(tmp_path / "tiny.safetensors")
    window.workspace.open(SessionState(model=str(other), data="toy"))
    qtbot.waitUntil(lambda: window.workspace.model.path == str(other), timeout=10_000)
    assert stopped
    assert not view.tape.running
    until_idle()


def test_that_a_clicked_component_shows_its_factors_members_and_draws(
    qtbot: QtBot, view: MixtureView
) -> None:
    assert view.card.isHidden()
    qtbot.mouseClick(view.mosaic, LEFT, pos=view.mosaic.cell(1).center().toPoint())
    qtbot.waitUntil(lambda: view.card.members.isVisibleTo(view.card), timeout=10_000)
    assert "Component 2 of 3" in view.findChild(QLabel, "componentTitle").text()
    assert len(view.card.factors.pictures) == 4
    assert len(view.card.samples.pictures) == 12
    before = view.card.samples.pictures
    qtbot.mouseClick(view.findChild(QPushButton, "componentRedraw"), LEFT)
    qtbot.waitUntil(lambda: not np.array_equal(view.card.samples.pictures, before), timeout=10_000)
    view.mosaic.setFocus()
    qtbot.keyClick(view.mosaic, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: "Component 3 of 3" in view.card.title.text(), timeout=10_000)
    assert view.plane.component == view.mosaic.component == 2
    qtbot.mouseClick(view.mosaic, LEFT, pos=view.mosaic.cell(2).center().toPoint())
    assert view.card.isHidden()
    assert view.plane.component is None


def test_that_a_click_on_the_plane_chooses_the_component_that_answers_there(
    qtbot: QtBot, view: MixtureView
) -> None:
    place = view.plane.to_screen(view.model.step.places)[0]
    qtbot.mouseClick(view.plane, LEFT, pos=QPoint(round(place[0]), round(place[1])))
    assert view.component == int(
        np.square(view.plane.to_screen(view.model.step.places) - np.round(place)).sum(1).argmin()
    )


def test_that_a_tape_waits_for_its_mixture(
    qtbot: QtBot, window: LabWindow, view: MixtureView, mixture: Path, tmp_path: Path
) -> None:
    run_em(qtbot, view)
    other = save_tiny_model(tmp_path / "tiny.safetensors")
    window.workspace.open(SessionState(model=str(other), data="toy"))
    qtbot.waitUntil(lambda: window.workspace.model.path == str(other), timeout=10_000)
    window.workspace.open(SessionState(model=str(mixture), data="toy"))
    qtbot.waitUntil(lambda: window.workspace.model.path == str(mixture), timeout=10_000)
    qtbot.mouseClick(window.findChild(QToolButton, "workspace_mixture"), LEFT)
    qtbot.waitUntil(lambda: view.model is not None, timeout=10_000)
    assert view.tape.heading.text() == f"Pass {PASSES}, M step"
    assert len(view.tape.tape) == 2 * PASSES + 1


def test_that_a_project_makes_the_tape_with_which_it_was_left_again(
    qtbot: QtBot, window: LabWindow, view: MixtureView, tmp_path: Path
) -> None:
    run_em(qtbot, view)
    window.save_project(tmp_path / "em.llab")
    until_idle()
    (elsewhere := tmp_path / "elsewhere").mkdir()
    first = SessionState(model=str(tmp_path / "first.safetensors"), data="toy")
    with open_window(qtbot, elsewhere, Renderer(), state=first) as other:  # type: ignore[arg-type]
        with qtbot.waitSignal(other.workspace.loaded, timeout=10_000):
            other.open_project(tmp_path / "em.llab")
        qtbot.mouseClick(other.findChild(QToolButton, "workspace_mixture"), LEFT)
        (found,) = other.findChildren(MixtureView)
        qtbot.waitUntil(lambda: len(found.tape.tape) == 2 * PASSES + 1, timeout=20_000)
        until_idle()
        assert found.tape.heading.text() == f"Pass {PASSES}, M step"
        assert not other.isWindowModified()
        with qtbot.waitSignal(other.workspace.encoded, timeout=10_000):
            other.workspace.open(first)
        until_idle()
    # At the next start the project is open again.
    with open_window(qtbot, elsewhere, Renderer()) as other:  # type: ignore[arg-type]
        until_idle()
        assert other.bench.projects.path == tmp_path / "em.llab"
        assert other.bench.projects.current().em == (view.model.hash,)


def test_that_em_that_was_stopped_by_hand_is_not_run_by_a_project(
    qtbot: QtBot, window: LabWindow, view: MixtureView
) -> None:
    button = view.findChild(QPushButton, "emRun")
    qtbot.mouseClick(button, LEFT)
    assert window.bench.projects.current().em == (view.model.hash,)
    qtbot.mouseClick(button, LEFT)
    assert window.bench.projects.current().em == ()
    until_idle()


def test_that_the_steps_of_a_fit_in_the_window_are_there_when_it_is_opened(
    qtbot: QtBot, window: LabWindow, mixture: Path, tmp_path: Path
) -> None:
    """Snapshots come four times a second; here, one after each pass."""
    run = TrainingRun(
        "gmm", {"components": 3, "factors": 2, "tolerance": 0.0}, TrainingPlan(epochs=PASSES, device="cpu"),
        toy_set("train", 200), toy_set("test"), tmp_path / "lately.safetensors", data="toy",
    )  # fmt: skip
    client = window.bench.mixtures
    for event in run.run():
        if isinstance(event, EpochEnded):
            seen = weighed(run.trainer.averaged)
            window.bench.trainer.unfolded.emit(
                Snapshot("lately", event.step, "gmm", run.config, seen.theta, "toy", seen.buffers)
            )
            qtbot.waitUntil(lambda: not client._under_way, timeout=10_000)
    window.workspace.open(SessionState(model=str(tmp_path / "lately.safetensors"), data="toy"))
    qtbot.waitUntil(lambda: window.workspace.model.model == "lately", timeout=10_000)
    qtbot.mouseClick(window.findChild(QToolButton, "workspace_mixture"), LEFT)
    (view,) = window.findChildren(MixtureView)
    qtbot.waitUntil(lambda: view.model is not None, timeout=10_000)
    assert [step.number for step in view.tape.tape.steps] == list(range(2, 2 * PASSES + 1))
    assert view.findChild(QSlider, "emSlider").isEnabled()
    assert len(view.tape.curve.curve) == PASSES - 1
