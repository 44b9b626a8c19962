"""The inversion tape: the picture, what the generator makes at each step of the descent, and its error."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QPushButton, QVBoxLayout, QWidget

from latentlab.engine.rendering.requests.theory import Subject
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.inversion_run import inversion_of
from latentlab.qt.controllers.picture_store import OwnPictures
from latentlab.qt.views.inversion.curve import ErrorCurve
from latentlab.qt.views.spec import ViewContext
from latentlab.qt.widgets.flow_layout import FlowLayout
from latentlab.qt.widgets.images import data_picture
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.push_button import text_button, tip_button
from latentlab.qt.widgets.scrolled import ScrolledPage
from latentlab.qt.widgets.sight import Sight, in_sight
from latentlab.qt.widgets.sliders import CalmSlider
from latentlab.session.state import SessionState

SELECTED, OWN = "selected", "own"
_SOURCES = ((SELECTED, "Selected picture"), (OWN, "Picture of your own"))
_HOW = {
    SELECTED: "Double-click a point in the plane to select its picture, then press Invert.",
    OWN: "Open a picture of your own in the panel Picture, then press Invert.",
}
_LARGEST, _STEPS, _LINES = 140, 200, 2
_TO_START, _TO_STOP = "Invert", "Stop"


class InversionView(ScrolledPage):
    """Starts inversions of the selected picture, or of the user's own, and shows their steps."""

    def __init__(self, workspace: Workspace, pictures: OwnPictures) -> None:
        super().__init__("inversionTape", "Inversion of a picture")
        self._workspace, self._pictures, self._run = workspace, pictures, inversion_of(workspace)
        self._sight = Sight(self)
        self._seed = 0
        self.source = QComboBox()
        self.source.setObjectName("inversionSource")
        self.source.setAccessibleName("Which picture to invert")
        self.source.setToolTip("Which picture to find the z of.")
        self.source.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for name, words in _SOURCES:
            self.source.addItem(words, name)
        self.seen = CrispPicture("inversionSeen", "The picture", _LARGEST)
        self.made = CrispPicture("inversionMade", "What the model makes at this step", _LARGEST)
        self.start = text_button(
            "inversionStart", _TO_START, "Find the z of the picture by gradient descent."
        )
        self.start.setMinimumWidth(_widest(self.start, (_TO_START, _TO_STOP)))
        self.again = tip_button(
            "inversionAgain", "Other starts", "Descend again, from other draws of the prior"
        )
        self.go = tip_button("inversionGo", "Probe here", "Move the probe to this step")
        self.slider = CalmSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("inversionSlider")
        self.slider.setAccessibleName("Step of the descent")
        self.slider.setToolTip(plain_tip("Go through the steps of the descent (Left, Right)."))
        self.curve = ErrorCurve()
        self.step = _label(
            "inversionStep",
            "The step on show, and its error: RMS of pixels, where black against white is 1.",
        )
        # What is below must not move while the numbers change.
        self.step.setMinimumHeight(_LINES * self.fontMetrics().lineSpacing())
        self.says = _label("inversionSays", "How far to trust what was found.")
        self._lay_out()
        self.source.activated.connect(self._chosen)
        self.start.clicked.connect(self._start_or_stop)
        self.again.clicked.connect(self._again)
        self.go.clicked.connect(self._run.go)
        self.slider.valueChanged.connect(self._run.show)
        self.curve.wanted.connect(self._run.show)
        self._run.changed.connect(self._show)
        self._sight.came.connect(self._came)
        self._sight.left.connect(self._left)
        pictures.changed.connect(self._own_changed)
        workspace.changed.connect(self._changed)
        workspace.loaded.connect(self._show)
        subject = self._run.subject
        own = pictures.reply is not None and workspace.state.selected is None
        own = own or (subject is not None and subject.index is None)
        self.source.setCurrentIndex(self.source.findData(OWN if own else SELECTED))
        self._run.watch(in_sight(self))
        self._show()

    def _lay_out(self) -> None:
        inner = QWidget()
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(6)
        rows.addWidget(self.source)
        self._both = QWidget()
        pictures = QGridLayout(self._both)
        pictures.setContentsMargins(0, 0, 0, 0)
        pictures.setSpacing(4)
        for column, (picture, words) in enumerate(((self.seen, "Picture"), (self.made, "Made at z"))):
            pictures.addWidget(picture, 0, column, Qt.AlignmentFlag.AlignTop)
            pictures.addWidget(Label(words), 1, column, Qt.AlignmentFlag.AlignHCenter)
            pictures.setColumnStretch(column, 1)
        buttons = QWidget()
        flow = FlowLayout(buttons, gap=4)
        for button in (self.start, self.again, self.go):
            flow.addWidget(button)
        # Above all that comes and goes.
        rows.addWidget(buttons)
        rows.addWidget(self._both)
        for widget in (self.step, self.curve, self.slider, self.says):
            rows.addWidget(widget)
        rows.addStretch(1)
        self.setWidget(inner)

    # What is shown

    @property
    def _subject(self) -> Subject | None:
        """The picture that would be inverted now."""
        state = self._workspace.state
        if self.source.currentData() == OWN:
            reply = self._pictures.reply
            return None if reply is None else Subject(seen=reply.seen, condition=state.condition)
        return None if state.selected is None else Subject(state.selected)

    @Slot()
    def _show(self) -> None:
        run, model, subject = self._run, self._workspace.model, self._subject
        frame, frames, reply = run.frame, run.frames, run.reply
        self.start.setText(_TO_STOP if run.running else _TO_START)
        self.start.setAccessibleName("Stop the descent" if run.running else _TO_START)
        self.start.setEnabled(run.running or (run.possible and subject is not None))
        self.again.setEnabled(not run.running and run.possible and subject is not None)
        self.go.setEnabled(frame is not None)
        for widget in (self.curve, self.slider):
            widget.setVisible(frame is not None)
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(0, len(frames) - 1))
            self.slider.setValue(run.shown)
        self.curve.show_frames(frames, run.shown, frames[-1].number if reply and reply.done else _STEPS)
        self.made.show_picture(None if frame is None else frame.picture)
        if reply is not None:
            self.seen.show_picture(reply.seen)
        elif subject is None or model is None:
            self.seen.show_picture(None)
        elif subject.index is not None:
            self.seen.show_picture(data_picture(model.images, subject.index))
        else:
            self.seen.show_picture(subject.seen)
        self._both.setVisible(self.seen.picture is not None)
        self.step.setText(self._step_in_words(subject))
        self.step.setVisible(bool(self.step.text()))
        self.says.setText(" ".join(reply.said) if reply is not None else "")
        self.says.setVisible(bool(self.says.text()))

    def _step_in_words(self, subject: Subject | None) -> str:
        run, frame = self._run, self._run.frame
        if run.refusal:
            return run.refusal
        if frame is None:
            return "Looking for good starts …" if run.running else "" if subject else _HOW[self._source]
        begun = run.frames[0].error
        words = f"Step {frame.number}: error {frame.error:.3f}, from {begun:.3f} at the start."
        names = self._condition_in_words()
        return f"{words} Condition: {names}." if names else words

    def _condition_in_words(self) -> str:
        model, reply = self._workspace.model, self._run.reply
        if model is None or reply is None or not reply.condition:
            return ""
        names = zip(model.condition_names, reply.condition, strict=False)
        return ", ".join(name for name, value in names if value > 0.5) or "none of the attributes"

    @property
    def _source(self) -> str:
        return str(self.source.currentData())

    # What comes from elsewhere

    @Slot()
    def _came(self) -> None:
        self._run.watch(True)
        self._show()

    @Slot()
    def _left(self) -> None:
        self._run.watch(False)

    @Slot()
    def _own_changed(self) -> None:
        self._show()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.selected != new.selected:
            if new.selected is not None:
                self.source.setCurrentIndex(self.source.findData(SELECTED))
            self._show()

    # The person

    @Slot()
    def _chosen(self) -> None:
        self._show()

    @Slot()
    def _start_or_stop(self) -> None:
        if self._run.running:
            self._run.stop()
            return
        self._seed = 0
        self._start()

    @Slot()
    def _again(self) -> None:
        self._seed += 1
        self._start()

    def _start(self) -> None:
        subject = self._subject
        if subject is not None:
            self._run.start(subject, self._seed)


def _widest(button: QPushButton, texts: tuple[str, ...]) -> int:
    """The width of a button that suits each of these texts; it is left with the first."""
    wide = 0
    for text in reversed(texts):
        button.setText(text)
        wide = max(wide, button.sizeHint().width())
    return wide


def _label(name: str, tip: str) -> Label:
    label = Label()
    label.setObjectName(name)
    label.setToolTip(plain_tip(tip))
    label.setWordWrap(True)
    return label


def made(context: ViewContext) -> InversionView:
    """The view of a window."""
    return InversionView(context.workspace, context.pictures)
