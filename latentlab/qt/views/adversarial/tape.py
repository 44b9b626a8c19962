"""The tape of a training: samples always from the same z, a frame for each snapshot, to scrub through."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from latentlab.engine.rendering.requests.scores import VarietyReply
from latentlab.qt.widgets.picture_sheet import PictureSheet
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.push_button import text_button
from latentlab.qt.widgets.sliders import CalmSlider
from latentlab.qt.widgets.term import Term

# Bytes of all frames; beyond, every second of the older half goes.
MOST_BYTES = 48_000_000


class SampleTape(QWidget):
    """The newest frame is shown until the slider is moved back.

    Attributes:
        frames: the replies kept, oldest first.
    """

    shown = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sampleTape")
        self.setAccessibleName("Samples, always from the same z")
        self.frames: list[VarietyReply] = []
        self.title = Term("Samples, always from the same z", "mode collapse")
        self.sheet = PictureSheet("sampleTapeSheet", "Samples, always from the same z", 10)
        self.slider = CalmSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("sampleTapeSlider")
        self.slider.setAccessibleName("Step of the training")
        self.slider.setToolTip(plain_tip("Go through the training and see the same samples as they were."))
        self.newest = text_button("sampleTapeNewest", "Newest", "Show the newest samples again.")
        self.words = Label()
        self.words.setObjectName("sampleTapeWords")
        self.words.setWordWrap(True)
        self.sheet.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout()
        row.addWidget(self.slider, 1)
        row.addWidget(self.newest)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addWidget(self.title)
        rows.addWidget(self.sheet)
        rows.addLayout(row)
        rows.addWidget(self.words)
        self.slider.valueChanged.connect(self._show)
        self.newest.clicked.connect(self._to_newest)
        self._range()

    def clear(self) -> None:
        """Another model is open."""
        self.frames = []
        self._range()

    def add(self, reply: VarietyReply) -> None:
        """Adds a frame; one of the same step, or of a model that is not in training, takes its place."""
        follows = self.slider.value() >= len(self.frames) - 1
        if self.frames and reply.step == self.frames[-1].step:
            self.frames[-1] = reply
        else:
            if self.frames and (reply.step or 0) < (self.frames[-1].step or 0):
                self.frames = []
            self.frames.append(reply)
        if sum(frame.pictures.nbytes for frame in self.frames) > MOST_BYTES:
            half = len(self.frames) // 2
            self.frames = [*self.frames[:half:2], *self.frames[half:]]
        self._range()
        if follows:
            self._to_newest()

    def _range(self) -> None:
        self.slider.setRange(0, max(0, len(self.frames) - 1))
        several = len(self.frames) > 1
        self.slider.setVisible(several)
        self.newest.setVisible(several)
        self._show()

    @Slot()
    def _to_newest(self) -> None:
        self.slider.setValue(len(self.frames) - 1)
        self._show()

    @Slot()
    def _show(self) -> None:
        if not self.frames:
            self.words.setText("Drawing samples …")
            return
        frame = self.frames[min(self.slider.value(), len(self.frames) - 1)]
        self.sheet.show_pictures(frame.pictures, columns=frame.columns)
        self.words.setText(in_words(frame))
        self.shown.emit(frame)


def in_words(frame: VarietyReply) -> str:
    """The step, and how varied the samples are."""
    parts = [] if frame.step is None else [f"Step {frame.step:,}."]
    if frame.ratio == frame.ratio:
        within = " of one class" if frame.asked else ""
        parts.append(f"Two samples{within} differ {100.0 * frame.ratio:.0f} % as much as two real pictures.")
    if frame.coverage is not None:
        parts.append(f"{100.0 * frame.coverage:.0f} % of held-out pictures have a sample near them.")
    if frame.counts:
        parts.append(f"Classes, as a classifier sees them: {_balance(frame.classes, frame.counts)}.")
    return " ".join(parts)


def _balance(classes: Sequence[str], counts: Sequence[int]) -> str:
    total = max(1, sum(counts))
    return ", ".join(
        f"{name} {100.0 * count / total:.0f} %" for name, count in zip(classes, counts, strict=True)
    )
