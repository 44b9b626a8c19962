"""The view of density ratios by mouse and key, over a service without classifiers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from latentlab.engine.evaluation.ratio.requests import RatioRequest
from latentlab.engine.files.model_catalog import KnownModel
from latentlab.qt.clients.ratio_client import RatioClient
from latentlab.qt.clients.trainer_client import TrainerClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.density_ratio import offers as offering
from latentlab.qt.views.density_ratio import view as ratio_view
from latentlab.qt.views.density_ratio.ranking import Ranking
from latentlab.qt.views.density_ratio.view import DensityRatioView
from latentlab.qt.views.density_ratio.words import about_picture, signed, times
from latentlab.qt.widgets.drawable import as_image, as_svg
from tests.qt.fake_ratio import BROKEN, FakeRatios, result_of
from tests.qt.fake_renderer import SIDE
from tests.qt.waiting import until_idle

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def fake() -> FakeRatios:
    return FakeRatios()


@pytest.fixture
def models() -> list[KnownModel]:
    """Those of the catalogue."""
    return [KnownModel(name, name) for name in ("other", "mnist-vae-2d", "of another size", BROKEN)]


@pytest.fixture
def view(
    qtbot: QtBot,
    workspace: Workspace,
    fake: FakeRatios,
    models: list[KnownModel],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[DensityRatioView]:
    shapes = {"of another size": (3, 64, 64)}
    monkeypatch.setattr(ratio_view, "comparable", lambda folder: list(models))
    monkeypatch.setattr(offering, "shape_of_pictures", lambda model: shapes.get(model, (1, SIDE, SIDE)))
    client, trainer = RatioClient(fake), TrainerClient(tmp_path / "models")
    made = DensityRatioView(SimpleNamespace(workspace=workspace, ratios=client, trainer=trainer))
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    qtbot.waitExposed(made)
    until_idle()
    yield made
    client.stop()


def button(view: DensityRatioView, name: str) -> QPushButton:
    found = view.findChild(QPushButton, name)
    assert found is not None
    return found


def status(view: DensityRatioView) -> str:
    return view.bar.status.text()


def titles(box: QComboBox) -> list[str]:
    return [box.itemText(place) for place in range(box.count())]


def finished(qtbot: QtBot, view: DensityRatioView) -> DensityRatioView:
    """After a run."""
    qtbot.mouseClick(button(view, "ratioRun"), LEFT)
    until_idle()
    assert view.result is not None
    return view


def test_that_the_open_data_the_open_model_and_others_of_its_size_are_offered(view: DensityRatioView) -> None:
    assert titles(view.bar.a) == [
        "mnist: held-out pictures",
        "mnist: training pictures",
        "Samples of mnist-vae-2d (open)",
        "Samples of other",
        f"Samples of {BROKEN}",
    ]
    assert view.bar.pair == ("mnist:test", "mnist-vae-2d")
    assert "Run trains a classifier" in status(view)


def test_that_two_equal_sets_cannot_be_compared(qtbot: QtBot, view: DensityRatioView) -> None:
    view.bar.b.setFocus()
    qtbot.keyClick(view.bar.b, Qt.Key.Key_Home)
    view.bar.b.activated.emit(0)
    assert view.bar.pair == ("mnist:test", "mnist:test")
    assert not button(view, "ratioRun").isEnabled()
    assert "A and B are the same" in status(view)


def test_that_sets_are_swapped(qtbot: QtBot, view: DensityRatioView) -> None:
    qtbot.mouseClick(button(view, "ratioSwap"), LEFT)
    assert view.bar.pair == ("mnist-vae-2d", "mnist:test")


def test_that_run_asks_for_both_sets_and_shows_the_result(
    qtbot: QtBot, view: DensityRatioView, fake: FakeRatios
) -> None:
    assert view.start.isVisible()
    assert not view.parts.isVisible()
    finished(qtbot, view)
    (asked,) = fake.served
    assert isinstance(asked, RatioRequest)
    assert (asked.a, asked.b, asked.pictures) == ("mnist:test", "mnist-vae-2d", 2000)
    assert not view.start.isVisible()
    assert view.parts.isVisible()
    said = view.findChild(QLabel, "ratioHeadline").text()
    assert "can mostly be told apart" in said
    assert "AUC 0.900" in view.findChild(QLabel, "ratioFigures").text()
    assert "Done: 100 pictures of each" in status(view)


def test_that_a_question_chooses_its_two_sets_and_begins(
    qtbot: QtBot, view: DensityRatioView, fake: FakeRatios
) -> None:
    question = button(view, "ratioQuestion_2")
    assert question.text() == "Are training and held-out pictures alike?"
    qtbot.mouseClick(question, LEFT)
    until_idle()
    assert (fake.served[0].a, fake.served[0].b) == ("mnist:train", "mnist:test")
    assert view.bar.pair == ("mnist:train", "mnist:test")


def test_that_it_can_be_stopped_and_shows_how_far_it_is(
    qtbot: QtBot, view: DensityRatioView, fake: FakeRatios
) -> None:
    fake.endless = True
    qtbot.mouseClick(button(view, "ratioRun"), LEFT)
    qtbot.waitUntil(lambda: status(view) == "on and on …", timeout=5000)
    bar = view.findChild(QProgressBar, "ratioProgress")
    assert bar.isVisible()
    assert bar.value() == 500
    assert not view.bar.a.isEnabled()
    qtbot.mouseClick(button(view, "ratioStop"), LEFT)
    assert "Stopped" in status(view)
    assert view.bar.a.isEnabled()
    assert not bar.isVisible()
    until_idle()
    assert view.result is None


def test_that_a_failure_is_said(qtbot: QtBot, view: DensityRatioView) -> None:
    view.bar.choose("mnist:test", BROKEN)
    qtbot.mouseClick(button(view, "ratioRun"), LEFT)
    until_idle()
    assert status(view) == f"Stopped: {BROKEN}: is no model file"
    assert button(view, "ratioRun").isEnabled()


def test_that_pictures_are_sorted_from_only_in_a_to_only_in_b() -> None:
    ranking = Ranking.of(result_of())
    assert (np.diff(ranking.values) <= 0.0).all()
    assert [ranking.at(place)[1] for place in (0, len(ranking) - 1)] == ["A", "B"]
    side, letter, number = ranking.at(0)
    assert letter == "A"
    assert side.log_ratio[number] == ranking.values[0]
    assert np.array_equal(ranking.picture(0), side.pictures[number, 0])
    assert ranking.values[ranking.place_of(0.0)] <= 0.0 < ranking.values[ranking.place_of(0.0) - 1]


def test_that_buttons_and_the_histogram_go_along_the_gallery(qtbot: QtBot, view: DensityRatioView) -> None:
    view.resize(500, 500)
    finished(qtbot, view)
    ranking, gallery = view.gallery.ranking, view.gallery
    assert gallery.in_sight()[0] == 0
    qtbot.mouseClick(button(view, "ratioOnlyB"), LEFT)
    assert gallery.in_sight()[1] == len(ranking)
    qtbot.mouseClick(button(view, "ratioAlike"), LEFT)
    first, last = gallery.in_sight()
    assert ranking.values[last - 1] < 0.0 < ranking.values[first]
    chart = view.histogram
    qtbot.mouseClick(chart, LEFT, pos=QPoint(12, chart.height() // 2))
    assert gallery.in_sight()[0] == 0, "what only A has is at the left of both"
    qtbot.mouseClick(chart, LEFT, pos=QPoint(chart.width() - 12, chart.height() // 2))
    assert gallery.in_sight()[1] == len(ranking)


def test_that_the_mouse_shows_a_picture_and_a_click_selects_one_of_the_data(
    qtbot: QtBot, view: DensityRatioView, workspace: Workspace
) -> None:
    finished(qtbot, view)
    gallery = view.gallery
    at = gallery.box_of(0).center()
    qtbot.mouseMove(gallery.viewport(), at)
    qtbot.mouseClick(gallery.viewport(), LEFT, pos=at)
    words = view.findChild(QLabel, "ratioPictureWords").text()
    side, _, number = gallery.ranking.at(0)
    assert f"Picture {side.numbers[number]} of A, mnist, test. Log ratio +5.0" in words
    assert workspace.state.selected == int(side.numbers[number])


def test_that_a_click_on_a_sample_selects_nothing(
    qtbot: QtBot, view: DensityRatioView, workspace: Workspace
) -> None:
    finished(qtbot, view)
    view.gallery.scroll_to(199)
    qtbot.mouseClick(view.gallery.viewport(), LEFT, pos=view.gallery.box_of(199).center())
    assert view.gallery.current == 199
    assert "Sample" in view.findChild(QLabel, "ratioPictureWords").text()
    assert workspace.state.selected is None


def test_that_a_picture_of_a_split_that_is_not_shown_is_not_selected(
    qtbot: QtBot, view: DensityRatioView, workspace: Workspace
) -> None:
    view.bar.choose("mnist:train", "mnist-vae-2d")
    finished(qtbot, view)
    qtbot.mouseClick(view.gallery.viewport(), LEFT, pos=view.gallery.box_of(0).center())
    assert workspace.state.selected is None
    assert "Not selected" in status(view)


def test_that_the_keys_go_along_the_gallery(qtbot: QtBot, view: DensityRatioView) -> None:
    view.resize(700, 600)
    gallery = finished(qtbot, view).gallery
    qtbot.keyClick(gallery, Qt.Key.Key_End)
    assert gallery.current == 199
    assert gallery.viewport().rect().contains(gallery.box_of(199))
    qtbot.keyClick(gallery, Qt.Key.Key_Left)
    assert gallery.current == 199 - gallery.rows
    qtbot.keyClick(gallery, Qt.Key.Key_Home)
    qtbot.keyClick(gallery, Qt.Key.Key_Down)
    assert gallery.current == 1


def test_that_charts_can_be_taken_away(qtbot: QtBot, view: DensityRatioView) -> None:
    assert view.histogram.drawn_size().isEmpty()
    assert view.histogram.table() == {}
    finished(qtbot, view)
    table = view.histogram.table()
    assert [len(column) for column in table.values()] == [200] * 3
    assert len(view.reliability.table()["said"]) == 10
    for chart in (view.histogram, view.reliability):
        image = as_image(chart, 1.0)
        colours = {image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
        assert len(colours) > 3


def test_that_what_comes_after_a_stop_changes_nothing(
    qtbot: QtBot, view: DensityRatioView, fake: FakeRatios
) -> None:
    fake.endless = True
    qtbot.mouseClick(button(view, "ratioRun"), LEFT)
    qtbot.waitUntil(lambda: status(view) == "on and on …", timeout=5000)
    qtbot.mouseClick(button(view, "ratioStop"), LEFT)
    qtbot.mouseClick(button(view, "ratioSwap"), LEFT)
    until_idle()
    assert view.bar.pair == ("mnist-vae-2d", "mnist:test")
    assert "Run trains a classifier" in status(view)
    assert view.result is None
    assert view.start.isVisible()


def test_that_a_model_that_came_while_it_was_out_of_sight_is_offered(
    view: DensityRatioView, models: list[KnownModel]
) -> None:
    view.hide()
    models.append(KnownModel("newest", "newest"))
    view.show()
    until_idle()
    assert "Samples of newest" in titles(view.bar.a)


def test_that_the_truth_is_shown_where_it_is_known(
    qtbot: QtBot, view: DensityRatioView, fake: FakeRatios
) -> None:
    finished(qtbot, view)
    assert not view.truth.isVisible()
    fake.knows_truth = True
    finished(qtbot, view)
    assert view.truth.isVisible()
    table = view.truth.table()
    assert len(table["true"]) == len(table["estimated"]) == 200
    assert table["estimated"][:100] == view.result.a.log_ratio.tolist()
    drawing = as_svg(view.truth, "", "").decode()
    assert "correlation 0.990" in drawing


def test_that_words_tell_a_log_ratio_as_a_factor() -> None:
    assert times(0.0) == "as likely in A as in B"
    assert times(np.log(3.0)) == "3.0 times likelier in A"
    assert times(-np.log(250.0)) == "250 times likelier in B"
    assert times(40.0) == "over a million times likelier in A"
    assert (signed(-0.4), signed(2.0), signed(0.043)) == ("−0.4", "+2.0", "+0.04")
    result = result_of()
    said = about_picture(result.b, "B", 0)
    assert said.startswith("Sample 99 of B, samples of tiny. Log ratio −5.0: 148 times")
