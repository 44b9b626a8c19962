"""The view of samples of a model without a latent space, shown in the plane's place."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.rendering.requests.points import SamplesReply, SamplesRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.models.capabilities import Capability
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.samples.sheet import SampleSheet
from latentlab.qt.views.spec import ViewSpec
from latentlab.qt.widgets.plain_text import Label

COUNT = 16
_LARGEST = 640


class SamplesView(QWidget):
    """Sixteen pictures at a time, the first with the seed 0; a button draws others, another saves them.
    `origin_wanted` carries one of them: where does it come from?

    It draws automatically while a model without a latent space is open.
    """

    save_wanted = Signal()
    origin_wanted = Signal(object)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("samplesView")
        self.setAccessibleName("Pictures that the model draws")
        self._workspace, self._seed = workspace, 0
        self.note = Label()
        self.note.setObjectName("samplesViewNote")
        self.note.setWordWrap(True)
        self.sheet = SampleSheet(_LARGEST)
        self.status = Label()
        self.status.setObjectName("samplesViewStatus")
        self.draw = QPushButton("Draw &others")
        self.draw.setObjectName("drawOthers")
        self.draw.setAccessibleName(f"Draw {COUNT} other pictures")
        self.draw.setToolTip("Draw other pictures: those of the next seed.")
        self.save = QPushButton("&Save …")
        self.save.setObjectName("saveDrawn")
        self.save.setAccessibleName("Save the pictures")
        self.save.setToolTip("Save the pictures in one sheet, with the seed that draws them again.")
        self.save.setEnabled(False)
        self.origin = QPushButton("Where from?")
        self.origin.setObjectName("sampleOrigin")
        self.origin.setAccessibleName("Where does the chosen picture come from?")
        self.origin.setToolTip(
            "Show the training pictures nearest to the chosen picture, and whether it is a copy of one."
        )
        self.origin.setEnabled(False)
        self._lay_out()
        self.draw.clicked.connect(self._draw_others)
        self.save.clicked.connect(self.save_wanted)
        self.origin.clicked.connect(self.sheet.ask)
        self.sheet.origin_wanted.connect(self.origin_wanted)
        workspace.loaded.connect(self._loaded)
        workspace.on(SamplesRequest).connect(self._sampled)
        workspace.refused.connect(self._refused)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        for widget in (self.draw, self.save, self.origin):
            buttons.addWidget(widget)
        buttons.addWidget(self.status, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.note)
        layout.addWidget(self.sheet, 1, Qt.AlignmentFlag.AlignCenter)
        layout.addLayout(buttons)

    @property
    def needed(self) -> bool:
        """Whether the open model has nothing else to show."""
        model = self._workspace.model
        return model is not None and model.can(Capability.SAMPLES) and not model.can(Capability.DECODES)

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self.sheet.show_pictures(())
        self.save.setEnabled(False)
        self.origin.setEnabled(False)
        if self.needed:
            self.note.setText(
                f"{model.model} has no latent space, and so no plane to drag through. "
                "These are pictures that it draws."
            )
            self._seed = 0
            self._ask()

    @Slot(object)
    def _sampled(self, reply: SamplesReply) -> None:
        if self.needed and reply.pictures:
            self.sheet.show_pictures(reply.pictures)
            self.status.setText(f"{len(reply.pictures)} pictures, seed {reply.seed}")
            self.save.setEnabled(True)
            self.origin.setEnabled(True)

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if self.needed and refusal.of(SamplesRequest):
            self.status.setText(refusal.message)

    @Slot()
    def _draw_others(self) -> None:
        self._seed += 1
        self._ask()

    def _ask(self) -> None:
        self.status.setText("Drawing …")
        self._workspace.ask(SamplesRequest, (), COUNT, self._seed, self._workspace.state.data)


SPEC = ViewSpec(
    "samples",
    "Samples",
    lambda context: SamplesView(context.workspace),
    needs=frozenset({Capability.SAMPLES}),
)
