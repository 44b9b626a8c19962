"""One column of the compare window: a model with its plane and pictures."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.files.model_catalog import KnownModel, known
from latentlab.engine.rendering.requests.opening import LoadedReply, LoadRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.models.capabilities import Capability
from latentlab.qt.compare.caption import Caption
from latentlab.qt.compare.chooser import ModelChooser
from latentlab.qt.compare.linked_workspace import LinkedWorkspace
from latentlab.qt.compare.pictures import ColumnPictures
from latentlab.qt.compare.samples import ColumnSamples
from latentlab.qt.controllers.missing_data import in_words
from latentlab.qt.views.conditions.view import ConditionSelector
from latentlab.qt.views.latent_plane.view import LatentPlane
from latentlab.qt.widgets.message_bar import MessageBar
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.session.able import why_not

_EMPTY = (
    "Choose a model above: one that ships, one of your own, or any model file of the same pictures.\n\n"
    "The panel “Training” of the lab makes new ones, such as an autoencoder, or one of another β."
)
_LEAST = 150


class ModelColumn(QFrame):
    """Has a workspace of its own, which `stop` ends.

    `removal_wished` requests to remove the column; `troubled` carries entries for the log.
    """

    removal_wished = Signal(object)
    troubled = Signal(str)

    def __init__(
        self, number: int, workspace: LinkedWorkspace, catalogue: Sequence[KnownModel], folder: str
    ) -> None:
        super().__init__()
        self.setObjectName(f"compareColumn_{number}")
        self.setAccessibleName(f"Column {number}")
        self.workspace = workspace
        workspace.setParent(self)
        self.chooser = ModelChooser(catalogue, folder)
        self.chooser.chosen.connect(self.open_model)
        self.remove = QToolButton()
        self.remove.setText("✕")
        self.remove.setObjectName("compareRemove")
        self.remove.setAccessibleName(f"Remove column {number}")
        self.remove.setToolTip("Remove this column.")
        self.remove.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.remove.clicked.connect(self._remove)
        self.title = Caption(" ", " ")
        self.title.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.title.setObjectName("compareTitle")
        self.title.setAccessibleName("Description of the model")
        self.messages = MessageBar()
        self.note = Label(_EMPTY)
        self.note.setObjectName("compareNote")
        self.note.setWordWrap(True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.setMargin(16)
        self.plane = LatentPlane(workspace)
        self.plane.setMinimumSize(_LEAST, _LEAST)
        self.samples = ColumnSamples(workspace)
        self._seed, self._samples_wanted = 0, False
        # The selector of the condition, which concerns the probe and not the samples.
        self._told = QWidget()
        self.pictures = ColumnPictures(workspace)
        self.pictures.hide()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.note)
        self.stack.addWidget(self.plane)
        self.stack.addWidget(self.samples)
        self._lay_out()
        workspace.join(self.plane.look_at)
        workspace.loaded.connect(self._loaded)
        workspace.refused.connect(self._refused)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.chooser, 1)
        head.addWidget(self.remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.title)
        layout.addWidget(self.messages)
        layout.addWidget(self.stack, 1)
        told = QVBoxLayout(self._told)
        told.setContentsMargins(0, 0, 0, 0)
        told.addWidget(ConditionSelector(self.workspace))
        layout.addWidget(self._told)
        layout.addWidget(self.pictures)

    @Slot(str)
    def open_model(self, model: str) -> None:
        """Opens a model by name or path; the open one stays until the new one is loaded."""
        self.messages.hide()
        self.chooser.show_model(model)
        if self.workspace.model is None:
            self.note.setText("Opening the model …")
        self.workspace.open_model(model)

    def stop(self) -> None:
        """Ends the workspace's thread, and waits for it."""
        self.workspace.stop()

    @Slot()
    def _remove(self) -> None:
        self.removal_wished.emit(self)

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self.messages.hide()
        if model.missing:
            self.messages.say(in_words(model))
        self.chooser.show_model(self.workspace.state.model)
        card = known(model.path)
        rest = "" if card.beta == 1.0 else f" (β = {card.beta:g})"
        if model.latents:
            rest += f", {model.latents} latent{'' if model.latents == 1 else 's'}"
        text = model.title + rest
        self.title.say(text, card.kind.upper() + rest if card.kind else text)
        self.title.setToolTip(plain_tip(f"{text}\n{model.path} ({model.hash})\n{model.command}".strip()))
        self._choose()

    def show_samples(self, wanted: bool, seed: int) -> None:
        """Shows what the model draws from this seed in the place of its plane, or its plane."""
        self._samples_wanted, self._seed = wanted, seed
        self._choose()

    @property
    def shows_samples(self) -> bool:
        """Whether samples are shown: where they are wanted, or there is no plane."""
        return self.stack.currentWidget() is self.samples

    def _choose(self) -> None:
        """Shows the plane, the samples, or why there is neither."""
        model = self.workspace.model
        if model is None:
            return
        can = model.capabilities
        no_plane = why_not(model.model, can, {Capability.DECODES})
        no_samples = why_not(model.model, can, {Capability.SAMPLES})
        samples = not no_samples and (self._samples_wanted or bool(no_plane))
        plane = not samples and not no_plane and not self._samples_wanted
        if no_plane:
            self.note.setText(f"{no_plane} There is no place in it to compare with those of the others.")
        elif no_samples:
            self.note.setText(f"{no_samples} Its plane is there as soon as “Samples” is off.")
        self.stack.setCurrentWidget(self.samples if samples else self.plane if plane else self.note)
        self.pictures.setVisible(plane)
        self._told.setVisible(plane)
        self.samples.show_seed(self._seed, samples)

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.details:
            self.troubled.emit(f"{refusal.message}\n{refusal.details}")
        model = self.workspace.model
        if refusal.of(LoadRequest):
            self.chooser.show_model("" if model is None else self.workspace.state.model)
        if model is None:
            self.note.setText(refusal.message)
        else:
            self.messages.say(refusal.message)
