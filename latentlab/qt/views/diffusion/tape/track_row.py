"""The row of a tape with its caption, and a close button if it is a branch."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from latentlab.qt.views.diffusion.tape.runner import Track
from latentlab.qt.views.diffusion.tape.strip import Tape
from latentlab.qt.widgets.plain_text import Label, plain_tip


class TrackRow(QWidget):
    """`scrubbed` (track, number), `taken` (track) and `closed` (track) are emitted on user actions."""

    scrubbed = Signal(object, int)
    taken = Signal(object)
    closed = Signal(object)

    def __init__(self, track: Track, place: int) -> None:
        super().__init__()
        self.track = track
        self.tape = Tape(track.store, "tape" if place == 0 else f"tape_{place}")
        self.tape.show_store(track.store, track.total, track.leaves)
        self.caption = Label()
        self.caption.setObjectName("tapeCaption" if place == 0 else f"tapeCaption_{place}")
        self.caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.caption.setFixedHeight(self.caption.fontMetrics().height() + 2)
        self.close_button = QToolButton()
        self.close_button.setText("\N{MULTIPLICATION SIGN}")
        self.close_button.setAutoRaise(True)
        self.close_button.setObjectName(f"closeBranch_{place}")
        self.close_button.setAccessibleName(f"Close branch {place}")
        self.close_button.setToolTip("Close this branch.")
        self.close_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.close_button.setVisible(track.leaves is not None)
        # As high as the caption alone, so that all tapes have the same height.
        self.close_button.setFixedHeight(self.caption.height())
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(4)
        head.addWidget(self.caption, 1)
        head.addWidget(self.close_button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self._head)
        rows.addWidget(self.tape, 1)
        self.tape.scrubbed.connect(self._scrubbed)
        self.tape.taken.connect(self._taken)
        self.close_button.clicked.connect(self._closed)

    def heights(self, wide: int = 0) -> tuple[int, int, int]:
        """The least, a good, and the largest useful height in this width."""
        head = 0 if self._head.isHidden() else self._head.sizeHint().height()
        least, best, most = self.tape.heights(wide)
        return least + head, best + head, most + head

    def show_other(self, track: Track) -> None:
        """Shows another tape in its place."""
        self.track = track
        self.tape.show_store(track.store, track.total, track.leaves)

    def show_track(self, words: str, in_hand: bool, alone: bool) -> None:
        """Sets the caption, and whether the tape is current; a single tape is not marked."""
        self.tape.total = self.track.total
        self.tape.set_in_hand(in_hand)
        self._head.setVisible(not alone)
        font = self.caption.font()
        font.setBold(in_hand)
        self.caption.setFont(font)
        self.caption.setText(words)
        self.caption.setToolTip(plain_tip(words))

    @Slot(int)
    def _scrubbed(self, number: int) -> None:
        self.scrubbed.emit(self.track, number)

    @Slot()
    def _taken(self) -> None:
        self.taken.emit(self.track)

    @Slot()
    def _closed(self) -> None:
        self.closed.emit(self.track)
