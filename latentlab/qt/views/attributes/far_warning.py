"""The warning that the probe has left the region of the encoded pictures."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QWidget

from latentlab.engine.rendering.requests.grids import ProbeDensityReply, ProbeDensityRequest
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.session.density_text import at_length, far_in_words


class FarWarning(Label):
    """Shown while the probe is outside the region of the encoded pictures; otherwise hidden."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setObjectName("farWarning")
        self.setAccessibleName("Density of encoded pictures at the probe")
        self.setWordWrap(True)
        self.setForegroundRole(QPalette.ColorRole.BrightText)
        self.hide()
        workspace.loaded.connect(self._nothing_known)
        workspace.unfolded.connect(self._nothing_known)
        workspace.on(ProbeDensityRequest).connect(self._weighed)

    @Slot(object)
    def _nothing_known(self, _: object) -> None:
        self.hide()

    @Slot(object)
    def _weighed(self, found: ProbeDensityReply) -> None:
        if found.far:
            self.setText(far_in_words(found))
            self.setToolTip(plain_tip(at_length(found)))
        self.setVisible(found.far)
