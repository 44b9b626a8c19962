"""The line with the density of the encoded pictures at the probe, beside that of the prior."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from latentlab.engine.rendering.requests.grids import ProbeDensityReply, ProbeDensityRequest
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.widgets.plain_text import plain_tip
from latentlab.qt.widgets.text_line import as_a_label
from latentlab.session.density_text import at_length, in_figures


class ProbeDensityLine(QLineEdit):
    """log q(z) at the probe, beside log p(z). Unlike a label, its text causes no relayout."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__("–", parent)
        self.setObjectName("probeDataDensity")
        self.setAccessibleName("Log density of the encoded pictures at the probe")
        as_a_label(self)
        workspace.loaded.connect(self._nothing_known)
        workspace.unfolded.connect(self._nothing_known)
        workspace.on(ProbeDensityRequest).connect(self._weighed)
        self._nothing_known(None)

    @Slot(object)
    def _nothing_known(self, _: object) -> None:
        self.setText("–")
        self.setToolTip("Available when all pictures are encoded and no training is running.")

    @Slot(object)
    def _weighed(self, found: ProbeDensityReply) -> None:
        if found.log_density is None:
            self._nothing_known(None)
            return
        place = "far from all" if found.far else f"{found.lower:.0%} below"
        self.setText(f"{in_figures(found.log_density)} nats, {place}")
        self.setCursorPosition(0)
        self.setToolTip(plain_tip(at_length(found)))
