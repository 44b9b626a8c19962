"""The workspace of a Gaussian by mouse and key: its strip, sliders, rank, and samples beside others'."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QDockWidget, QLabel, QPushButton, QTabWidget, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from latentlab.data import catalog
from latentlab.engine.rendering.renderer import Renderer
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.views.eigenpictures.beside import Beside
from latentlab.qt.views.eigenpictures.chart import Curve, CurveChart
from latentlab.qt.views.eigenpictures.rank import Rank
from latentlab.qt.views.eigenpictures.scales import Scale, in_short
from latentlab.qt.views.eigenpictures.strip import EigenStrip
from latentlab.qt.widgets.drawable import Drawable, as_svg
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.sliders import CalmSlider
from latentlab.session.state import SessionState
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle
from tests.tiny import save_tiny_gaussian, save_tiny_linear, save_tiny_model, toy_set

pytestmark = OFFSCREEN
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LabWindow]:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split))
    path = save_tiny_gaussian(tmp_path / "gaussian.safetensors")
    state = SessionState(model=str(path), data="toy")
    with open_window(qtbot, tmp_path, Renderer(), state=state) as made:  # type: ignore[arg-type]
        until_idle()
        yield made


def room(qtbot: QtBot, window: LabWindow, page: int = 0) -> QWidget:
    """The view, with one of its pages."""
    button = window.findChild(QToolButton, "workspace_eigenpictures")
    assert button.isVisible()
    qtbot.mouseClick(button, LEFT)
    until_idle()
    view = window.findChild(QWidget, "eigenpicturesView")
    pages = view.findChild(QTabWidget, "eigenPages")
    qtbot.mouseClick(pages.tabBar(), LEFT, pos=pages.tabBar().tabRect(page).center())
    until_idle()
    return view


def picture(view: QWidget, name: str) -> np.ndarray:
    found = view.findChild(CrispPicture, name).picture
    assert found is not None
    return found


def test_that_the_workspace_is_there_while_such_a_model_is_open_and_goes_with_it(
    qtbot: QtBot, window: LabWindow, tmp_path: Path
) -> None:
    room(qtbot, window)
    workspace, workspaces = window.workspace, window.bench.workspaces
    assert workspaces.current == "eigenpictures"
    before = workspace.state.model
    workspace.open(SessionState(model=str(save_tiny_model(tmp_path / "vae.safetensors")), data="toy"))
    until_idle()
    assert workspaces.current == "explore"
    assert not window.findChild(QToolButton, "workspace_eigenpictures").isVisible()
    assert "no eigenpictures" in workspaces.why_not("eigenpictures")
    workspace.open(SessionState(model=before, data="toy"))
    until_idle()
    assert window.findChild(QToolButton, "workspace_eigenpictures").isVisible()


def test_that_a_slider_moves_the_picture_live_and_is_one_step_of_undo(
    qtbot: QtBot, window: LabWindow
) -> None:
    view = room(qtbot, window)
    workspace = window.workspace
    qtbot.mouseClick(view.findChild(QPushButton, "eigenMean"), LEFT)
    until_idle()
    mean = picture(view, "eigenPicture").copy()
    assert set(workspace.state.probe) == {0.0}
    steps = workspace.undo_stack.count()
    slider = view.findChild(CalmSlider, "eigenSlider_2")
    assert (slider.minimum(), slider.maximum()) == (-300, 300)
    slider.setSliderDown(True)
    for value in range(0, 290, 20):
        slider.setSliderPosition(value)
    slider.setSliderDown(False)
    until_idle()
    assert workspace.state.probe[2] == pytest.approx(2.8)
    assert workspace.undo_stack.count() == steps + 1
    assert not np.array_equal(picture(view, "eigenPicture"), mean)
    workspace.undo_stack.undo()
    until_idle()
    assert slider.value() == 0
    np.testing.assert_array_equal(picture(view, "eigenPicture"), mean)


def test_that_a_click_on_an_eigenpicture_gives_the_keyboard_to_its_slider(
    qtbot: QtBot, window: LabWindow
) -> None:
    view = room(qtbot, window, 1)
    strip = view.findChild(EigenStrip, "eigenStrip")
    boxes = strip.tiles()
    assert len(boxes) > 3
    qtbot.mouseClick(strip, LEFT, pos=boxes[2].center().toPoint())
    assert view.findChild(QTabWidget, "eigenPages").currentIndex() == 0
    slider = view.findChild(CalmSlider, "eigenSlider_1")
    assert slider.hasFocus()
    before = slider.value()
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert slider.value() == before + 5
    strip.grab()


def test_that_buttons_go_to_a_draw_and_to_the_selected_picture(qtbot: QtBot, window: LabWindow) -> None:
    view, workspace = room(qtbot, window), window.workspace
    chosen = view.findChild(QPushButton, "eigenSelected")
    assert not chosen.isEnabled()
    workspace.select(5)
    until_idle()
    assert chosen.isEnabled()
    qtbot.mouseClick(view.findChild(QPushButton, "eigenRandom"), LEFT)
    assert 0.5 < np.std(workspace.state.probe) < 1.5
    qtbot.mouseClick(chosen, LEFT)
    assert workspace.state.probe == workspace.place_of(5)
    until_idle()
    np.testing.assert_array_equal(picture(view, "eigenPicture"), toy_set("test").images[5, 0].numpy())


def test_that_the_rank_rebuilds_the_selected_picture_and_marks_its_nats(
    qtbot: QtBot, window: LabWindow
) -> None:
    view, workspace = room(qtbot, window, 1), window.workspace
    workspace.select(7)
    until_idle()
    slider, words = view.findChild(CalmSlider, "rankSlider"), view.findChild(QLabel, "rankWords")
    assert slider.maximum() == 64
    original = toy_set("test").images[7, 0].numpy()
    np.testing.assert_array_equal(picture(view, "rankOriginal"), original)
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_End)
    until_idle()
    np.testing.assert_array_equal(picture(view, "rankRebuilt"), original)
    assert words.text().startswith("K = 64 of 64: log p(x) = ")
    assert "100.0 % of the variance" in words.text()
    chart = view.findChild(CurveChart, "rankCurve")
    area = chart.area()
    qtbot.mouseClick(chart, LEFT, pos=QPoint(round(area.left() + area.width() / 4), round(area.center().y())))
    until_idle()
    assert slider.value() == 16
    assert words.text().startswith("K = 16 of 64")
    table = chart.table()
    assert len(table["log p(x), nats"]) == 65
    qtbot.mouseClick(view.findChild(QPushButton, "rankNext"), LEFT)
    until_idle()
    assert workspace.state.selected == 8
    np.testing.assert_array_equal(picture(view, "rankOriginal"), toy_set("test").images[8, 0].numpy())


def test_that_a_picture_of_ones_own_is_rebuilt_where_there_is_one(qtbot: QtBot, window: LabWindow) -> None:
    view = room(qtbot, window, 1)
    which, words = view.findChild(QComboBox, "rankPicture"), view.findChild(QLabel, "rankWords")
    which.setFocus()
    qtbot.keyClick(which, Qt.Key.Key_Down)
    until_idle()
    assert "no picture of your own" in words.text()
    own = QImage(16, 16, QImage.Format.Format_Grayscale8)
    own.fill(90)
    view.findChild(Rank, "eigenRank")._pictures.open_image(own, "grey")
    until_idle()
    # The window has gone to where it is shown.
    view = room(qtbot, window, 1)
    assert view.findChild(QLabel, "rankWords").text().startswith("K = ")
    np.testing.assert_array_equal(picture(view, "rankOriginal"), np.full((8, 8), 90, np.uint8))


def test_that_samples_stand_beside_those_of_models_that_can_be_chosen(
    qtbot: QtBot, window: LabWindow, tmp_path: Path
) -> None:
    folder = Path(window.bench.trainer.folder)
    folder.mkdir(parents=True, exist_ok=True)
    save_tiny_linear(folder / "linear.safetensors")
    save_tiny_model(folder / "vae.safetensors")
    view = room(qtbot, window, 2)
    page = view.findChild(Beside, "eigenSamples")
    assert [box.currentText() for box in page.boxes] == ["linear", "No model", "vae"]
    assert [note.text().partition(":")[0] for note in page.notes[2:]] == [
        "No model without a prior of these data yet", ""
    ]  # fmt: skip
    assert page.strips[0].picture is not None
    assert page.strips[0].picture.shape == (8, 80)
    assert len(page.bars[0].angles) == 3
    assert page.bars[0].isVisible()
    assert not page.bars[2].isVisible()
    assert "prior" in page.notes[1].text()
    first = page.strips[0].picture
    qtbot.mouseClick(view.findChild(QPushButton, "besideDraw"), LEFT)
    until_idle()
    assert not np.array_equal(page.strips[0].picture, first)
    page.boxes[0].setFocus()
    page.boxes[0].setCurrentIndex(0)
    page.boxes[0].activated.emit(0)
    until_idle()
    assert page.strips[1].picture is None
    assert not page.bars[0].isVisible()
    view.grab()


def test_that_charts_can_be_taken_away_with_their_numbers(qtbot: QtBot, window: LabWindow) -> None:
    scree = room(qtbot, window).findChild(CurveChart, "screePlot")
    assert isinstance(scree, Drawable)
    table = scree.table()
    assert list(table) == ["eigenpicture k", "variance λ", "% of all"]
    assert table["% of all"][-1] == pytest.approx(100.0)
    assert b"<svg" in as_svg(scree, "scree", "")


@pytest.mark.parametrize(
    ("scale", "most", "ticks"),
    [
        (Scale(0, 784), 6, [0, 200, 400, 600]),
        (Scale(0.0, 1.0), 4, [0.0, 0.25, 0.5, 0.75, 1.0]),
        (Scale(1e-6, 5.0, True), 4, [1e-6, 1e-4, 1e-2, 1.0]),
        (Scale(1, 784, True), 6, [1.0, 10.0, 100.0]),
        (Scale(3.0, 3.0), 4, [3.0]),
    ],
)
def test_that_ticks_stand_at_round_numbers_within_the_axis(
    scale: Scale, most: int, ticks: list[float]
) -> None:
    assert scale.ticks(most) == pytest.approx(ticks)
    for tick in ticks[1:-1]:
        assert 0.0 <= scale.place(tick) <= 1.0
        assert scale.value(scale.place(tick)) == pytest.approx(tick)


def test_that_numbers_at_ticks_are_short() -> None:
    words = [in_short(value) for value in (0.0, 1500.0, -250.0, 0.25, 1e-4, 1.0, 20.0)]
    assert words == ["0", "1,500", "\N{MINUS SIGN}250", "0.25", "10⁻⁴", "1", "20"]


def test_that_a_flat_curve_is_drawn(qtbot: QtBot) -> None:
    chart = CurveChart("flat", "Flat", "", "k")
    qtbot.addWidget(chart)
    chart.resize(300, 200)
    chart.show_curves(0, Curve("nats", (2.0, 2.0)))
    chart.mark(1)
    assert not chart.grab().isNull()


def test_that_codes_without_a_width_are_told_of_where_one_looks_and_interrupt_nobody(
    window: LabWindow,
) -> None:
    refused: list[object] = []
    window.workspace.refused.connect(refused.append)
    dock = window.findChild(QDockWidget, "aggregateDock")
    window.bench.docks.bring(dock)
    until_idle()
    assert any("gives points" in label.text() for label in dock.findChildren(QLabel))
    assert refused == []


def test_that_all_rows_of_samples_are_in_sight(qtbot: QtBot, window: LabWindow) -> None:
    window.resize(1280, 800)
    view = room(qtbot, window, 2)
    page = view.findChild(Beside, "eigenSamples")
    assert page.height() <= view.findChild(QTabWidget, "eigenPages").height()
