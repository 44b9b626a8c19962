"""The probe view: the picture decoded at z, large, with its coordinates and density."""

from __future__ import annotations

import math
import re

from PySide6.QtCore import QEvent, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QFormLayout,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.rendering.requests.opening import LoadedReply, LoadRequest
from latentlab.engine.rendering.requests.points import PointReply, PointRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.types import MAX_COORDINATE, Picture, Point, is_coordinate
from latentlab.models.capabilities import Capability
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.probe.density_line import ProbeDensityLine
from latentlab.qt.views.spec import ViewSpec
from latentlab.qt.widgets.flow_layout import FlowLayout
from latentlab.qt.widgets.number_field import in_ascii, read_real
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.term import Term
from latentlab.qt.widgets.text_line import as_a_label
from latentlab.session.edits import MoveProbe
from latentlab.session.state import SessionState

_PRIOR_LABEL = "log p(z)"
_LARGEST = 448
# The separator of two numbers. A comma between two digits may also be a decimal mark.
_BETWEEN = re.compile(r"[,\s;]*[\s;][,\s;]*|,,+|^,|,$")
_FEW, _WRITE_MS = 8, 60


class PointField(QLineEdit):
    """z as text. Input is applied at Enter or when the field loses focus; Escape restores the old text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("probeZ")
        self.setAccessibleName("Coordinates of the probe")
        self.setToolTip(
            "The latent position z of the probe. Type numbers separated by a comma and a space, then "
            "press Enter."
        )
        self._shown = ""
        self._z: Point = ()
        self._soon = QTimer(self, singleShot=True, interval=_WRITE_MS)
        self._soon.timeout.connect(self._write)

    def follow_point(self, z: Point) -> None:
        """Shows z, many numbers a moment later: nobody reads them during a drag."""
        self._z = z
        if len(z) <= _FEW:
            self._write()
        elif not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _write(self) -> None:
        self.show_point(self._z)

    def show_point(self, z: Point) -> None:
        """Shows z, replacing what has been typed."""
        self._soon.stop()
        # Adding 0 turns -0.0 into 0.0.
        self._shown = ", ".join(f"{round(value, 3) + 0.0:.3f}" for value in z)
        self.setText(self._shown)
        self.setCursorPosition(0)
        self.setModified(False)

    def event(self, event: QEvent) -> bool:
        # Escape belongs to this field while it can restore something, whatever else it is a shortcut for.
        if event.type() == QEvent.Type.ShortcutOverride and self._would_take_back(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._would_take_back(event):
            self.setText(self._shown)
            self.setModified(False)
            self.selectAll()
        else:
            super().keyPressEvent(event)

    def _would_take_back(self, event: QEvent) -> bool:
        return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self.isModified()


class ProbePanel(QWidget):
    """The picture at the probe, z as an editable text, and its density under the prior."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.image = CrispPicture(
            "probeImage", "Decoded picture at the probe", _LARGEST, waiting="Opening the model …"
        )
        self.image.setToolTip("What the model decodes at the probe. Drag the ring in the plane to change it.")
        self.z = PointField()
        self.z.editingFinished.connect(self._typed)
        self.z.textChanged.connect(self._text_changed)
        self.density = _readout()
        self.data_density = ProbeDensityLine(workspace)
        self.words = Label()
        self.words.setObjectName("probeWords")
        self.words.setAccessibleName("Position of the probe under the prior")
        self.words.setToolTip(
            "σ is the prior's standard deviation. In two dimensions 39 % of its samples are "
            "inside 1σ, 86 % inside 2σ and 99 % inside 3σ."
        )
        self.words.setWordWrap(True)
        self.fault = Label()
        self.fault.setObjectName("probeZFault")
        self.fault.setAccessibleName("What is wrong with the coordinates")
        self.fault.setForegroundRole(QPalette.ColorRole.BrightText)
        self.fault.setWordWrap(True)
        self.fault.hide()
        self._actions = QWidget()
        self._actions.setLayout(FlowLayout(gap=4))
        self._actions.hide()
        form = QFormLayout()
        form.setSpacing(4)
        form.addRow("&z", self.z)
        form.addRow(self.fault)
        self._density_label = Term(_PRIOR_LABEL)
        form.addRow(self._density_label, self.density)
        form.addRow(Term("log q(z)"), self.data_density)
        form.addRow(self.words)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.image)
        layout.addWidget(self._actions)
        layout.addLayout(form)
        layout.addStretch()
        workspace.changed.connect(self._changed)
        workspace.probed.connect(self._changed)
        workspace.loaded.connect(self._loaded)
        workspace.on(PointRequest).connect(self._pointed)
        workspace.refused.connect(self._refused)

    def add_action(self, action: QAction) -> QToolButton:
        """Adds a button for an action to the row under the picture."""
        button = QToolButton()
        button.setDefaultAction(action)
        button.setObjectName(f"{action.objectName() or 'probeAction'}Button")
        button.setAccessibleName(action.text().replace("&", ""))
        style = Qt.ToolButtonStyle
        button.setToolButtonStyle(
            style.ToolButtonTextOnly if action.icon().isNull() else style.ToolButtonTextBesideIcon
        )
        row = self._actions.layout()
        assert row is not None
        row.addWidget(button)
        self._actions.show()
        return button

    @Slot(object, str)
    def show_walk(self, picture: Picture, words: str) -> None:
        """Shows a picture of the walk that is being played, until the next one at the probe."""
        self.image.show_picture(picture)
        self.words.setText(words)

    @Slot(object)
    def _pointed(self, reply: PointReply) -> None:
        self.image.show_picture(reply.picture)
        radius = math.hypot(*reply.z)
        figure = f"{radius:.2f}"
        if reply.log_prior is not None:
            figure = f"{reply.log_prior:.2f} nats, |z| {figure}"
        self.density.setText(figure.replace("inf", "∞").replace("-", "−"))
        # Otherwise a narrow line would show the end of the text, and cut the figure.
        self.density.setCursorPosition(0)
        self.words.setText(self._in_words(reply, radius))

    def _in_words(self, reply: PointReply, radius: float) -> str:
        if reply.log_prior is None:
            return "no prior: no place is more likely than another"
        prior = None if self._workspace.model is None else self._workspace.model.prior
        if prior is None or prior.standard:
            return in_words(radius, len(reply.z))
        if reply.log_prior == -math.inf:
            return f"outside of the prior, {prior.formula}, which never draws from here"
        inside = all(
            low <= value <= high for value, low, high in zip(reply.z, prior.low, prior.high, strict=True)
        )
        where = "where nearly all draws" if inside else "farther out than nearly all draws"
        return f"{where} of the prior, {prior.formula}, lie"

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self.z.show_point(self._workspace.state.probe)
        self._density_label.setText(_PRIOR_LABEL if model.has_prior else "|z|")
        self.density.setToolTip(plain_tip(density_tip(model)))

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(LoadRequest) and self._workspace.model is None:
            self.image.say("No model is open")

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.probe != new.probe:
            self.z.follow_point(new.probe)

    @Slot()
    def _text_changed(self) -> None:
        if not self.fault.isHidden():
            self.fault.hide()

    @Slot()
    def _typed(self) -> None:
        if not self.z.isModified():
            return
        expected = len(self._workspace.state.probe)
        try:
            z = parse_point(self.z.text(), expected)
        except ValueError as error:
            example = ", ".join(["0.5"] * min(expected, 3)) + (", …" if expected > 3 else "")
            self.fault.setText(f"{error}. Type for example {example}; Esc restores the old position.")
            self.fault.show()
            return
        self._workspace.do(MoveProbe(z=z))
        self.z.show_point(self._workspace.state.probe)


def _readout() -> QLineEdit:
    """A line for figures that change with every move: unlike a label, its text causes no relayout."""
    line = QLineEdit("–")
    line.setObjectName("probeDensity")
    line.setAccessibleName("Log density of the prior at the probe")
    line.setToolTip(
        "The log density of the prior N(0, I) at this point, in nats; |z| is the distance from "
        "the origin, measured in the prior's standard deviations."
    )
    as_a_label(line)
    return line


def density_tip(model: LoadedReply) -> str:
    """The tooltip of the prior density at the probe, for this model."""
    prior = model.prior
    if not model.has_prior:
        return f"The distance from the origin. {model.model} has no prior, and so no density p(z)."
    formula = "N(0, I)" if prior is None else prior.formula
    return (
        f"How likely the prior {formula} finds this place: its log density in nats; |z| is the distance "
        "from the origin" + (", measured in the prior's standard deviations." if prior is None else ".")
    )


def in_words(radius: float, dimensions: int) -> str:
    """A text on how typical a point at this distance from the origin is under N(0, I).

    In few dimensions its draws crowd about the origin; in D of them they lie on a shell of radius about
    sqrt(D - 1/2) and thickness about 0.7 (the chi distribution).
    """
    if dimensions > 3:
        off = radius - math.sqrt(dimensions - 0.5)
        if abs(off) <= 1.5:
            return "where nearly all samples of the prior lie"
        return (
            "farther out than nearly all samples of the prior"
            if off > 0
            else "nearer 0 than samples of the prior"
        )
    if radius <= 1:
        return "inside 1σ"
    if radius <= 3:
        return f"between {math.ceil(radius) - 1}σ and {math.ceil(radius)}σ"
    return "beyond 3σ: few training pictures lie here"


def parse_point(text: str, count: int) -> Point:
    """`count` finite numbers separated by commas, semicolons or spaces; a comma may also be a decimal mark.

    Raises:
        ValueError: saying what was found instead, or that it is too large; or that a comma can be taken in
            two ways, as in 0,5 where two numbers are expected.
    """
    # A comma with a space beside it is not a decimal mark.
    words = [word for word in _BETWEEN.split(in_ascii(text)) if word]
    parts = [part for word in words for part in word.split(",") if part]
    marked, apart = [read_real(word) for word in words], [read_real(part) for part in parts]
    if len(marked) == count and None not in marked:
        values = marked
    elif len(apart) == count and None not in apart and None in marked:
        values = apart
    elif None in apart:
        wrong = parts[apart.index(None)]
        raise ValueError(f"“{wrong}” is not a number, or not a finite one")
    elif len(apart) == count:
        raise ValueError("The comma is ambiguous: write a decimal point, or a space after a separating comma")
    else:
        raise ValueError(f"{len(parts) or 'No'} number{'s' * (len(parts) != 1)} found, {count} expected")
    if not all(value is None or is_coordinate(value) for value in values):
        raise ValueError(f"Only numbers from {-MAX_COORDINATE:g} to {MAX_COORDINATE:g} can be decoded")
    return tuple(value for value in values if value is not None)


SPEC = ViewSpec(
    "probe",
    "Probe",
    lambda context: ProbePanel(context.workspace),
    needs=frozenset({Capability.DECODES}),
)
