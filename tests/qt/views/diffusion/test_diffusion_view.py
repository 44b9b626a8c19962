"""The diffusion panel in the window: how a denoiser comes to be opened, and what the plane does meanwhile."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from latentlab.engine.diffusion.recipes import Recipe, SamplerSettings
from latentlab.engine.files import model_catalog
from latentlab.engine.files.checkpoint import ModelCard, save_model
from latentlab.models.ddpm.model import DDPM, DDPMConfig
from latentlab.qt.app import _state_for
from latentlab.qt.shell.main_window import LabWindow
from latentlab.session.state import SessionState
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import pass_time, until_idle
from tests.tiny import save_tiny_model

pytestmark = [OFFSCREEN, pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)]
LEFT = Qt.MouseButton.LeftButton


def save_tiny_denoiser(path: Path, names: tuple[str, ...] = ("a", "b"), data: str = "mnist") -> Path:
    """A DDPM of 8 x 8 pictures with random weights in a file."""
    config = DDPMConfig((1, 8, 8), widths=(8,), steps=20, condition_names=names)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = DDPM(config)
    return save_model(path, model, ModelCard("ddpm", dataclasses.asdict(config), {"name": data}))


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Two denoisers and an encoder that ship."""
    files = {
        "faces-ddpm": save_tiny_denoiser(tmp_path / "faces-ddpm.safetensors", data="faces"),
        "faces-vae": save_tiny_model(tmp_path / "faces-vae.safetensors"),
        "mnist-ddpm": save_tiny_denoiser(tmp_path / "mnist-ddpm.safetensors"),
    }
    monkeypatch.setattr("latentlab.engine.files.model_catalog.model_files", lambda: files)
    monkeypatch.setattr("latentlab.engine.files.checkpoint.model_files", lambda: files)
    return files


def finished(window: LabWindow) -> bool:
    return bool(window.bench.diffusion.frames()) and window.bench.diffusion.frames()[-1].t == 0


def test_that_the_first_look_opens_the_denoiser_of_the_planes_data_and_draws(
    qtbot: QtBot, tmp_path: Path, shipped: dict[str, Path]
) -> None:
    with open_window(qtbot, tmp_path) as window:
        assert window.bench.denoiser_client.model is None
        window.bench.diffusion.reverse.form.steps.setValue(3)
        button = window.findChild(QToolButton, "workspace_diffusion")
        qtbot.mouseClick(button, LEFT)
        qtbot.waitUntil(lambda: finished(window), timeout=20000)
        assert window.bench.denoiser_client.model is not None
        assert window.bench.denoiser_client.model.model == "mnist-ddpm"
        chooser = window.bench.diffusion.chooser
        assert [chooser.itemText(n) for n in range(chooser.count())] == [
            "faces-ddpm", "mnist-ddpm", "Open a file …",
        ]  # fmt: skip
        assert chooser.currentText() == "mnist-ddpm"
        assert window.workspace.state.model == SessionState().model
        chooser.setCurrentIndex(0)
        with qtbot.waitSignal(window.bench.denoiser_client.opened, timeout=5000):
            chooser.activated.emit(0)
        assert chooser.currentText() == "faces-ddpm"


def test_that_both_models_at_work_are_named_and_each_can_be_another_that_fits(
    qtbot: QtBot, tmp_path: Path, shipped: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("latentlab.engine.files.partners.model_files", lambda: shipped)
    toys = save_tiny_denoiser(tmp_path / "toys.safetensors", data="toy")
    with open_window(qtbot, tmp_path) as window:
        view, plane = window.bench.diffusion, window.bench.diffusion.models.plane
        view.reverse.form.steps.setValue(3)
        window.bench.docks.show_diffusion()
        qtbot.waitUntil(lambda: finished(window), timeout=20000)
        # No other model of these digits ships here: the plane's own is named.
        assert [plane.itemText(row) for row in range(plane.count())] == [SessionState().model]
        with qtbot.waitSignal(window.bench.denoiser_client.opened, timeout=5000):
            view.models.denoiser_wanted.emit(str(toys))
        # What learnt from the same data is offered, and what is open is said not to fit.
        assert [plane.itemText(row) for row in range(plane.count())] == [
            "faces-vae", f"{SessionState().model} (other pictures)",
        ]  # fmt: skip
        assert plane.currentData() == SessionState().model
        assert "other pictures" in plane.toolTip()
        with qtbot.waitSignal(window.workspace.loaded, timeout=20000):
            plane.activated.emit(0)
        assert plane.currentText() == "faces-vae"
        assert window.workspace.state.model == "faces-vae"


def test_that_a_tape_drawn_with_other_settings_is_undone_and_redone(
    qtbot: QtBot, tmp_path: Path, shipped: dict[str, Path]
) -> None:
    with open_window(qtbot, tmp_path) as window:
        view, form = window.bench.diffusion, window.bench.diffusion.reverse.form
        form.steps.setValue(4)
        window.bench.docks.show_diffusion()
        qtbot.waitUntil(lambda: finished(window), timeout=20000)
        stack, first = window.workspace.undo_stack, view.recipe()
        assert first is not None
        assert stack.count() == 0, "the first tape replaces none"
        recipes, begun = [first], first.sampler_settings.seed
        for seed in (5, 6):
            form.seed.setValue(seed)
            qtbot.waitUntil(lambda seed=seed: view.recipe().sampler_settings.seed == seed, timeout=5000)
            recipes.append(view.recipe())
        assert [stack.text(row) for row in range(stack.count())] == [
            f"Draw anew (seed {begun} → 5)", "Draw anew (seed 5 → 6)",
        ]  # fmt: skip
        frames = [frame.x_t.tobytes() for frame in view.frames()]
        # The one before is still there; the one before that is drawn again.
        for recipe in (recipes[1], recipes[0]):
            stack.undo()
            assert view.recipe() in (recipe, None)
            qtbot.waitUntil(lambda: finished(window), timeout=5000)
            assert view.recipe() == recipe
            assert form.seed.value() == recipe.sampler_settings.seed
        stack.redo()
        stack.redo()
        qtbot.waitUntil(lambda: finished(window), timeout=5000)
        assert [frame.x_t.tobytes() for frame in view.frames()] == frames
        # Going back by the button takes the step away.
        form.seed.setValue(9)
        qtbot.waitUntil(lambda: view.recipe().sampler_settings.seed == 9, timeout=5000)
        assert stack.count() == 3
        qtbot.mouseClick(view.reverse.note.before, LEFT)
        assert view.recipe() == recipes[2]
        assert stack.count() == 2


def test_that_the_next_start_draws_as_the_last_one_did(
    qtbot: QtBot, tmp_path: Path, shipped: dict[str, Path]
) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.bench.docks.show_diffusion()
        form = window.bench.diffusion.reverse.form
        qtbot.waitUntil(lambda: finished(window))
        window.bench.diffusion.open_model("faces-ddpm")
        qtbot.waitUntil(lambda: window.bench.denoiser_client.model.model == "faces-ddpm" and finished(window))
        form.steps.setValue(4)
        form.count.setValue(3)
        form.seed.setValue(77)
        form.guidance.setValue(35)
        sampler_settings = form.sampler_settings
        assert (sampler_settings.steps, sampler_settings.seed) == (4, 77)
    with open_window(qtbot, tmp_path) as window:
        window.bench.docks.show_diffusion()
        qtbot.waitUntil(lambda: finished(window))
        assert window.bench.denoiser_client.model.model == "faces-ddpm"
        assert window.bench.diffusion.recipe() == Recipe(3, sampler_settings)


def test_that_a_panel_left_open_draws_at_the_next_start_though_it_is_there_before_the_planes_model(
    qtbot: QtBot, tmp_path: Path, shipped: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    start = LabWindow.start

    def start_slowly(window: LabWindow) -> None:
        window.compose()
        pass_time(300)
        start(window)

    monkeypatch.setattr(LabWindow, "start", start_slowly)
    with open_window(qtbot, tmp_path) as window:
        window.bench.diffusion.reverse.form.steps.setValue(3)
        window.bench.docks.show_diffusion()
        qtbot.waitUntil(lambda: finished(window))
    with open_window(qtbot, tmp_path) as window:
        assert window.bench.diffusion.isVisible()
        qtbot.waitUntil(lambda: finished(window))
        assert window.bench.denoiser_client.model.model == "mnist-ddpm"


def test_that_a_noised_picture_comes_back_from_the_very_noise_that_was_seen_and_is_told_no_class_in_turn(
    qtbot: QtBot, tmp_path: Path, shipped: dict[str, Path]
) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.bench.docks.show_diffusion()
        qtbot.waitUntil(lambda: finished(window))
        view, form, page = (
            window.bench.diffusion,
            window.bench.diffusion.reverse.form,
            window.bench.diffusion.forward,
        )
        assert len(form.sampler_settings.conditions) == 2, "each class in turn"
        view.pages.setCurrentWidget(page)
        page.slider.setValue(12)
        before = page._x_t
        qtbot.mouseClick(page.dice, LEFT)
        qtbot.waitUntil(lambda: page._x_t is not before)
        qtbot.mouseClick(page.come_back, LEFT)
        assert form.sampler_settings.conditions == ()
        qtbot.waitUntil(lambda: finished(window))
        assert form.seed.value() == view.recipe().sampler_settings.seed == 1
        np.testing.assert_allclose(view.frames()[0].x_t[0], page._x_t, atol=1e-6)
        assert not np.allclose(view.frames()[0].x_t[1], page._x_t, atol=0.1), "each its own noise"
        qtbot.mouseClick(form.from_noise, LEFT)
        assert len(form.sampler_settings.conditions) == 2
        form.told.classes.setCurrentIndex(1)
        qtbot.mouseClick(page.come_back, LEFT)
        assert form.sampler_settings.conditions == ((1.0, 0.0),), "one class stays told"


def test_that_a_file_that_holds_another_model_by_now_draws_what_it_can(
    qtbot: QtBot, tmp_path: Path, shipped: dict[str, Path]
) -> None:
    mine = save_tiny_denoiser(tmp_path / "mine.safetensors", names=("x", "y", "z"))
    old = Recipe(2, SamplerSettings(steps=50, guidance=3.0, conditions=((0.0, 1.0),), seed=4))
    with open_window(qtbot, tmp_path) as window:
        window.bench.diffusion.remember((str(mine), old))
        window.bench.docks.show_diffusion()
        qtbot.waitUntil(lambda: finished(window))
        assert window.bench.denoiser_client.model.model == "mine"
        assert window.bench.diffusion.recipe() == Recipe(2, SamplerSettings(steps=20, seed=4))
        assert window.bench.diffusion.kept == (
            str(mine.resolve()),
            Recipe(2, SamplerSettings(steps=20, seed=4)),
        )


def test_that_another_model_chosen_meanwhile_does_not_draw_the_recipe_of_the_first(
    qtbot: QtBot, tmp_path: Path, shipped: dict[str, Path]
) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.bench.diffusion.show_recipe(Recipe(2, SamplerSettings(steps=7, seed=4)), "mnist-ddpm")
        window.bench.diffusion.open_model("faces-ddpm")
        qtbot.waitUntil(lambda: finished(window))
        assert window.bench.denoiser_client.model.model == "faces-ddpm"
        assert window.bench.diffusion.recipe().sampler_settings.seed != 4


def test_that_without_a_look_at_the_diffusion_what_was_set_is_kept(
    qtbot: QtBot, tmp_path: Path, shipped: dict[str, Path]
) -> None:
    kept = ("faces-ddpm", Recipe(2, SamplerSettings(steps=5, seed=9)))
    with open_window(qtbot, tmp_path) as window:
        window.bench.diffusion.remember(kept)
    with open_window(qtbot, tmp_path) as window:
        assert window.settings.tape == kept


def test_that_a_model_of_last_time_that_is_gone_gives_way_to_one_that_ships(
    qtbot: QtBot, tmp_path: Path, shipped: dict[str, Path]
) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.bench.diffusion.remember(
            (str(tmp_path / "gone.safetensors"), Recipe(2, SamplerSettings(steps=5)))
        )
        window.bench.docks.show_diffusion()
        qtbot.waitUntil(lambda: finished(window))
        assert window.bench.denoiser_client.model.model == "mnist-ddpm"


def test_that_a_dropped_denoiser_opens_in_the_panel_and_the_plane_stays(qtbot: QtBot, tmp_path: Path) -> None:
    path = save_tiny_denoiser(tmp_path / "mine.safetensors")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    with open_window(qtbot, tmp_path) as window:
        before = window.workspace.state
        window.bench.opener.open_dropped(data)
        qtbot.waitUntil(lambda: finished(window), timeout=20000)
        assert window.bench.docks.in_front(window.bench.docks.diffusion)
        assert window.bench.diffusion.chooser.currentText() == "mine"
        assert window.workspace.state.model == before.model


def test_that_a_recipe_opens_its_model_and_comes_out_the_same_again(qtbot: QtBot, tmp_path: Path) -> None:
    path = str(save_tiny_denoiser(tmp_path / "mine.safetensors"))
    recipe = Recipe(3, SamplerSettings("ddpm", 4, 0.0, 2.0, ((0.0, 1.0),), 5)).branched(
        2, SamplerSettings("ddpm", 6, seed=9)
    )
    with open_window(qtbot, tmp_path) as window:
        window.bench.docks.show_diffusion()
        pictures = []
        for _ in range(2):
            with qtbot.waitSignal(window.bench.diffusion.tape_finished, timeout=20000) as told:
                window.bench.diffusion.show_recipe(recipe, path)
            assert told.args[0] == recipe == window.bench.diffusion.recipe()
            pictures.append([frame.x_t.tobytes() for frame in window.bench.diffusion.frames()])
        assert pictures[0] == pictures[1]


def test_that_a_branch_ends_as_its_recipe_does_when_drawn_as_one(qtbot: QtBot, tmp_path: Path) -> None:
    path = str(save_tiny_denoiser(tmp_path / "mine.safetensors"))
    with open_window(qtbot, tmp_path) as window:
        view = window.bench.diffusion
        view.reverse.form.steps.setValue(6)
        with qtbot.waitSignal(view.tape_finished, timeout=20000):
            window.bench.models.open_denoiser(path)
        for sampler in ("ddpm", "dpm++"):
            view.reverse.playback.go(3)
            view.reverse.form.sampler.setCurrentIndex(view.reverse.form.sampler.findData(sampler))
            with qtbot.waitSignal(view.tape_finished, timeout=20000):
                qtbot.mouseClick(view.reverse.transport.branch, LEFT)
            branch, frames = view.recipe(), [frame.x_t.tobytes() for frame in view.frames()]
            assert branch is not None
            with qtbot.waitSignal(view.tape_finished, timeout=20000):
                view.show_recipe(branch, path)
            assert [frame.x_t.tobytes() for frame in view.frames()] == frames


def test_that_a_model_that_is_none_is_refused_in_the_message_bar(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.bench.models.open_denoiser(str(save_tiny_model(tmp_path / "vae.safetensors")))
        qtbot.waitUntil(
            lambda: "is not a diffusion model" in window.bench.messages.label.text(), timeout=20000
        )
        assert "vae.safetensors" in window.bench.messages.label.text()
        assert window.bench.denoiser_client.model is None


def test_that_it_has_most_of_the_window_and_gives_it_back_to_the_plane(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.resize(1300, 860)
        window.bench.docks.show_diffusion()
        until_idle()
        view, plane = window.bench.diffusion, window.bench.plane
        assert window.centralWidget().isAncestorOf(view)
        assert view.width() * view.height() > 0.5 * window.width() * window.height()
        assert 100 < plane.width() < view.width(), "a small companion"
        window.bench.workspaces.show("explore")
        until_idle()
        assert not view.isVisible()
        assert window.centralWidget().isAncestorOf(plane)


def test_that_what_the_catalogue_says_comes_from_the_headers(
    shipped: dict[str, Path], tmp_path: Path
) -> None:
    assert model_catalog.denoisers() == {"faces-ddpm": "faces", "mnist-ddpm": "mnist"}
    assert model_catalog.suited_to("mnist") == "mnist-ddpm"
    assert model_catalog.suited_to("/somewhere/else.npz::x") == "faces-ddpm"
    assert model_catalog.denoises("mnist-ddpm")
    assert model_catalog.denoises(str(shipped["mnist-ddpm"]))
    assert not model_catalog.denoises("faces-vae")
    assert not model_catalog.denoises(str(tmp_path / "gone.safetensors"))
    assert model_catalog.encoder_of("toy") == "faces-vae"
    assert model_catalog.encoder_of("mnist") is None


def test_that_a_denoiser_on_the_command_line_leaves_the_plane_to_an_encoder_of_its_data(
    tmp_path: Path,
) -> None:
    mine = str(save_tiny_denoiser(tmp_path / "mine.safetensors"))
    faces = str(save_tiny_denoiser(tmp_path / "faces.safetensors", data="faces"))
    assert _state_for(SessionState(), mine) == SessionState()
    assert _state_for(SessionState(), faces).model == "faces-vae"
    other = str(save_tiny_denoiser(tmp_path / "other.safetensors", data="stars"))
    assert _state_for(SessionState(), other) == SessionState()
