"""The points of one workspace: their columns, and their look as the session wants it.

One for each workspace, shared by the plane, the legend, the panel of points and the data browser:

    facts = facts_of(workspace)
    facts.look, facts.columns.columns, facts.found_count
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPalette

from latentlab.core.columns import Column
from latentlab.core.expression import Expression, ExpressionError, parse
from latentlab.core.matching import operands
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.qt.clients.latest_task import Newest, Token
from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.points.columns import PointColumns
from latentlab.qt.controllers.points.look import Look, LookMaker, MadeLook, Wanted, inks_by
from latentlab.qt.widgets.colours import PLAIN_COLOUR, UNKNOWN_COLOURS, has_dark_ground
from latentlab.session.point_settings import PLAIN, PointSettings
from latentlab.session.state import SessionState

# Of more points the look is made in the background.
MOST_AT_ONCE = 30_000


class PointFacts(QObject):
    """`look_changed` says that the points look otherwise; `listed` that there are other columns; `told` that
    what can be said of finding and computing has changed.
    """

    look_changed = Signal()
    listed = Signal()
    told = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self.columns = PointColumns(workspace, self)
        self.look: Look | None = None
        self.error: ExpressionError | None = None
        self.found_count = self.shown_count = 0
        self._dark = False
        # Figures that other views show, besides those that the points need.
        self._besides: tuple[str, ...] = ()
        self._maker = LookMaker()
        self._newest = Newest(TaskQueue(self), self._take, self._broke)
        self._parsed: tuple[str, Expression | None, ExpressionError | None] = ("", None, None)
        self.columns.changed.connect(self._columns_changed)
        self.columns.progressed.connect(self.told)
        workspace.loaded.connect(self._loaded)
        workspace.changed.connect(self._changed)
        if workspace.model is not None:
            self._loaded(workspace.model)

    @property
    def settings(self) -> PointSettings:
        """What the session wants."""
        return self._workspace.state.points

    @property
    def count(self) -> int:
        """How many pictures the data have."""
        return 0 if self._workspace.model is None else len(self._workspace.model.images)

    @property
    def by(self) -> str:
        """The name of the column that colours the points, "-" for none."""
        by = self.settings.by
        if by == PLAIN or self.columns.offers(by):
            return by
        return self.columns.usual

    @property
    def column(self) -> Column | None:
        """The column that colours the points; None for none, or before it is computed."""
        return self.columns.columns.get(self.by)

    @property
    def unknown_colour(self) -> str:
        """The colour of points of which the column says nothing, "#rrggbb"."""
        return UNKNOWN_COLOURS[self._dark]

    def colour_of(self, row: int) -> QColor:
        """The colour of a picture's point."""
        if self.look is None or row >= len(self.look.inks):
            return QColor(PLAIN_COLOUR)
        return QColor.fromRgb(int(self.look.inks[row]) & 0xFFFFFF)

    @property
    def looks_for(self) -> bool:
        """Whether some points are looked for, and the others dimmed."""
        return self.look is not None and self.look.found is not None

    def want_besides(self, names: tuple[str, ...]) -> None:
        """Has these figures computed, too; those that another view sorts by or shows."""
        if names != self._besides:
            self._besides = names
            for name in names:
                self.columns.retry(name)
            self._dress()

    def show_in(self, palette: QPalette) -> None:
        """Uses the colours for the theme of a palette."""
        dark = has_dark_ground(palette)
        if dark != self._dark:
            self._dark = dark
            self._dress()

    @property
    def dark(self) -> bool:
        """Whether the theme is dark."""
        return self._dark

    # What comes from the workspace

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self._maker = LookMaker()
        self._newest.drop()
        column = self.columns.columns.get(self.columns.usual)
        # At once, for the points may come before a look that takes longer.
        self.look = Look(inks_by(column, len(model.images), self._dark))
        self.error, self.found_count, self.shown_count = None, 0, len(model.images)
        self.listed.emit()
        self._dress()

    @Slot()
    def _columns_changed(self) -> None:
        # Of another model; `_loaded` comes next.
        if self.look is not None and len(self.look.inks) == self.count:
            self.listed.emit()
            self._dress()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.points != new.points or old.hidden != new.hidden:
            self._dress()

    # The look

    def _dress(self) -> None:
        if self._workspace.model is None or self.look is None:
            return
        tree = self._tree()
        names = {operand.text.casefold() for operand in operands(tree)} if tree is not None else set()
        ranged = (name for name, _, _ in self.settings.ranges)
        self.columns.want((self.by, *ranged, *sorted(names), *self._besides))
        wanted = Wanted(
            self.count,
            dict(self.columns.columns),
            self.column,
            self.settings,
            self._workspace.state.hidden,
            tree,
            self._dark,
            self.columns.version,
        )
        if self.count <= MOST_AT_ONCE:
            self._newest.drop()
            self._take(self._maker.make(wanted))
        else:
            self._newest.run(partial(_made, self._maker, wanted))

    def _tree(self) -> Expression | None:
        text = self.settings.find.strip()
        if not text:
            self._parsed = ("", None, None)
        elif text != self._parsed[0]:
            try:
                self._parsed = (text, parse(text), None)
            except ExpressionError as error:
                self._parsed = (text, None, error)
        return self._parsed[1]

    def _take(self, made: MadeLook) -> None:
        self.look, self.found_count, self.shown_count = made.look, made.found, made.shown
        # A figure that is not there yet is not unknown.
        computing = bool(self.columns.computing)
        self.error = self._parsed[2] or (None if computing else made.error)
        self.look_changed.emit()
        self.told.emit()

    def _broke(self, failure: Failure) -> None:
        raise RuntimeError(f"{failure.message}\n{failure.details}")


def _made(maker: LookMaker, wanted: Wanted, token: Token) -> MadeLook:
    return maker.make(wanted)


def facts_of(workspace: Workspace) -> PointFacts:
    """The facts of a workspace's points, made when they are first asked for."""
    found = workspace.findChild(PointFacts, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return found if isinstance(found, PointFacts) else PointFacts(workspace)
