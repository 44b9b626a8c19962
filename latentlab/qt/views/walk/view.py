"""The walk player: pictures from pin to pin, played or scrubbed, with the prior density of each step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QSlider,
    QStackedLayout,
    QWidget,
)

from latentlab.engine.rendering.requests.points import WalkReply, WalkRequest
from latentlab.models.capabilities import Capability
from latentlab.qt.clients.undo import GestureClock
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.spec import ViewSpec
from latentlab.qt.views.walk.density_plot import DensityPlot
from latentlab.qt.views.walk.room import arrange
from latentlab.qt.views.walk.screen import Screen
from latentlab.qt.widgets.number_field import WholeNumber
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.sight import Sight, in_sight
from latentlab.session.edits import MoveProbe, SetWalk, ShowFrame
from latentlab.session.state import LERP, SLERP, WALK_STEPS, SessionState, WalkSettings

_WHY_NOT = "A walk goes from pin to pin: pin two pictures or more to make one."


class WalkPlayer(QWidget):
    """Screen, controls and curve; side by side where there is room, else stacked.

    Space plays and pauses. Playing goes to the end and back again. The shown frame is the session's `frame`;
    while that is None (the walk has just changed) the player keeps its position and shows that.

    `shown` carries the picture and its place in words when the person plays or scrubs; while somebody else
    shows it large (`watched`), it plays on where the player itself is hidden. `save_wanted` asks to save it.
    """

    shown = Signal(object, str)
    save_wanted = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("walkPlayer")
        self.setAccessibleName("Walk player")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._workspace = workspace
        self._walk: WalkReply | None = None
        self._stride = 1
        self._frame = 0
        self._forward = True
        self._undrawn, self._has_curve = False, True
        self._steps_gestures, self._speed_gestures = GestureClock(), GestureClock()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._advance)
        self._sight = Sight(self)
        self._sight.came.connect(self._seen)
        self.screen_ = Screen()
        self.plot = DensityPlot()
        self.plot.picked.connect(self._scrub)
        self.path = QComboBox()
        self.path.addItem("Straight line", LERP)
        self.path.addItem("Slerp (arc)", SLERP)
        self.steps = WholeNumber(minimum=WALK_STEPS.start, maximum=WALK_STEPS.stop - 1, suffix=" steps")
        self.speed = WholeNumber(minimum=1, maximum=60, suffix=" / s")
        self.play = QPushButton("Play")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.place = Label()
        self.probe_here = QPushButton("Move probe here")
        self.save = QPushButton("Save walk …")
        self.watched: Callable[[], bool] | None = None
        self._name_controls()
        self.path.currentIndexChanged.connect(self._path_chosen)
        self.steps.valueChanged.connect(self._steps_changed)
        self.speed.valueChanged.connect(self._speed_changed)
        self.play.clicked.connect(self.toggle)
        self.slider.valueChanged.connect(self._scrub)
        self.probe_here.clicked.connect(self._put_probe)
        self.save.clicked.connect(self.save_wanted)
        self._lay_out()
        workspace.changed.connect(self._changed)
        workspace.on(WalkRequest).connect(self._walked)
        self._show_settings(workspace.state.walk)
        self._offer()

    def _name_controls(self) -> None:
        for control, name, spoken, tip in (
            (self.path, "walkPath", "Path of the walk",
             "Interpolation from pin to pin: linear, or spherical along an arc around the origin."),
            (self.steps, "walkSteps", "Steps from pin to pin",
             "Pictures from each pin to the next, from 2 to 120."),
            (self.speed, "walkSpeed", "Pictures per second",
             "How fast the walk is played, 1 to 60 pictures per second."),
            (self.play, "walkPlay", "Play or pause the walk",
             "Play the walk to its end and back again (Space)."),
            (self.slider, "walkSlider", "Step of the walk",
             "The step shown. Drag to scrub through the walk."),
            (self.place, "walkPlace", "Position in the walk",
             "The step shown, and the last one."),
            (self.probe_here, "walkProbe", "Move probe here",
             "Move the probe to the step shown."),
            (self.save, "walkSave", "Save the walk",
             "See the walk at its full size and save it, as an animation or as a strip."),
        ):  # fmt: skip
            control.setObjectName(name)
            control.setAccessibleName(spoken)
            control.setToolTip(plain_tip(tip))

    def _lay_out(self) -> None:
        controls = QGridLayout()
        controls.setContentsMargins(0, 0, 0, 0)
        controls.setHorizontalSpacing(4)
        controls.setVerticalSpacing(5)
        scrub = QHBoxLayout()
        scrub.addWidget(self.slider, 1)
        scrub.addWidget(self.place)
        controls.setRowStretch(0, 1)
        controls.addWidget(self.path, 1, 0, 1, 2)
        controls.addWidget(self.steps, 2, 0)
        controls.addWidget(self.speed, 2, 1)
        controls.addLayout(scrub, 3, 0, 1, 2)
        controls.addWidget(self.play, 4, 0)
        controls.addWidget(self.save, 4, 1)
        controls.addWidget(self.probe_here, 5, 0, 1, 2)
        controls.setRowStretch(6, 1)
        for control in (self.path, self.steps, self.speed, self.play, self.probe_here, self.save):
            control.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.place.setMinimumWidth(self.fontMetrics().horizontalAdvance("888 / 888"))
        self.place.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.player = QWidget()
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self.player)
        self._row.setContentsMargins(6, 6, 6, 6)
        self._row.setSpacing(8)
        self._row.addWidget(self.screen_, 2)
        self._row.addLayout(controls, 2)
        self._row.addWidget(self.plot, 3)
        self.why_not = Label(_WHY_NOT)
        self.why_not.setObjectName("walkWhyNot")
        self.why_not.setWordWrap(True)
        self.why_not.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.why_not.setContentsMargins(12, 0, 12, 0)
        self._stack = QStackedLayout(self)
        self._stack.setSizeConstraint(QStackedLayout.SizeConstraint.SetNoConstraint)
        self._stack.addWidget(self.why_not)
        self._stack.addWidget(self.player)

    def minimumSizeHint(self) -> QSize:
        # The layout changes direction, so its own minimum is wrong. A note takes two lines.
        walks = self._stack.currentWidget() is self.player
        return QSize(240, 158 if walks else 2 * self.fontMetrics().height() + 8)

    def resizeEvent(self, event: QResizeEvent) -> None:
        arrange(self._row, self.plot, event.size(), self._has_curve)
        super().resizeEvent(event)

    # What comes from the workspace

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.walk != new.walk:
            self._show_settings(new.walk)
        if old.pins != new.pins:
            self._offer()
        if old.frame != new.frame and new.frame is not None:
            self._show_frame(new.frame)

    @Slot(object)
    def _walked(self, reply: WalkReply) -> None:
        legs = len(self._workspace.state.pins) - 1
        if legs < 1 or len(reply.points) < 2:
            self._walk = None
            return
        stride = (len(reply.points) - 1) // legs
        # The position in the walk is kept, counted in legs: a finer step size does not move it.
        frame = min(round(self._frame / self._stride * stride), len(reply.points) - 1)
        shown = self._walk is not None
        self._walk, self._stride = reply, stride
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, len(reply.points) - 1)
            self.slider.setPageStep(stride)
        self._undrawn = True
        self._draw_curve()
        self._show_frame(frame)
        if shown and self._workspace.state.frame != frame:
            self._workspace.do(ShowFrame(frame=frame))

    def _show_settings(self, walk: WalkSettings) -> None:
        with QSignalBlocker(self.path), QSignalBlocker(self.steps), QSignalBlocker(self.speed):
            self.path.setCurrentIndex(self.path.findData(walk.path))
            self.steps.setValue(walk.steps)
            self.speed.setValue(walk.frames_per_second)
        self._timer.setInterval(round(1000 / walk.frames_per_second))

    def _offer(self) -> None:
        """Shows the player if there is a walk, else a note on what is missing."""
        can = len(self._workspace.state.pins) >= 2
        if not can:
            self.pause()
            self._walk, self._frame, self._forward = None, 0, True
        self.player.setEnabled(can)
        self._stack.setCurrentWidget(self.player if can else self.why_not)
        self.updateGeometry()

    def _draw_curve(self) -> None:
        """Draws the curve when it is visible: the first one costs an import."""
        if self._undrawn and self._walk is not None and in_sight(self):
            # Of a model without a prior there is no curve.
            self._has_curve = bool(self._walk.log_priors)
            arrange(self._row, self.plot, self.size(), self._has_curve)
            if self._walk.log_priors:
                self.plot.show_walk(self._walk.log_priors, self._stride)
            self._undrawn = False

    def _show_frame(self, frame: int) -> None:
        if self._walk is None:
            return
        last = len(self._walk.points) - 1
        self._frame = frame = min(max(frame, 0), last)
        self.screen_.show_picture(self._walk.pictures[frame])
        with QSignalBlocker(self.slider):
            self.slider.setValue(frame)
        self.place.setText(f"{frame} / {last}")
        self.plot.show_step(frame)

    # Playing

    @property
    def playing(self) -> bool:
        """Whether the walk is being played."""
        return self._timer.isActive()

    @Slot()
    def toggle(self) -> None:
        """Plays or pauses."""
        if self.playing:
            self.pause()
        elif self._walk is not None:
            self._timer.start()
            self.play.setText("Pause")

    def pause(self) -> None:
        """Pauses at the current frame."""
        self._timer.stop()
        self.play.setText("Play")

    @Slot()
    def _advance(self) -> None:
        if self._walk is None:
            return
        last = len(self._walk.points) - 1
        if self._frame >= last:
            self._forward = False
        elif self._frame <= 0:
            self._forward = True
        if not in_sight(self) and not (self.watched and self.watched()):
            self.pause()
            return
        self._scrub(self._frame + (1 if self._forward else -1))

    def hideEvent(self, event: QHideEvent) -> None:
        if self.watched is None:  # else the next step looks whether anybody is left
            self.pause()
        super().hideEvent(event)

    @Slot()
    def _seen(self) -> None:
        self._draw_curve()
        self._show_frame(self._frame)

    # The hand

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.toggle()
        else:
            super().keyPressEvent(event)

    @Slot(int)
    def _scrub(self, frame: int) -> None:
        if self._walk is not None:
            self._workspace.do(ShowFrame(frame=frame))
            self.shown.emit(self._walk.pictures[self._frame], f"step {self.place.text()} of the walk")

    @Slot()
    def _put_probe(self) -> None:
        if self._walk is not None:
            self._workspace.do(MoveProbe(z=self._walk.points[self._frame]))

    @Slot(int)
    def _path_chosen(self, index: int) -> None:
        self._workspace.do(SetWalk(walk=replace(self._workspace.state.walk, path=self.path.itemData(index))))

    @Slot(int)
    def _steps_changed(self, steps: int) -> None:
        walk = replace(self._workspace.state.walk, steps=steps)
        self._workspace.do(SetWalk(gesture=self._steps_gestures.gesture(), walk=walk))

    @Slot(int)
    def _speed_changed(self, speed: int) -> None:
        walk = replace(self._workspace.state.walk, frames_per_second=speed)
        self._workspace.do(SetWalk(gesture=self._speed_gestures.gesture(), walk=walk))


SPEC = ViewSpec(
    "walk",
    "Walk",
    lambda context: WalkPlayer(context.workspace),
    needs=frozenset({Capability.DECODES}),
)
