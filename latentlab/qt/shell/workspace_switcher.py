"""Switches between the workspaces: one is current, and each keeps the layout that the person gave it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from PySide6.QtCore import QByteArray, QEvent, QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QToolBar

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.shell.arrangement import Arrangement
from latentlab.qt.shell.centre import Centre, give_focus
from latentlab.qt.shell.docks import Docks
from latentlab.qt.shell.panels import AnySpec
from latentlab.qt.shell.workspaces import WorkspaceSpec, presented
from latentlab.session.able import why_not

# Of QMainWindow's saved layouts. Up to 5 there was one for the whole window.
LAYOUT_VERSION = 6
# In a lower window the toolbar takes too much of it; its commands are in the menus, too.
_TOOLBAR_HEIGHT = 700


class Workspaces(QObject):
    """The workspaces of a window.

    `changed` carries the name of the new one; `offered` says that what the open model can do has changed.

    Args:
        specs: the workspaces in order; panels that none of them names belong to the first.
        centre: where the large view of each is put.
    """

    changed = Signal(str)
    offered = Signal()

    def __init__(
        self,
        window: QMainWindow,
        specs: Sequence[WorkspaceSpec],
        docks: Docks,
        centre: Centre,
        workspace: Workspace,
    ) -> None:
        super().__init__(window)
        # Each panel would glide to its place at every switch.
        window.setAnimated(False)
        self._window, self._docks, self._centre, self._workspace = window, docks, centre, workspace
        self.specs = {spec.name: spec for spec in specs}
        named = {docks.of(view) for spec in specs for view in (spec.centre, *spec.docked)}
        others = [place for place in docks.places if place.dock not in named]
        self._arrangements = {
            spec.name: Arrangement(window, docks, spec, () if number else others)
            for number, spec in enumerate(specs)
        }
        self._presented = {
            spec.name: Arrangement(window, docks, presented(spec)) for spec in self.specs.values()
        }
        self._presenting = False
        # What takes room from the panels for a while is out of the way in this context.
        self.cleared: Callable[[], AbstractContextManager[None]] = nullcontext
        # The widths that panels were given: while they have them, nobody has chosen others, and they follow
        # the window. By workspace, those that were so when it was left.
        self._given: dict[QDockWidget, int] = {}
        self._follow: dict[str, bool] = {}
        window.installEventFilter(self)
        self._layouts: dict[str, QByteArray] = {}
        self._current = specs[0]
        self._put_in_centre()
        docks.wanted.connect(self.bring)
        workspace.loaded.connect(self._loaded)

    @property
    def current(self) -> str:
        """The name of the current workspace."""
        return self._current.name

    @property
    def spec(self) -> WorkspaceSpec:
        """The current workspace."""
        return self._current

    def why_not(self, name: str) -> str:
        """Why the open model cannot use a workspace; "" if it can, or while none is open."""
        model = self._workspace.model
        if model is None:
            return ""
        return why_not(model.model, model.capabilities, self.specs[name].needs, model.later)

    def offers(self, name: str) -> bool:
        """Whether a model is open that can use a workspace."""
        return self._workspace.model is not None and not self.why_not(name)

    @Slot(str)
    def show(self, name: str) -> None:
        """Makes a workspace the current one. Does nothing where the open model cannot use it.

        Raises:
            KeyError: if there is no such workspace.
        """
        spec = self.specs[name]
        if spec is self._current or self.why_not(name):
            return
        focus = QApplication.focusWidget()
        if focus is not None:
            # Else it would wander from one panel to the next as they are hidden, and scroll them.
            focus.clearFocus()
        self._window.setUpdatesEnabled(False)
        try:
            with self.cleared():
                self._leave()
                self._current = spec
                self._enter()
        finally:
            self._window.setUpdatesEnabled(True)
        self._centre.take_focus()
        self.changed.emit(name)

    @Slot(object)
    def bring(self, view: AnySpec) -> None:
        """Shows a view, and gives it the keyboard focus: see `reveal`."""
        dock = self._docks.of(view)
        self.reveal(dock)
        give_focus(self._docks.content_of(dock))

    def reveal(self, dock: QDockWidget) -> None:
        """Shows what a dock contains: here, if it has a place in this workspace or is open; else at home."""
        if self._docks.in_front(dock):
            return
        home = self.home_of(dock)
        here = dock.isVisible() or dock in self._arrangement.docks
        if not here and home is not None:
            self.show(home)
        self._docks.bring(dock)

    def home_of(self, dock: QDockWidget) -> str | None:
        """The workspace where what it contains is large; else the first that has a place for it."""
        central = (name for name, spec in self.specs.items() if self._docks.of(spec.centre) is dock)
        docked = (name for name, arrangement in self._arrangements.items() if dock in arrangement.docks)
        return next(central, None) or next(docked, None)

    # Layouts

    @Slot()
    def reset(self) -> None:
        """Gives the current workspace its default layout."""
        self._window.setUpdatesEnabled(False)
        try:
            self._arrange()
        finally:
            self._window.setUpdatesEnabled(True)
        # What lies over the panels goes.
        self.changed.emit(self.current)

    def fit(self) -> None:
        """Gives the docks their default sizes in the window as it is now."""
        self._arrangement.fit()
        self._note_given()

    def _note_given(self) -> None:
        layout = self._window.layout()
        assert layout is not None
        layout.activate()
        self._given = self._arrangement.widths()

    @property
    def _as_given(self) -> bool:
        """Whether the panels at the sides have the widths that they were given."""
        return bool(self._given) and self._arrangement.widths() == self._given

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Qt has laid the panels out by now: they keep their pixels, and the middle has taken the rest.
        if event.type() == QEvent.Type.Resize and self._window.isVisible() and self._as_given:
            self._arrangement.fit_widths()
            self._note_given()
        return False

    def present(self, on: bool) -> None:
        """Shows only what a presentation needs of each workspace, or their own layouts again."""
        if on:
            self._leave()
        self._presenting = on
        self._enter()

    @property
    def _arrangement(self) -> Arrangement:
        return (self._presented if self._presenting else self._arrangements)[self.current]

    def layouts(self) -> dict[str, QByteArray]:
        """The layout of each workspace that has been shown, as saved by QMainWindow."""
        if self._presenting:
            return dict(self._layouts)
        # Without what stands beside the panels for a while: their widths are not those that it leaves them.
        with self.cleared():
            return self._layouts | {self.current: self._window.saveState(LAYOUT_VERSION)}

    def restore(self, layouts: Mapping[str, QByteArray], current: str) -> bool:
        """Restores layouts, and which workspace is current.

        Returns:
            False if the layout of the current one is no layout; it has its default then.
        """
        self._layouts = {name: layout for name, layout in layouts.items() if name in self.specs}
        self._follow.clear()
        self._current = self.specs.get(current, self._current)
        sound = self._enter()
        self.changed.emit(self.current)
        return sound

    def _leave(self) -> None:
        if self._presenting:
            return
        self._layouts[self.current] = self._window.saveState(LAYOUT_VERSION)
        self._follow[self.current] = self._as_given

    def _enter(self) -> bool:
        self._put_in_centre()
        layout = None if self._presenting else self._layouts.get(self.current)
        if layout is None:
            self._arrange()
            return True
        if not self._window.restoreState(layout, LAYOUT_VERSION):
            del self._layouts[self.current]
            self._arrange()
            return False
        self._docks.of(self._current.centre).hide()
        self._given = {}
        if self._follow.get(self.current):
            self._arrangement.fit_widths()
            self._note_given()
        # A layout of a higher window.
        if self._window.minimumSizeHint().height() > self._window.height():
            self._arrange()
        return True

    def _arrange(self) -> None:
        self._arrangement.apply()
        self._docks.of(self._current.centre).hide()
        bar = self._window.findChild(QToolBar, "toolbar")
        if bar is not None:
            room = self._window.height() >= _TOOLBAR_HEIGHT
            bar.setVisible(self._current.toolbar and room and not self._presenting)
        self._note_given()

    def _put_in_centre(self) -> None:
        place = self._docks.place_of(self._current.centre)
        before = self._centre.content
        if before is place.content:
            return
        if before is not None:
            self._docks.take_back(before)
        self._centre.put(place.content)

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        first = next(iter(self.specs))
        if self._current.joins and not self._presenting and not self.offers(self.current):
            self.show(first)
        there = self.instead() if self.current == first and not self._presenting else None
        if there is not None:
            # Nobody should look for what to do with a model that has no plane and no samples.
            self.show(there.name)
        self.offered.emit()

    def instead(self) -> WorkspaceSpec | None:
        """A workspace that is there for such models as the open one, while the middle of the current one has
        nothing to show of it; None where it has, or where there is no such workspace.
        """
        model = self._workspace.model
        if model is None or self._fills(model):
            return None
        return next((spec for spec in self.specs.values() if spec.joins and self.offers(spec.name)), None)

    def _fills(self, model: LoadedReply) -> bool:
        """Whether a model has something to show in the middle of the current workspace."""
        views = self._docks.place_of(self._current.centre).panel.views
        return any(view.suits(model.capabilities) for view in views)
