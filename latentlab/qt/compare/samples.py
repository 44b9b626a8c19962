"""Pictures that a column's model draws by itself: what models with and without latents have in common."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from latentlab.engine.files.export import sheet
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.rendering.requests.points import SamplesReply, SamplesRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.models.capabilities import Capability
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label

COUNT = 16
_LARGEST = 640


class ColumnSamples(QWidget):
    """Sixteen pictures, drawn when they are first shown, and again for each seed."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.setObjectName("compareSamples")
        self.setAccessibleName("Pictures that this model draws")
        self._workspace, self._seed = workspace, 0
        # The seed of the pictures that are shown or on their way; None for none.
        self._asked: int | None = None
        self._shows = False
        self.note = Label()
        self.note.setObjectName("compareSamplesNote")
        self.note.setWordWrap(True)
        self.sheet = CrispPicture("compareSamplesSheet", "Pictures that this model draws", _LARGEST)
        self.sheet.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.status = Label()
        self.status.setObjectName("compareSamplesStatus")
        self.status.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addWidget(self.note)
        rows.addWidget(self.sheet, 1)
        rows.addWidget(self.status)
        workspace.loaded.connect(self._loaded)
        workspace.on(SamplesRequest).connect(self._sampled)
        workspace.refused.connect(self._refused)

    def show_seed(self, seed: int, shows: bool) -> None:
        """Sets the seed, and whether the pictures are to be seen: only then they are drawn."""
        self._seed, self._shows = seed, shows
        self._ask()

    def _ask(self) -> None:
        model = self._workspace.model
        if not self._shows or model is None or self._asked == self._seed:
            return
        self._asked = self._seed
        self.status.setText("Drawing …")
        self._workspace.ask(SamplesRequest, (), COUNT, self._seed, self._workspace.state.data)

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self._asked = None
        self.sheet.show_picture(None)
        self.status.setText("")
        lacks = not model.can(Capability.DECODES)
        self.note.setText(
            f"{model.model} has no latent space, and so no plane: compare the pictures that it draws. "
            "“Samples” above shows those of every model."
            if lacks
            else ""
        )
        self.note.setVisible(lacks)
        self._ask()

    @Slot(object)
    def _sampled(self, reply: SamplesReply) -> None:
        if reply.seed == self._asked and reply.pictures:
            self.sheet.show_picture(sheet(reply.pictures, math.ceil(math.sqrt(len(reply.pictures)))))
            self.status.setText(f"{len(reply.pictures)} pictures, seed {reply.seed}")

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(SamplesRequest):
            self._asked = None
            self.status.setText(refusal.message)
