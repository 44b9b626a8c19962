"""The pictures of a column, and its figures in nats."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.rendering.requests.pictures import SelectionReply, SelectionRequest
from latentlab.engine.rendering.requests.points import PointReply, PointRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.types import Point
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.compare.caption import Caption
from latentlab.qt.widgets.images import data_picture
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.term import Term
from latentlab.session.state import SessionState

_LARGEST = 168
_LATE_MS = 150
_NONE = "–"
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
# Key, label and tooltip: each a row of the table.
_ROWS = (
    (
        "reconstruction",
        "Reconstruction",
        "E_q[log p(x|z)]: how well samples of the posterior decode to the picture, on average.",
    ),
    (
        "kl",
        "− KL(q ‖ p)",
        "How far the posterior q(z|x) is from the prior p(z). An autoencoder has no posterior, and so no KL.",
    ),
    (
        "elbo",
        "= ELBO",
        "Reconstruction − KL: a lower bound of the model's log p(x) of the picture. An autoencoder has none.",
    ),
)
# The word of a label that the glossary explains.
_TERMS = {"reconstruction": "Reconstruction", "kl": "KL", "elbo": "ELBO"}
_MEASURED = "On average over the test pictures of its own data, measured at the end of its training."


class ColumnPictures(QWidget):
    """The picture at the probe, the selected picture and its reconstruction; below them the figures."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("comparePictures")
        self.setAccessibleName("Pictures of this column")
        self._workspace = workspace
        # A reply takes some milliseconds: the old contents are cleared only if it takes longer.
        self._late = QTimer(self, singleShot=True, interval=_LATE_MS)
        self._late.timeout.connect(self._clear)
        self.probe = CrispPicture("compareProbe", "What this model decodes at the probe", _LARGEST)
        self.original = CrispPicture("compareOriginal", "The selected picture in the data", _LARGEST)
        self.reconstruction = CrispPicture(
            "compareReconstruction", "The reconstruction of the selected picture by this model", _LARGEST
        )
        self.place = _figure(
            "comparePlace", "Position of the probe", "Where the probe is in this latent space."
        )
        self.figures = {
            key: _figure(f"compare{key.capitalize()}Figure", name, what) for key, name, what in _ROWS
        }
        self.measured = {
            key: _figure(f"compare{key.capitalize()}Measured", f"{name} on the test set", _MEASURED)
            for key, name, _ in _ROWS
        }
        row = QGridLayout()
        row.setSpacing(4)
        captions = (Caption("At the probe", "Probe"), Caption("Original", "Orig."))
        for column, (picture, caption) in enumerate(
            zip(
                (self.probe, self.original, self.reconstruction),
                (*captions, Caption("Reconstruction", "Reconstr.")),
                strict=True,
            )
        ):
            row.addWidget(picture, 0, column)
            row.addWidget(caption, 1, column)
            row.setColumnStretch(column, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addLayout(self._table())
        workspace.loaded.connect(self._loaded)
        workspace.changed.connect(self._changed)
        workspace.probed.connect(self._changed)
        workspace.on(PointRequest).connect(self._pointed)
        workspace.on(SelectionRequest).connect(self._selected)
        workspace.refused.connect(self._refused)

    def _table(self) -> QGridLayout:
        """Labels on the left, the figures of the picture in the middle, those of the test set on the
        right.
        """
        table = QGridLayout()
        table.setHorizontalSpacing(8)
        table.setVerticalSpacing(1)
        table.setColumnStretch(1, 1)
        table.setColumnStretch(2, 1)
        table.addWidget(Label("Probe z"), 0, 0)
        table.addWidget(self.place, 0, 1, 1, 2)
        for column, (words, tip) in enumerate(
            (("nats", ""), ("this picture", "The selected picture."), ("test set", _MEASURED))
        ):
            heading = Label(words)
            heading.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            heading.setToolTip(plain_tip(tip))
            heading.setAlignment(_LEFT if column == 0 else _RIGHT)
            table.addWidget(heading, 1, column)
        for number, (key, name, what) in enumerate(_ROWS, 2):
            label = Term(name, _TERMS[key])
            label.setToolTip(plain_tip(what))
            for column, part in enumerate((label, self.figures[key], self.measured[key])):
                if key == "elbo":
                    font = part.font()
                    font.setBold(True)
                    part.setFont(font)
                table.addWidget(part, number, column)
        return table

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self._show_point(self._workspace.state.probe)
        self._clear()
        self._show_original(self._workspace.state)
        figures = dict(model.metrics)
        if figures.get("kl") == 0.0:
            # The stored figure of an autoencoder: it has only a reconstruction.
            figures = {"reconstruction": figures.get("reconstruction", math.nan)}
        for key, label in self.measured.items():
            label.setText(in_nats(figures.get(key, math.nan)))

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.probe != new.probe:
            self._show_point(new.probe)
        if old.selected != new.selected:
            self._show_original(new)

    @Slot(object)
    def _pointed(self, reply: PointReply) -> None:
        self.probe.show_picture(reply.picture)

    @Slot(object)
    def _selected(self, card: SelectionReply) -> None:
        self._late.stop()
        self.original.show_picture(card.original)
        self.reconstruction.show_picture(card.reconstruction)
        self.figures["reconstruction"].setText(in_nats(card.reconstruction_nats))
        # A code without a posterior: its KL to any prior is infinite.
        self.figures["kl"].setText(in_nats(card.kl))
        self.figures["elbo"].setText(in_nats(card.elbo))

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(SelectionRequest):
            self._late.stop()
            self._clear()

    def _show_point(self, z: Point) -> None:
        most = 2 if len(z) > 3 else 3
        text = ", ".join(f"{round(value, 3) + 0.0:.3f}" for value in z[:most]).replace("-", "−")
        self.place.setText(text if len(z) <= most else f"{text}, … ({len(z)})")

    def _show_original(self, state: SessionState) -> None:
        """Shows at once what is known of the selected picture; the reply brings the rest."""
        model = self._workspace.model
        if state.selected is None or model is None:
            self._late.stop()
            self._clear()
            self.original.show_picture(None)
            return
        self.original.show_picture(data_picture(model.images, state.selected))
        self._late.start()

    @Slot()
    def _clear(self) -> None:
        """Clears what belongs to the previously selected picture."""
        self.reconstruction.show_picture(None)
        for figure in self.figures.values():
            figure.setText(_NONE)


def in_nats(value: float) -> str:
    """A figure in nats, or a dash where there is none."""
    return f"{value:.2f}".replace("-", "−") if math.isfinite(value) else _NONE


def _figure(name: str, called: str, what: str) -> QLabel:
    """A value in the table, which can be selected and copied; a long one does not widen the column."""
    label = Label(_NONE)
    label.setObjectName(name)
    label.setAccessibleName(called)
    label.setToolTip(plain_tip(what))
    label.setAlignment(_RIGHT)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return label
