"""The list of tapes, scrubbed together: the first one and its branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from latentlab.qt.views.diffusion.tape.runner import Track
from latentlab.qt.views.diffusion.tape.track_row import TrackRow
from latentlab.qt.views.diffusion.text import of_sampler_settings

if TYPE_CHECKING:
    from latentlab.engine.diffusion.runner import Frame

_GAP = 2


class Tracks(QWidget):
    """`scrubbed` (frame) and `taken` (track) request another current frame or tape, `closed` (track) to close
    a branch. `grown` says that there are more tapes, or fewer.

    Attributes:
        all: the tapes, in order.
        in_hand: the current tape; None while there is none.
    """

    scrubbed = Signal(object)
    taken = Signal(object)
    closed = Signal(object)
    grown = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.in_hand: Track | None = None
        self.rows: list[TrackRow] = []
        self._names: tuple[str, ...] = ()
        self._exclusive = True
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(_GAP)

    @property
    def all(self) -> list[Track]:
        """The open tapes."""
        return [row.track for row in self.rows]

    def heights(self, wide: int = 0) -> tuple[int, int, int]:
        """The least, a good, and the largest useful height of all tapes in this width."""
        rows = max(1, len(self.rows))
        heights = [row.heights(wide) for row in self.rows] or [(0, 0, 0)]
        least, best, most = (sum(one[place] for one in heights) + (rows - 1) * _GAP for place in range(3))
        return least, best if rows == 1 else least, most

    def name_conditions(self, names: tuple[str, ...], exclusive: bool) -> None:
        """Sets the names of the conditions in the captions."""
        self._names, self._exclusive = names, exclusive

    def begin(self, track: Track) -> None:
        """Shows a tape, and no other; it takes the keyboard focus from those before."""
        focus = self.window().focusWidget()
        focused = any(row.tape is focus for row in self.rows)
        while self.rows:
            self._remove(self.rows[-1])
        self.add(track)
        if focused:
            self.rows[0].tape.setFocus(Qt.FocusReason.OtherFocusReason)

    def add(self, track: Track) -> None:
        """Adds a tape and makes it current."""
        taken = {row.tape.objectName() for row in self.rows}
        place = next(n for n in range(len(taken) + 1) if ("tape" if n == 0 else f"tape_{n}") not in taken)
        row = TrackRow(track, place)
        row.scrubbed.connect(self._scrubbed)
        row.taken.connect(self.taken)
        row.closed.connect(self.closed)
        if self.rows:
            row.tape.show_picture(self.rows[0].tape.picture)
        self.rows.append(row)
        self._column.addWidget(row, 1)
        row.show()  # otherwise it could not take the focus yet
        self.take(track)
        self.grown.emit()

    def close_track(self, track: Track) -> None:
        """Removes a branch; if it was current, the tape before it becomes current."""
        row = self.row_of(track)
        if row is None or track.leaves is None:
            return
        place = self.rows.index(row)
        self._remove(row)
        self.take(self.rows[place - 1].track if track is self.in_hand else self.in_hand)
        self.grown.emit()

    def replace(self, over: Track, track: Track) -> None:
        """Shows a tape in the row of another one."""
        row = self.row_of(over)
        if row is None:
            return
        row.show_other(track)
        if self.in_hand is over:
            self.in_hand = track
        self.show_captions()

    def row_of(self, track: Track | None) -> TrackRow | None:
        """The row of a tape."""
        return next((row for row in self.rows if row.track is track), None)

    def take(self, track: Track | None) -> None:
        """Makes a tape current."""
        self.in_hand = track
        self.show_captions()

    def show_captions(self) -> None:
        """Updates the captions of all tapes."""
        for number, row in enumerate(self.rows):
            in_hand, alone = row.track is self.in_hand, len(self.rows) == 1
            row.show_track(self._caption(row.track, number), in_hand, alone)

    def _caption(self, track: Track, number: int) -> str:
        words = of_sampler_settings(track.recipe.last_sampler_settings, self._names, self._exclusive)
        if track.leaves is not None:
            words = f"Branch {number}, from frame {track.leaves} · {words}"
        newest = track.store.newest
        if track.ended and newest is not None and newest.t:
            words += f" · stopped at t = {newest.t}"
        return words

    def show_picture(self, picture: int) -> None:
        """Shows another picture of the batch on all tapes."""
        for row in self.rows:
            row.tape.show_picture(picture)

    def show_frame(self, frame: Frame | None) -> None:
        """Marks the current frame, and on the other tapes the one with the same noise level."""
        for row in self.rows:
            if frame is None:
                row.tape.show_frame(None)
            elif row.track is self.in_hand:
                row.tape.show_frame(frame)
            else:
                row.tape.show_frame(row.track.store.at_time(frame.t))

    def _remove(self, row: TrackRow) -> None:
        self.rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()

    @Slot(object, int)
    def _scrubbed(self, track: Track, number: int) -> None:
        frame = track.store.nearest(number)
        if frame is not None:
            self.scrubbed.emit(frame)
