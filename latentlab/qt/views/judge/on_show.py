"""Which data set's table is on show, and what is known of its models before anything is judged."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from latentlab.core.judgement import Table
from latentlab.data.shipped_sets import SHIPPED_SETS
from latentlab.engine.evaluation.judge.requests import KeptReply, KeptRequest
from latentlab.engine.evaluation.judge.shipped import shipped_table
from latentlab.qt.clients.judge_client import JudgeClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.judge.bar import JudgeBar
from latentlab.qt.views.judge.model_choice import ModelChoice
from latentlab.qt.views.judge.tables import at_first, with_known
from latentlab.qt.views.judge.words import status_at_first, status_of_known
from latentlab.session.known_data import title_of


class OnShow(QObject):
    """`table_wanted` carries the table that is to be shown.

    Attributes:
        data: the spec of the data set; "" before there is any.
    """

    table_wanted = Signal(object)

    def __init__(
        self, workspace: Workspace, judge: JudgeClient, bar: JudgeBar, choice: ModelChoice, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._workspace, self._judge, self._bar, self._choice = workspace, judge, bar, choice
        self.data, self._looked_up, self._count = "", "", 0
        # The newest table of each data set.
        self._tables: dict[str, Table] = {}
        # A training has ended while models were judged.
        self._missed = False
        choice.changed.connect(self._chosen)
        judge.changed.connect(self._judging_changed)
        judge.on(KeptRequest).connect(self._known)

    @property
    def table(self) -> Table | None:
        """The newest of the data."""
        return self._tables.get(self.data)

    def keep(self, table: Table) -> None:
        """The newest table of the data is this."""
        self._tables[self.data] = table

    def _show(self, table: Table) -> None:
        self.keep(table)
        self.table_wanted.emit(table)

    @Slot(str)
    def show_data(self, spec: str) -> None:
        """Shows the table of a data set: the newest there is of it, else the one that ships."""
        own, self.data = self._workspace.state.data, spec
        self._bar.offer_data(tuple(dict.fromkeys((*SHIPPED_SETS, own, spec))), spec)
        self._choice.look(spec)
        table = self.table
        shipped = shipped_table(spec) if table is None else None
        if shipped is not None:
            self._bar.pictures.setValue(shipped.pictures)
        shown = table or at_first(spec, shipped, self._choice.offered, self._bar.pictures.value())
        self._show(shown)
        self._choice.choose_lacking(shown)
        offered = len(self._choice.offered)
        words = status_at_first(title_of(spec), shipped, offered, known=table is not None)
        self._bar.status.setText(words)
        if table is None:
            self._look_up(shipped)

    def _look_up(self, shipped: Table | None) -> None:
        """Asks for what was measured before, which needs no judging."""
        models = tuple(one.model for one in self._choice.offered)
        if models and not self._judge.running:
            self._looked_up, self._count = self.data, self._bar.pictures.value()
            self._judge.look_up(models, self.data, shipped.pictures if shipped else 0)

    @Slot(object)
    def _known(self, reply: KeptReply) -> None:
        before = self.table
        if reply.table is None or before is None or self._judge.running or self._looked_up != self.data:
            return
        table = with_known(reply.table, before)
        if table is not None:
            if self._bar.pictures.value() == self._count:  # nobody has asked for another meanwhile
                self._bar.pictures.setValue(table.pictures)
            self._show(table)
            self._choice.choose_lacking(table)
            self._bar.status.setText(status_of_known(title_of(self.data), table))

    @Slot(object)
    def look_for_models(self, _: object = None) -> None:
        """A training has ended in a model; while models are judged, their table stays as it is."""
        self._missed = self._judge.running
        if self.table is not None and not self._judge.running:
            self._choice.look(self.data)
            self._choice.choose_lacking(self.table)

    @Slot()
    def _judging_changed(self) -> None:
        if self._missed and not self._judge.running:
            self.look_for_models()

    @Slot()
    def _chosen(self) -> None:
        """Shows the rows of all models on offer."""
        table = self.table
        if table is not None and not self._judge.running:
            self._show(at_first(self.data, table, self._choice.offered, table.pictures))
        self._bar.show_models(len(self._choice.chosen), len(self._choice.offered))
