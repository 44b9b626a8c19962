"""The link between the columns of the compare window: an edit in one of them is made in all.

It works on the user's edits, not on their results. Each workspace passes its edits to the link; the link
translates them for the other workspaces, and makes all of them at once, as one step of the shared undo stack.
Sessions do not listen to one another, so there can be no loops.

When a model is opened or a column is removed, undoing beyond that would leave the columns inconsistent. A
stack of their own is cleared then; in the stack of the lab, the steps before no longer concern that column.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoStack

from latentlab.engine.types import Region
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.compare.scales import Scales, has_prior
from latentlab.qt.compare.steps import SharedStep
from latentlab.qt.compare.translation import translated
from latentlab.session.edits import Edit, HideClasses, LookAt, MoveProbe, SelectImage, SetLayers
from latentlab.session.own_edits import SetGroups
from latentlab.session.session import Session

Look = Callable[[Region], None]


class Link(QObject):
    """The linked workspaces.

    `views` says whether their planes show the same region, too. That applies to models with a prior: the
    codes of an autoencoder have no scale of their own, so its plane stays with its own points. `scaled` says
    that its probe follows all the same, in units of the spread of those codes; else it moves to the very same
    z.

    Args:
        lab: the workspace of the main window, which follows without a column of its own, and whose undo stack
            the columns share; None for a stack of their own.
    """

    def __init__(self, parent: QObject | None = None, lab: Workspace | None = None) -> None:
        super().__init__(parent)
        self.lab = lab
        self._own_stack = QUndoStack(self)
        # The sessions that steps of the lab's stack may still change; anew with each model.
        self._valid: dict[Session, object] = {}
        self._doing = False
        self.views = self.scaled = True
        self._scales = Scales()
        self._looks: dict[Workspace, Look] = {}
        # Workspaces whose plane has been moved to the common region.
        self._in_step: set[Workspace] = set()
        self._passing = False

    @property
    def undo_stack(self) -> QUndoStack:
        """The lab's, which is another one for each of its models; without a lab, the columns' own."""
        return self._own_stack if self.lab is None else self.lab.undo_stack

    @property
    def workspaces(self) -> tuple[Workspace, ...]:
        """The linked workspaces, in order."""
        return tuple(self._looks)

    def join(self, workspace: Workspace, look: Look) -> None:
        """Adds a workspace; `look` makes its plane show a region."""
        self._looks[workspace] = look
        self._valid[workspace.session] = object()

    def leave(self, workspace: Workspace) -> None:
        """Removes a workspace."""
        self._looks.pop(workspace, None)
        self._in_step.discard(workspace)
        self._scales.forget(workspace)
        self._outdate(workspace)
        self._valid.pop(workspace.session, None)

    def _outdate(self, workspace: Workspace) -> None:
        """The steps so far do not fit a workspace any more."""
        if self.lab is None:
            self.undo_stack.clear()
        else:
            self._valid[workspace.session] = object()

    def do(self, source: Workspace, edit: Edit) -> None:
        """Makes an edit at its workspace, and its translations at the others."""
        if isinstance(edit, LookAt):
            source.session.apply(edit)
            self._pass_on(source, edit.view)
            return
        edits = [(source.session, edit)]
        for workspace in (*self._looks, *self._lab):
            meant = None if workspace is source else self._translated(edit, source, workspace)
            if meant is not None:
                edits.append((workspace.session, meant))
        if edit.transient:
            with self.at_work():
                for session, each in edits:
                    session.apply(each)
        elif self.lab is None:
            self.undo_stack.push(SharedStep(edits))
        else:
            self.undo_stack.push(SharedStep(edits, self))

    @property
    def _lab(self) -> tuple[Workspace, ...]:
        return () if self.lab is None or self.lab.model is None else (self.lab,)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While all are being changed together, none needs to catch up with the lab."""
        before, self._doing = self._doing, True
        try:
            yield
        finally:
            self._doing = before

    def mark_of(self, session: Session) -> object:
        """Another one whenever the steps so far do not fit a session any more."""
        return session if self.lab is not None and session is self.lab.session else self._valid.get(session)

    def catch_up_all(self) -> None:
        """Brings all to the state of the lab, where something was done without them."""
        self.bring_others(())

    def bring_others(self, done: Collection[Session]) -> None:
        """Brings all but these to the state of the lab."""
        if not self._doing:
            with self.at_work():
                for workspace in self._looks:
                    if workspace.model is not None and workspace.session not in done:
                        self.catch_up(workspace)

    def catch_up(self, workspace: Workspace) -> None:
        """Brings a workspace with a new model or plane to the state of the others."""
        others = (one for one in (*self._lab, *self._looks) if one is not workspace)
        leader = next((one for one in others if one.model is not None), None)
        if leader is None:
            return
        state = leader.state
        # Columns that show a picture while the lab has none selected go on with theirs.
        keeps = leader is self.lab and state.selected is None
        for edit in (
            MoveProbe(z=state.probe),
            SelectImage(index=workspace.state.selected if keeps else state.selected),
            HideClasses(hidden=state.hidden),
            SetLayers(layers=state.layers),
            SetGroups(group_a=state.group_a, group_b=state.group_b),
        ):
            meant = self._translated(edit, leader, workspace)
            if meant is not None:
                workspace.session.apply(meant)

    def scale(self, scaled: bool) -> None:
        """Switches the measuring of autoencoder codes in their own spread on or off: an undo step."""
        self.scaled = scaled
        leader = next((one for one in self._looks if one.model is not None), None)
        if leader is not None:
            self.do(leader, MoveProbe(z=leader.state.probe))

    def measured(self, workspace: Workspace) -> None:
        """All codes of a workspace's model are known, and so is their scale."""
        first = next(iter((*self._lab, *self._looks)))
        for other in self._looks if workspace is first else (workspace,):
            if other is not first:
                self.catch_up(other)

    def _translated(self, edit: Edit, source: Workspace, target: Workspace) -> Edit | None:
        return translated(edit, source, target, self._scales if self.scaled else None)

    def opened(self, workspace: Workspace) -> None:
        """A workspace has opened another model."""
        self._in_step.discard(workspace)
        self._outdate(workspace)
        self.catch_up(workspace)

    # Where the planes look

    def show_all(self, fits: Mapping[Workspace, Callable[[], None]]) -> None:
        """Fits each plane to its own points; linked planes to all of theirs."""
        self._passing = True
        try:
            for fit in fits.values():
                fit()
        finally:
            self._passing = False
        self._look_together(tuple(workspace for workspace in fits if has_prior(workspace)))

    def rejoin_views(self) -> None:
        """From now on the planes show the same region: at first everything that any of them shows."""
        self.views = True
        self._in_step = set(filter(has_prior, self._looks))
        self._look_together(tuple(self._in_step))

    def _look_together(self, workspaces: tuple[Workspace, ...]) -> None:
        if self.views and len(workspaces) > 1:
            self._make_look(workspaces, around(*(square(workspace.state.view) for workspace in workspaces)))

    def _pass_on(self, source: Workspace, view: Region) -> None:
        if self._passing or not self.views or not has_prior(source):
            return
        others = tuple(
            workspace for workspace in self._looks if workspace is not source and workspace in self._in_step
        )
        if source in self._in_step:
            self._make_look(others, square(view))
            return
        # Its points have just appeared: the region grows, so that no points become invisible.
        self._in_step.add(source)
        self._look_together((*others, source))

    def _make_look(self, workspaces: tuple[Workspace, ...], region: Region) -> None:
        self._passing = True
        try:
            for workspace in workspaces:
                self._looks[workspace](region)
        finally:
            self._passing = False


def square(region: Region) -> Region:
    """The square in the centre of a region, as wide as its shorter side.

    What a plane shows beyond that depends on its shape: passed on, it would make the next one shrink.
    """
    left, right, bottom, top = region
    x, y, reach = 0.5 * (left + right), 0.5 * (bottom + top), 0.5 * min(right - left, top - bottom)
    return x - reach, x + reach, y - reach, y + reach


def around(*squares: Region) -> Region:
    """A square that contains all of these."""
    left, right = min(one[0] for one in squares), max(one[1] for one in squares)
    bottom, top = min(one[2] for one in squares), max(one[3] for one in squares)
    x, y, reach = 0.5 * (left + right), 0.5 * (bottom + top), 0.5 * max(right - left, top - bottom)
    return x - reach, x + reach, y - reach, y + reach
