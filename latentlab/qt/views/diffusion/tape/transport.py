"""The buttons below the tape: back, play, step, speed, branch, and the progress of drawing."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from latentlab.qt.widgets.number_field import WholeNumber
from latentlab.qt.widgets.plain_text import plain_tip
from latentlab.qt.widgets.text_line import Line

# From this width on there is room for everything.
_WIDE = 430
_BRANCH_TIP = (
    "Continue from the current frame with other settings: change seed, sampler, eta, guidance or "
    "condition, and press this. Both tapes are shown."
)
_EARLIER = "Go back to an earlier frame first: drag along the tape. Then: "


class Transport(QWidget):
    """`stepped` (number of frames) requests a frame further on or back; `began` says that playing begins,
    `started` requests a tape where there is none; `branch_wanted` a branch with other settings.
    """

    stepped = Signal(int)
    began = Signal()
    started = Signal()
    branch_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.back, self.play, self.step = QPushButton("Back"), QPushButton("Play"), QPushButton("Step")
        self.speed = WholeNumber(minimum=1, maximum=60, value=15, suffix=" / s")
        self.words = Line()
        self.branch = QPushButton("&Branch here")
        for control, name, spoken, tip in (
            (self.back, "tapeBack", "One frame back, towards the noise",
             "One frame back, to more noise (Left)."),
            (self.play, "tapePlay", "Play or pause the tape", "Play the tape, or pause it (Space)."),
            (self.step, "tapeStep", "One frame forward, towards the picture",
             "One frame forward, to less noise (Right)."),
            (self.speed, "tapeSpeed", "Frames per second",
             "How fast the tape is played, 1 to 60 frames per second."),
            (self.words, "tapeProgress", "Progress of the sampling", "Progress of the sampling."),
            (self.branch, "tapeBranch", "Branch off at this frame",
             _BRANCH_TIP),
        ):  # fmt: skip
            control.setObjectName(name)
            control.setAccessibleName(spoken)
            control.setToolTip(plain_tip(tip))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in (self.back, self.play, self.step, self.speed):
            row.addWidget(widget)
        row.addSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.branch)
        for button in (self.back, self.play, self.step, self.branch):
            width = button.fontMetrics().horizontalAdvance("Pause" if button is self.play else button.text())
            button.setMinimumWidth(width + 18)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._next)
        self.back.clicked.connect(self._back)
        self.step.clicked.connect(self._step)
        self.play.clicked.connect(self.toggle)
        self.speed.valueChanged.connect(self._hurry)
        self.branch.clicked.connect(self.branch_wanted)
        self.has_tape = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        # Hidden first, where there is no room for all.
        self.speed.setVisible(self.width() >= _WIDE)
        super().resizeEvent(event)

    @property
    def playing(self) -> bool:
        """Whether the tape is being played."""
        return self._timer.isActive()

    def offer(self, model: bool, tape: bool, branch: bool) -> None:
        """Sets what is enabled: with a model, with a tape, and for branching."""
        self.has_tape = tape
        self.play.setEnabled(model or tape)
        for control in (self.back, self.step):
            control.setEnabled(tape)
        self.branch.setEnabled(branch)
        self.branch.setToolTip(f"{_EARLIER}{_BRANCH_TIP}" if tape and not branch else _BRANCH_TIP)

    @Slot()
    def toggle(self) -> None:
        """Plays or pauses; without a tape, requests one."""
        if self.playing:
            self.pause()
        elif self.has_tape:
            self._timer.start(round(1000 / self.speed.value()))
            self.play.setText("Pause")
            self.began.emit()
        else:
            self.started.emit()

    @Slot()
    def pause(self) -> None:
        """Pauses at the current frame."""
        self._timer.stop()
        self.play.setText("Play")

    @Slot()
    def _next(self) -> None:
        self.stepped.emit(1)

    @Slot()
    def _step(self) -> None:
        self.pause()
        self.stepped.emit(1)

    @Slot()
    def _back(self) -> None:
        self.pause()
        self.stepped.emit(-1)

    @Slot(int)
    def _hurry(self, frames: int) -> None:
        self._timer.setInterval(round(1000 / frames))
