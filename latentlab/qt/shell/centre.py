"""The central widget: messages, the legend, and the view that suits the open model."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.shell.panels import AnySpec, Views


class Centre(QWidget):
    """The central widget, surrounded by the docks.

    Args:
        above: widgets above the view, whichever it is.
        choices: the first of them whose needs the open model meets is shown; without one, the first.
    """

    def __init__(
        self, above: Sequence[QWidget], choices: Sequence[AnySpec], views: Views, workspace: Workspace
    ) -> None:
        super().__init__()
        self.setObjectName("centre")
        self._choices, self._views = choices, views
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        for widget in above:
            self._rows.addWidget(widget)
        for spec in choices:
            # All of them: one that is never shown would otherwise have no parent when the window closes.
            self._rows.addWidget(views[spec], 1)
            views[spec].setVisible(spec is choices[0])
        self.view = views[choices[0]]
        self.setFocusProxy(self.view)
        workspace.loaded.connect(self._loaded)

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        fitting = (spec for spec in self._choices if spec.suits(model.capabilities))
        view = self._views[next(fitting, self._choices[0])]
        if view is self.view:
            return
        self.view.hide()
        view.show()
        self.view = view
        self.setFocusProxy(view)
