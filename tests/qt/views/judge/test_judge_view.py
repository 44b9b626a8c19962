"""The judge's view by mouse and key, over a judge without models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QMenu,
    QProgressBar,
    QPushButton,
)
from pytestqt.qtbot import QtBot

from latentlab.core.judgement import Table
from latentlab.engine.evaluation.judge.requests import BehindRequest, JudgeRequest, KeptRequest
from latentlab.engine.files.charts import save_table
from latentlab.engine.files.model_catalog import KnownModel
from latentlab.qt.clients import render_thread
from latentlab.qt.clients.judge_client import JudgeClient
from latentlab.qt.clients.render_thread import RenderThread
from latentlab.qt.clients.trainer_client import TrainerClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.export.chart_dialog import ChartDialog
from latentlab.qt.views.judge import model_choice, on_show
from latentlab.qt.views.judge.models_dialog import ModelsDialog
from latentlab.qt.views.judge.view import JudgeView
from latentlab.qt.widgets.colours import Theme, palette_for
from latentlab.qt.widgets.drawable import Drawable, as_image, as_svg
from latentlab.session.edits import MoveProbe
from tests.qt.fake_judge import BROKEN, MODELS, FakeJudge, cell_of, row_of, table_of
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle

pytestmark = OFFSCREEN
LEFT = Qt.MouseButton.LeftButton
FRECHET = "frechet.features"


@pytest.fixture
def fake() -> FakeJudge:
    return FakeJudge()


@pytest.fixture
def shipped() -> list[Table | None]:
    """What ships; a test may put something else in."""
    return [table_of()]


@pytest.fixture
def view(
    qtbot: QtBot,
    workspace: Workspace,
    fake: FakeJudge,
    shipped: list[Table | None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[JudgeView]:
    models = [KnownModel(name, name, "vae", "mnist", 2) for name in MODELS]
    monkeypatch.setattr(on_show, "shipped_table", lambda data: shipped[0] if data == "mnist" else None)
    monkeypatch.setattr(model_choice, "comparable", lambda folder: list(models))
    client, trainer = JudgeClient(fake), TrainerClient(tmp_path / "models")
    made = JudgeView(SimpleNamespace(workspace=workspace, judge=client, trainer=trainer))
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.client, made.trainer, made.models = client, trainer, models
    yield made
    client.stop()


def shown(qtbot: QtBot, view: JudgeView) -> JudgeView:
    view.show()
    qtbot.waitExposed(view)
    until_idle()
    return view


def button(view: JudgeView, name: str) -> QPushButton:
    found = view.findChild(QPushButton, name)
    assert found is not None
    return found


def status(view: JudgeView) -> str:
    return view.bar.status.text()


def index(view: JudgeView, model: str, key: str = FRECHET):
    place = next(number for number, one in enumerate(view.model.columns) if one.key == key)
    return view.model.index(view.model.place_of(f"hash of {model}"), place)


def click(qtbot: QtBot, view: JudgeView, model: str, key: str = FRECHET) -> None:
    at = index(view, model, key)
    view.table.scrollTo(at)
    qtbot.mouseClick(view.table.viewport(), LEFT, pos=view.table.visualRect(at).center())


def heading(view: JudgeView, key: str) -> QPoint:
    header, place = view.table.horizontalHeader(), index(view, MODELS[0], key).column()
    return QPoint(header.sectionViewportPosition(place) + header.sectionSize(place) // 2, header.height() - 8)


def words_of(view: JudgeView) -> str:
    return view.findChild(QLabel, "judgeBehindWords").text()


def test_that_the_shipped_table_and_its_charts_are_there_at_once(qtbot: QtBot, view: JudgeView) -> None:
    shown(qtbot, view)
    assert [row.name for row in view.model.rows] == list(MODELS)
    assert "5 models, 2,000 samples" in status(view)
    assert view.bar.pictures.value() == 2000
    assert not view.client.running
    assert [len(chart.chart.points) for chart in view.charts.charts] == [3, 5, 5]
    assert all(chart.isVisible() for chart in view.charts.charts) == (view.charts.width() >= 804)


def test_that_what_was_judged_before_is_there_at_once_without_judging(
    qtbot: QtBot, view: JudgeView, fake: FakeJudge, shipped: list[Table | None]
) -> None:
    shipped[0] = None
    fake.known = replace(table_of(MODELS[:3]), pictures=500)
    shown(qtbot, view)
    assert not [one for one in fake.served if isinstance(one, JudgeRequest)]
    measured = {row.name: bool(row.cells) for row in view.model.rows}
    assert measured == {name: name in MODELS[:3] for name in MODELS}
    assert "measured before of mnist: 3 models, 500 samples" in status(view)
    assert view.bar.pictures.value() == 500
    assert set(view.choice.chosen) == set(MODELS[3:]), "the others lack figures"


def test_that_figures_of_ones_own_model_join_the_table_that_ships(
    qtbot: QtBot, view: JudgeView, fake: FakeJudge
) -> None:
    view.models.append(KnownModel("/somewhere/new.safetensors", "new", "vae", "mnist", 2))
    fake.known = table_of(("/somewhere/new.safetensors",))
    shown(qtbot, view)
    (asked,) = (one for one in fake.served if isinstance(one, KeptRequest))
    assert asked.models == (*MODELS, "/somewhere/new.safetensors")
    assert asked.pictures == 2000
    assert all(row.cells for row in view.model.rows)
    assert {row.name for row in view.model.rows} == {*MODELS, "new"}


def test_that_figures_of_other_pictures_do_not_mix_with_the_table_that_ships(
    qtbot: QtBot, view: JudgeView, fake: FakeJudge
) -> None:
    fake.known = replace(table_of(("/somewhere/new.safetensors",)), fingerprint="other pictures")
    shown(qtbot, view)
    assert [row.name for row in view.model.rows] == list(MODELS)


def test_that_columns_get_wide_enough_for_figures_that_come_in(
    qtbot: QtBot, view: JudgeView, shipped: list[Table | None]
) -> None:
    shipped[0] = None
    view.resize(700, 700)
    shown(qtbot, view)
    assert view.charts.measure.isHidden(), "there is nothing to choose"
    place = [one.key for one in view.model.columns].index("nats")
    narrow = view.table.columnWidth(place)
    view.client.judge(MODELS, "mnist", 2000)
    until_idle()
    assert view.table.columnWidth(place) > narrow
    view.table.setColumnWidth(place, 70)
    view.client.judge(MODELS, "mnist", 2000)
    until_idle()
    assert view.table.columnWidth(place) == 70, "somebody has chosen it"


def test_that_judging_fills_the_table_cell_by_cell_and_stops_and_goes_on(
    qtbot: QtBot, view: JudgeView, fake: FakeJudge, shipped: list[Table | None]
) -> None:
    shipped[0] = None
    fake.endless = True
    shown(qtbot, view)
    assert "Nothing of mnist is measured" in status(view)
    assert not button(view, "judgeStop").isEnabled()
    qtbot.mouseClick(button(view, "judgeButton"), LEFT)
    assert not button(view, "judgeButton").isEnabled()
    assert not view.bar.data.isEnabled()
    qtbot.waitUntil(lambda: status(view).startswith("on and on"), timeout=10_000)
    done = [row.name for row in view.model.rows if len(row.cells) == len(view.model.table.columns)]
    assert done == [MODELS[0]]
    assert view.findChild(QProgressBar, "judgeProgress").isVisible()
    assert view.findChild(QProgressBar, "judgeProgress").value() == 500
    qtbot.mouseClick(button(view, "judgeStop"), LEFT)
    assert status(view).startswith("Stopped.")
    assert not view.findChild(QProgressBar, "judgeProgress").isVisible()
    assert view.model.rows[0].cells, "what was measured stays"
    fake.endless = False
    qtbot.keyClick(button(view, "judgeButton"), Qt.Key.Key_Space)
    until_idle()
    assert view.model.table == table_of()
    assert status(view) == "Judged 5 models, 2,000 samples of each."
    asked = [one for one in fake.served if isinstance(one, JudgeRequest) and one.models]
    assert [(one.models, one.data, one.pictures) for one in asked] == [(MODELS, "mnist", 2000)] * 2


def test_that_a_click_or_enter_on_a_figure_shows_the_pictures_behind_it(
    qtbot: QtBot, view: JudgeView, fake: FakeJudge
) -> None:
    shown(qtbot, view)
    pictures = view.findChild(QListWidget, "judgeBehindPictures")
    assert "Click a figure" in words_of(view)
    click(qtbot, view, "mnist-ddpm")
    until_idle()
    assert pictures.isVisible()
    assert [pictures.item(number).text() for number in range(4)] == [f"number {one}" for one in range(4)]
    assert words_of(view) == "4 pictures: the first drawn"
    assert "mnist-ddpm: Fréchet" in view.findChild(QLabel, "judgeBehindTitle").text()
    qtbot.keyClick(view.table, Qt.Key.Key_Down)
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    until_idle()
    assert "mnist-ppca-2d" in view.findChild(QLabel, "judgeBehindTitle").text()
    asked = [one.model for one in fake.served if isinstance(one, BehindRequest)]
    assert asked == ["mnist-ddpm", "mnist-ppca-2d"]
    click(qtbot, view, "mnist-ae-2d", "nats")
    until_idle()
    assert "An autoencoder has no density." in words_of(view)
    assert not pictures.isVisible()
    assert len([one for one in fake.served if isinstance(one, BehindRequest)]) == 2


def test_that_pictures_in_pairs_stand_side_by_side(qtbot: QtBot, view: JudgeView) -> None:
    shown(qtbot, view)
    click(qtbot, view, "mnist-ddpm", "copies")
    until_idle()
    size = view.findChild(QListWidget, "judgeBehindPictures").iconSize()
    assert size.width() > 2 * 84 - 1


def test_that_the_panel_says_why_pictures_cannot_be_shown(
    qtbot: QtBot, view: JudgeView, shipped: list[Table | None]
) -> None:
    cell = cell_of("mnist-ddpm", table_of().column(FRECHET))
    cell = replace(cell, behind=replace(cell.behind, words=BROKEN))
    shipped[0] = table_of().with_cell("hash of mnist-ddpm", FRECHET, cell)
    shown(qtbot, view)
    click(qtbot, view, "mnist-ddpm")
    until_idle()
    assert words_of(view) == "The pictures cannot be shown: mnist-ddpm: is not there any more"


def test_that_a_double_click_on_a_name_or_ctrl_enter_opens_the_model(qtbot: QtBot, view: JudgeView) -> None:
    shown(qtbot, view)
    opened: list[str] = []
    view.open_wanted.connect(opened.append)
    names = view.table.verticalHeader()
    place = QPoint(20, names.sectionViewportPosition(2) + 8)
    qtbot.mouseClick(names.viewport(), LEFT, pos=place)
    assert view.table.currentIndex().row() == 2
    qtbot.mouseDClick(names.viewport(), LEFT, pos=place)
    assert opened == [MODELS[2]]
    view.table.setFocus()
    qtbot.keyClick(view.table, Qt.Key.Key_Down)
    qtbot.keyClick(view.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert opened == [MODELS[2], MODELS[3]]
    click(qtbot, view, "mnist-ae-2d")
    qtbot.mouseClick(button(view, "judgeOpenModel"), LEFT)
    assert opened[-1] == "mnist-ae-2d"


def test_that_a_click_on_a_heading_sorts_best_first_then_last_then_as_before(
    qtbot: QtBot, view: JudgeView
) -> None:
    shown(qtbot, view)
    values = {row.name: row.cells[FRECHET].value for row in view.model.rows}
    best = sorted(values, key=values.__getitem__)
    header = view.table.horizontalHeader()
    for expected in (best, best[::-1], list(MODELS)):
        qtbot.mouseClick(header.viewport(), LEFT, pos=heading(view, FRECHET))
        assert [row.name for row in view.model.rows] == expected


def test_that_more_columns_shows_the_other_feature_spaces(qtbot: QtBot, view: JudgeView) -> None:
    shown(qtbot, view)
    few = view.model.columnCount()
    box = view.findChild(QCheckBox, "judgeMoreColumns")
    qtbot.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))
    assert view.model.columnCount() == len(table_of().columns) > few


def test_that_a_click_on_a_point_selects_its_row_and_a_row_marks_its_points(
    qtbot: QtBot, view: JudgeView
) -> None:
    shown(qtbot, view)
    chart = view.charts.charts[1]
    place = chart.place_of("hash of mnist-vae-16d")
    qtbot.mouseClick(chart.canvas.viewport(), LEFT, pos=place)
    assert view.model.rows[view.table.currentIndex().row()].name == "mnist-vae-16d"
    assert "mnist-vae-16d" in view.about.text()
    assert chart._chosen == "hash of mnist-vae-16d"
    assert chart.shown_names, "points are named"
    assert set(chart.shown_names) <= set(MODELS)


def test_that_the_measure_of_the_densities_can_be_chosen(qtbot: QtBot, view: JudgeView) -> None:
    shown(qtbot, view)
    measure = view.charts.measure
    assert measure.currentText() == "binary pixels"
    measure.setFocus()
    qtbot.keyClick(measure, Qt.Key.Key_Down)
    assert [point.name for point in view.charts.charts[0].chart.points] == ["mnist-ppca-2d"]
    assert "continuous" in view.charts.charts[0].chart.x_label


def test_that_in_a_narrow_window_tabs_choose_among_the_charts(qtbot: QtBot, view: JudgeView) -> None:
    view.resize(620, 600)
    shown(qtbot, view)
    assert view.charts.tabs.isVisible()
    assert [chart.isVisible() for chart in view.charts.charts] == [True, False, False]
    view.charts.tabs.setCurrentIndex(2)
    assert [chart.isVisible() for chart in view.charts.charts] == [False, False, True]
    view.resize(1700, 800)
    until_idle()
    assert not view.charts.tabs.isVisible()
    assert all(chart.isVisible() for chart in view.charts.charts)


def test_that_the_dialog_chooses_models_and_takes_files(
    qtbot: QtBot, view: JudgeView, fake: FakeJudge
) -> None:
    shown(qtbot, view)
    qtbot.mouseClick(button(view, "judgeChooseModels"), LEFT)
    page = view.findChild(ModelsDialog)
    assert page.models() == MODELS
    ok = page.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    qtbot.mouseClick(page.findChild(QPushButton, "judgeNoModels"), LEFT)
    assert not ok.isEnabled()
    page.add("/somewhere/mine.safetensors")
    page.list.setCurrentRow(1)
    qtbot.keyClick(page.list, Qt.Key.Key_Space)
    assert ok.isEnabled()
    qtbot.mouseClick(ok, LEFT)
    assert [row.name for row in view.model.rows] == [*MODELS, "mine"]
    assert "2 of 6" in button(view, "judgeChooseModels").text()
    qtbot.mouseClick(button(view, "judgeButton"), LEFT)
    until_idle()
    asked = next(one for one in fake.served if isinstance(one, JudgeRequest))
    assert asked.models == (MODELS[1], "/somewhere/mine.safetensors")
    mine = next(row for row in view.model.rows if row.name == "mine")
    assert mine == row_of("/somewhere/mine.safetensors")
    assert len(view.model.rows) == 6, "and one row each, with the shipped ones"


def test_that_a_model_trained_while_others_are_judged_is_offered_afterwards(
    qtbot: QtBot, view: JudgeView, fake: FakeJudge
) -> None:
    fake.endless = True
    shown(qtbot, view)
    qtbot.mouseClick(button(view, "judgeButton"), LEFT)
    qtbot.waitUntil(lambda: status(view).startswith("on and on"), timeout=10_000)
    view.models.append(KnownModel("/somewhere/new.safetensors", "new", "vae", "mnist", 2))
    view.trainer.kept.emit(Path("/somewhere/new.safetensors"))
    assert "new" not in [row.name for row in view.model.rows]
    qtbot.mouseClick(button(view, "judgeStop"), LEFT)
    assert "new" in [row.name for row in view.model.rows]
    assert "/somewhere/new.safetensors" in view.choice.chosen
    assert status(view).startswith("Stopped.")


def test_that_a_model_that_was_trained_meanwhile_is_offered(qtbot: QtBot, view: JudgeView) -> None:
    shown(qtbot, view)
    view.models.append(KnownModel("/somewhere/new.safetensors", "new", "vae", "mnist", 2))
    view.trainer.kept.emit(Path("/somewhere/new.safetensors"))
    assert view.model.rows[-1].name == "new"
    assert "1 of 6" in button(view, "judgeChooseModels").text()


def test_that_other_data_have_a_table_of_their_own(qtbot: QtBot, view: JudgeView) -> None:
    shown(qtbot, view)
    view.bar.data.setFocus()
    qtbot.keyClick(view.bar.data, Qt.Key.Key_Down)
    assert view.bar.data.currentText() == "faces"
    assert view.model.rowCount() == 0
    assert "No model was trained on faces" in status(view)
    assert not button(view, "judgeButton").isEnabled()
    qtbot.keyClick(view.bar.data, Qt.Key.Key_Up)
    assert [row.name for row in view.model.rows] == list(MODELS)


def test_that_what_cannot_be_judged_is_said(qtbot: QtBot, view: JudgeView) -> None:
    shown(qtbot, view)
    view.choice.take((BROKEN,))
    qtbot.mouseClick(button(view, "judgeButton"), LEFT)
    until_idle()
    assert status(view) == f"Stopped: {BROKEN}: is no model file"
    assert button(view, "judgeButton").isEnabled()


def test_that_the_judge_gives_way_to_a_drag(
    qtbot: QtBot, view: JudgeView, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways: list[bool] = []
    monkeypatch.setattr(view.client._thread, "give_way", lambda: ways.append(True))
    workspace.do(MoveProbe(z=(1.0, 0.0)))
    assert ways


def test_that_the_table_is_copied_as_markdown_and_csv(qtbot: QtBot, view: JudgeView) -> None:
    shown(qtbot, view)
    told: list[str] = []
    view.told.connect(told.append)
    actions = {action.objectName(): action for action in view.bar.copy_menu.actions()}
    actions["judgeCopyMarkdown"].trigger()
    assert "| mnist-ddpm | " in QGuiApplication.clipboard().text()
    qtbot.mouseClick(view.table.horizontalHeader().viewport(), LEFT, pos=heading(view, FRECHET))
    actions["judgeCopyCsv"].trigger()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("model,hash,")
    order = list(dict.fromkeys(line.partition(",")[0] for line in lines[1:]))
    assert order == [row.name for row in view.model.rows] != list(MODELS)
    assert len(told) == 2


def test_that_table_and_charts_are_drawn_whole_and_saved_as_numbers(
    qtbot: QtBot, view: JudgeView, tmp_path: Path
) -> None:
    shown(qtbot, view)
    wanted: list[tuple[Drawable, str]] = []
    view.save_wanted.connect(lambda chart, suffix: wanted.append((chart, suffix)))
    for action in view.bar.copy_menu.actions():
        if "Save" in action.objectName():
            action.trigger()
    assert [suffix for _, suffix in wanted] == [".csv", ".png"]
    table = wanted[0][0]
    view.bar.copy_menu.aboutToShow.emit()
    for action in view.bar.copy_menu.findChild(QMenu, "judgeSaveChart").actions():
        assert action.isEnabled()
        action.trigger()
    assert [chart for chart, _ in wanted[2:]] == list(view.charts.charts)
    header = view.table.horizontalHeader()
    assert header.length() > view.table.viewport().width(), "what is out of sight is drawn, too"
    image = as_image(table, 1.0)
    view.setPalette(palette_for(Theme.DARK))
    assert view.table.palette().base().color().lightnessF() < 0.5
    assert as_image(table, 1.0) == image, "on white in each theme"
    assert image.width() >= header.length()
    right = {image.pixel(image.width() - 30, y) for y in range(image.height())}
    assert len(right) > 2, "the last column is drawn"
    for chart in (table, *view.charts.charts):
        assert isinstance(chart, Drawable)
        assert b"<svg" in as_svg(chart, "t", "d")
        path = save_table(tmp_path / f"{chart.drawn_name()}.csv", chart.table())
        assert len(path.read_text().splitlines()) > 3


def test_that_everything_can_be_reached_by_the_keyboard_and_has_a_name(qtbot: QtBot, view: JudgeView) -> None:
    shown(qtbot, view)
    view.take_focus()
    assert view.focusWidget() is view.table
    assert view.table.currentIndex().isValid()
    for widget in (view.bar.data, view.bar.models, view.bar.pictures, view.bar.run, view.bar.more,
                   view.bar.take, view.table, view.charts.measure):  # fmt: skip
        assert widget.objectName()
        assert widget.accessibleName()
        assert widget.toolTip() or widget is view.table
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_that_the_window_shows_it_saves_its_charts_and_closes_in_the_middle_of_a_judging(
    qtbot: QtBot, tmp_path: Path, fake: FakeJudge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render_thread, "_made", lambda module, name: fake)
    with open_window(qtbot, tmp_path) as window:
        bench = window.bench
        assert "latentlab.qt.views.judge.view" not in {
            type(view).__module__ for _, view in bench.views.all
        }, "it is made when it is first shown"
        bench.workspaces.show("judge")
        until_idle()
        view = window.findChild(JudgeView)
        assert view.isVisible()
        assert view.table.hasFocus() or view.focusWidget() is view.table
        assert window.centralWidget().isAncestorOf(view)
        view.model.show_table(table_of())
        view.charts.show_table(table_of())
        saved: list[str] = []
        bench.exporter.saved.connect(saved.append)
        view.save_wanted.emit(view.charts.charts[1], ".csv")
        page = window.findChild(ChartDialog)
        page.path.setText(str(tmp_path / "chart.csv"))
        page.accept()
        qtbot.waitUntil(lambda: bool(saved), timeout=5000)
        assert (tmp_path / "chart.csv").read_text(encoding="utf-8").startswith("model,")
        fake.endless = True
        bench.judge.judge(MODELS, "mnist", 2000)
        qtbot.waitUntil(lambda: view.bar.status.text().startswith("on and on"), timeout=10_000)
        thread = bench.judge.findChild(RenderThread)
        assert thread.isRunning()
    assert thread.isFinished()
