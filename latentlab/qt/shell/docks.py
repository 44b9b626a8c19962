"""Where the views lie in the window: the plane in the middle, the grid, the probe and the tray around it.

The list of dimensions, the attributes and the person's own picture share the grid's place, the training, the
analogy and the diffusion the tray's: a tab brings the one or the other to the front.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from PySide6.QtCore import QObject, QSize, Qt, Slot
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QMainWindow,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from latentlab.qt.shell.dock_height import Room

_LEFT, _RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
_BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea
_WIDE = 1300
# Widths of grid and probe and height of the tray, in a wide window and in a narrow one.
_SIZES_WIDE, _SIZES_NARROW = (400, 336, 220), (352, 262, 190)
# Of the window's height, what the diffusion takes while it is in front.
_DIFFUSION_SHARE = 0.56


class Column(QScrollArea):
    """Views one under the other, as wide as the column; it scrolls when they are too tall together."""

    def __init__(self, name: str, views: tuple[QWidget, ...]) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inner = QWidget()
        rows = QVBoxLayout(self._inner)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for number, view in enumerate(views):
            rows.addWidget(view, 1 if number == 0 else 0)
        self.setWidget(self._inner)

    def minimumSizeHint(self) -> QSize:
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self._inner.minimumSizeHint().width() + bar, 160)

    def sizeHint(self) -> QSize:
        return QSize(_SIZES_WIDE[1], 600)


def beside(name: str, left: QWidget, right: QWidget) -> QSplitter:
    """Two views side by side with a handle between them."""
    splitter = QSplitter(Qt.Orientation.Horizontal)
    splitter.setObjectName(name)
    splitter.addWidget(left)
    splitter.addWidget(right)
    splitter.setChildrenCollapsible(False)
    splitter.setStretchFactor(0, 1)
    splitter.setStretchFactor(1, 1)
    return splitter


@runtime_checkable
class TakesFocus(Protocol):
    """A view that says where the keys go when it comes to the front by a command."""

    def take_focus(self) -> None:
        """The keys are for this view now."""


class Docks(QObject):
    """The docks of a window, each with a title, an objectName and a place to go back to."""

    def __init__(
        self,
        window: QMainWindow,
        grid: QWidget,
        dimensions: QWidget,
        attributes: QWidget,
        probe: QWidget,
        tray: QWidget,
        training: QWidget,
        own_picture: QWidget,
        analogy: QWidget,
        diffusion: QWidget,
    ) -> None:
        super().__init__(window)
        self._window = window
        # The bottom has its own corner on the left: the grid is as high as the plane, the probe higher.
        window.setCorner(Qt.Corner.BottomLeftCorner, _BOTTOM)
        window.setCorner(Qt.Corner.BottomRightCorner, _RIGHT)
        window.setTabPosition(_LEFT | _BOTTOM, QTabWidget.TabPosition.North)
        self.grid = self._dock("manifoldGridDock", "Manifold grid", grid, _LEFT)
        self.dimensions = self._dock("dimensionsDock", "Dimensions", dimensions, _LEFT)
        self.attributes = self._dock("attributesDock", "Attributes", attributes, _LEFT)
        self.own_picture = self._dock("ownPictureDock", "Picture", own_picture, _LEFT)
        self.probe = self._dock("probeDock", "Probe", probe, _RIGHT)
        self.tray = self._dock("trayDock", "Tray and walk", tray, _BOTTOM)
        self.training = self._dock("trainingDock", "Training", training, _BOTTOM)
        self.analogy = self._dock("analogyDock", "Analogy", analogy, _BOTTOM)
        self.diffusion = self._dock("diffusionDock", "Diffusion", diffusion, _BOTTOM)
        # It needs more height than its neighbours, and gives it back.
        below = (self.tray, self.training, self.analogy)
        self.room = Room(window, self.diffusion, below, _DIFFUSION_SHARE)
        self._stack()

    def _dock(self, name: str, title: str, view: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setAccessibleName(title)
        dock.setWidget(view)
        self._window.addDockWidget(area, dock)
        return dock

    @property
    def all(self) -> tuple[QDockWidget, ...]:
        left = self.grid, self.dimensions, self.attributes, self.own_picture
        return *left, self.probe, self.tray, self.training, self.analogy, self.diffusion

    def _stack(self) -> None:
        """The grid in front of what shares its place, and the tray."""
        for front, behind in self._tabs:
            self._window.tabifyDockWidget(front, behind)
            front.raise_()

    @property
    def _tabs(self) -> tuple[tuple[QDockWidget, QDockWidget], ...]:
        left = self.dimensions, self.attributes, self.own_picture
        below = self.training, self.analogy, self.diffusion
        return *((self.grid, dock) for dock in left), *((self.tray, dock) for dock in below)

    def in_front(self, dock: QDockWidget) -> bool:
        """Whether it can be seen: neither hidden nor behind another's tab."""
        # Behind a tab a dock calls itself visible, far outside the window.
        return dock.isVisible() and not dock.visibleRegion().isEmpty()

    def switch(self, dock: QDockWidget) -> None:
        """Brings it to the front; if it is there, hides it."""
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
        """Brings the training to the front, where a model is chosen by the keys."""
        self._bring_and_focus(self.training)

    @Slot()
    def show_diffusion(self) -> None:
        """Brings the diffusion to the front; the keys are for its tape."""
        self._bring_and_focus(self.diffusion)

    @Slot()
    def show_attributes(self) -> None:
        """Brings the attributes to the front."""
        self.bring(self.attributes)

    @Slot()
    def show_own_picture(self) -> None:
        """Brings the person's own picture to the front."""
        self.bring(self.own_picture)

    @Slot()
    def arrange(self) -> None:
        """Everything back in its place, at the sizes that suit the window."""
        # Those behind a tab come last: side by side for a moment, they would make the window grow.
        for _, dock in self._tabs:
            dock.setFloating(False)
            dock.hide()
        for dock, area in ((self.grid, _LEFT), (self.probe, _RIGHT), (self.tray, _BOTTOM)):
            dock.setFloating(False)
            self._window.addDockWidget(area, dock)
            dock.show()
        self._stack()
        for front, behind in self._tabs:
            behind.show()
            front.raise_()
        self.fit()

    def fit(self) -> None:
        """The usual sizes for a window of this width."""
        wide = self._window.width() >= _WIDE
        left, right, bottom = _SIZES_WIDE if wide else _SIZES_NARROW
        self._window.resizeDocks([self.grid, self.probe], [left, right], Qt.Orientation.Horizontal)
        self._window.resizeDocks([self.tray], [bottom], Qt.Orientation.Vertical)
