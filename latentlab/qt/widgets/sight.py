"""Whether a widget can be seen, and when it comes into sight and goes.

Qt calls a dock behind a tab visible, and only moves it out of the window; no event tells its content. Who
computes what is shown asks here, not `isVisible`.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtWidgets import QDockWidget, QWidget

_TELLING = frozenset(
    {QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Paint, QEvent.Type.Resize, QEvent.Type.ParentChange}
)


def in_sight(widget: QWidget) -> bool:
    """Whether a part of it lies inside all that is around it: not hidden, behind a tab, or scrolled away."""
    if not widget.isVisible():
        return False
    seen, one = widget.rect(), widget
    while not one.isWindow():
        around = one.parentWidget()
        if around is None:
            break
        seen = seen.translated(one.pos()).intersected(around.rect())
        one = around
    return not seen.isEmpty()


class Sight(QObject):
    """Watches a widget; `came` says that it has come into sight, `left` that it can be seen no more.

    It looks when the widget is shown, hidden, painted or laid out, and when the dock around it turns.
    """

    came = Signal()
    left = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._dock: QDockWidget | None = None
        self._seen = False
        self._find_dock()
        widget.installEventFilter(self)

    @property
    def seen(self) -> bool:
        """Whether it was in sight when it last looked."""
        return self._seen

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Painted anew at every change of what is shown: that is no news.
        if event.type() in _TELLING and not (self._seen and event.type() == QEvent.Type.Paint):
            if event.type() in (QEvent.Type.Show, QEvent.Type.ParentChange):
                self._find_dock()
            self._look()
        return False

    def _find_dock(self) -> None:
        """The dock around it, which changes when a view moves to the middle of the window."""
        around: QWidget | None = self._widget.parentWidget()
        while around is not None and not isinstance(around, QDockWidget):
            around = around.parentWidget()
        if around is not self._dock:
            if self._dock is not None:
                self._dock.visibilityChanged.disconnect(self._look)
            self._dock = around
            if around is not None:
                around.visibilityChanged.connect(self._look)

    @Slot()
    def _look(self) -> None:
        seen = in_sight(self._widget)
        if seen != self._seen:
            self._seen = seen
            (self.came if seen else self.left).emit()
