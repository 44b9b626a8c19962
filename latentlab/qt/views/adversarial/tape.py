"""The tape of a training: samples always from the same z, a frame for each snapshot, to scrub through."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from latentlab.engine.rendering.requests.scores import VarietyReply
from latentlab.qt.views.adversarial.balance import ClassBalance
from latentlab.qt.widgets.picture_sheet import PictureSheet
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.push_button import text_button
from latentlab.qt.widgets.sliders import CalmSlider
from latentlab.qt.widgets.term import Term

# Bytes of all frames; beyond, every second of the older half goes.
MOST_BYTES = 48_000_000
_ASKED = ("Every class is asked for in turn.",)
_BORROWED = ("Each is asked for the attributes of a held-out picture.",)


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
        self.balance = ClassBalance()
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
        rows.addWidget(self.balance)
        self.slider.valueChanged.connect(self._show)
        self.newest.clicked.connect(self._to_newest)
        self._range()

    def clear(self) -> None:
        """Another model is open."""
        self.frames = []
        self._range()

    def add(self, reply: VarietyReply) -> None:
        """Adds a frame; one of the same step takes its place."""
        follows = self.slider.value() >= len(self.frames) - 1
        last = self.frames[-1].step if self.frames else None
        if self.frames and reply.step == last:
            self.frames[-1] = reply
        else:
            # A step before the last is one of another training; without one it is the finished model.
            if last is None or (reply.step is not None and reply.step < last):
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
            self.balance.show_counts((), ())
            self.words.setText("Drawing samples …")
            return
        frame = self.frames[min(self.slider.value(), len(self.frames) - 1)]
        row = frame.asked[: frame.columns]
        # A column has a head where all of it is of one class.
        heads = row if frame.asked == _repeated(row, len(frame.asked)) else ()
        self.sheet.show_pictures(frame.pictures, frame.asked, frame.columns, heads)
        self.words.setText(in_words(frame))
        self.balance.show_counts(frame.classes, frame.counts)
        self.shown.emit(frame)


def in_words(frame: VarietyReply) -> str:
    """The step, and how varied the samples are."""
    parts = [] if frame.step is None else [f"Step {frame.step:,}."]
    if frame.ratio == frame.ratio:
        within = " of one class" if frame.asked else ""
        parts += _ASKED if frame.asked else _BORROWED if frame.borrowed else ()
        parts.append(f"Two samples{within} differ {100.0 * frame.ratio:.0f} % as much as two real pictures.")
    if frame.coverage is not None:
        parts.append(f"{100.0 * frame.coverage:.0f} % of held-out pictures have a sample near them.")
    return " ".join(parts)


def _repeated(row: tuple[str, ...], count: int) -> tuple[str, ...]:
    """So many names, the same in each row."""
    return tuple(row[number % len(row)] for number in range(count)) if row else ()
