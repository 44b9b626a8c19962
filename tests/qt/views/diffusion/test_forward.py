"""Into the noise: the closed form under the slider, the curves beside it, and what the denoiser believes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, QRect, Qt
from pytestqt.qtbot import QtBot

from latentlab.core.schedules import Schedule
from latentlab.engine.diffusion.noising import as_pictures, as_x, noise_picture, picture_of
from latentlab.engine.diffusion.recipes import FromPicture, Recipe
from latentlab.engine.diffusion.requests import PredictionRequest
from latentlab.engine.files.checkpoint import ModelCard, save_model
from latentlab.engine.rendering.serving import Refusal
from latentlab.models.ddpm.model import DDPM, DDPMConfig
from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.diffusion.forward.page import ForwardPage
from latentlab.qt.views.diffusion.seeded_noise import SeededNoise
from latentlab.session.edits import SelectImage
from tests.qt.fake_renderer import COUNT, FakeRenderer
from tests.qt.views.diffusion.fake_service import STEPS, FakeService, noise_of
from tests.qt.waiting import until_idle

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def service() -> FakeService:
    return FakeService()


@pytest.fixture
def diffusion(service: FakeService) -> Iterator[DenoiserClient]:
    made = DenoiserClient(service)
    yield made
    made.stop()


def shown(
    qtbot: QtBot, diffusion: DenoiserClient, workspace: Workspace, model: str = "fake-ddpm"
) -> ForwardPage:
    page = ForwardPage(diffusion, workspace, SeededNoise(diffusion))
    qtbot.addWidget(page)
    page.resize(560, 520)
    page.show()
    qtbot.waitExposed(page)
    with qtbot.waitSignal(diffusion.opened, timeout=20_000):
        diffusion.open(model)
    qtbot.waitUntil(lambda: page.pictures[1].picture is not None or page.name.text().endswith("yet."))
    return page


@pytest.fixture
def page(qtbot: QtBot, diffusion: DenoiserClient, workspace: Workspace) -> ForwardPage:
    return shown(qtbot, diffusion, workspace)


def beliefs(service: FakeService) -> list[PredictionRequest]:
    return [one for one in service.served if isinstance(one, PredictionRequest)]


def test_that_the_slider_shows_the_closed_form_with_the_same_noise(
    qtbot: QtBot, page: ForwardPage, renderer: FakeRenderer, diffusion: DenoiserClient
) -> None:
    x_0 = as_x(renderer.images[0, 0])
    noise = noise_of(0)
    assert page.slider.maximum() == STEPS
    for t in (10, 73, 40, 10):
        page.slider.setValue(t)
        alpha_bar = torch.tensor(diffusion.model.alpha_bar.clip(1e-12), dtype=torch.float64)
        wanted = Schedule(alpha_bar).noised(torch.from_numpy(x_0), t, torch.from_numpy(noise)).numpy()
        drawn = page.pictures[1].picture.astype(int) - as_pictures(wanted[None])[0].astype(int)
        assert np.abs(drawn).max() <= 1, "but for rounding"
        assert page.time.text() == f"{t} of {STEPS}"
    assert np.array_equal(page.pictures[0].picture, renderer.images[0, 0])


def test_that_the_dice_throws_other_noise_on_the_same_picture(qtbot: QtBot, page: ForwardPage) -> None:
    page.slider.setValue(50)
    before, picture = page.pictures[1].picture, page.pictures[0].picture
    qtbot.mouseClick(page.dice, LEFT)
    qtbot.waitUntil(lambda: not np.array_equal(page.pictures[1].picture, before), timeout=3000)
    assert np.array_equal(page.pictures[0].picture, picture)


def test_that_slider_and_curves_move_each_other(qtbot: QtBot, page: ForwardPage) -> None:
    page.slider.setValue(30)
    assert page.curves.t == 30
    plot = page.curves.plots()[1]
    qtbot.mouseClick(page.curves, LEFT, pos=plot.center().toPoint())
    assert page.slider.value() == page.curves.t == pytest.approx(STEPS // 2, abs=1)


def test_that_the_words_tell_the_signal_to_noise_ratio(page: ForwardPage) -> None:
    page.slider.setValue(50)
    assert page.note.text() == "SNR −4.8 dB: 25 % of the picture's variance is left."
    page.slider.setValue(0)
    assert page.note.text() == "No noise: the picture itself."
    page.slider.setValue(STEPS)
    assert "less than 0.01 %" in page.note.text()


def test_that_the_denoisers_belief_of_the_newest_t_is_shown(
    qtbot: QtBot, page: ForwardPage, service: FakeService, diffusion: DenoiserClient
) -> None:
    with qtbot.waitSignal(diffusion.on(PredictionRequest).signal, timeout=3000):
        page.slider.setValue(20)
    service.served.clear()
    for t in (30, 40, 50, 60, 70):
        page.slider.setValue(t)
    with qtbot.waitSignal(
        diffusion.on(PredictionRequest).signal, timeout=3000, check_params_cb=lambda reply: reply.t == 70
    ):
        pass
    assert [request.t for request in beliefs(service)] == [70]
    # The fake denoiser believes in what it sees.
    assert np.array_equal(page.pictures[2].picture, page.pictures[1].picture)
    x_t, alpha_bar = beliefs(service)[0].x_t[0], diffusion.model.alpha_bar[70]
    noise = (x_t - np.sqrt(alpha_bar) * x_t) / np.sqrt(1 - alpha_bar)
    assert np.array_equal(page.pictures[3].picture, noise_picture(noise.astype(np.float32)))


def test_that_without_noise_the_picture_is_predicted_and_nobody_is_asked(
    qtbot: QtBot, page: ForwardPage, service: FakeService, diffusion: DenoiserClient
) -> None:
    with qtbot.waitSignal(diffusion.on(PredictionRequest).signal, timeout=3000):
        page.slider.setValue(20)
    service.served.clear()
    page.slider.setValue(0)
    until_idle()
    assert beliefs(service) == []
    assert np.array_equal(page.pictures[2].picture, page.pictures[0].picture)
    assert not page.come_back.isEnabled()


def test_that_a_page_that_is_not_seen_asks_for_nothing(
    qtbot: QtBot, diffusion: DenoiserClient, workspace: Workspace, service: FakeService
) -> None:
    page = ForwardPage(diffusion, workspace, SeededNoise(diffusion))
    qtbot.addWidget(page)
    with qtbot.waitSignal(diffusion.opened, timeout=3000):
        diffusion.open("fake-ddpm")
    page.slider.setValue(60)
    until_idle()
    assert beliefs(service) == []
    page.show()
    qtbot.waitUntil(lambda: [request.t for request in beliefs(service)] == [60], timeout=3000)


def test_that_a_question_that_somebody_elses_replaced_is_asked_anew(
    qtbot: QtBot, page: ForwardPage, service: FakeService, diffusion: DenoiserClient
) -> None:
    page.slider.setValue(20)
    qtbot.waitUntil(lambda: bool(beliefs(service)), timeout=3000)
    diffusion.predict(np.zeros((2, 1, 8, 8), np.float32), 77)
    qtbot.waitUntil(lambda: [request.t for request in beliefs(service)][-2:] == [77, 20], timeout=3000)


def test_that_a_refusal_is_told_and_later_questions_are_asked(
    qtbot: QtBot, page: ForwardPage, service: FakeService, diffusion: DenoiserClient
) -> None:
    page.slider.setValue(20)
    qtbot.waitUntil(lambda: bool(beliefs(service)), timeout=3000)
    diffusion.refused.emit(Refusal(1, PredictionRequest, "out of memory"))
    assert page.note.text() == "out of memory"
    page.slider.setValue(33)
    qtbot.waitUntil(lambda: beliefs(service)[-1].t == 33, timeout=3000)


def test_that_what_is_told_elsewhere_is_told_here_too(
    qtbot: QtBot, page: ForwardPage, service: FakeService
) -> None:
    page.slider.setValue(20)
    page.tell(((0.0, 1.0, 0.0),), 2.0)
    qtbot.waitUntil(lambda: bool(beliefs(service)) and beliefs(service)[-1].guidance == 2.0, timeout=3000)
    assert beliefs(service)[-1].conditions == ((0.0, 1.0, 0.0),)
    assert "class 1" in page.note.text()
    # What each picture of a batch is told in turn says nothing of this one.
    page.tell(((0.0, 1.0, 0.0), (1.0, 0.0, 0.0)), 2.0)
    qtbot.waitUntil(lambda: beliefs(service)[-1].conditions == (), timeout=3000)
    assert "class" not in page.note.text()


def test_that_the_picture_is_the_selected_one_and_others_are_a_click_away(
    qtbot: QtBot, page: ForwardPage, workspace: Workspace, renderer: FakeRenderer
) -> None:
    assert page.name.text() == f"a, picture 1 of {COUNT}"
    workspace.do(SelectImage(index=7))
    assert np.array_equal(page.pictures[0].picture, renderer.images[7, 0])
    qtbot.mouseClick(page.next, LEFT)
    assert np.array_equal(page.pictures[0].picture, renderer.images[8, 0])
    for _ in range(9):
        qtbot.mouseClick(page.previous, LEFT)
    assert np.array_equal(page.pictures[0].picture, renderer.images[COUNT - 1, 0])
    workspace.do(SelectImage(index=3))
    assert page.name.text() == f"a, picture 4 of {COUNT}"


def test_that_it_comes_back_from_here(qtbot: QtBot, page: ForwardPage, renderer: FakeRenderer) -> None:
    page.slider.setValue(37)
    with qtbot.waitSignal(page.seed_chosen) as seeds, qtbot.waitSignal(page.recipe_wanted) as told:
        qtbot.mouseClick(page.come_back, LEFT)
    start = told.args[0]
    assert isinstance(start, FromPicture)
    assert seeds.args == [0]
    assert np.array_equal(picture_of(start.pixels), renderer.images[0, 0])
    assert round(start.strength * STEPS) == 37
    assert Recipe(start=start).start == start


def test_that_it_asks_for_a_model_while_there_is_none(
    qtbot: QtBot, diffusion: DenoiserClient, workspace: Workspace
) -> None:
    page = ForwardPage(diffusion, workspace, SeededNoise(diffusion))
    qtbot.addWidget(page)
    assert "Open a diffusion model" in page.note.text()
    for widget in (page.slider, page.dice, page.curves, page.come_back):
        assert not widget.isEnabled()
    assert not page.grab().isNull()


@pytest.mark.parametrize("width", [240, 440, 900])
def test_that_nothing_is_cut_off_at_any_width(qtbot: QtBot, page: ForwardPage, width: int) -> None:
    page.resize(width, 500)
    until_idle()
    for widget in (*page.pictures, page.curves, page.come_back, page.time, page.next):
        place = widget.mapTo(page, widget.rect().topRight())
        assert 0 <= place.x() < page.width(), widget.objectName()


@pytest.mark.parametrize(("width", "height", "side"), [(724, 214, 100), (980, 400, 150), (980, 700, 220)])
def test_that_pictures_and_curves_fill_the_room_and_none_is_out_of_sight(
    qtbot: QtBot, page: ForwardPage, width: int, height: int, side: int
) -> None:
    page.resize(width, height)
    until_idle()
    for widget in (*page.pictures, page.curves, page.slider, page.come_back):
        place = QRect(widget.mapTo(page, QPoint(0, 0)), widget.size())
        assert page.rect().contains(place), widget.objectName()
    assert min(min(picture.width(), picture.height()) for picture in page.pictures) >= side
    assert page.curves.height() >= 100


def test_that_it_begins_halfway_where_there_is_something_to_see(page: ForwardPage) -> None:
    assert page.slider.value() == page.curves.t == STEPS // 2
    assert not np.array_equal(page.pictures[1].picture, page.pictures[0].picture)


class TestOtherShapes:
    """The plane shows other pictures than the denoiser draws."""

    @pytest.fixture
    def renderer(self) -> FakeRenderer:
        made = FakeRenderer()
        made.images = np.random.default_rng(1).integers(0, 256, (COUNT, 3, 6, 6), dtype=np.uint8)
        return made

    def test_that_they_are_fitted_and_it_says_so(self, page: ForwardPage, diffusion: DenoiserClient) -> None:
        assert "It is 6 × 6, in colour; resized to the model's 8 × 8, grey." in page.name.text()
        assert page.pictures[0].picture.shape == (8, 8)
        assert page.slider.isEnabled()


def test_that_a_real_denoiser_believes(qtbot: QtBot, tmp_path: Path, workspace: Workspace) -> None:
    config = DDPMConfig(shape=(1, 8, 8), widths=(16, 32))
    card = ModelCard("ddpm", vars(config), {"name": "toy"}, {})
    path = save_model(tmp_path / "tiny.safetensors", DDPM(config), card)
    diffusion = DenoiserClient()
    try:
        page = shown(qtbot, diffusion, workspace, str(path))
        with qtbot.waitSignal(diffusion.on(PredictionRequest).signal, timeout=20_000):
            page.slider.setValue(page.slider.maximum() // 3)
        assert page.pictures[2].picture.shape == page.pictures[3].picture.shape == (8, 8)
    finally:
        diffusion.stop()
