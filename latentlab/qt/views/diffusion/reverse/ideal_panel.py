"""The ideal denoiser beside the model's prediction: both pictures, the weights, and where the two part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from latentlab.engine.diffusion.noising import as_picture
from latentlab.engine.diffusion.parting import parting
from latentlab.engine.types import Picture
from latentlab.qt.views.diffusion.reverse.ideal_chart import IdealChart
from latentlab.qt.views.diffusion.reverse.ideals import IdealFrame
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label, RichLabel, plain_tip
from latentlab.qt.widgets.scrolled import ScrolledPage
from latentlab.qt.widgets.term import Term

if TYPE_CHECKING:
    from latentlab.engine.diffusion.runner import Frame

# The nearest training pictures shown.
SHOWN = 4
# Its width, and the sides of its large and its small pictures; where the page is narrow, less.
_WIDE, _NARROW = (282, 132, 64), (204, 92, 44)
_WAITING = "Averaging the training pictures …"


class IdealPanel(ScrolledPage):
    """A column of the reverse page."""

    def __init__(self) -> None:
        super().__init__("idealPanel", "The ideal denoiser beside the model's prediction")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.heading = Term("Ideal denoiser")
        font = self.heading.font()
        font.setBold(True)
        self.heading.setFont(font)
        self.predicted = CrispPicture("idealPredicted", "What the model predicts, x̂₀", _WIDE[1])
        self.ideal = CrispPicture(
            "idealPicture",
            "The exact mean of the training pictures, each by how well it explains xₜ",
            _WIDE[1],
        )
        self.difference = _line("idealDifference", "How far the two are apart")
        self.nearest = tuple(
            CrispPicture(f"idealNearest_{place}", "A training picture of large weight", _WIDE[2])
            for place in range(SHOWN)
        )
        self.weights = tuple(Label() for _ in range(SHOWN))
        self.sharing = _line("idealSharing", "How many training pictures share the weight")
        self.chart = IdealChart()
        self.parting = _line("idealParting", "Where the two part")
        self.origin = QPushButton("Where from?")
        self.origin.setObjectName("idealOrigin")
        self.origin.setAccessibleName("Where does the predicted picture come from?")
        self.origin.setToolTip(
            "Show the training pictures nearest to what is predicted, and whether it is a copy of one."
        )
        self.source = _line("idealSource", "Which pictures the mean is over")
        self._lay_out()
        self.set_narrow(False)
        self.say("")

    def _lay_out(self) -> None:
        inner = QWidget()
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 6, 8, 6)
        rows.setSpacing(4)
        rows.addWidget(self.heading)
        pair = QHBoxLayout()
        pair.setSpacing(6)
        for picture, caption in ((self.predicted, "<b>x̂₀</b> model"), (self.ideal, "<b>E[x₀|xₜ]</b> ideal")):
            pair.addLayout(_under(picture, RichLabel(caption)))
        pair.addStretch(1)
        rows.addLayout(pair)
        rows.addWidget(self.difference)
        strip = QHBoxLayout()
        strip.setSpacing(3)
        for picture, weight in zip(self.nearest, self.weights, strict=True):
            weight.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            strip.addLayout(_under(picture, weight))
        strip.addStretch(1)
        rows.addLayout(strip)
        rows.addWidget(self.sharing)
        rows.addWidget(self.chart)
        rows.addWidget(self.parting)
        rows.addWidget(self.source)
        rows.addWidget(self.origin, 0, Qt.AlignmentFlag.AlignLeft)
        rows.addStretch(1)
        self.setWidget(inner)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.width(), 60)

    def set_narrow(self, narrow: bool) -> None:
        """Sets whether the page has little width."""
        width, side, small = _NARROW if narrow else _WIDE
        self.setFixedWidth(width)
        for picture in (self.predicted, self.ideal):
            picture.setFixedSize(side, side)
        for picture in self.nearest:
            picture.setFixedSize(small, small)

    def say(self, words: str) -> None:
        """Shows a message in place of the pictures; "" says that they are being computed."""
        self.difference.setText(words or _WAITING)
        self.ideal.show_picture(None)
        for picture, weight in zip(self.nearest, self.weights, strict=True):
            picture.show_picture(None)
            weight.setText("")
        self.sharing.setText("")

    def show_prediction(self, frame: Frame | None, picture: int) -> None:
        """Shows what the model predicts of a picture of a frame, or nothing."""
        self.predicted.show_picture(None if frame is None else as_picture(frame.x0_hat[picture]))

    def show_ideal(self, ideal: IdealFrame, t: int) -> None:
        """Shows what the ideal denoiser makes of the picture at t."""
        self.ideal.show_picture(as_picture(ideal.mean))
        self.difference.setText(f"{ideal.apart:.3f} apart at t = {t}")
        self.difference.setToolTip(
            plain_tip("Root mean square difference of the two; from black to white it would be 1.")
        )
        for place, (view, weight) in enumerate(zip(self.nearest, self.weights, strict=True)):
            shown = place < len(ideal.weights)
            view.show_picture(_picture(ideal.nearest[place]) if shown else None)
            weight.setText(percent(ideal.weights[place]) if shown else "")
        self.sharing.setText(shared(ideal))
        self.source.setText(
            f"The mean is over {ideal.among:,} {ideal.words}."
            + ("" if ideal.exact else " They have changed since the model was trained.")
        )

    def show_tape(
        self, points: Sequence[tuple[int, float]], whole: int, now: int, complete: bool, guidance: float
    ) -> None:
        """Shows the distances (t, distance) of the tape's frames so far, of times from `whole` to 0."""
        found = parting([t for t, _ in points], [apart for _, apart in points]) if complete else None
        self.chart.show_points(points, whole, now, found)
        self.parting.setText(parted(found, whole, guidance) if complete else "")


def shared(ideal: IdealFrame) -> str:
    """How many pictures share the weight, in words."""
    if ideal.effective < 1.05:
        return "One training picture has all the weight."
    count = f"{ideal.effective:.1f}" if ideal.effective < 10.0 else f"{round(ideal.effective):,}"
    return f"As if {count} of them shared it equally."


def parted(t: int | None, whole: int, guidance: float) -> str:
    """Where the model and the ideal denoiser part, in words."""
    if t is None:
        return "They stay together to the end, near a training picture. Is it a copy? Ask below."
    words = (
        "They are apart from the start."
        if t >= whole
        else f"They part at t = {t}: from there on the model goes its own way."
    )
    if guidance != 1.0:
        words += (
            f" Guidance {guidance:g} moves x̂₀ away from the mean: draw with guidance 1 to see where the "
            "model parts by itself."
        )
    return words


def percent(weight: float) -> str:
    """A weight for a caption."""
    return f"{weight:.0%}" if weight >= 0.095 else f"{weight:.1%}" if weight >= 0.001 else "<0.1%"


def _picture(pixels: np.ndarray) -> Picture:
    """uint8 (C, H, W) as a picture."""
    return pixels[0] if len(pixels) == 1 else np.ascontiguousarray(pixels[:3].transpose(1, 2, 0))


def _line(name: str, what: str) -> Label:
    line = Label()
    line.setObjectName(name)
    line.setAccessibleName(what)
    line.setToolTip(plain_tip(what))
    line.setWordWrap(True)
    return line


def _under(picture: CrispPicture, caption: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(1)
    column.addWidget(picture)
    column.addWidget(caption)
    return column
