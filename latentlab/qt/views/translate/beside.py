"""What another model makes of the same drawing, beside the open one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QWidget

from latentlab.engine.files.partners import KnownTranslator
from latentlab.engine.rendering.requests.translation import (
    BesideReply,
    BesideRequest,
    TranslatorsReply,
    TranslatorsRequest,
)
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.types import Picture
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.widgets.elided_box import ElidedBox
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label, listed
from latentlab.qt.widgets.term import Term

_LARGEST, _LETTERS = 4096, 12
_NONE = "None"
_TIP = (
    "Another model that makes pictures of the same drawings: what it makes of yours stands beside. One that "
    "was trained without a critic shows what the L1 error alone does."
)
_NO_OTHER = (
    "There is no other model of such drawings yet. Train one with Critic's weight 0, to see beside this one "
    "what the L1 error alone makes."
)


class Beside(QWidget):
    """The choice of another model. Its `title` and its `picture` are placed by the parent of this widget.

    `chosen` says whether one is chosen now.
    """

    chosen = Signal(bool)

    def __init__(self, workspace: Workspace, own: Callable[[], Iterable[Path]]) -> None:
        super().__init__()
        self.setObjectName("translateBesideModel")
        self._workspace, self._own = workspace, own
        # None until the engine has looked.
        self._models: tuple[KnownTranslator, ...] | None = None
        # What the user has chosen, "" for none; None while the choice is left to the program.
        self._wanted: str | None = None
        self._source: Picture | None = None
        # Whether a picture is being made, and whether the drawing has changed since.
        self._busy = self._again = False
        self.choice = ElidedBox()
        self.choice.setObjectName("translateBesideChoice")
        self.choice.setAccessibleName("Model beside")
        self.choice.setToolTip(_TIP)
        self.choice.setMinimumContentsLength(_LETTERS)
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.choice.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        label = Label("Besi&de")
        label.setBuddy(self.choice)
        self.note = Label()
        self.note.setObjectName("translateBesideNote")
        self.note.setWordWrap(True)
        self.title = Term("", "L1 alone")
        self.title.setObjectName("translateBesideTitle")
        self.picture = CrispPicture("translateBeside", "What the model beside makes of it", _LARGEST, "…")
        self.picture.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label)
        row.addWidget(self.choice)
        row.addWidget(self.note, 1)
        self.choice.activated.connect(self._choose)
        workspace.on(TranslatorsRequest).connect(self._came)
        workspace.on(BesideRequest).connect(self._made)
        workspace.refused.connect(self._refused)
        self._offer()

    @property
    def model(self) -> str:
        """The chosen model, by name or path; "" for none."""
        found: str = self.choice.currentData() or ""
        return found

    def look(self) -> None:
        """Looks for models: another one is open, or there may be new ones."""
        self._workspace.ask(TranslatorsRequest, tuple(self._own()))

    def forget(self) -> None:
        """Another model is open: none of the known ones need suit it."""
        self._models = self._source = None
        self._offer()

    def wait_no_more(self) -> None:
        """What was asked will not be answered."""
        self._busy = self._again = False

    def draw(self, source: Picture) -> None:
        """Shows what the chosen model makes of a drawing, uint8 (H, W) or (H, W, 3)."""
        self._source = source
        self._ask()

    def _ask(self) -> None:
        if not self.model or self._source is None:
            return
        # One that replaced it at every move of the mouse would never be answered.
        self._again = self._busy
        if not self._busy:
            self._busy = True
            self._workspace.ask(BesideRequest, self._source, self.model)

    @Slot(object)
    def _came(self, reply: TranslatorsReply) -> None:
        if reply.models != self._models:
            self._models = reply.models
            self._offer()

    def _offer(self) -> None:
        """Offers the known models, and takes the wanted one, or else the first."""
        before, known = self.model, self._models or ()
        models = [other.model for other in known]
        first = models[0] if models else ""
        now = self._wanted if self._wanted == "" or self._wanted in models else first
        with QSignalBlocker(self.choice):
            self.choice.clear()
            self.choice.addItem(_NONE, "")
            for other in known:
                self.choice.addItem(listed(other.title), other.model)
            self.choice.setCurrentIndex(max(0, self.choice.findData(now)))
        self.choice.setEnabled(bool(models))
        self.note.setText(_NO_OTHER if self._models == () else "")
        self._show(self.model != before)

    @Slot(int)
    def _choose(self, place: int) -> None:
        self._wanted = self.model
        self.note.setText("")
        self._show(True)

    def _show(self, other: bool) -> None:
        """Shows the chosen model's name; and, if it is another, its picture as soon as it is made."""
        found = next((one for one in self._models or () if one.model == self.model), None)
        if found is not None:
            self.title.setText(f"{listed(found.title)}{'' if found.judges else ': L1 alone'}")
        self.chosen.emit(found is not None)
        if other:
            self.picture.show_picture(None)
            self.wait_no_more()
            self._ask()

    @Slot(object)
    def _made(self, reply: BesideReply) -> None:
        if reply.model != self.model:
            return
        self._busy = False
        self.picture.show_picture(reply.picture)
        self.note.setText(reply.note)
        if self._again:
            self._ask()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(BesideRequest):
            self.wait_no_more()
            self.note.setText(refusal.message)
