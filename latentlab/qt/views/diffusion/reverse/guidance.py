"""The slider of classifier-free guidance, with its number."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Slot

from latentlab.qt.widgets.plain_text import plain_tip
from latentlab.qt.widgets.sliders import CalmSlider, Figure

_PER_UNIT, _MOST = 10, 8
# Of classes, where strokes break at 1 and now and then at 2: of 256 digits of the model that ships 93.4, 99.6
# and 100 % are as asked beyond doubt at 1, 2 and 3. Of attributes, 2 shows nearly all that is asked.
_USUAL = {True: 3.0, False: 2.0}
_TIP = (
    "Classifier-free guidance: 0 ignores the condition, 1 is as trained, more follows it more strictly and "
    "makes the pictures more alike."
)
_NO_CONDITION = "There is nothing to follow yet: choose a condition above."
_NONE = "–"


class GuidanceSlider(CalmSlider):
    """In tenths. Keeps the exact value of a recipe until the user moves it; `figure` shows it."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(0, _MOST * _PER_UNIT)
        self.setValue(round(_USUAL[True] * _PER_UNIT))
        self._exactly: float | None = None
        self.figure = Figure()
        self.setObjectName("guidanceSlider")
        self.setAccessibleName("Guidance")
        # First of those that are connected: they ask for the new value.
        self.valueChanged.connect(self._moved)

    @property
    def guidance(self) -> float:
        """The scale."""
        return self.value() / _PER_UNIT if self._exactly is None else self._exactly

    def show_guidance(self, guidance: float) -> None:
        """Sets the scale of a recipe, without signals."""
        with QSignalBlocker(self):
            self.setValue(round(guidance * _PER_UNIT))
        self._exactly = guidance

    def begin(self, exclusive: bool) -> None:
        """Sets the usual scale for classes, or for attributes, without signals."""
        with QSignalBlocker(self):
            self.setValue(round(_USUAL[exclusive] * _PER_UNIT))
        self._exactly = None

    def offer(self, told: bool) -> None:
        """Enables it where there is a condition to follow, and says otherwise that there is none."""
        self.setEnabled(told)
        self.setToolTip(plain_tip(_TIP if told else f"{_NO_CONDITION} {_TIP}"))
        self.figure.show_text(figure_of(self.guidance) if told else _NONE)

    @Slot()
    def _moved(self) -> None:
        self._exactly = None


def figure_of(value: float) -> str:
    """With one decimal place, or up to three if it has them."""
    return f"{value:.1f}" if round(value, 1) == value else f"{value:.3g}"
