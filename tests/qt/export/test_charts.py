"""Charts leave the window by mouse: as pixels, as a drawing, and as the numbers behind them."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from latentlab.core.ramps import ramp
from latentlab.engine.evaluation.ratio.events import RatioDone
from latentlab.engine.files.charts import save_table
from latentlab.engine.files.provenance import read_provenance
from latentlab.engine.training.events import EpochEnded, Progress, Started
from latentlab.errors import LabError
from latentlab.models.objectives.figures import elbo_figures
from latentlab.qt.export.chart_dialog import ChartDialog
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.views.diffusion.forward.schedule_plot import ScheduleCurves
from latentlab.qt.views.diffusion.reverse.histogram import Histogram
from latentlab.qt.views.latent_plane.camera import Camera
from latentlab.qt.views.latent_plane.cloud import Cloud
from latentlab.qt.views.latent_plane.drawing import MOST_CIRCLES, PlaneDrawing, draw_points
from latentlab.qt.views.latent_plane.scatter import Placed
from latentlab.qt.views.stage2d.charts import Curves
from latentlab.qt.widgets.colours import Theme, palette_for
from latentlab.qt.widgets.drawable import Drawable, DrawnWidget, as_image, as_svg
from latentlab.qt.widgets.range_histogram import RangeHistogram
from latentlab.session.edits import SetLayers, SetPins
from latentlab.session.point_edits import ColourBy
from latentlab.session.point_settings import CLASS
from tests.qt.fake_ratio import result_of
from tests.qt.fake_renderer import COUNT
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle

pytestmark = OFFSCREEN
_SVG = "{http://www.w3.org/2000/svg}"


def menu_of(name: str) -> QMenu:
    """The context menu that is open."""
    (menu,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, QMenu) and one.isVisible()]
    assert menu.objectName() == name
    return menu


def choose(qtbot: QtBot, action: str) -> None:
    """Clicks an entry of the open context menu."""
    menu = menu_of("chartMenu")
    (entry,) = [one for one in menu.actions() if one.objectName() == action]
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(entry).center())


def right_click(window: LabWindow, widget: QWidget) -> None:
    """What the system sends to the widget at a place, and Qt on to those around it."""
    place = widget.rect().center()
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(widget, QContextMenuEvent(reason, place, widget.mapToGlobal(place)))


def save_as(qtbot: QtBot, window: LabWindow, path: Path) -> None:
    """Types a path into the open dialog and clicks Save."""
    (dialog,) = window.findChildren(ChartDialog)
    dialog.findChild(QLineEdit, "exportPath").setText(str(path))
    with qtbot.waitSignal(window.bench.exporter.saved, timeout=5000):
        qtbot.mouseClick(dialog.findChild(QPushButton, "exportSave"), Qt.MouseButton.LeftButton)
    until_idle()


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def drawn_in(path: Path) -> tuple[list[str], int, int]:
    """The texts of an SVG, and how many circles and pictures it has."""
    root = ElementTree.parse(path).getroot()
    texts = ["".join(one.itertext()) for one in root.iter(f"{_SVG}text")]
    return texts, len(list(root.iter(f"{_SVG}circle"))), len(list(root.iter(f"{_SVG}image")))


@pytest.mark.slow
def test_that_the_plane_is_saved_by_its_context_menu_in_all_forms(qtbot: QtBot, tmp_path: Path) -> None:
    right = Qt.MouseButton.RightButton
    with open_window(qtbot, tmp_path) as window:
        plane, encodings = window.bench.plane, window.workspace.encodings
        before = plane.camera
        # A drag of the right button moves the plane, and a click does not.
        qtbot.mousePress(plane, right, pos=QPoint(100, 100))
        qtbot.mouseMove(plane, QPoint(150, 120))
        qtbot.mouseRelease(plane, right, pos=QPoint(150, 120))
        assert plane.camera != before
        assert not [
            one for one in QApplication.topLevelWidgets() if isinstance(one, QMenu) and one.isVisible()
        ]
        plane.show_all()
        until_idle()
        qtbot.mouseClick(plane, right, pos=QPoint(100, 100))
        choose(qtbot, "saveChartAction")
        (dialog,) = window.findChildren(ChartDialog)
        assert dialog.size_label.text() == f"{2 * (plane.width() + 150)} × {2 * plane.height()} pixels"
        save_as(qtbot, window, tmp_path / "plane.png")
        for name in ("plane.svg", "plane.csv"):
            qtbot.mouseClick(plane, right, pos=QPoint(100, 100))
            choose(qtbot, "saveChartNumbersAction")
            save_as(qtbot, window, tmp_path / name)
        qtbot.mouseClick(plane, right, pos=QPoint(100, 100))
        choose(qtbot, "copyChartAction")
        assert QGuiApplication.clipboard().image().width() == 2 * (plane.width() + 150)
        size = (plane.width(), plane.height())
        window.bench.opener.open_file(tmp_path / "plane.png")
        qtbot.waitUntil(lambda: "shows a plane" in window.bench.messages.label.text(), timeout=3000)
        assert window.bench.actions["exportPlaneAction"].isEnabled()
        assert not window.bench.actions["exportCurvesAction"].isEnabled()
    with Image.open(tmp_path / "plane.png") as image:
        assert image.size == (2 * (size[0] + 150), 2 * size[1])
    assert read_provenance(tmp_path / "plane.png").what == "plane"
    texts, circles, _ = drawn_in(tmp_path / "plane.svg")
    assert {"z₁ →", "z₂ ↑", "1σ", "class", "a", "b", "c"} <= set(texts)
    assert circles >= COUNT
    described = ElementTree.parse(tmp_path / "plane.svg").getroot().findtext(f"{_SVG}desc")
    assert json.loads(described)["model"] == "mnist-vae-2d"
    rows = table(tmp_path / "plane.csv")
    assert [int(row["number"]) for row in rows] == list(range(COUNT))
    assert {row["class"] for row in rows} == {"a", "b", "c"}
    assert np.array_equal(np.array([[row["z₁"], row["z₂"]] for row in rows], np.float32), encodings.mean)


@pytest.mark.slow
def test_that_the_charts_of_a_training_and_a_walk_are_saved(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.bench.docks.show_training()
        tell = window.bench.trainer.told.emit
        tell(Started(2000, 2, "cpu", "fp32", 1))
        for step in range(1, 6):
            tell(Progress(step, 1, elbo_figures(-100.0 + step, (2.0, 1.0)), 1000.0, 60.0, 1.0))
        tell(EpochEnded(5, 1, elbo_figures(-95.0, (2.0, 1.0)), elbo_figures(-97.0, (2.0, 1.5))))
        curves = window.bench.training.curves
        qtbot.waitUntil(lambda: len(curves.plots) == 3 and bool(curves.plots[0].words), timeout=3000)
        until_idle()
        plot = curves.plots[0]
        for name in ("elbo.svg", "elbo.csv"):
            right_click(window, plot._plot.viewport())
            choose(qtbot, "saveChartAction")
            save_as(qtbot, window, tmp_path / name)
        right_click(window, window.bench.training.bars.shown[0])
        choose(qtbot, "saveChartNumbersAction")
        save_as(qtbot, window, tmp_path / "kl.csv")
        window.bench.actions["exportCurvesNumbersAction"].trigger()
        save_as(qtbot, window, tmp_path / "all.csv")
        window.bench.actions["exportCurvesAction"].trigger()
        save_as(qtbot, window, tmp_path / "all.png")
        window.workspace.do(SetPins(pins=((0.0, 0.0), (1.0, 1.0))))
        window.bench.workspaces.show("explore")
        until_idle()
        right_click(window, window.bench.player.plot)
        choose(qtbot, "saveChartNumbersAction")
        save_as(qtbot, window, tmp_path / "walk.csv")
        steps = window.workspace.state.walk.steps
    texts, _, _ = drawn_in(tmp_path / "elbo.svg")
    assert "ELBO, nats" in texts
    assert any(text.startswith("step") for text in texts)
    elbo = table(tmp_path / "elbo.csv")
    assert [row["pictures"] for row in elbo] == ["learnt from"] * 5 + ["held out"]
    assert (elbo[0]["step"], float(elbo[0]["elbo"]), float(elbo[-1]["elbo"])) == ("1", -102.0, -100.5)
    bars = [(row["number"], row["KL of each latent dimension"]) for row in table(tmp_path / "kl.csv")]
    assert bars == [("1", "2.0"), ("2", "1.0")]
    assert {"step", "elbo", "kl"} <= set(table(tmp_path / "all.csv")[0])
    assert len(table(tmp_path / "all.csv")) == 6
    walk = table(tmp_path / "walk.csv")
    assert [row["pin"] for row in walk] == ["1", *[""] * (steps - 2), "2"]


@pytest.mark.slow
def test_that_the_charts_of_the_ratio_and_the_stage_are_saved(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.bench.workspaces.show("ratio")
        window.bench.ratios.told.emit(RatioDone(result_of("mnist:test", "mnist-vae-2d")))
        until_idle()
        for name, chart in (("log.csv", "ratioHistogram"), ("reliability.svg", "ratioReliability")):
            right_click(window, window.findChild(QWidget, chart))
            choose(qtbot, "saveChartNumbersAction")
            save_as(qtbot, window, tmp_path / name)
        window.bench.actions["exportShownChartAction"].trigger()
        menu = menu_of("shownChartsMenu")
        assert [one.text() for one in menu.actions()] == ["Log density ratio …", "Reliability …"]
        qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(menu.actions()[1]).center())
        save_as(qtbot, window, tmp_path / "reliability.png")
        window.bench.workspaces.show("stage2d")
        curves = window.findChild(Curves, "stageW1")
        curves.show_curves({"exact W1": [(0, 1.0), (10, 0.5)]})
        right_click(window, curves)
        choose(qtbot, "saveChartNumbersAction")
        save_as(qtbot, window, tmp_path / "w1.csv")
    assert len(table(tmp_path / "log.csv")) == 200
    texts, _, _ = drawn_in(tmp_path / "reliability.svg")
    assert {"Found to be of A", "said to be of A"} <= set(texts)
    assert (tmp_path / "reliability.png").stat().st_size > 1000
    assert [row["exact W1"] for row in table(tmp_path / "w1.csv")] == ["1.0", "0.5"]


def test_that_histograms_and_schedules_are_drawn_as_lines_with_their_numbers(
    qtbot: QtBot, tmp_path: Path
) -> None:
    numbers, values, schedule = RangeHistogram(), Histogram("h", "Histogram: noise", True), ScheduleCurves()
    numbers.show_numbers(np.arange(100, dtype=np.float32), 0.0, 100.0, ramp())
    values.show_numbers(np.zeros((1, 1, 4, 4), dtype=np.float32))
    schedule.show_schedule(np.linspace(1.0, 0.01, 11))
    for chart in (numbers, values, schedule):
        qtbot.addWidget(chart)
        chart.resize(500, 120)
        chart.show()
        chart.grab()
        assert isinstance(chart, Drawable)
        (tmp_path / "a.svg").write_bytes(as_svg(chart, chart.drawn_name(), ""))
        _, _, pictures = drawn_in(tmp_path / "a.svg")
        assert pictures == 0, chart
    texts, _, _ = drawn_in(tmp_path / "a.svg")
    assert {"t", "ᾱ", "SNR, dB"} <= set(texts)
    assert sum(numbers.table()["count"]) == 100
    assert sum(values.table()["density"]) > 0
    np.testing.assert_allclose(schedule.table()["ᾱ"], np.linspace(1.0, 0.01, 11))
    assert list(schedule.table()["t"]) == list(range(11))


@pytest.mark.parametrize(("count", "expected"), [(MOST_CIRCLES, (MOST_CIRCLES, 0)), (70_000, (0, 1))])
def test_that_very_many_points_are_one_picture_in_a_drawing(
    qtbot: QtBot, tmp_path: Path, count: int, expected: tuple[int, int]
) -> None:
    places = np.random.default_rng(0).uniform(-1, 1, (count, 2)).astype(np.float32)
    cloud = Cloud.of(places, np.full(count, 0xFF3366CC, np.uint32))
    placed = Placed(None, None, None, cloud, cloud)  # type: ignore[arg-type]

    class Points:
        def drawn_name(self) -> str:
            return "points"

        def drawn_size(self) -> QSize:
            return QSize(640, 640)

        def draw(self, painter: QPainter, ratio: float) -> None:
            draw_points(painter, placed, Camera(), ratio, small=False)

        def table(self) -> dict[str, list[object]]:
            return {}

    (tmp_path / "a.svg").write_bytes(as_svg(Points(), "", ""))
    assert drawn_in(tmp_path / "a.svg")[1:] == expected


def test_that_a_table_is_for_spreadsheets_and_whole(tmp_path: Path) -> None:
    columns = {"name": ["=CMD()", "a,b", "ü"], "value": [1.5, float("nan"), None]}
    save_table(tmp_path / "a.csv", columns)
    assert (tmp_path / "a.csv").read_text("utf-8") == 'name,value\n\'=CMD(),1.5\n"a,b",\nü,\n'
    with pytest.raises(LabError, match="different lengths"):
        save_table(tmp_path / "b.csv", {"a": [1], "b": []})
    assert not (tmp_path / "b.csv").exists()


class Ground(DrawnWidget):
    """Paints its ground, and a child's."""

    def __init__(self) -> None:
        super().__init__()
        self.child = QFrame(self)
        self.child.setAutoFillBackground(True)
        self.child.setBackgroundRole(QPalette.ColorRole.Base)
        self.child.setGeometry(20, 20, 20, 20)

    def drawn_name(self) -> str:
        return "ground"

    def table(self) -> dict[str, list[object]]:
        return {}

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self.palette().base())


@pytest.mark.slow
def test_that_the_plane_is_taken_away_alike_in_both_themes(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        workspace, plane = window.workspace, window.bench.plane
        drawing = PlaneDrawing(plane)
        layers = replace(workspace.state.layers, points=True, thumbnails=True, manifold=True, density=True)
        workspace.do(SetLayers(layers=layers))
        made = {}
        # Numbers have a ramp for each theme, classes have colours; near the points their pictures appear.
        for by, zoom in (("number", 1.0), (CLASS, 1.0), (CLASS, 6.0)):
            workspace.do(ColourBy(by=by))
            plane.show_all()
            plane.zoom(zoom)
            seen = {}
            for theme in ("dark", "light", "dark"):
                window.bench.actions[f"{theme}ThemeAction"].trigger()
                until_idle()
                now = as_image(drawing, 2.0), as_svg(drawing, "plane", ""), as_image(drawing, 1.0)
                assert now == made.setdefault((by, zoom), now), f"{theme}, by {by}, {zoom} times as near"
                seen[theme] = plane.grab().toImage()
            assert seen["dark"] != seen["light"], "on the screen it follows the theme"
        assert plane.thumbnails.rows
        assert len({svg for _, svg, _ in made.values()}) == 3


def test_that_a_chart_is_taken_away_on_white_in_the_dark_theme_too(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.setPalette(palette_for(Theme.DARK))
    chart = Ground()
    chart.setParent(window)
    chart.resize(60, 60)
    window.show()
    dark = palette_for(Theme.DARK).color(QPalette.ColorRole.Base)
    for _ in range(2):
        image = as_image(chart, 1.0)
        assert image.pixelColor(5, 5) == image.pixelColor(30, 30) == QColor("white")
        shown = window.grab().toImage()
        assert shown.pixelColor(5, 5) == shown.pixelColor(30, 30) == dark, "on the screen it stays dark"
    window.setPalette(palette_for(Theme.LIGHT))
    assert chart.palette().color(QPalette.ColorRole.Base) == QColor("white"), "and follows the theme"
