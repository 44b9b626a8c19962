"""The popup "Where from?": the training pictures nearest to a made picture, and whether it is a copy."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.evaluation.origin_requests import OriginProgress, OriginReply, OriginRequest
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.rendering.serving import Refusal, Reply
from latentlab.engine.types import Picture
from latentlab.models.capabilities import Capability
from latentlab.qt.clients.joining import EndingThread
from latentlab.qt.clients.origin_client import OriginClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.where_from.space_box import SpaceBox
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label, title_text
from latentlab.qt.widgets.term import explain_by_f1
from latentlab.session.edits import ChangeData

_SIDE = 132
_ALL = "all"


class WhereFrom(QDialog):
    """One for a window: another picture takes the place of the one before. It does not block the window.

    A click on a training picture selects it in the plane. Where the plane shows the held-out pictures alone,
    it shows all of them from then on.
    """

    def __init__(self, origins: OriginClient, workspace: Workspace, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("whereFrom")
        self.setWindowTitle("Where from?")
        self.setModal(False)
        explain_by_f1(self, "where_from")
        self._origins, self._workspace = origins, workspace
        # The data of the pictures shown, and the one to select once they are in the plane.
        self._data = ""
        self._pending: int | None = None
        self.picture = CrispPicture("whereFromPicture", "The picture in question", _SIDE)
        self.picture.setFixedSize(_SIDE, _SIDE)
        self.made_by = Label()
        self.made_by.setObjectName("whereFromModel")
        self.made_by.setWordWrap(True)
        self.note = Label()
        self.note.setObjectName("whereFromNote")
        self.note.setWordWrap(True)
        self.note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.pixels = SpaceBox("pixels", "Nearest in pixels")
        self.features = SpaceBox("features", "Nearest in the features of a classifier")
        self.boxes = {"pixels": self.pixels, "features": self.features}
        self._lay_out()
        for box in self.boxes.values():
            box.picked.connect(self._pick)
        origins.on(OriginRequest).connect(self._came)
        origins.refused.connect(self._refused)
        workspace.loaded.connect(self._loaded)
        workspace.probed.connect(origins.give_way)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.addWidget(self.picture)
        left.addWidget(self.made_by)
        left.addWidget(self.note)
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(12)
        for box in self.boxes.values():
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            right.addWidget(box)
        right.addStretch(1)
        both = QHBoxLayout()
        both.setSpacing(14)
        both.addLayout(left)
        both.addLayout(right, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        rows = QVBoxLayout(self)
        # As large as what is shown: more comes while one looks.
        rows.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        rows.addLayout(both, 1)
        rows.addWidget(buttons)
        for label in (self.made_by, self.note):
            label.setFixedWidth(_SIDE)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)

    def show_picture(self, picture: Picture, model: str, path: str) -> None:
        """Asks where a picture comes from that `model` made, and shows it.

        Args:
            picture: uint8 (H, W) or (H, W, 3).
            model: its name.
            path: its file; "" for one that is not a file yet.
        """
        self._pending = None
        self.picture.show_picture(picture)
        self.made_by.setText(f"Drawn by {title_text(model)}")
        self.note.setText("")
        self.pixels.say("Looking for the nearest training pictures …")
        self.features.show()
        self.features.say("After the pixels.")
        self._origins.where_from(picture, path, self._workspace.state.data)
        self.show()
        self.raise_()
        self.activateWindow()

    def request_end(self) -> list[EndingThread]:
        """Tells the thread to end; returns what is to be joined."""
        return self._origins.request_end()

    @Slot(object)
    def _came(self, reply: Reply) -> None:
        if isinstance(reply, OriginProgress):
            self.boxes[reply.space].show_progress(reply)
        elif isinstance(reply, OriginReply):
            self._data = reply.data
            self.boxes[reply.space].show_reply(reply)
            if reply.last:
                self.features.setVisible(reply.space == "features")
            if not reply.exact:
                self.note.setText("These data are not exactly those that the model learnt from.")

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        self.pixels.say(refusal.message)
        self.features.hide()

    @Slot(int)
    def _pick(self, number: int) -> None:
        model = self._workspace.model
        if model is None:
            return
        if model.data != self._data:
            self.note.setText(f"The plane shows other data ({title_text(model.data)}).")
        elif model.split == "test":
            self._pending = number
            self.note.setText("The plane now shows the training pictures, too.")
            self._workspace.do(ChangeData(data=model.data, split=_ALL))
        else:
            self._select(model, number)

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        pending, self._pending = self._pending, None
        if pending is None or (model.data, model.split) != (self._data, _ALL):
            return
        if model.can(Capability.ENCODES):
            self._pending = pending
            self._workspace.encoded.connect(self._encoded)
        else:
            self._select(model, pending)

    @Slot(object)
    def _encoded(self, encodings: object) -> None:
        """The plane's points are coming: the picture can be selected, and has its place when it has one."""
        model, pending = self._workspace.model, self._pending
        if model is None or pending is None:
            self._workspace.encoded.disconnect(self._encoded)
            return
        if getattr(encodings, "done", False):
            self._pending = None
            self._workspace.encoded.disconnect(self._encoded)
            self._select(model, pending)

    def _select(self, model: LoadedReply, number: int) -> None:
        first = model.testing if model.split == _ALL else 0
        if 0 <= first + number < len(model.images):
            self._workspace.select(first + number)
