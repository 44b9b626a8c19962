"""Where the keyboard focus goes: never into a panel that cannot be seen.

Qt reports a dock behind a tab as visible, far outside the window, and so Tab would walk into it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QApplication, QDockWidget, QScrollArea, QTabBar, QWidget

from latentlab.qt.shell.centre import Centre
from latentlab.qt.shell.docks import Docks, is_away


class FocusKeeper(QObject):
    """Keeps the focus out of docks that are hidden or behind a tab."""

    def __init__(self, docks: Docks, centre: Centre) -> None:
        super().__init__(centre)
        self._docks, self._centre = docks, centre
        for dock in docks.all:
            dock.visibilityChanged.connect(self._turned)

    @contextmanager
    def only_what_is_seen(self) -> Iterator[None]:
        """While Qt looks for the next widget in the focus chain: it passes over what is disabled.

        The chain cannot be walked from here: PySide takes the next widget for the parent of this one.
        """
        window, children = self._docks.window, Qt.FindChildOption.FindDirectChildrenOnly
        # Bars that Qt keeps for later lie outside the window, too.
        bars: list[QWidget] = list(window.findChildren(QTabBar, options=children))
        behind = [widget for widget in (*bars, *self._docks.all) if is_away(widget)]
        for widget in behind:
            widget.setEnabled(False)
        try:
            yield
        finally:
            for widget in behind:
                widget.setEnabled(True)
        scroll_to(QApplication.focusWidget())

    @Slot(bool)
    def _turned(self, shown: bool) -> None:
        dock, focus = self.sender(), QApplication.focusWidget()
        if shown or focus is None or not isinstance(dock, QDockWidget):
            return
        if dock.isAncestorOf(focus) and focus.isVisible():
            self._centre.take_focus()


def is_stop(widget: QWidget) -> bool:
    """Whether a widget takes the focus by Tab and can be seen, or scrolled to."""
    if not widget.focusPolicy() & Qt.FocusPolicy.TabFocus or widget.focusProxy() is not None:
        return False
    above: QWidget | None = widget
    while above is not None:
        if isinstance(above, QDockWidget | QTabBar) and is_away(above):
            return False
        above = above.parentWidget()
    return widget.isVisible() and widget.isEnabled()


def scroll_to(widget: QWidget | None) -> None:
    """Scrolls a widget into view."""
    above = None if widget is None else widget.parentWidget()
    while above is not None and widget is not None:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(widget)
        above = above.parentWidget()
