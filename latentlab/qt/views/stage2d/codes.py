"""The codes of the open model, offered to the stage as points to learn from."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.stage2d.controls import StageControls
from latentlab.session.plane import projection_of


class CodesOffer(QObject):
    """Offers them in the form, as they lie in the plane. `replaced` says that those which are chosen there
    are now those of another model, or of other data.

    They are projected only when they are learnt from: a model in training has others four times a second.
    """

    replaced = Signal()

    def __init__(self, workspace: Workspace, controls: StageControls) -> None:
        super().__init__(controls)
        self._workspace, self._controls = workspace, controls
        # The model and the data whose codes were offered last.
        self._of: tuple[str, ...] = ()
        workspace.encoded.connect(self._offer)
        workspace.loaded.connect(self._offer)
        self._offer()

    @Slot()
    def _offer(self) -> None:
        encodings, model = self._workspace.encodings, self._workspace.model
        if encodings is None or model is None or not encodings.done or min(encodings.mean.shape) < 2:
            self._controls.offer_codes(None, "")
            return
        plane = projection_of(self._workspace.state.plane, encodings.mean.shape[1], encodings.components)
        # A model in training has no file.
        name = Path(model.path).stem or model.model
        self._controls.offer_codes(partial(plane.project, encodings.mean), name)
        before, self._of = self._of, (model.model, model.path, model.hash, model.data, model.split)
        if before and before != self._of and self._controls.learns_codes:
            self.replaced.emit()
