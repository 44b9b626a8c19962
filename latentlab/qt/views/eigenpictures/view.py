"""The view of a Gaussian's eigenpictures: mean, eigenpictures and their variances, and three pages below."""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from latentlab.engine.rendering.requests.eigenpictures import EigenpicturesReply, EigenpicturesRequest
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.models.capabilities import Capability
from latentlab.qt.views.eigenpictures.beside import Beside
from latentlab.qt.views.eigenpictures.chart import Curve, CurveChart
from latentlab.qt.views.eigenpictures.rank import Rank
from latentlab.qt.views.eigenpictures.shifting import Shifting
from latentlab.qt.views.eigenpictures.strip import EigenStrip
from latentlab.qt.views.spec import ViewContext
from latentlab.qt.widgets.plain_text import plain_tip
from latentlab.qt.widgets.scrolled import scrolled

_COUNT = 40
_SHIFTING = 0
_TIP = (
    "The variance along each eigenpicture (left axis, powers of ten), and the share of all variance that the "
    "first k of them explain (dashed, right axis)."
)


class EigenpicturesView(QWidget):
    """Filled while the open model has eigenpictures."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self.setObjectName("eigenpicturesView")
        self.setAccessibleName("Eigenpictures")
        self._workspace = context.workspace
        self.strip = EigenStrip()
        self.scree = CurveChart("screePlot", "Scree plot", _TIP, "eigenpicture k", logarithmic=True)
        self.shifting = Shifting(context.workspace)
        self.rank = Rank(context.workspace, context.pictures)
        self.beside = Beside(context.workspace, Path(context.trainer.folder))
        self.pages = QTabWidget()
        self.pages.setObjectName("eigenPages")
        self.pages.setAccessibleName("What to do with the eigenpictures")
        self.pages.setDocumentMode(True)
        for page, title, tip in (
            (self.shifting, "Move along them", "Move the picture along the first twenty eigenpictures."),
            (self.rank, "Rebuild a picture", "Rebuild a picture from the first K eigenpictures."),
            (self.beside, "Samples", "Samples of the Gaussian beside those of other models."),
        ):
            self.pages.setTabToolTip(self.pages.addTab(scrolled(page), title), plain_tip(tip))
        self._lay_out()
        self.strip.chosen.connect(self._to_slider)
        context.workspace.loaded.connect(self._loaded)
        context.workspace.on(EigenpicturesRequest).connect(self._drawn)
        if context.workspace.model is not None:
            self._loaded(context.workspace.model)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(8, 6, 4, 0)
        top.addWidget(self.strip, 5)
        top.addWidget(self.scree, 2)
        self.scree.setMaximumHeight(self.strip.maximumHeight())
        inside = QWidget()
        inside.setObjectName("eigenPage")
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top, 1)
        layout.addWidget(self.pages, 3)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inside))

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        if model.can(Capability.HAS_EIGENPICTURES):
            self._workspace.ask(EigenpicturesRequest, _COUNT)

    @Slot(object)
    def _drawn(self, reply: EigenpicturesReply) -> None:
        self.strip.show_reply(reply)
        total = sum(reply.variances) + reply.rest * reply.left_out
        shares = [100.0 * part / total for part in accumulate(reply.variances)]
        self.scree.show_curves(
            1,
            Curve("variance λ", reply.variances, logarithmic=True),
            Curve("% of all", shares, right=True, span=(0.0, 100.0)),
        )
        self.shifting.show_reply(reply)
        self.rank.show_reply(reply)
        self.beside.show_model()

    @Slot(int)
    def _to_slider(self, number: int) -> None:
        self.pages.setCurrentIndex(_SHIFTING)
        self.shifting.give_focus(number)
