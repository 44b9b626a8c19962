"""The workspace Judge: all models of a data set in one table, with charts and the pictures behind them.

Judging is done by a thread of its own, through `JudgeClient`: this only shows what is told.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from latentlab.core.judgement import CellDone, JudgeBegan, JudgeDone, JudgeEvent, JudgeProgress, Table
from latentlab.engine.evaluation.judge.requests import BehindReply, BehindRequest, JudgeRequest
from latentlab.engine.files.model_catalog import name_of
from latentlab.engine.rendering.serving import Refusal
from latentlab.qt.clients.trainer_client import TrainerClient
from latentlab.qt.views.judge.bar import JudgeBar
from latentlab.qt.views.judge.behind_panel import BehindPanel
from latentlab.qt.views.judge.chart_board import ChartBoard
from latentlab.qt.views.judge.copy_and_save import CopyAndSave
from latentlab.qt.views.judge.model_choice import ModelChoice
from latentlab.qt.views.judge.on_show import OnShow
from latentlab.qt.views.judge.table import JudgeTable
from latentlab.qt.views.judge.table_model import JudgeTableModel
from latentlab.qt.views.judge.tables import merged
from latentlab.qt.views.judge.words import about_cell
from latentlab.qt.views.spec import ViewContext
from latentlab.qt.widgets.plain_text import plain_tip
from latentlab.qt.widgets.sight import Sight, in_sight
from latentlab.qt.widgets.text_line import Line

# N where no table ships that says it.
_PICTURES = 2000
_REDRAW_MS = 120
# The share of the width for the pictures, and of the height for the table.
_BEHIND, _TABLE = 0.27, 0.6
_LEGEND = (
    "↑ higher and ↓ lower is better. ▲ better, ≈ alike, ▼ worse than the floor. Click a figure for the "
    "pictures behind it."
)


class JudgeView(QWidget):
    """Signals: `open_wanted` carries the name or path of a model, `save_wanted` a `Drawable` and the ending
    of the format that is proposed, `told` words for the status bar.

    Attributes:
        bar, table, charts, behind: its parts.
        choice: which models are judged.
        on_show: which data set's table is shown.
    """

    open_wanted = Signal(str)
    save_wanted = Signal(object, str)
    told = Signal(str)

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self.setObjectName("judgeView")
        self.setAccessibleName("Judge")
        self._workspace, self._judge, trainer = context.workspace, context.judge, context.trainer
        self.model = JudgeTableModel()
        self.model.setParent(self)
        self._own_sizes = False
        self.table, self.charts, self.behind = JudgeTable(self.model), ChartBoard(), BehindPanel()
        self.bar, self.choice = JudgeBar(_PICTURES), ModelChoice(trainer, self)
        self.on_show = OnShow(self._workspace, self._judge, self.bar, self.choice, self)
        self.about = Line("judgeAbout", "What the chosen figure is.")
        self._lay_out()
        self._redraw = QTimer(self, singleShot=True, interval=_REDRAW_MS)
        self._redraw.timeout.connect(self._draw_again)
        self._connect(trainer)
        self._sight = Sight(self)
        self._sight.came.connect(self._seen)
        self._changed()

    def _lay_out(self) -> None:
        above = QWidget()
        rows = QVBoxLayout(above)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(3)
        rows.addWidget(self.table, 1)
        rows.addWidget(self.about)
        self._below, self._parts = QSplitter(Qt.Orientation.Horizontal), QSplitter(Qt.Orientation.Vertical)
        for splitter, name, first, second in (
            (self._below, "judgeBelow", self.charts, self.behind),
            (self._parts, "judgeParts", above, self._below),
        ):
            splitter.setObjectName(name)
            splitter.setChildrenCollapsible(False)
            splitter.addWidget(first)
            splitter.addWidget(second)
            splitter.splitterMoved.connect(self._part_moved)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 4)
        column.setSpacing(4)
        column.addWidget(self.bar)
        column.addWidget(self._parts, 1)

    def _connect(self, trainer: TrainerClient) -> None:
        bar, table, judge = self.bar, self.table, self._judge
        bar.data_chosen.connect(self.on_show.show_data)
        bar.models_wanted.connect(self.choice.ask)
        bar.run_wanted.connect(self._begin)
        bar.stop_wanted.connect(self._stop)
        bar.columns_wanted.connect(self.model.show_every_column)
        self.on_show.table_wanted.connect(self._show_table)
        self.choice.changed.connect(self._changed)
        self.model.modelReset.connect(self._replaced)
        copying = CopyAndSave(table, self.model, self.charts, bar.copy_menu)
        copying.save_wanted.connect(self.save_wanted)
        copying.told.connect(self.told)
        table.cell_chosen.connect(self._choose_cell)
        table.model_opened.connect(self._open_row)
        table.row_chosen.connect(self._mark_row)
        self.charts.picked.connect(self._pick)
        self.behind.open_wanted.connect(self._open_shown)
        judge.told.connect(self._told)
        judge.changed.connect(self._changed)
        judge.refused.connect(self._refused)
        judge.on(BehindRequest).connect(self._found)
        trainer.kept.connect(self.on_show.look_for_models)
        self._workspace.probed.connect(self._give_way)

    def minimumSizeHint(self) -> QSize:
        return QSize(440, 160)

    def take_focus(self) -> None:
        """Gives the keyboard focus to the table."""
        if not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.model.index(0, 0))
        self.table.setFocus()

    @Slot()
    def _seen(self) -> None:
        if not self.on_show.data:
            self.show_data(self._workspace.state.data)
            self._share_room()
        self._redraw.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    @Slot()
    def _share_room(self) -> None:
        """The table as high as its rows, if that leaves enough for the rest; until somebody moves one."""
        if self._own_sizes:
            return
        width, height = self._below.width(), self._parts.height()
        needed = self.table.whole_height + self.about.sizeHint().height() + 6
        above = min(round(_TABLE * height), needed)
        self._parts.setSizes([above, height - above])
        self._below.setSizes([round((1.0 - _BEHIND) * width), round(_BEHIND * width)])

    @Slot()
    def _replaced(self) -> None:
        """Another table is shown, or other columns of it: no cell is chosen any more."""
        self._share_room()
        self.behind.clear()
        self._judge.forget(BehindRequest)

    @Slot()
    def _part_moved(self) -> None:
        self._own_sizes = True

    # What is on show

    @Slot(str)
    def show_data(self, spec: str) -> None:
        """Shows the table of a data set: the newest there is of it, else the one that ships."""
        self.on_show.show_data(spec)

    def _show(self, table: Table) -> None:
        self.on_show.keep(table)
        self._show_table(table)

    @Slot(object)
    def _show_table(self, table: Table) -> None:
        self.model.show_table(table)
        if in_sight(self) and not self._redraw.isActive():
            self._redraw.start()
        self._say_about()

    @Slot()
    def _draw_again(self) -> None:
        if self.model.table is not None and in_sight(self):
            self.table.fit_to_figures()
            self.charts.show_table(self.model.table)

    # Judging

    @Slot()
    def _begin(self) -> None:
        self.bar.status.setText("Beginning …")
        self._judge.judge(self.choice.chosen, self.on_show.data, self.bar.pictures.value())

    @Slot()
    def _stop(self) -> None:
        self._judge.stop_judging()
        self.bar.status.setText("Stopped. What was measured is kept: Judge goes on from there.")

    @Slot()
    def _changed(self) -> None:
        self.bar.show_running(self._judge.running, can=bool(self.choice.chosen))
        self.model.show_busy("", "")

    @Slot()
    def _give_way(self) -> None:
        self._judge.give_way()

    @Slot(object)
    def _told(self, event: JudgeEvent) -> None:
        match event:
            case JudgeBegan(table):
                self._show(merged(table, self.model.table))
            case JudgeProgress():
                self.bar.show_progress(event.share, event.words)
                self.model.show_busy(event.model, event.key)
            case CellDone(row):
                if self.model.table is not None:
                    self._show(self.model.table.with_row(row))
            case JudgeDone(table):
                self._show(merged(table, self.model.table))
                self.model.sort_again()
                count, each = len(table.rows), f"{table.pictures:,} samples of each"
                self.bar.status.setText(f"Judged {count} model{'s' * (count != 1)}, {each}.")

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(BehindRequest):
            self.behind.complain(refusal.message)
        if refusal.of(JudgeRequest) or refusal.generation == 0:
            self.bar.status.setText(f"Stopped: {refusal.message}")

    # Cells and rows

    @Slot(QModelIndex)
    def _choose_cell(self, index: QModelIndex) -> None:
        found, table = self.model.cell(index), self.model.table
        if found is None or table is None:
            return
        row, column, cell = found
        waits = cell is not None and bool(cell.behind.numbers)
        self.behind.show_chosen(row, column, cell, waits=waits)
        if cell is not None and waits:
            self._judge.look_behind(row, self.on_show.data, table, cell)
        else:
            self._judge.forget(BehindRequest)

    @Slot(object)
    def _found(self, reply: BehindReply) -> None:
        self.behind.show_pictures(reply.found)

    @Slot(int)
    def _mark_row(self, row: int) -> None:
        inside = 0 <= row < len(self.model.rows)
        self.charts.choose(self.model.rows[row].hash if inside else "")
        self._say_about()

    def _say_about(self) -> None:
        found = self.model.cell(self.table.currentIndex())
        if found is None:
            self.about.setText(_LEGEND)
            return
        row, column, cell = found
        words = about_cell(row, column, cell, self.model.rank(row, column))
        self.about.setText(words)
        # It may be longer than the line.
        self.about.setToolTip(plain_tip(words))

    @Slot(str)
    def _pick(self, model: str) -> None:
        self.table.choose_row(self.model.place_of(model))

    @Slot(int)
    def _open_row(self, row: int) -> None:
        if 0 <= row < len(self.model.rows):
            one = self.model.rows[row]
            self.open_wanted.emit(name_of(one.path) if one.path else one.name)

    @Slot()
    def _open_shown(self) -> None:
        self._open_row(self.table.currentIndex().row())
