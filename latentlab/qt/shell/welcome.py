"""The overlay that the window shows while nothing is loaded yet."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from latentlab.engine.rendering.requests.opening import LoadedReply, LoadRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.widgets.plain_text import Label


class Welcome(Label):
    """Covers a widget and names what is being opened, until the first points are there."""

    def __init__(self, over: QWidget, workspace: Workspace) -> None:
        super().__init__(f"Opening {workspace.state.model} …", over)
        self.setObjectName("openingHint")
        self.setAccessibleName("What is being opened")
        # Not in the middle: there the plane shows the probe.
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom)
        self.setMargin(56)
        self.setWordWrap(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        font = self.font()
        font.setPointSizeF(1.4 * font.pointSizeF())
        self.setFont(font)
        self._workspace, self._over = workspace, over
        over.installEventFilter(self)
        workspace.busy.connect(self._busy)
        workspace.loaded.connect(self._loaded)
        workspace.refused.connect(self._refused)

    def lie_over(self, over: QWidget) -> None:
        """Moves to another widget."""
        self._over.removeEventFilter(self)
        self._over = over
        over.installEventFilter(self)
        self.setParent(over)
        self.resize(over.size())
        self.show()

    @Slot(str)
    def _busy(self, text: str) -> None:
        if self._workspace.encodings is None:
            self.setText(text)

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self.hide()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(LoadRequest) and self._workspace.model is None:
            self.setText("No model is open. Open one with Ctrl+O, or drop it here.")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.resize(self._over.size())
        return False
