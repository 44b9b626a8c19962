"""The view that translates: a drawing at the left, at the right the picture made of it while it is drawn."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.rendering.requests.translation import (
    SourceReply,
    SourceRequest,
    TranslateReply,
    TranslateRequest,
    TranslationSavedReply,
    TranslationSaveRequest,
)
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.types import Picture
from latentlab.models.capabilities import Capability
from latentlab.qt.controllers.picture_files import PictureFiles
from latentlab.qt.views.spec import ViewContext
from latentlab.qt.views.translate.beside import Beside
from latentlab.qt.views.translate.canvas import TranslateCanvas
from latentlab.qt.views.translate.result import MadePicture
from latentlab.qt.views.translate.sketch import Sketch
from latentlab.qt.views.translate.tools import CanvasTools, inks_of
from latentlab.qt.widgets.brush_canvas import FRAME
from latentlab.qt.widgets.check_box import CheckBox
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label
from latentlab.qt.widgets.push_button import tip_button
from latentlab.qt.widgets.scrolled import scrolled
from latentlab.qt.widgets.sight import Sight, in_sight
from latentlab.qt.widgets.term import Term

_SMALL = 72
# What is drawn, by the name of the source.
_DRAWN = {
    "outline": "Draw an outline",
    "half": "Draw the left half",
    "grey": "Draw in greys",
    "low": "Draw in coarse blocks",
    "pairs": "Draw the left picture",
}


class TranslateView(QWidget):
    """Filled while the open model translates.

    Attributes:
        reply: the picture on show; None before the first.
    """

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self.setObjectName("translateView")
        self.setAccessibleName("Translate: a picture of a drawing")
        self._workspace = context.workspace
        self.files = PictureFiles(self, context.pictures, "Translation")
        self.beside = Beside(context.workspace, context.trainer.models)
        self.reply: TranslateReply | None = None
        # The model whose sources are on the canvas; and whether a picture is being made, or wanted after it.
        self._of: tuple[str, str] | None = None
        self._busy = self._again = False
        self._true: Picture | None = None
        self.title = Term("Draw an outline", "outline")
        self.title.setObjectName("translateTitle")
        self.canvas = TranslateCanvas()
        self.tools = CanvasTools(self.canvas)
        self.made_title = Label("The picture made of it")
        self.made = MadePicture()
        self.critic = CheckBox("Critic's &map")
        self.critic.setObjectName("translateCritic")
        self.critic.setAccessibleName("Show the critic's map")
        self.critic.setToolTip("Colour the patches that the critic takes for made, the more the surer it is.")
        self.words = Term("", "patch critic")
        self.words.setObjectName("translateWords")
        self.save = tip_button("translateSave", "&Save …", "Save the picture made of the drawing")
        self.true = CrispPicture("translateTrue", "The picture that the outline was taken from", _SMALL)
        self.true_title = Label("The true picture")
        self.status = Label()
        self.status.setObjectName("translateStatus")
        self.status.setWordWrap(True)
        self._lay_out()
        self._sight = Sight(self)
        self._sight.came.connect(self._look)
        self.canvas.drawn.connect(self._changed)
        self.canvas.stroked.connect(self._stroked)
        self.tools.wanted.connect(self._take)
        self.tools.open.clicked.connect(self._ask_for_file)
        self.beside.chosen.connect(self._place_beside)
        self.files.read.connect(self._take_own)
        self.files.save_wanted.connect(self._save_to)
        self.files.said.connect(self.status.setText)
        self.critic.toggled.connect(self.made.show_map)
        self.save.clicked.connect(self._ask_where)
        self._workspace.loaded.connect(self._loaded)
        self._workspace.on(SourceRequest).connect(self._came)
        self._workspace.on(TranslateRequest).connect(self._translated)
        self._workspace.on(TranslationSaveRequest).connect(self._saved)
        self._workspace.refused.connect(self._refused)
        self._show_true()
        self._look()

    def _lay_out(self) -> None:
        under = QHBoxLayout()
        under.addWidget(self.critic)
        under.addStretch(1)
        under.addWidget(self.save)
        self.true.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.true.setFixedSize(_SMALL, _SMALL)
        small, words = QVBoxLayout(), QVBoxLayout()
        small.addWidget(self.true_title)
        small.addWidget(self.true)
        small.addStretch(1)
        words.addWidget(self.words)
        words.addWidget(self.beside)
        words.addStretch(1)
        words.addWidget(self.status)
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addLayout(small)
        below.addLayout(words, 1)
        inside = QWidget()
        inside.setObjectName("translatePage")
        inside.setMinimumSize(560, 340)
        self._grid = whole = QGridLayout(inside)
        whole.setContentsMargins(8, 6, 8, 8)
        whole.setHorizontalSpacing(16)
        pictures = (
            (self.title, self.canvas),
            (self.made_title, self.made),
            (self.beside.title, self.beside.picture),
        )
        for column, (title, picture) in enumerate(pictures):
            whole.addWidget(title, 0, column)
            inset = QVBoxLayout()
            margin = 0 if picture is self.canvas else FRAME
            inset.setContentsMargins(margin, margin, margin, margin)
            inset.addWidget(picture)
            whole.addLayout(inset, 1, column)
            whole.setColumnStretch(column, 1)
        whole.setRowStretch(1, 1)
        # The pictures are as high as there is room over the higher of what stands below them, and all at one
        # scale: each has the room that the canvas has within its frame.
        whole.addWidget(self.tools, 2, 0, 2, 1, Qt.AlignmentFlag.AlignTop)
        whole.addLayout(under, 2, 1)
        whole.addLayout(below, 3, 1, 1, 2)
        self._place_beside(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inside))

    @Slot(bool)
    def _place_beside(self, there: bool) -> None:
        """Shows the third column, or leaves its place to the others."""
        self.beside.title.setVisible(there)
        self.beside.picture.setVisible(there)
        self._grid.setColumnStretch(2, 1 if there else 0)

    def take_focus(self) -> None:
        """Takes the keyboard focus: to the drawing."""
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    # The model

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        # What was asked of the model before will not be answered.
        self._busy = self._again = False
        self.beside.wait_no_more()
        self._look()

    @Slot()
    def _look(self) -> None:
        """Begins with a picture of the data of the open model, unless it is the one on show."""
        model = self._workspace.model
        if model is None or not model.can(Capability.TRANSLATES) or not in_sight(self):
            return
        self.beside.look()
        of = model.path, f"{model.hash} {model.data} {model.split}"
        if of == self._of:
            return
        self._of, self.reply, self._true = of, None, None
        self.canvas.forget()
        self.beside.forget()
        self.made.show_picture(None)
        self.made.show_judged(None)
        self.critic.setVisible(model.can(Capability.JUDGES_PATCHES))
        self.words.setText("")
        self.save.setEnabled(False)
        count = len(model.images)
        first = self._workspace.state.selected or 0
        self.tools.offer_pictures(count, first)
        self._take(first if count else -1)

    @Slot(int)
    def _take(self, index: int) -> None:
        """Takes the source of a picture of the data; blank paper for -1."""
        self._workspace.ask(SourceRequest, index if index >= 0 else None)

    @Slot(object)
    def _came(self, reply: SourceReply) -> None:
        self._true = reply.true
        self.title.setText(_DRAWN.get(reply.name, "Draw"))
        self.tools.inks.offer(inks_of(reply.source, reply.name))
        self.canvas.show_sketch(reply.source, reply.grain)
        self._show_true()

    # The picture

    @Slot()
    def _changed(self) -> None:
        sketch = self.canvas.sketch
        if sketch is None:
            return
        # A request that replaced it at every move of the mouse would never be answered: the newest drawing
        # is asked for when this one is done.
        self._again = self._busy
        if not self._busy:
            self._ask(sketch)
        self.beside.draw(sketch.picture)

    def _ask(self, sketch: Sketch) -> None:
        self._busy, self._again = True, False
        self._workspace.ask(TranslateRequest, sketch.picture)

    @Slot()
    def _stroked(self) -> None:
        self.status.setText("")

    @Slot(object)
    def _translated(self, reply: TranslateReply) -> None:
        self.reply = reply
        if reply.judged is not None:
            self.made.show_judged(reply.judged)
            self.words.setText(f"The patch critic takes {float(reply.judged.mean()):.0%} of it for true.")
            return
        self._busy = False
        self.made.show_picture(reply.picture)
        self.save.setEnabled(True)
        if self._again and self.canvas.sketch is not None:
            self._ask(self.canvas.sketch)

    def _show_true(self) -> None:
        self.true_title.setVisible(self._true is not None)
        self.true.setVisible(self._true is not None)
        self.true.show_picture(self._true)

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(TranslateRequest):
            self._busy = self._again = False
        if refusal.of(TranslateRequest, SourceRequest, TranslationSaveRequest):
            self.status.setText(refusal.message)

    # Files

    @Slot()
    def _ask_for_file(self) -> None:
        self.files.ask_for_one("Begin from a picture")

    @Slot(str, object)
    def _take_own(self, name: str, pixels: Picture) -> None:
        self._workspace.ask(SourceRequest, None, pixels)

    @Slot()
    def _ask_where(self) -> None:
        self.files.ask_where("Save the picture", "translated.png")

    @Slot(str)
    def _save_to(self, path: str) -> None:
        """Makes the picture once more, and writes it to a picture file."""
        if self.canvas.sketch is not None:
            self._workspace.ask(TranslationSaveRequest, Path(path), self.canvas.sketch.picture)

    @Slot(object)
    def _saved(self, reply: TranslationSavedReply) -> None:
        self.files.saved(reply.path)
