"""The page of the rank: one picture rebuilt from the first K eigenpictures, and log p(x) over K."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from latentlab.engine.rendering.requests.eigenpictures import EigenpicturesReply, RankReply, RankRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.types import Point
from latentlab.qt.clients.coalesce import CoalescedRequest
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.picture_store import OwnPictures
from latentlab.qt.views.eigenpictures.chart import Curve, CurveChart
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label
from latentlab.qt.widgets.push_button import tip_button
from latentlab.qt.widgets.sight import Sight, in_sight
from latentlab.qt.widgets.sliders import CalmSlider
from latentlab.session.state import SessionState

_LARGEST, _AT_FIRST = 448, 40
_OF_DATA, _OWN = "Picture of the data", "My own picture"
_TIP = (
    "log p(x) of this picture, exact, under the Gaussian that keeps K eigenpictures: what it leaves out has "
    "the same variance in all directions. Click or drag to choose K."
)


class Rank(QWidget):
    """A slider from 0 to all eigenpictures."""

    def __init__(self, workspace: Workspace, pictures: OwnPictures) -> None:
        super().__init__()
        self.setObjectName("eigenRank")
        self.setAccessibleName("Rebuild a picture from some eigenpictures")
        self._workspace, self._pictures = workspace, pictures
        self._total = 1.0
        self._variances: Point = ()
        self.which = QComboBox()
        self.which.setObjectName("rankPicture")
        self.which.setAccessibleName("Which picture is rebuilt")
        self.which.setToolTip("The selected picture of the data, or the one you opened under Own picture.")
        self.which.addItems([_OF_DATA, _OWN])
        self.next = tip_button("rankNext", "&Next picture", "Select the next picture of the data")
        self.original = CrispPicture("rankOriginal", "The picture", _LARGEST)
        self.rebuilt = CrispPicture("rankRebuilt", "The picture rebuilt from K eigenpictures", _LARGEST)
        self.left, self.right = Label("The picture"), Label("Rebuilt")
        self.curve = CurveChart("rankCurve", "log p(x) by number of eigenpictures", _TIP, "eigenpictures K")
        self.slider = CalmSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("rankSlider")
        self.slider.setAccessibleName("Number of eigenpictures K")
        self.slider.setToolTip(
            "How many eigenpictures the picture is rebuilt from, those of largest variance."
        )
        self.slider.setPageStep(10)
        self.words = Label()
        self.words.setObjectName("rankWords")
        self.words.setWordWrap(True)
        self._lay_out()
        self._coalesced = CoalescedRequest(self._ask, self, workspace.loaded)
        self._sight = Sight(self)
        self._sight.came.connect(self._again)
        self.slider.valueChanged.connect(self._slid)
        self.curve.picked.connect(self.slider.setValue)
        self.which.currentIndexChanged.connect(self._again)
        self.next.clicked.connect(self._to_next)
        pictures.changed.connect(self._again)
        workspace.on(RankRequest).connect(self._answered)
        workspace.refused.connect(self._refused)
        workspace.changed.connect(self._changed)

    def _lay_out(self) -> None:
        pictures = QHBoxLayout()
        pictures.setSpacing(12)
        for label, picture in ((self.left, self.original), (self.right, self.rebuilt)):
            column = QVBoxLayout()
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            column.addWidget(label)
            picture.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            column.addWidget(picture, 1)
            pictures.addLayout(column, 1)
        head = QHBoxLayout()
        head.addWidget(self.which)
        head.addWidget(self.next)
        head.addStretch(1)
        left = QVBoxLayout()
        left.addLayout(head)
        left.addLayout(pictures, 1)
        name = Label("&K")
        name.setBuddy(self.slider)
        row = QHBoxLayout()
        row.addWidget(name)
        row.addWidget(self.slider, 1)
        right = QVBoxLayout()
        right.addWidget(self.curve, 1)
        right.addLayout(row)
        right.addWidget(self.words)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(12)
        layout.addLayout(left, 1)
        layout.addLayout(right, 1)

    def show_reply(self, reply: EigenpicturesReply) -> None:
        """A Gaussian has been opened."""
        self._variances = reply.variances
        self._total = sum(reply.variances) + reply.rest * reply.left_out
        count = len(reply.variances)
        rank = self.slider.value() if self.slider.maximum() == count else min(_AT_FIRST, count)
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, count)
            self.slider.setValue(rank)
        self._coalesced.soon()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.selected != new.selected:
            self._coalesced.soon()

    @Slot()
    def _again(self) -> None:
        self._coalesced.soon()

    @Slot(int)
    def _slid(self, rank: int) -> None:
        self.curve.mark(rank)
        self._coalesced.soon()

    @Slot()
    def _to_next(self) -> None:
        model = self._workspace.model
        if model is not None and len(model.images):
            self.which.setCurrentIndex(0)
            self._workspace.select(((self._workspace.state.selected or 0) + 1) % len(model.images))

    def _ask(self) -> bool:
        model, rank = self._workspace.model, self.slider.value()
        if model is None or not in_sight(self):
            return False
        if self.which.currentText() == _OWN:
            own = self._pictures.reply
            if own is None:
                self.words.setText("There is no picture of your own: open one under Edit > Own picture.")
                return False
            self._workspace.ask(RankRequest, rank, None, own.seen)
            return True
        if not len(model.images):
            self.words.setText("There are no pictures: the model's data were not found.")
            return False
        self._workspace.ask(RankRequest, rank, self._workspace.state.selected or 0)
        return True

    @Slot(object)
    def _answered(self, reply: RankReply) -> None:
        self._coalesced.answered()
        self.original.show_picture(reply.original)
        self.rebuilt.show_picture(reply.rebuilt)
        self.left.setText("My own picture" if reply.index is None else f"Picture {reply.index:,}")
        self.right.setText(f"Mean and {reply.rank:,} eigenpictures")
        self.curve.show_curves(0, Curve("log p(x), nats", reply.nats))
        self.curve.mark(reply.rank)
        best = max(range(len(reply.nats)), key=reply.nats.__getitem__)
        share = sum(self._variances[: reply.rank]) / self._total
        nats = f"{reply.nats[reply.rank]:,.2f}".replace("-", "\N{MINUS SIGN}")
        self.words.setText(
            f"K = {reply.rank:,} of {len(reply.nats) - 1:,}: log p(x) = {nats} nats, error of a pixel "
            f"{reply.error:.4f}, {100.0 * share:.1f} % of the variance of all pictures. "
            f"This picture is most likely with K = {best:,}."
        )

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(RankRequest):
            self._coalesced.answered()
            self.words.setText(refusal.message)
