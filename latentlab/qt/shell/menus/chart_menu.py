"""The commands of the menu File > Charts, and the same ones by a right click on a chart."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from latentlab.engine.files.charts import TABLE_SUFFIX
from latentlab.qt.controllers.chart_controller import ChartController
from latentlab.qt.shell.menus.actions import Entry
from latentlab.qt.shell.panels import AnySpec
from latentlab.qt.shell.workbench import Workbench
from latentlab.qt.views.density_ratio.spec import SPEC as DENSITY_RATIO
from latentlab.qt.views.judge.spec import SPEC as JUDGE
from latentlab.qt.views.latent_plane.drawing import PlaneDrawing
from latentlab.qt.views.stage2d.spec import SPEC as STAGE
from latentlab.qt.widgets.drawable import Drawable
from latentlab.qt.widgets.right_click import RightClick
from latentlab.qt.widgets.sight import in_sight

if TYPE_CHECKING:
    from latentlab.qt.views.judge.view import JudgeView

_MENU = "&File/C&harts"
# All over them a right click offers the chart below.
_WITH_CHARTS = (DENSITY_RATIO, STAGE)


def _connected(bench: Workbench) -> ChartController:
    """A controller that offers each chart of the views by a right click on it."""
    charts = ChartController(bench.window, bench.workspace, bench.background, bench.settings)
    charts.saved.connect(bench.exporter.saved)
    charts.failed.connect(bench.exporter.failed)
    charts.told.connect(bench.opener.told)
    plane = PlaneDrawing(bench.plane)
    RightClick(bench.plane, drags=True).wanted.connect(lambda _, place: charts.show_menu(plane, place))
    numbers = bench.window.findChild(QWidget, "numberLegend")
    for host in (bench.training.curves, bench.player.plot, numbers, bench.diffusion):
        if isinstance(host, QWidget):
            RightClick(host).wanted.connect(partial(_show, charts, host))

    def made(spec: AnySpec, view: QWidget) -> None:
        if spec is JUDGE:
            judge = cast("JudgeView", view)
            judge.save_wanted.connect(charts.ask_to_save)
            RightClick(judge.charts).wanted.connect(partial(_show, charts, judge.charts))
        elif spec in _WITH_CHARTS:
            RightClick(view).wanted.connect(partial(_show, charts, view))

    bench.views.each(made)
    return charts


def _show(charts: ChartController, host: QWidget, place: QPoint, on_screen: QPoint) -> None:
    """Shows the menu of the chart under a place of a view, or of the view as a whole."""
    below: QWidget | None = host.childAt(place) or host
    while below is not None:
        chart: object = below
        if isinstance(chart, Drawable):
            charts.show_menu(chart, on_screen)
            return
        below = None if below is host else below.parentWidget()


def _shown(window: QWidget) -> list[Drawable]:
    """The charts that can be seen, in reading order."""
    found: list[tuple[int, int, Drawable]] = []
    for widget in window.findChildren(QWidget):
        chart: object = widget
        if isinstance(chart, Drawable) and in_sight(widget):
            place = widget.mapTo(window, QPoint())
            found.append((place.y(), place.x(), chart))
    return [chart for *_, chart in sorted(found, key=lambda one: one[:2])]


def chart_entries(bench: Workbench) -> Iterator[Entry]:
    """The commands of the menu File > Charts."""
    charts = _connected(bench)
    plane, curves = PlaneDrawing(bench.plane), bench.training.curves
    can_plane, can_curves = partial(charts.can, plane), partial(charts.can, curves)
    yield Entry(
        "exportPlaneAction", _MENU, "Save &plane …", partial(charts.ask_to_save, plane),
        "Save the plane with its axes and legend, as a picture, a drawing or a table of its points.",
        "", can_plane,
    )  # fmt: skip
    yield Entry(
        "exportPlaneNumbersAction", _MENU, "Save points of the p&lane (CSV) …",
        partial(charts.ask_to_save, plane, TABLE_SUFFIX),
        "Save where each shown point lies in the plane, its class and what colours it.", "", can_plane,
    )  # fmt: skip
    yield Entry(
        "copyPlaneAction", _MENU, "&Copy plane", partial(charts.copy, plane),
        "Put a picture of the plane with its axes and legend on the clipboard.", "", can_plane,
    )  # fmt: skip
    yield Entry(
        "exportCurvesAction", _MENU, "Save c&urves of the training …", partial(charts.ask_to_save, curves),
        "Save the charts of the last training, as one picture, a drawing or a table.", "", can_curves,
        gap=True,
    )  # fmt: skip
    yield Entry(
        "exportCurvesNumbersAction", _MENU, "Save &numbers of the training (CSV) …",
        partial(charts.ask_to_save, curves, TABLE_SUFFIX),
        "Save all figures of the last training, step by step.", "", can_curves,
    )  # fmt: skip
    yield Entry(
        "exportShownChartAction", _MENU, "Save a chart in &sight …",
        lambda: charts.ask_which(_shown(bench.window)),
        "Choose one of the charts that can be seen now, and save its picture or its numbers.", gap=True,
    )  # fmt: skip
