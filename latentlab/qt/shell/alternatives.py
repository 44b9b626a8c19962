"""Several views in one place, of which the first that the open model can fill is shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.spec import ViewSpec


class Alternatives(QWidget):
    """Shows one of several views.

    Args:
        specs: the first of them whose needs the open model meets is shown; without one, the first.
        views: one for each.
    """

    def __init__(
        self, specs: Sequence[ViewSpec[QWidget]], views: Sequence[QWidget], workspace: Workspace
    ) -> None:
        super().__init__()
        self.setObjectName(f"{views[0].objectName()}Alternatives")
        self._choices = list(zip(specs, views, strict=True))
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for _, view in self._choices:
            rows.addWidget(view, 1)
            view.setVisible(view is views[0])
        self.view = views[0]
        self.setFocusProxy(self.view)
        workspace.loaded.connect(self._loaded)

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        fitting = (view for spec, view in self._choices if spec.suits(model.capabilities))
        view = next(fitting, self._choices[0][1])
        if view is self.view:
            return
        self.view.hide()
        view.show()
        self.view = view
        self.setFocusProxy(view)
