"""Over the middle of a workspace that has nothing to show of the open model: where it can be used."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.shell.centre import Centre
from latentlab.qt.shell.workspace_switcher import Workspaces
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.session.able import why_not

_MARGIN = 12


class Elsewhere(QWidget):
    """Says why there is nothing, names the workspace for such models, and has a button that goes there."""

    def __init__(self, centre: Centre, workspaces: Workspaces, workspace: Workspace) -> None:
        super().__init__(centre)
        self.setObjectName("elsewhere")
        self.setAccessibleName("Where the model can be used")
        self.setAutoFillBackground(True)
        self._centre, self._workspaces, self._workspace = centre, workspaces, workspace
        self.words = Label()
        self.words.setObjectName("elsewhereWords")
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.go = QPushButton()
        self.go.setObjectName("elsewhereGo")
        self.go.clicked.connect(self._go)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        rows.setSpacing(_MARGIN)
        rows.addStretch(1)
        rows.addWidget(self.words)
        rows.addWidget(self.go, 0, Qt.AlignmentFlag.AlignHCenter)
        rows.addStretch(1)
        self.hide()
        centre.installEventFilter(self)
        workspaces.offered.connect(self._follow)
        workspaces.changed.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        """Shows itself where it is needed. Also called after the layout has changed."""
        model, there = self._workspace.model, self._workspaces.instead()
        if model is None or there is None:
            self.hide()
            return
        why = why_not(model.model, model.capabilities, self._workspaces.spec.centre.needs)
        self.words.setText(f"{why}\nThere is a workspace for such models: {there.title}.")
        self.go.setText(f"Go to {there.title}")
        self.go.setAccessibleName(self.go.text())
        self.go.setToolTip(plain_tip(there.tip))
        self._fit()
        self.raise_()
        if self.isHidden():
            self.show()
            # What it covers takes no keys.
            self.go.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _go(self) -> None:
        there = self._workspaces.instead()
        if there is not None:
            self._workspaces.show(there.name)

    def _fit(self) -> None:
        if self._centre.content is not None:
            self.setGeometry(self._centre.content.geometry())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A message bar that comes or goes over the view lays the rows out again.
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest) and not self.isHidden():
            layout = self._centre.layout()
            if layout is not None:
                layout.activate()
            self._fit()
        return False
