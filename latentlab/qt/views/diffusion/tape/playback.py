"""Which frame of which tape is current: moved by mouse, keys and transport, or always the newest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from latentlab.qt.views.diffusion.tape.runner import Runs, Track
from latentlab.qt.views.diffusion.tape.tracks import Tracks
from latentlab.qt.views.diffusion.tape.transport import Transport

if TYPE_CHECKING:
    from latentlab.engine.diffusion.runner import Frame


class Playback(QObject):
    """Connects the tapes, their transport and the views of a frame.

    `shown` carries the current frame, None for none, also when another of its pictures is chosen; `taken` the
    current tape; `changed` says that other commands are available.

    Attributes:
        frame: the current frame.
        picture: the number of the chosen picture.
        follows: whether the current frame is always the newest.
    """

    shown = Signal(object)
    taken = Signal(object)
    changed = Signal()

    def __init__(self, tracks: Tracks, transport: Transport, runs: Runs, parent: QObject) -> None:
        super().__init__(parent)
        self._tracks, self._transport, self._runs = tracks, transport, runs
        self.frame: Frame | None = None
        self.picture, self.follows = 0, False
        transport.stepped.connect(self.step)
        transport.began.connect(self._play_began)
        tracks.scrubbed.connect(self._scrubbed)
        tracks.taken.connect(self.take)
        tracks.closed.connect(self._close)

    def show(self, frame: Frame | None) -> None:
        """Makes a frame current."""
        self.frame = frame
        if frame is not None:
            self.picture = min(self.picture, len(frame.x_t) - 1)
        self.shown.emit(frame)

    def show_newest(self) -> None:
        """Makes the newest frame current, if that is followed and not current yet."""
        track = self._tracks.in_hand
        newest = track.store.newest if track is not None else None
        if self.follows and newest is not None and newest is not self.frame:
            self.show(newest)

    @Slot(int)
    def choose(self, picture: int) -> None:
        """Chooses another picture of the current frame."""
        self.picture = picture
        self._tracks.show_picture(picture)
        self.show(self.frame)

    def limit(self, count: int) -> None:
        """A tape of so many pictures begins: keeps the chosen one among them."""
        self.picture = min(self.picture, count - 1)
        self._tracks.show_picture(self.picture)

    # Along a tape

    @Slot(int)
    def step(self, steps: int) -> None:
        """Moves by so many frames; back if negative."""
        track = self._tracks.in_hand
        if track is None or self.frame is None:
            return
        self.follows = False
        frame = track.store.next(self.frame.number, steps)
        if frame is self.frame and self._transport.playing and self._runs.track is not track:
            self._transport.pause()
        elif frame is not None and frame is not self.frame:
            self.show(frame)

    @Slot()
    def _play_began(self) -> None:
        """Playing from the end starts at the beginning."""
        track = self._tracks.in_hand
        if track is not None and self.frame is track.store.newest and self._runs.track is not track:
            self.go(0)

    def go(self, place: int) -> None:
        """Moves to an index among the available frames; -1 is the last."""
        track = self._tracks.in_hand
        if track is not None and len(track.store):
            self.follows = False
            self.show(track.store.frames[place])

    @Slot(object)
    def _scrubbed(self, frame: Frame) -> None:
        track = self._tracks.in_hand
        self._transport.pause()
        # At the last available frame, it continues with new ones.
        self.follows = track is not None and track is self._runs.track and frame is track.store.newest
        if frame is not self.frame:
            self.show(frame)

    # From tape to tape

    @Slot(object)
    def take(self, track: Track) -> None:
        """Makes another tape current, at the current frame if both have it."""
        if track is self._tracks.in_hand:
            return
        self._tracks.take(track)
        self.taken.emit(track)
        if self.frame is not None and track.store.get(self.frame.number) is self.frame:
            # The same frame continues differently on this tape.
            self.show(self.frame)
        else:
            self.changed.emit()

    def _take_at_time(self, track: Track) -> None:
        t = self.frame.t if self.frame is not None else 0
        self.take(track)
        frame = track.store.at_time(t)
        if frame is not None:
            self.show(frame)

    @Slot(object)
    def _close(self, track: Track) -> None:
        t = self.frame.t if self.frame is not None else 0
        self._tracks.close_track(track)
        self._runs.drop(track)
        now = self._tracks.in_hand
        if now is not None:
            self.taken.emit(now)
            self.show(now.store.at_time(t))

    # The keys

    def take_focus(self) -> None:
        """Gives the keyboard focus to the current tape."""
        row = self._tracks.row_of(self._tracks.in_hand)
        if row is not None:
            row.tape.setFocus(Qt.FocusReason.OtherFocusReason)

    def press(self, key: Qt.Key, repeats: bool) -> bool:
        """Handles a key; returns whether it has a meaning here."""
        tracks = self._tracks
        if key == Qt.Key.Key_Space and not repeats:
            self._transport.toggle()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._transport.pause()
            self.step(-1 if key == Qt.Key.Key_Left else 1)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._transport.pause()
            self.go(0 if key == Qt.Key.Key_Home else -1)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and len(tracks.rows) > 1:
            place = tracks.all.index(tracks.in_hand) if tracks.in_hand else 0
            place += -1 if key == Qt.Key.Key_Up else 1
            if 0 <= place < len(tracks.rows):
                self._take_at_time(tracks.rows[place].track)
        else:
            return False
        return True
