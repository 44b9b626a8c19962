"""The tape of EM: a slider over its half passes, the curve above it, and the buttons below."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from latentlab.engine.rendering.em_tape import EMTape
from latentlab.engine.rendering.requests.mixture import EMStep
from latentlab.qt.views.mixture.curve import LogCurve
from latentlab.qt.views.mixture.text import explained, heading
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.push_button import text_button
from latentlab.qt.widgets.sliders import CalmSlider
from latentlab.qt.widgets.term import Term

_PLAYED_MS = 350
# The width of a slider's handle.
_HANDLE = 14


class EMTapeBar(QWidget):
    """`shown` carries the `EMStep` that is to be seen; `run_wanted` and `stop_wanted` are of the EM.

    Attributes:
        tape: the frames; of a mixture whose EM has not been run here, the fitted one alone.
    """

    shown = Signal(object)
    run_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("emTape")
        self.setAccessibleName("The steps of EM")
        self.tape, self._at, self._running = EMTape(), 0, False
        self._fitted: EMStep | None = None
        # The half passes of the whole fit, as far as known.
        self._whole = 2
        self.heading = Term("", "E step", "M step")
        self.heading.setObjectName("emHeading")
        bold = self.heading.font()
        bold.setBold(True)
        self.heading.setFont(bold)
        self.words = Label()
        self.words.setObjectName("emWords")
        self.words.setWordWrap(True)
        self.curve = LogCurve()
        self.slider = CalmSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("emSlider")
        self.slider.setAccessibleName("Step of EM")
        self.slider.setToolTip(plain_tip("Go through the E and M steps (Left, Right)."))
        self.slider.setPageStep(2)
        self.back = text_button("emBack", "Back", "Half a pass back.")
        self.play = text_button("emPlay", "Play", "Play the steps, or pause them.")
        self.step = text_button("emStep", "Step", "Half a pass on.")
        self.run = text_button("emRun", "Run EM again", "Run EM again from its start, and keep each step.")
        self.progress = QProgressBar()
        self.progress.setObjectName("emProgress")
        self.progress.setAccessibleName("Progress of EM")
        self.progress.setToolTip(plain_tip("How much of all passes is done."))
        self.progress.setTextVisible(False)
        self.progress.setMaximumWidth(160)
        self.progress.hide()
        self._timer = QTimer(self, interval=_PLAYED_MS)
        self._timer.timeout.connect(self._next)
        self._lay_out()
        self.slider.valueChanged.connect(self._near)
        self.curve.wanted.connect(self._near)
        self.back.clicked.connect(self._back)
        self.step.clicked.connect(self._on)
        self.play.clicked.connect(self._toggle)
        self.run.clicked.connect(self._run_or_stop)

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(3)
        rows.addWidget(self.heading)
        rows.addWidget(self.words)
        rows.addWidget(self.curve, 1)
        # Its handle stands below the mark in the curve.
        (left, right), half = self.curve.sides, _HANDLE // 2
        below = QHBoxLayout()
        below.setContentsMargins(max(0, left - half), 0, max(0, right - half), 0)
        below.addWidget(self.slider)
        rows.addLayout(below)
        under = QHBoxLayout()
        for button in (self.back, self.play, self.step):
            under.addWidget(button)
        under.addStretch(1)
        under.addWidget(self.progress)
        under.addWidget(self.run)
        rows.addLayout(under)

    # What is on the tape

    def begin(self, tape: EMTape, fitted: EMStep, whole: int, refits: bool) -> None:
        """Shows another mixture: the end of its tape, or itself alone while the tape is empty."""
        self._pause()
        self.tape, self._fitted, self._whole = tape, fitted, max(2, whole)
        self.run.setEnabled(refits)
        tip = "Run EM again from its start, and keep each step." if refits else _NO_RECIPE
        self.run.setToolTip(plain_tip(tip))
        self.set_running(False)
        self._show_range(len(tape) - 1)

    def clear(self) -> None:
        """There is nothing to show."""
        self._pause()
        self.tape, self._fitted = EMTape(), None
        self.set_running(False)
        self.run.setEnabled(False)
        self.heading.setText("")
        self.words.setText("")
        self._show_range(-1)

    def add(self, step: EMStep) -> None:
        """A step has come; it is shown if the last one was."""
        follows = self._at >= len(self.tape) - 1
        now = self.now
        self.tape.add(step)
        steps = self.tape.steps
        at = len(steps) - 1 if follows or now is None or now not in steps else steps.index(now)
        self._show_range(at)

    def set_running(self, running: bool, done: int = 0, total: int = 1) -> None:
        """Whether EM runs, and how far it is."""
        self._running = running
        idle = "Run EM again" if len(self.tape) else "Run EM step by step"
        self.run.setText("Stop" if running else idle)
        self.run.setAccessibleName("Stop EM" if running else idle)
        self.curve.waiting = _FIRST_PASS if running else _NOT_YET if self.run.isEnabled() else ""
        self.curve.update()
        self.progress.setVisible(running)
        self.progress.setRange(0, max(1, total))
        self.progress.setValue(done)

    @property
    def running(self) -> bool:
        """Whether EM runs."""
        return self._running

    @property
    def now(self) -> EMStep | None:
        """The step on show."""
        return self.tape.steps[self._at] if 0 <= self._at < len(self.tape) else self._fitted

    @property
    def _last(self) -> int:
        """The half passes that slider and curve reach."""
        return max(self._whole, self.tape.steps[-1].number if len(self.tape) else 0)

    def _show_range(self, at: int) -> None:
        count = len(self.tape)
        self._at = max(0, at)
        self.slider.blockSignals(True)
        self.slider.setRange(0, self._last)
        self.slider.blockSignals(False)
        for control in (self.slider, self.back, self.play, self.step):
            control.setEnabled(count > 1)
        self._show()

    def _show(self) -> None:
        step = self.now
        number = self._whole if step is None else step.number
        self.curve.show_curve(self.tape.curve, self._last, number)
        if step is None:
            return
        self.slider.blockSignals(True)
        self.slider.setValue(number)
        self.slider.blockSignals(False)
        fitted = step is self._fitted
        self.heading.setText(heading(step, fitted))
        self.words.setText(explained(step, fitted))
        self.shown.emit(step)

    # By hand

    @Slot(int)
    def _near(self, number: int) -> None:
        """Shows the step that is nearest to so many half passes."""
        if len(self.tape) > 1:
            self._pause()
            steps = self.tape.steps
            self._go(min(range(len(steps)), key=lambda at: abs(steps[at].number - number)))

    def _go(self, at: int) -> None:
        """Shows a frame of the tape by its place in it."""
        self._at = min(max(0, at), max(0, len(self.tape) - 1))
        self._show()

    @Slot()
    def _back(self) -> None:
        self._pause()
        self._go(self._at - 1)

    @Slot()
    def _on(self) -> None:
        self._pause()
        self._go(self._at + 1)

    @Slot()
    def _toggle(self) -> None:
        if self._timer.isActive():
            self._pause()
            return
        if self._at >= len(self.tape) - 1:
            self._go(0)
        self.play.setText("Pause")
        self._timer.start()

    def _pause(self) -> None:
        self._timer.stop()
        self.play.setText("Play")

    @Slot()
    def _next(self) -> None:
        if self._at >= len(self.tape) - 1 and not self._running:
            self._pause()
        else:
            self._go(self._at + 1)

    @Slot()
    def _run_or_stop(self) -> None:
        (self.stop_wanted if self._running else self.run_wanted).emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and len(self.tape) > 1:
            self._toggle()
        else:
            super().keyPressEvent(event)


_NOT_YET = "Run EM step by step: how log p rose, and every E and M step, will be here."
_FIRST_PASS = "The first pass is under way …"
_NO_RECIPE = "The file of this mixture does not say how many passes EM made: they cannot be run again."
