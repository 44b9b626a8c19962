"""Gives a dock more height while it is the front tab of its stack."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar


class Room(QObject):
    """Makes a dock a share of the window high when it comes to the front, and gives the height back
    afterwards.

    A height that the user has set is kept for the next time.
    """

    def __init__(
        self, window: QMainWindow, dock: QDockWidget, neighbours: Sequence[QDockWidget], share: float
    ) -> None:
        super().__init__(window)
        self._window, self._dock, self._share = window, dock, share
        self._before = self._chosen = 0
        self._front = False
        self._settle = QTimer(self, singleShot=True, interval=0)
        self._settle.timeout.connect(self._adjust)
        dock.visibilityChanged.connect(self._turned)
        for neighbour in neighbours:
            neighbour.visibilityChanged.connect(self._neighbour_turned)

    @Slot(bool)
    def _turned(self, front: bool) -> None:
        if self._dock.isFloating():
            return
        if self._front and not front:
            self._chosen = self._dock.height()
        # When Qt has shown the neighbour: docks are resized together.
        self._settle.start()

    @Slot(bool)
    def _neighbour_turned(self, front: bool) -> None:
        """The dock that was in front goes behind: its height is the one to give back.

        The dock itself, behind a tab, has that of some earlier time.
        """
        neighbour = self.sender()
        if not front and not self._front and isinstance(neighbour, QDockWidget):
            self._before = neighbour.height()

    @Slot()
    def _adjust(self) -> None:
        front = not self._dock.visibleRegion().isEmpty()
        if front == self._front or self._dock.isFloating() or not self._window.isVisible():
            return
        self._front = front
        if front:
            share = round(self._share * self._window.height()) - self._tabs_height(self._dock)
            wanted = self._chosen or share
            if self._before < wanted:
                self._resize(self._dock, wanted)
            return
        neighbour = next((d for d in self._window.tabifiedDockWidgets(self._dock) if d.isVisible()), None)
        if neighbour is not None and self._before:
            self._resize(neighbour, self._before)

    def _resize(self, dock: QDockWidget, height: int) -> None:
        # The tab bar counts as part of the height of tabbed docks.
        self._window.resizeDocks([dock], [height + self._tabs_height(dock)], Qt.Orientation.Vertical)

    def _tabs_height(self, dock: QDockWidget) -> int:
        for bar in self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if bar.isVisible() and dock.windowTitle() in map(bar.tabText, range(bar.count())):
                return bar.height()
        return 0
