"""The docks of a window: their places and sizes, and how one comes to the front."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget

from latentlab.qt.shell.dock_height import Room
from latentlab.qt.shell.panels import BOTTOM, LEFT, RIGHT, AnySpec, Area, Panel, Views
from latentlab.qt.views.analogy.view import SPEC as ANALOGY
from latentlab.qt.views.attributes.view import SPEC as ATTRIBUTES
from latentlab.qt.views.data_browser.view import SPEC as DATA_BROWSER
from latentlab.qt.views.diffusion.view import SPEC as DIFFUSION
from latentlab.qt.views.dimensions.view import SPEC as DIMENSIONS
from latentlab.qt.views.manifold_grid.view import SPEC as MANIFOLD_GRID
from latentlab.qt.views.own_picture.view import SPEC as OWN_PICTURE
from latentlab.qt.views.probe.view import SPEC as PROBE
from latentlab.qt.views.training.view import SPEC as TRAINING
from latentlab.qt.views.tray.view import SPEC as TRAY

_WIDE = 1300
# Widths of grid and probe and height of the tray, in a wide and in a narrow window.
_SIZES_WIDE, _SIZES_NARROW = (400, 336, 220), (352, 262, 190)
# The share of the window's height for the diffusion panel while it is in front.
_DIFFUSION_SHARE = 0.56


@runtime_checkable
class TakesFocus(Protocol):
    """A view that chooses the keyboard focus when a command brings it to the front."""

    def take_focus(self) -> None:
        """Takes the keyboard focus."""


class Docks(QObject):
    """The docks of a window, each with a title, an objectName and a default place."""

    def __init__(self, window: QMainWindow, panels: Sequence[Panel], views: Views) -> None:
        super().__init__(window)
        self._window = window
        # The bottom area ends at the left dock area's edge: the grid is as high as the plane, the probe
        # higher.
        window.setCorner(Qt.Corner.BottomLeftCorner, BOTTOM)
        window.setCorner(Qt.Corner.BottomRightCorner, RIGHT)
        window.setTabPosition(LEFT | BOTTOM, QTabWidget.TabPosition.North)
        self._docks = [(panel, self._dock(panel, views)) for panel in panels]
        self.grid, self.dimensions = self.of(MANIFOLD_GRID), self.of(DIMENSIONS)
        self.attributes, self.own_picture = self.of(ATTRIBUTES), self.of(OWN_PICTURE)
        self.probe, self.tray, self.training = self.of(PROBE), self.of(TRAY), self.of(TRAINING)
        self.analogy, self.diffusion = self.of(ANALOGY), self.of(DIFFUSION)
        # It needs more height than its neighbours, and gives it back.
        below = [dock for dock in self._in(BOTTOM) if dock is not self.diffusion]
        self.room = Room(window, self.diffusion, below, _DIFFUSION_SHARE)
        self._stack()

    def _dock(self, panel: Panel, views: Views) -> QDockWidget:
        title = panel.title or panel.views[0].title
        dock = QDockWidget(title, self._window)
        dock.setObjectName(panel.name)
        dock.setAccessibleName(title)
        dock.setWidget(panel.arrange(tuple(views[spec] for spec in panel.views)))
        self._window.addDockWidget(panel.area, dock)
        return dock

    def of(self, spec: AnySpec) -> QDockWidget:
        """The dock that contains a view.

        Raises:
            KeyError: if there is none.
        """
        for panel, dock in self._docks:
            if spec in panel.views:
                return dock
        raise KeyError(spec.name)

    def _in(self, area: Area) -> list[QDockWidget]:
        return [dock for panel, dock in self._docks if panel.area == area]

    @property
    def all(self) -> tuple[QDockWidget, ...]:
        return tuple(dock for _, dock in self._docks)

    def _stack(self) -> None:
        """Brings the first dock of each area to the front of its tabs."""
        for front, behind in self._tabs:
            self._window.tabifyDockWidget(front, behind)
            front.raise_()

    @property
    def _fronts(self) -> list[tuple[QDockWidget, Area]]:
        return [(self._in(area)[0], area) for area in (LEFT, RIGHT, BOTTOM)]

    @property
    def _tabs(self) -> list[tuple[QDockWidget, QDockWidget]]:
        return [(front, dock) for front, area in self._fronts for dock in self._in(area)[1:]]

    def in_front(self, dock: QDockWidget) -> bool:
        """Whether it can be seen: neither hidden nor behind another tab."""
        # Qt reports a dock behind a tab as visible, far outside the window.
        return dock.isVisible() and not dock.visibleRegion().isEmpty()

    def switch(self, dock: QDockWidget) -> None:
        """Brings it to the front, or hides it if it is there already."""
        if self.in_front(dock):
            dock.hide()
        else:
            self.bring(dock)

    def bring(self, dock: QDockWidget) -> None:
        """Brings it to the front."""
        dock.show()
        dock.raise_()

    def _bring_and_focus(self, dock: QDockWidget) -> None:
        self.bring(dock)
        view = dock.widget()
        if isinstance(view, TakesFocus):
            view.take_focus()

    @Slot()
    def show_training(self) -> None:
        """Brings the training panel to the front, with the focus on the choice of the model."""
        self._bring_and_focus(self.training)

    @Slot()
    def show_diffusion(self) -> None:
        """Brings the diffusion panel to the front, with the focus on its tape."""
        self._bring_and_focus(self.diffusion)

    @Slot()
    def show_attributes(self) -> None:
        """Brings the attributes panel to the front."""
        self.bring(self.attributes)

    @Slot()
    def show_data_browser(self) -> None:
        """Brings the data browser to the front, with the focus on its pictures."""
        self._bring_and_focus(self.of(DATA_BROWSER))

    @Slot()
    def show_own_picture(self) -> None:
        """Brings the user's own picture to the front."""
        self.bring(self.own_picture)

    @Slot()
    def arrange(self) -> None:
        """Moves all docks to their default places, at sizes that suit the window."""
        # Those behind a tab come last: side by side for a moment, they would make the window grow.
        for _, dock in self._tabs:
            dock.setFloating(False)
            dock.hide()
        for dock, area in self._fronts:
            dock.setFloating(False)
            self._window.addDockWidget(area, dock)
            dock.show()
        self._stack()
        for front, behind in self._tabs:
            behind.show()
            front.raise_()
        self.fit()

    def fit(self) -> None:
        """Sets the default sizes for a window of this width."""
        wide = self._window.width() >= _WIDE
        left, right, bottom = _SIZES_WIDE if wide else _SIZES_NARROW
        self._window.resizeDocks([self.grid, self.probe], [left, right], Qt.Orientation.Horizontal)
        self._window.resizeDocks([self.tray], [bottom], Qt.Orientation.Vertical)
