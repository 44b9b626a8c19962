"""The choice of what a tape starts from."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox

from latentlab.engine.diffusion.recipes import BetweenNoises, FromNoise, FromPicture, Inpainting, Start

NOISE = "noise"
# Name, text, and the kind of start.
_STARTS: tuple[tuple[str, str, type[Start]], ...] = (
    (NOISE, "Noise", FromNoise),
    ("picture", "A picture …", FromPicture),
    ("hole", "A hole in a picture …", Inpainting),
    ("between", "Between two noises …", BetweenNoises),
)


class StartChooser(QComboBox):
    """Shows the start of the current tapes. `noise_wanted` requests plain noise, `start_wanted` (name) the
    page where another start is set.
    """

    noise_wanted = Signal()
    start_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        for name, words, _ in _STARTS:
            self.addItem(words, name)
        self._shown = 0
        self.activated.connect(self._chosen)

    def show_start(self, start: Start) -> None:
        """Shows a start."""
        self._shown = next(place for place, one in enumerate(_STARTS) if type(start) is one[2])
        self.setCurrentIndex(self._shown)

    @Slot(int)
    def _chosen(self, place: int) -> None:
        name, now = self.itemData(place), self._shown
        # Another start is shown once a tape begins from it.
        self.setCurrentIndex(now)
        if name != NOISE:
            self.start_wanted.emit(name)
        elif place != now:
            self.noise_wanted.emit()
