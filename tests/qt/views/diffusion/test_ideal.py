"""The ideal denoiser beside the model's prediction, in the window."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from latentlab.engine.diffusion.noising import as_picture
from latentlab.engine.diffusion.recipes import Branch, FromNoise, Recipe, SamplerSettings
from latentlab.engine.diffusion.requests import IdealRequest
from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.views.diffusion.reverse.ideal_panel import parted, percent
from latentlab.qt.views.diffusion.reverse.ideals import condition_at
from latentlab.qt.views.diffusion.reverse.page import ReversePage
from latentlab.qt.widgets.drawable import as_image
from tests.qt.views.diffusion.fake_service import FakeService
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


@pytest.fixture
def page(qtbot: QtBot, diffusion: DenoiserClient) -> ReversePage:
    made = ReversePage(diffusion)
    qtbot.addWidget(made)
    made.resize(1100, 640)
    made.form.steps.setValue(20)
    made.form.count.setValue(3)
    made.show()
    qtbot.waitExposed(made)
    with qtbot.waitSignal(diffusion.opened, timeout=3000):
        diffusion.open("fake-ddpm")
    with qtbot.waitSignal(made.tape_finished, timeout=3000):
        qtbot.mouseClick(made.buttons.draw, LEFT)
    return made


def asked(service: FakeService) -> list[IdealRequest]:
    return [one for one in service.served if isinstance(one, IdealRequest)]


def text(page: ReversePage, name: str) -> str:
    label = page.ideal.panel.findChild(QWidget, name)
    return str(label.text())  # type: ignore[union-attr]


def turned_on(qtbot: QtBot, page: ReversePage) -> None:
    switch = page.findChild(QToolButton, "idealDenoiser")
    qtbot.mouseClick(switch, LEFT)
    until_idle()


def test_that_it_is_off_at_first_and_asks_for_nothing(page: ReversePage, service: FakeService) -> None:
    until_idle()
    assert not page.ideal.panel.isVisible()
    assert not page.look.ideal.isChecked()
    assert asked(service) == []


def test_that_a_click_shows_both_pictures_their_difference_and_the_weights(
    qtbot: QtBot, page: ReversePage
) -> None:
    turned_on(qtbot, page)
    panel = page.ideal.panel
    assert panel.isVisible()
    assert panel.predicted.picture is not None
    assert panel.ideal.picture is not None
    assert not np.array_equal(panel.predicted.picture, panel.ideal.picture)
    assert text(page, "idealDifference") == "0.200 apart at t = 0"
    assert [weight.text() for weight in panel.weights] == ["50%", "25%", "15%", "<0.1%"]
    assert all(view.picture is not None and int(view.picture[0, 0]) == 77 for view in panel.nearest)
    assert text(page, "idealSharing") == "As if 4.2 of them shared it equally."
    assert text(page, "idealSource") == "The mean is over 6,000 training pictures of class 1."


def test_that_the_whole_tape_is_asked_for_once_and_scrubbing_asks_nothing_more(
    qtbot: QtBot, page: ReversePage, service: FakeService
) -> None:
    turned_on(qtbot, page)
    (request,) = asked(service)
    assert request.t[0] == 0, "the frame that is looked at comes first"
    assert sorted(request.t) == sorted(frame.t for frame in page.frames)
    strip = page.tracks.rows[0].tape
    qtbot.mouseClick(strip, LEFT, pos=QPoint(round(strip.place_of(4)), 20))
    until_idle()
    assert text(page, "idealDifference") == "0.000 apart at t = 80"
    assert len(asked(service)) == 1


def test_that_the_chart_says_where_the_two_part(qtbot: QtBot, page: ReversePage) -> None:
    page.form.guidance.setValue(10)
    with qtbot.waitSignal(page.tape_finished, timeout=3000):
        qtbot.mouseClick(page.buttons.draw, LEFT)
    turned_on(qtbot, page)
    chart = page.ideal.panel.chart
    assert chart.parting == 40
    assert [t for t, _ in chart.points] == [frame.t for frame in page.frames]
    assert len(set(map(tuple, as_array(chart)))) > 1
    assert text(page, "idealParting").startswith("They part at t = 40: ")
    assert chart.table()["t"] == [frame.t for frame in page.frames]


def as_array(chart: QWidget) -> list[list[int]]:
    image = as_image(chart, 1.0)  # type: ignore[arg-type]
    return [[image.pixel(x, y) for x in range(image.width())] for y in range(image.height())]


def test_that_guidance_is_named_as_what_moves_them_apart(qtbot: QtBot, page: ReversePage) -> None:
    turned_on(qtbot, page)
    assert "Guidance 3 moves" in text(page, "idealParting")


def test_that_another_picture_of_the_tape_is_asked_for_under_its_own_condition(
    qtbot: QtBot, page: ReversePage, service: FakeService
) -> None:
    turned_on(qtbot, page)
    page.playback.choose(2)
    until_idle()
    first, second = asked(service)
    recipe = page.recipe
    assert recipe is not None
    assert first.condition == recipe.sampler_settings.condition_of(0)
    assert second.condition == recipe.sampler_settings.condition_of(2)
    assert (second.picture, len(second.t)) == (2, 21)


def test_that_while_a_tape_is_drawn_it_follows_the_frames(
    qtbot: QtBot, page: ReversePage, service: FakeService
) -> None:
    turned_on(qtbot, page)
    page.form.seed.setValue(3)
    with qtbot.waitSignal(page.tape_finished, timeout=3000):
        qtbot.mouseClick(page.buttons.draw, LEFT)
    until_idle()
    assert text(page, "idealDifference").endswith("apart at t = 0")
    assert len(page.ideal.panel.chart.points) == 21


def test_that_a_refusal_is_shown_and_not_asked_again_and_again(
    qtbot: QtBot, page: ReversePage, service: FakeService
) -> None:
    service.no_ideal = "there are no training pictures with just Hat to average"
    turned_on(qtbot, page)
    assert text(page, "idealDifference").startswith("there are no training pictures")
    assert page.ideal.panel.ideal.picture is None
    page._show_again()
    until_idle()
    assert len(asked(service)) == 1


def test_that_off_again_it_asks_for_nothing_more(
    qtbot: QtBot, page: ReversePage, service: FakeService
) -> None:
    turned_on(qtbot, page)
    qtbot.mouseClick(page.look.ideal, LEFT)
    assert not page.ideal.panel.isVisible()
    page.playback.choose(1)
    until_idle()
    assert len(asked(service)) == 1


def test_that_where_a_branch_leaves_the_condition_is_still_that_of_the_trunk() -> None:
    trunk = SamplerSettings(conditions=((1.0, 0.0), (0.0, 1.0)))
    other = SamplerSettings(conditions=((0.0, 1.0),))
    recipe = Recipe(2, trunk, FromNoise(), (Branch(5, other),))
    assert condition_at(recipe, 5, 0) == (1.0, 0.0)
    assert condition_at(recipe, 6, 0) == (0.0, 1.0)
    assert condition_at(recipe, 5, 1) == (0.0, 1.0)


def test_that_words_and_weights_are_said_as_one_reads_them() -> None:
    assert parted(None, 1000, 1.0).startswith("They stay together")
    assert parted(1000, 1000, 1.0) == "They are apart from the start."
    assert parted(760, 1000, 1.0) == "They part at t = 760: from there on the model goes its own way."
    assert [percent(weight) for weight in (1.0, 0.123, 0.05, 0.0004)] == ["100%", "12%", "5.0%", "<0.1%"]


def test_that_the_panels_button_and_a_pictures_menu_ask_where_it_comes_from(
    qtbot: QtBot, page: ReversePage
) -> None:
    turned_on(qtbot, page)
    found = []
    page.origin_wanted.connect(found.append)
    qtbot.mouseClick(page.ideal.panel.origin, LEFT)
    mosaic = page.panels[0].mosaic
    place = mosaic.place_of(2).center().toPoint()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, mosaic.mapToGlobal(place))
    QApplication.sendEvent(mosaic, event)
    menu = mosaic.findChild(QMenu, "mosaicMenu")
    assert menu is not None
    menu.actions()[0].trigger()
    menu.close()
    assert page.picture == 2, "the one under the mouse is chosen"
    assert page.frame is not None
    np.testing.assert_array_equal(found[0], as_picture(page.frame.x0_hat[0]))
    np.testing.assert_array_equal(found[1], as_picture(page.frame.x0_hat[2]))
