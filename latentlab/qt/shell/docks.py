"""The docks of a window, and how one comes to the front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QWidget

from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.compare.page import SPEC as COMPARE
from latentlab.qt.shell.alternatives import Alternatives
from latentlab.qt.shell.later import Later
from latentlab.qt.shell.panels import BOTTOM, LEFT, RIGHT, AnySpec, Panel, Views
from latentlab.qt.views.analogy.view import SPEC as ANALOGY
from latentlab.qt.views.attributes.view import SPEC as ATTRIBUTES
from latentlab.qt.views.data_browser.view import SPEC as DATA_BROWSER
from latentlab.qt.views.diffusion.view import SPEC as DIFFUSION
from latentlab.qt.views.dimensions.view import SPEC as DIMENSIONS
from latentlab.qt.views.latent_plane.view import SPEC as LATENT_PLANE
from latentlab.qt.views.manifold_grid.view import SPEC as MANIFOLD_GRID
from latentlab.qt.views.own_picture.view import SPEC as OWN_PICTURE
from latentlab.qt.views.points.view import SPEC as POINTS
from latentlab.qt.views.probe.view import SPEC as PROBE
from latentlab.qt.views.training.view import SPEC as TRAINING
from latentlab.qt.views.tray.view import SPEC as TRAY
from latentlab.qt.widgets.sight import in_sight


def is_away(widget: QWidget) -> bool:
    """Whether a dock, or a bar of tabs, counts as visible but lies outside the window: Qt puts it there while
    it is behind another tab.
    """
    above: QWidget | None = widget.parentWidget()
    return above is not None and not widget.isWindow() and not above.rect().intersects(widget.geometry())


@dataclass(frozen=True)
class Place:
    """A panel of the window.

    Attributes:
        panel: its line in the table.
        dock: where its content is, unless that is in the middle of the window.
        content: its views.
    """

    panel: Panel
    dock: QDockWidget
    content: QWidget


class Docks(QObject):
    """The docks of a window, each with a title and an objectName.

    `wanted` carries the view that a command asks for; the workspaces show where it is at home.
    """

    wanted = Signal(object)

    def __init__(
        self, window: QMainWindow, panels: Sequence[Panel], views: Views, workspace: Workspace
    ) -> None:
        super().__init__(window)
        self.window = window
        # The bottom area ends at the right dock area's edge.
        window.setCorner(Qt.Corner.BottomLeftCorner, BOTTOM)
        window.setCorner(Qt.Corner.BottomRightCorner, RIGHT)
        window.setTabPosition(LEFT | RIGHT | BOTTOM, QTabWidget.TabPosition.North)
        self.places = tuple(self._place(panel, views, workspace) for panel in panels)
        self.plane = self.of(LATENT_PLANE)
        self.grid, self.dimensions = self.of(MANIFOLD_GRID), self.of(DIMENSIONS)
        self.attributes, self.own_picture = self.of(ATTRIBUTES), self.of(OWN_PICTURE)
        self.probe, self.tray, self.training = self.of(PROBE), self.of(TRAY), self.of(TRAINING)
        self.analogy, self.diffusion = self.of(ANALOGY), self.of(DIFFUSION)
        self.compare, self.points = self.of(COMPARE), self.of(POINTS)

    def _place(self, panel: Panel, views: Views, workspace: Workspace) -> Place:
        title = panel.title or panel.views[0].title
        dock = QDockWidget(title, self.window)
        dock.setObjectName(panel.name)
        dock.setAccessibleName(title)
        content: QWidget
        if panel.later:
            content = Later(dock, lambda: panel.arrange(tuple(views[spec] for spec in panel.views)))
        else:
            made = tuple(views[spec] for spec in panel.views)
            content = Alternatives(panel.views, made, workspace) if panel.one_of else panel.arrange(made)
        dock.setWidget(content)
        self.window.addDockWidget(panel.area, dock)
        dock.hide()
        return Place(panel, dock, content)

    def place_of(self, spec: AnySpec) -> Place:
        """The panel that contains a view.

        Raises:
            KeyError: if there is none.
        """
        for place in self.places:
            if spec in place.panel.views:
                return place
        raise KeyError(spec.name)

    def of(self, spec: AnySpec) -> QDockWidget:
        """The dock that contains a view.

        Raises:
            KeyError: if there is none.
        """
        return self.place_of(spec).dock

    def content_of(self, dock: QDockWidget) -> QWidget:
        """What a dock contains, also while that is in the middle of the window."""
        return next(place.content for place in self.places if place.dock is dock)

    @property
    def all(self) -> tuple[QDockWidget, ...]:
        return tuple(place.dock for place in self.places)

    def in_front(self, dock: QDockWidget) -> bool:
        """Whether its views can be seen: neither hidden nor behind another tab."""
        if self.is_central(dock):
            return in_sight(self.content_of(dock))
        return dock.isVisible() and not is_away(dock)

    def is_central(self, dock: QDockWidget) -> bool:
        """Whether its views are in the middle of the window, and the dock is empty."""
        return dock.widget() is None

    def switch(self, dock: QDockWidget) -> None:
        """Brings it to the front, or hides it if it is there already."""
        if self.is_central(dock):
            return
        if self.in_front(dock):
            dock.hide()
        else:
            self.bring(dock)

    def bring(self, dock: QDockWidget) -> None:
        """Brings it to the front, in the current workspace."""
        if not self.is_central(dock):
            dock.show()
            dock.raise_()

    @Slot()
    def show_training(self) -> None:
        """Shows the training panel, with the focus on the choice of the model."""
        self.wanted.emit(TRAINING)

    @Slot()
    def show_diffusion(self) -> None:
        """Shows the diffusion panel, with the focus on its tape."""
        self.wanted.emit(DIFFUSION)

    @Slot()
    def show_compare(self) -> None:
        """Shows the models side by side."""
        self.wanted.emit(COMPARE)

    @Slot()
    def show_attributes(self) -> None:
        """Shows the attributes panel."""
        self.wanted.emit(ATTRIBUTES)

    @Slot()
    def show_data_browser(self) -> None:
        """Shows the data browser, with the focus on its pictures."""
        self.wanted.emit(DATA_BROWSER)

    @Slot()
    def show_own_picture(self) -> None:
        """Shows the user's own picture."""
        self.wanted.emit(OWN_PICTURE)

    def take_back(self, content: QWidget) -> None:
        """Puts what was in the middle of the window back into its dock."""
        next(place.dock for place in self.places if place.content is content).setWidget(content)
