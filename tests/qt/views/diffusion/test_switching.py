"""From one denoiser to another of other pictures, steps and conditions: the one never meets the other."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from pytestqt.qtbot import QtBot

from latentlab.engine.diffusion.requests import (
    DenoiserReply,
    NoiseReply,
    NoiseRequest,
    OpenDenoiserRequest,
    PredictionReply,
    PredictionRequest,
)
from latentlab.engine.files.checkpoint import ModelCard, save_model
from latentlab.engine.rendering.serving import Refusal, Reply, Request
from latentlab.models.ddpm.model import DDPM, DDPMConfig
from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.shell.main_window import LabWindow
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.views.diffusion.fake_service import FakeService, noise_of
from tests.qt.waiting import until_idle

pytestmark = [OFFSCREEN, pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)]

LONG, SHORT = 200, 10


@pytest.fixture
def models(tmp_path: Path) -> tuple[str, str]:
    """One of colour pictures, many steps and three classes; one of grey pictures, few steps and none."""
    files = []
    for name, shape, steps, names in (
        ("long", (3, 8, 8), LONG, ("a", "b", "c")),
        ("short", (1, 12, 12), SHORT, ()),
    ):
        config = DDPMConfig(shape, widths=(8,), steps=steps, condition_names=names)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            model = DDPM(config)
        card = ModelCard("ddpm", dataclasses.asdict(config), {"name": name})
        files.append(str(save_model(tmp_path / f"{name}.safetensors", model, card)))
    return files[0], files[1]


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[LabWindow]:
    with open_window(qtbot, tmp_path) as made:
        made.bench.docks.show_diffusion()
        made.bench.diffusion.reverse.form.count.setValue(2)
        made.bench.diffusion.reverse.form.steps.setValue(5)
        yield made


def open_(qtbot: QtBot, window: LabWindow, model: str) -> None:
    with qtbot.waitSignal(window.bench.denoiser_client.opened, timeout=10_000):
        window.bench.diffusion.open_model(model)


def test_that_no_page_reads_the_one_denoiser_under_the_other(
    qtbot: QtBot, window: LabWindow, models: tuple[str, str]
) -> None:
    refused: list[Refusal] = []
    window.bench.denoiser_client.refused.connect(refused.append)
    forward, reverse, pages = (
        window.bench.diffusion.forward,
        window.bench.diffusion.reverse,
        window.bench.diffusion.pages,
    )
    for model, steps in ((models[0], LONG), (models[1], SHORT), (models[0], LONG), (models[1], SHORT)):
        open_(qtbot, window, model)
        assert forward.slider.maximum() == steps
        for place in range(pages.count()):
            pages.setCurrentIndex(place)
            forward.slider.setValue(steps)
            until_idle()
        # Under way as the next one is opened: a belief, a tape of all steps, and noise.
        pages.setCurrentWidget(forward)
        forward.dice.click()
        reverse.form.steps.setValue(steps)
        reverse.draw_anew()
    qtbot.waitUntil(lambda: bool(reverse.frames) and reverse.frames[-1].t == 0, timeout=10_000)
    assert {frame.x_t.shape[1:] for frame in reverse.frames} == {(1, 12, 12)}
    assert refused == []


def test_that_what_was_asked_of_the_denoiser_before_is_not_answered_any_more(
    qtbot: QtBot, window: LabWindow, models: tuple[str, str]
) -> None:
    open_(qtbot, window, models[0])
    workspace = window.bench.denoiser_client
    came: list[PredictionReply | Refusal] = []
    workspace.on(PredictionRequest).connect(came.append)
    workspace.refused.connect(came.append)
    frame = torch.zeros(1, 3, 8, 8).numpy()
    window.bench.diffusion.open_model(models[1])
    # Served by the new model, if at all.
    with qtbot.waitSignal(workspace.opened, timeout=10_000):
        workspace.predict(frame, LONG)
    until_idle()
    assert came == []


def test_that_tapes_of_the_denoiser_before_go_as_soon_as_another_is_there(
    qtbot: QtBot, window: LabWindow, models: tuple[str, str]
) -> None:
    open_(qtbot, window, models[0])
    reverse = window.bench.diffusion.reverse
    qtbot.waitUntil(lambda: bool(reverse.frames) and reverse.frames[-1].t == 0, timeout=10_000)
    kept: list[int] = []
    window.bench.denoiser_client.opened.connect(lambda model: kept.append(len(reverse.frames)))
    reverse.form.seed.setValue(7)
    reverse.draw_anew()
    qtbot.waitUntil(lambda: bool(reverse.frames) and reverse.frames[-1].t == 0, timeout=10_000)
    recipe = reverse.recipe
    open_(qtbot, window, models[1])
    assert kept == [0]
    # Their recipes wait for it.
    open_(qtbot, window, models[0])
    qtbot.waitUntil(lambda: reverse.recipe is not None, timeout=10_000)
    assert (reverse.recipe, recipe.sampler_settings.seed) == (recipe, 7)


def test_that_no_denoiser_is_asked_what_it_believes_of_the_others_pictures(
    qtbot: QtBot, window: LabWindow, models: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, forward = window.bench.denoiser_client, window.bench.diffusion.forward
    asked: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    predict = workspace.predict

    def noted(x_t, *rest):
        assert workspace.model is not None
        asked.append((x_t.shape[1:], workspace.model.shape))
        predict(x_t, *rest)

    monkeypatch.setattr(workspace, "predict", noted)
    window.bench.diffusion.pages.setCurrentWidget(forward)
    # Before the noise of the new one has come.
    workspace.opened.connect(lambda model: forward._prediction._ask())
    for model in (*models, *models):
        open_(qtbot, window, model)
        window.bench.diffusion.pages.setCurrentWidget(forward)
        forward.slider.setValue(forward.slider.maximum() // 2)
        before = len(asked)
        qtbot.waitUntil(lambda before=before: len(asked) > before, timeout=3000)
    assert {shape for shape, _ in asked} == {(3, 8, 8), (1, 12, 12)}
    assert all(shape == wanted for shape, wanted in asked)


class Slow(FakeService):
    """Tells when it is about to open a model, and waits there while `go` is clear."""

    def __init__(self) -> None:
        super().__init__()
        self.opening, self.go = threading.Event(), threading.Event()
        self.go.set()

    def serve(self, request: Request) -> Iterator[Reply | None]:
        if isinstance(request, OpenDenoiserRequest):
            self.opening.set()
            self.go.wait(5)
        return super().serve(request)


def test_that_a_denoiser_given_up_for_one_that_cannot_be_opened_draws_nothing(qtbot: QtBot) -> None:
    service = Slow()
    workspace = DenoiserClient(service)
    try:
        with qtbot.waitSignal(workspace.opened, timeout=5000):
            workspace.open("one")
        service.go.clear()
        service.opening.clear()
        workspace.open("two")
        assert service.opening.wait(5)  # nothing newer can take its place any more
        workspace.open("missing")
        with qtbot.waitSignals([workspace.refused, workspace.opened], timeout=5000, order="strict"):
            service.go.set()
        asked = [one.model for one in service.served if isinstance(one, OpenDenoiserRequest)]
        assert asked == ["one", "two", "missing", "/models/one.safetensors"]
        # What the one that nobody waits for has drawn is not told.
        workspace._receive(OpenDenoiserRequest, dataclasses.replace(reply_of("two"), generation=0))
        workspace._newest[NoiseRequest] = 99
        noised: list[object] = []
        workspace.on(NoiseRequest).connect(noised.append)
        workspace._receive(NoiseRequest, NoiseReply(99, 1, noise_of(1)))
        assert noised == []
    finally:
        workspace.stop()


def reply_of(model: str) -> DenoiserReply:
    (reply,) = FakeService().serve(OpenDenoiserRequest(1, model))
    assert isinstance(reply, DenoiserReply)
    return reply
