"""The commands that take a chart away: save its picture or its numbers, and copy it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from latentlab.engine.files.charts import SVG_SUFFIX, TABLE_SUFFIX, Columns, save_svg, save_table
from latentlab.engine.files.export import save_picture
from latentlab.engine.files.provenance import Provenance
from latentlab.errors import LabError
from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.export.chart_dialog import ChartDialog, ChartWish
from latentlab.qt.widgets.drawable import Drawable, as_image, as_svg
from latentlab.qt.widgets.images import from_qimage
from latentlab.qt.widgets.plain_text import without_mnemonic
from latentlab.session.known_data import title_of

# Of the plane: the one chart that shows the open model, whatever is in training.
_PLANE = "plane"
_COPIED_SCALE = 2.0


class ChartController(QObject):
    """Drawn here, because only this thread may draw widgets; written in the background.

    Signals: `saved` (path), `failed` (message, details) and `told` (words).
    """

    saved = Signal(str)
    failed = Signal(str, str)
    told = Signal(str)

    def __init__(
        self, window: QWidget, workspace: Workspace, background: TaskQueue, settings: Settings
    ) -> None:
        super().__init__(window)
        self._window, self._workspace = window, workspace
        self._background, self._settings = background, settings

    def can(self, chart: Drawable) -> bool:
        """Whether there is something to draw."""
        return not chart.drawn_size().isEmpty()

    def show_menu(self, chart: Drawable, place: QPoint) -> None:
        """Offers all of it at a place of the screen."""
        if not self.can(chart):
            return
        menu = QMenu(self._window)
        menu.setObjectName("chartMenu")
        menu.aboutToHide.connect(menu.deleteLater)
        for name, text, do in (
            ("saveChartAction", "&Save picture …", partial(self.ask_to_save, chart, ".png")),
            ("copyChartAction", "&Copy picture", partial(self.copy, chart)),
            (
                "saveChartNumbersAction",
                "Save &numbers (CSV) …",
                partial(self.ask_to_save, chart, TABLE_SUFFIX),
            ),
        ):
            action = menu.addAction(text)
            action.setObjectName(name)
            action.triggered.connect(do)
        menu.popup(place)

    def ask_which(self, shown: Sequence[Drawable]) -> None:
        """Offers to save one of these, in the middle of the window."""
        charts = [chart for chart in shown if self.can(chart)]
        if not charts:
            self.told.emit("No chart can be seen")
            return
        menu = QMenu(self._window)
        menu.setObjectName("shownChartsMenu")
        menu.aboutToHide.connect(menu.deleteLater)
        for chart in charts:
            name = chart.drawn_name()
            action = menu.addAction(without_mnemonic(f"{name[:1].upper()}{name[1:]} …"))
            action.triggered.connect(partial(self.ask_to_save, chart, ".png"))
        menu.popup(self._window.mapToGlobal(self._window.rect().center()))

    def ask_to_save(self, chart: Drawable, suffix: str = ".png") -> None:
        """Opens the dialog that saves it; with the ending of a table, its numbers are proposed."""
        numbers, origin = chart.table(), self._origin(chart)
        page = ChartDialog(chart, numbers, origin, self._settings.folder, suffix, self._window)
        page.wished.connect(partial(self._save, chart, numbers, origin))
        page.open()

    def save(self, chart: Drawable, path: str | Path, scale: int = 2, overwrite: bool = False) -> None:
        """Saves it, by the ending of the path: as pixels, as a drawing, or as numbers."""
        self._save(chart, chart.table(), self._origin(chart), ChartWish(Path(path), scale, overwrite))

    def copy(self, chart: Drawable) -> None:
        """Puts its picture on the clipboard."""
        image = as_image(chart, _COPIED_SCALE)
        image.setDevicePixelRatio(1.0)
        QGuiApplication.clipboard().setImage(image)
        self.told.emit(f"The picture is on the clipboard: {chart.drawn_name()}")

    def _save(self, chart: Drawable, numbers: Columns, origin: Provenance, wish: ChartWish) -> None:
        self._settings.folder = str(wish.path.parent)
        suffix, path, overwrite = wish.path.suffix.lower(), wish.path, wish.overwrite
        work: Callable[[], Path]
        try:
            if suffix == TABLE_SUFFIX:
                work = partial(save_table, path, numbers, overwrite=overwrite)
            elif suffix == SVG_SUFFIX:
                drawing = as_svg(chart, chart.drawn_name(), origin.as_json())
                work = partial(save_svg, path, drawing, overwrite=overwrite)
            else:
                image = as_image(chart, wish.scale)

                def work() -> Path:
                    return save_picture(path, from_qimage(image), provenance=origin, overwrite=overwrite)
        except LabError as error:
            self.failed.emit(str(error), "")
            return
        self._background.run(work, self._done, self._broke)

    def _origin(self, chart: Drawable) -> Provenance:
        """What the chart shows. Of a training that is not a file yet only its title is known."""
        model, state, title = self._workspace.model, self._workspace.state, chart.drawn_name()
        if model is None or title != _PLANE:
            return Provenance("chart", "", "", extra={"title": title})
        view = None if state.view is None else json.dumps([round(end, 6) for end in state.view])
        extra = {"data": title_of(model.data), "split": model.split, "points": state.points.by}
        return Provenance(_PLANE, model.model, model.hash, extra=extra | ({"view": view} if view else {}))

    def _done(self, path: Path) -> None:
        self.saved.emit(str(path))

    def _broke(self, failure: Failure) -> None:
        self.failed.emit(failure.message, failure.details)
