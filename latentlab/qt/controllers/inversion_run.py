"""The inversion of one picture: asks for it, keeps its steps, and moves the probe to what was found.

One for the panel of the inversion and the button of the user's own picture.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot

from latentlab.engine.rendering.requests.inversion import (
    NEEDS,
    InversionFrame,
    InversionReply,
    InvertRequest,
)
from latentlab.engine.rendering.requests.theory import Subject
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.types import Point
from latentlab.qt.clients.workspace import Workspace
from latentlab.session.edits import MoveProbe, TakeSample


class InversionRun(QObject):
    """Signals: `changed` says that there is another step, picture, or refusal; `traced` carries the path in
    the latent space, the number of the step on show in it, and a name: () for none.
    """

    changed = Signal()
    traced = Signal(object, int, str)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self.subject: Subject | None = None
        self.reply: InversionReply | None = None
        self.running = False
        self.refusal = ""
        # The frame on show; the newest while it runs and nobody has gone back.
        self.shown = 0
        self._watched = False
        workspace.on(InvertRequest).connect(self._replied)
        workspace.refused.connect(self._refused)
        workspace.loaded.connect(self._forget)

    @property
    def possible(self) -> bool:
        """Whether the open model can be inverted."""
        model = self._workspace.model
        return model is not None and model.capabilities >= NEEDS

    @property
    def frames(self) -> tuple[InversionFrame, ...]:
        """The steps that are known."""
        return () if self.reply is None else self.reply.frames

    @property
    def frame(self) -> InversionFrame | None:
        """The step on show."""
        return self.frames[self.shown] if self.frames else None

    def start(self, subject: Subject, seed: int = 0) -> None:
        """Inverts a picture, instead of the one before."""
        if not self.possible:
            return
        self.subject, self.reply, self.refusal = subject, None, ""
        self.running, self.shown = True, 0
        self._workspace.ask(InvertRequest, subject, seed)
        self._tell()

    def stop(self) -> None:
        """Goes no further; what is known stays, and the probe goes to the best of it."""
        if not self.running:
            return
        self.running = False
        self._workspace.ask(InvertRequest, None)
        if self.frames:
            self.shown = min(range(len(self.frames)), key=lambda at: self.frames[at].error)
            self.go()
        self._tell()

    def show(self, at: int) -> None:
        """Shows a step."""
        at = max(0, min(at, len(self.frames) - 1))
        if at != self.shown:
            self.shown = at
            self._tell()

    def go(self) -> None:
        """Moves the probe to the step on show, under the condition that was found."""
        frame, model = self.frame, self._workspace.model
        if frame is None or model is None or self.reply is None or len(frame.z) != model.latents:
            return
        if self.reply.condition:
            self._workspace.do(TakeSample(z=frame.z, condition=self.reply.condition))
        else:
            self._workspace.do(MoveProbe(z=frame.z))

    def watch(self, on: bool) -> None:
        """Whether the panel is in sight: only then the path is shown in the plane."""
        self._watched = on
        self._trace()

    def _tell(self) -> None:
        self.changed.emit()
        self._trace()

    def _trace(self) -> None:
        frame = self.frame
        if not self._watched or frame is None:
            self.traced.emit((), 0, "")
            return
        path: tuple[Point, ...] = tuple(one.z for one in self.frames)
        self.traced.emit(path, self.shown, f"step {frame.number}")

    @Slot(object)
    def _replied(self, reply: InversionReply) -> None:
        if reply.subject is not self.subject or not self.running:
            return
        follows = self.shown >= len(self.frames) - 1
        self.reply = reply
        if reply.done:
            self.running = False
        if follows or reply.done:
            self.shown = len(reply.frames) - 1
        if reply.done:
            self.go()
        self._tell()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(InvertRequest):
            self.running, self.refusal = False, refusal.message
            self._tell()

    @Slot(object)
    def _forget(self, _: object) -> None:
        """Another model: what was found is of no use."""
        self.subject = self.reply = None
        self.running, self.refusal, self.shown = False, "", 0
        self._tell()


def inversion_of(workspace: Workspace) -> InversionRun:
    """That of a workspace, made when it is first asked for."""
    found = workspace.findChild(InversionRun, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return found if isinstance(found, InversionRun) else InversionRun(workspace)
