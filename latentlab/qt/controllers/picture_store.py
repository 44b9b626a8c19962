"""Keeps the user's own pictures, and requests the encoding of the current one.

Which picture is current, and how it is fitted, is part of the session and undoable; the pixels are kept here.
When a picture comes in or its fitting is edited, the probe moves to its posterior mean in the same undo step.
When another model is opened, or an undo brings back an older picture, it is encoded again and the probe
stays.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from latentlab.data.report import shown
from latentlab.engine.rendering.cropping import Fitting
from latentlab.engine.rendering.requests.pictures import OwnPictureReply, OwnPictureRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.types import Picture
from latentlab.qt.clients.coalesce import CoalescedRequest
from latentlab.qt.clients.latest_task import Newest, Token
from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.qt.clients.undo import new_gesture
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.widgets.images import from_qimage
from latentlab.session.edits import ShowOwnPicture
from latentlab.session.state import OwnPicture, SessionState

# As many undo steps as a user may want to go back, at 12 MB a picture.
_KEPT = 12
_UNNAMED = "pasted picture"


class OwnPictures(QObject):
    """Signals: `changed` says that there is another picture, fitting or reply; `taken` that a picture has
    come in; `failed` carries a message and details.
    """

    changed = Signal()
    taken = Signal(str)
    failed = Signal(str, str)

    def __init__(self, workspace: Workspace, background: TaskQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._background = workspace, background
        self._numbers = itertools.count(1)
        self._pixels: dict[int, Picture] = {}
        self._sizes: dict[int, tuple[int, int]] = {}
        self.reply: OwnPictureReply | None = None
        self.refusal = ""
        self._asked: OwnPicture | None = None
        # The gesture that last changed the picture, until the probe has followed it.
        self._follow: int | None = None
        self._at_probe: str = ""
        self._coalesced = CoalescedRequest(self._ask, self, workspace.loaded)
        self._reading = Newest(background, self._read, self._unread)
        workspace.changed.connect(self._session_changed)
        workspace.probed.connect(self._session_changed)
        workspace.loaded.connect(self._loaded)
        workspace.unfolded.connect(self._ask_soon)
        workspace.on(OwnPictureRequest).connect(self._encoded)
        workspace.refused.connect(self._refused)

    # What there is

    @property
    def own(self) -> OwnPicture | None:
        """The current picture; None if there is none."""
        own = self._workspace.state.own_picture
        return own if own is not None and own.number in self._pixels else None

    @property
    def pixels(self) -> Picture | None:
        """Its pixels, uint8 (H, W) or (H, W, 3)."""
        own = self.own
        return None if own is None else self._pixels[own.number]

    @property
    def size(self) -> tuple[int, int] | None:
        """Its original width and height: fewer pixels of it may be kept."""
        own = self.own
        return None if own is None else self._sizes[own.number]

    @property
    def busy(self) -> bool:
        """Whether a picture is being read."""
        return self._reading.busy

    @property
    def name_at_probe(self) -> str:
        """The picture's name if the probe is at its encoding, or came from there by attributes alone."""
        return self._at_probe

    # What a person does

    def open_file(self, path: Path) -> None:
        """Reads a picture file in the background, and takes it."""
        self._reading.run(partial(_file, path))
        self.changed.emit()

    def open_image(self, image: QImage, name: str = _UNNAMED) -> None:
        """Takes a picture that is not a file."""
        self._reading.run(partial(_image, image, name))
        self.changed.emit()

    def read(
        self, source: Path | QImage, then: Callable[[Picture], None], broken: Callable[[], None]
    ) -> None:
        """Reads a picture for another caller, in the background; `broken` is called on failure."""

        def failed(failure: Failure) -> None:
            broken()
            self.failed.emit(failure.message, failure.details)

        work = partial(_file, source) if isinstance(source, Path) else partial(_image, source, _UNNAMED)
        self._background.run(lambda: work(Token()).pixels, then, failed)

    def fit(self, fitting: Fitting, gesture: int | None = None) -> None:
        """Changes the part of the picture that is used; the probe follows as part of the same gesture."""
        own = self.own
        if own is not None and fitting != own.fitting:
            self._show(OwnPicture(own.number, own.name, fitting), gesture or new_gesture())

    def put_away(self) -> None:
        """Removes the current picture; the probe stays."""
        self._workspace.do(ShowOwnPicture(own=None))

    def go(self) -> None:
        """Moves the probe to the picture's encoding."""
        if self.reply is not None:
            self._workspace.do(ShowOwnPicture(own=self._workspace.state.own_picture, z=self.reply.mean))

    def _show(self, own: OwnPicture, gesture: int) -> None:
        self._workspace.do(ShowOwnPicture(gesture=gesture, own=own))
        # After the edit, whose signal comes before this: only edits made here move the probe.
        self._follow = gesture

    # What comes from elsewhere

    def _read(self, found: _Found) -> None:
        number = next(self._numbers)
        self._pixels[number], self._sizes[number] = found.pixels, found.size
        for old in sorted(self._pixels)[:-_KEPT]:
            del self._pixels[old], self._sizes[old]
        self._show(OwnPicture(number, found.name), new_gesture())
        self.taken.emit(found.name)

    def _unread(self, failure: Failure) -> None:
        self.changed.emit()
        self.failed.emit(failure.message, failure.details)

    @Slot(object, object)
    def _session_changed(self, old: SessionState, new: SessionState) -> None:
        if old.own_picture != new.own_picture:
            self._follow = None
            same = old.own_picture and new.own_picture and old.own_picture.number == new.own_picture.number
            if not same:
                self.reply = None
            self._coalesced.soon()
            self.changed.emit()
        elif old.condition != new.condition:
            self._coalesced.soon()
        if not new.amounts and (old.probe, old.own_picture) != (new.probe, new.own_picture):
            self._find_at_probe(new)

    def _find_at_probe(self, state: SessionState) -> None:
        here = self.reply is not None and self.own is not None and self.reply.mean == state.probe
        before, self._at_probe = self._at_probe, self.own.name if here and self.own else ""
        if before != self._at_probe:
            self.changed.emit()

    @Slot(object)
    def _loaded(self, model: object) -> None:
        # A picture that came in while the model was being opened still waits for the probe to follow it.
        self.reply, self._at_probe, self.refusal = None, "", ""
        self._ask_soon()
        self.changed.emit()

    @Slot()
    def _ask_soon(self) -> None:
        self._coalesced.soon()

    def _ask(self) -> bool:
        own, pixels = self.own, self.pixels
        if own is None or pixels is None or self._workspace.model is None:
            return False
        self._asked = own
        workspace = self._workspace
        # A model in training has no usual ELBOs to compare with.
        compare = not workspace.following
        workspace.ask(OwnPictureRequest, pixels, own.fitting, workspace.state.condition, compare)
        return True

    @Slot(object)
    def _encoded(self, reply: OwnPictureReply) -> None:
        self._coalesced.answered()
        model, own, asked = self._workspace.model, self.own, self._asked
        if model is None or own is None or asked is None or asked.number != own.number:
            return
        if len(reply.mean) != model.latents:
            return  # a reply of a model that has been closed meanwhile
        self.reply, self.refusal = reply, ""
        if self._follow is not None:
            gesture = self._follow
            if reply.mean != self._workspace.state.probe or self._workspace.state.amounts:
                self._workspace.do(ShowOwnPicture(gesture=gesture, own=own, z=reply.mean))
            # A later reply belongs to the same gesture only if no newer fitting has been requested.
            self._follow = gesture if reply.fitting != own.fitting else None
        if not self._workspace.state.amounts:
            self._find_at_probe(self._workspace.state)
        self.changed.emit()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(OwnPictureRequest):
            self.reply, self.refusal = None, refusal.message
            self._coalesced.answered()
            self.changed.emit()


class _Found(NamedTuple):
    """A picture that was read; `size` is its original width and height."""

    name: str
    pixels: Picture
    size: tuple[int, int]


def _file(path: Path, token: Token) -> _Found:
    # Imported here: it needs torch, for which the window does not wait.
    from latentlab.engine.rendering.own_picture import own_size, read_own

    pixels = read_own(path)
    return _Found(shown(path.name), pixels, own_size(path))


def _image(image: QImage, name: str, token: Token) -> _Found:
    from latentlab.engine.rendering.own_picture import require_room, shrunk

    require_room(image.width(), image.height(), name)
    return _Found(name, shrunk(from_qimage(image)), (image.width(), image.height()))
