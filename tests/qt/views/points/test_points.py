"""The panel of points under mouse and keys: colour, legend, range, Find and layers; the plane beside it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QCheckBox, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from latentlab.core.columns import Numbers, attribute
from latentlab.core.ramps import ramp
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.points.facts import PointFacts, facts_of
from latentlab.qt.shell.columns import points_panel
from latentlab.qt.views.class_legend.view import ClassChip, ClassLegend
from latentlab.qt.views.latent_plane.view import LatentPlane
from latentlab.qt.views.points.name_completer import as_written
from latentlab.qt.views.points.view import PointsView
from latentlab.session.edits import LookAt
from tests.qt.fake_renderer import COUNT, FakeRenderer
from tests.qt.waiting import pass_time, until_idle

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def renderer() -> FakeRenderer:
    made = FakeRenderer()
    rows = np.arange(COUNT)
    made.columns = (
        attribute("Hat", rows % 2 == 0),
        attribute("Smiling", rows < 20),
        Numbers("age", np.where(rows == 5, np.nan, rows).astype(np.float32)),
    )
    made.figures = ("elbo", "reconstruction", "kl")
    return made


@pytest.fixture
def panel(qtbot: QtBot, workspace: Workspace) -> PointsView:
    made = PointsView(workspace)
    points_panel((made, ClassLegend(workspace)))
    qtbot.addWidget(made)
    made.resize(280, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def plane(qtbot: QtBot, workspace: Workspace) -> LatentPlane:
    made = LatentPlane(workspace)
    qtbot.addWidget(made)
    made.resize(500, 400)
    made._loaded(workspace.model)
    made._encoded(workspace.encodings)
    made.show()
    qtbot.waitExposed(made)
    return made


def child(panel: QWidget, kind: type, name: str) -> QWidget:
    found = panel.findChild(kind, name)
    assert found is not None, name
    return found


def choose(qtbot: QtBot, panel: PointsView, title: str) -> None:
    """The list opens by a click, and a line of it is taken."""
    combo = panel.combo
    qtbot.mouseClick(combo, LEFT, pos=QPoint(combo.width() - 8, combo.height() // 2))
    view = combo.view()
    view.setCurrentIndex(view.model().index(combo.findText(title), 0))
    qtbot.keyClick(view, Qt.Key.Key_Return)


def inks(facts: PointFacts) -> list[int]:
    assert facts.look is not None
    return facts.look.inks.tolist()


def test_that_an_attribute_colours_the_points_in_two_clicks_and_its_legend_filters(
    qtbot: QtBot, panel: PointsView, plane: LatentPlane, workspace: Workspace
) -> None:
    facts = facts_of(workspace)
    assert panel.combo.currentText() == "Class"
    choose(qtbot, panel, "Smiling")
    assert facts.by == "Smiling"
    assert len(set(inks(facts)[:20])) == len(set(inks(facts)[20:])) == 1
    assert inks(facts)[0] != inks(facts)[20]
    assert plane.cloud is not None
    assert plane.cloud.ink.tolist() == inks(facts)

    chips = [chip for chip in panel.findChildren(ClassChip) if chip.isVisible()]
    assert [(chip.text(), chip.count) for chip in chips] == [("no", "40"), ("yes", "20")]
    assert QColor(chips[1].colour).rgba() == inks(facts)[0]
    qtbot.mouseClick(chips[0], LEFT)
    assert plane.cloud.row.tolist() == list(range(20))
    assert "40 of 60" in child(panel, QLabel, "pointFilters").text()
    qtbot.mouseDClick(chips[0], LEFT)
    assert len(plane.cloud) == 40, "the hidden ones alone"
    qtbot.mouseClick(child(panel, QToolButton, "showAllPoints"), LEFT)
    assert len(plane.cloud) == COUNT
    while workspace.undo_stack.canUndo():
        workspace.undo_stack.undo()
    assert (facts.by, panel.combo.currentText()) == ("class", "Class")


def test_that_numbers_are_coloured_along_a_ramp_and_filtered_by_their_range(
    qtbot: QtBot, panel: PointsView, plane: LatentPlane, workspace: Workspace
) -> None:
    facts = facts_of(workspace)
    choose(qtbot, panel, "age")
    colours = ramp(facts.dark).tolist()
    assert (inks(facts)[0], inks(facts)[59]) == (colours[0], colours[-1])
    assert inks(facts)[5] not in colours, "nothing is known of it"
    histogram = panel.numbers.histogram
    grip = histogram.lowest.rect().center()
    qtbot.mousePress(histogram.lowest, LEFT, pos=grip)
    for _ in range(5):
        qtbot.mouseMove(histogram.lowest, grip + QPoint(histogram.width() // 10, 0))
    qtbot.mouseRelease(histogram.lowest, LEFT)
    low, high = workspace.state.points.range_of("age")
    assert high is None
    assert low is not None
    assert low > 10.0
    assert plane.cloud is not None
    assert min(plane.cloud.row) == np.ceil(low)
    assert workspace.undo_stack.count() == 2, "one drag is one step"

    histogram.highest.setFocus()
    for _ in range(3):
        qtbot.keyClick(histogram.highest, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert max(plane.cloud.row) < 50
    qtbot.keyClick(histogram.highest, Qt.Key.Key_End)
    qtbot.keyClick(histogram.lowest, Qt.Key.Key_Home)
    assert len(plane.cloud) == COUNT
    assert workspace.state.points.ranges == ()


def test_that_what_is_found_is_counted_and_the_rest_dimmed(
    qtbot: QtBot, panel: PointsView, plane: LatentPlane, workspace: Workspace
) -> None:
    line, count = panel.finder.line, child(panel, QLabel, "findCount")
    assert line.placeholderText() == "Hat and not Smiling"
    line.setFocus()
    qtbot.keyClicks(line, "Hat and not Smiling")
    pass_time(300)
    assert count.text() == "20 of 60"
    assert plane.scatter.placed is not None
    assert plane.scatter.placed.dimmed is not None
    assert (len(plane.cloud), len(plane.scatter.placed.dimmed)) == (20, 40)  # type: ignore[arg-type]
    assert workspace.state.points.find == "Hat and not Smiling"
    qtbot.keyClicks(line, " and")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert "missing at the end" in count.text()
    assert plane.scatter.placed.dimmed is None, "nothing is looked for"
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    until_idle()
    assert (workspace.state.points.find, count.isVisible()) == ("", False)
    workspace.undo_stack.undo()
    workspace.undo_stack.undo()
    assert (workspace.state.points.find, workspace.undo_stack.index()) == ("", 0), "a step for each entry"


def test_that_a_figure_is_computed_when_it_is_asked_for_and_kept(
    qtbot: QtBot, panel: PointsView, workspace: Workspace, renderer: FakeRenderer
) -> None:
    facts = facts_of(workspace)

    def asked() -> int:
        return sum(getattr(one, "computed", "") == "terms" for one in renderer.served)

    panel.finder.line.setFocus()
    qtbot.keyClicks(panel.finder.line, "elbo < -90")
    until_idle()
    assert (facts.found_count, asked()) == (10, 1)
    choose(qtbot, panel, "KL")
    until_idle()
    assert facts.by == "kl"
    assert asked() == 1, "it came with the ELBO"
    assert not panel.progress.isVisible()
    assert "nats" in child(panel, QLabel, "rangeHighText").text()


def test_that_near_points_become_their_pictures_while_the_layer_is_on(
    qtbot: QtBot, panel: PointsView, plane: LatentPlane, workspace: Workspace
) -> None:
    plane.zoom(8.0)
    until_idle()
    assert plane.cloud is not None
    left, right, bottom, top = workspace.state.view
    inside = (
        (plane.cloud.x > left) & (plane.cloud.x < right) & (plane.cloud.y > bottom) & (plane.cloud.y < top)
    )
    assert plane.thumbnails.rows
    assert set(plane.thumbnails.rows) <= set(plane.cloud.row[inside].tolist())
    row = plane.thumbnails.rows[-1]
    corner = QPointF(*plane.camera.to_pixel(*workspace.place_of(row))).toPoint() + QPoint(12, 11)
    qtbot.mouseMove(plane, corner)
    qtbot.mouseDClick(plane, LEFT, pos=corner)
    assert workspace.state.selected == row, "a picture is taken where it is drawn"
    qtbot.mouseClick(child(panel, QCheckBox, "thumbnailsLayerBox"), LEFT, pos=QPoint(8, 8))
    until_idle()
    assert not workspace.state.layers.thumbnails
    assert plane.thumbnails.rows == ()


def test_that_the_ramp_follows_the_theme(qtbot: QtBot, panel: PointsView, workspace: Workspace) -> None:
    facts = facts_of(workspace)
    choose(qtbot, panel, "age")
    palette = QPalette(panel.palette())
    palette.setColor(QPalette.ColorRole.Base, QColor("#14161a"))
    facts.show_in(palette)
    assert inks(facts)[59] == ramp(True)[-1]
    workspace.do(LookAt(view=(0.0, 1.0, 0.0, 1.0)))


def test_that_names_are_proposed_for_the_word_that_is_written(qtbot: QtBot, panel: PointsView) -> None:
    line = panel.finder.line
    line.setFocus()
    qtbot.keyClicks(line, "Hat and not smi")
    completer = line.completer()
    assert completer.currentCompletion() == "Hat and not Smiling"
    qtbot.keyClicks(line, " ")
    assert completer.completionCount() == 0
    qtbot.keyClicks(line, "or elb")
    assert completer.currentCompletion() == "Hat and not smi or elbo"
    completer.popup().hide()
    assert as_written("Hat") == "Hat"
    assert as_written("salt and pepper (grey)") == '"salt and pepper (grey)"'
