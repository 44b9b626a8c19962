"""A note in the plane on what it cannot show of a model: no points without an encoder, no prior."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.models.capabilities import Capability
from latentlab.qt.widgets.plain_text import Label

_GAP = 8


class PlaneNote(Label):
    """Lies at the top of the plane; transparent to the mouse."""

    def __init__(self, plane: QWidget) -> None:
        super().__init__("", plane)
        self.setObjectName("planeNote")
        self.setAccessibleName("What the plane cannot show of this model")
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setWordWrap(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._plane = plane
        self.hide()

    def say(self, sentence: str) -> None:
        """Shows a note; "" for none."""
        self.setText(sentence)
        self.setVisible(bool(sentence))
        self.fit()

    def fit(self) -> None:
        """Takes its position again, after the plane has been resized."""
        # Beside the label of the vertical axis, at the upper left.
        width = max(1, self._plane.width() - 12 * _GAP)
        self.setGeometry(6 * _GAP, _GAP, width, self.heightForWidth(width))


def no_points(model: LoadedReply) -> str:
    """Why a plane has no points; "" if it has."""
    if model.can(Capability.ENCODES):
        return ""
    if Capability.ENCODES in model.later:
        return (
            f"{model.model} has no points yet: its encoder, which finds the place of a picture, is trained "
            "last. Until then the plane shows only what the model makes of each place."
        )
    prior = "" if model.prior is None else f", {model.prior.formula}"
    return (
        f"{model.model} has no encoder: pictures of the data have no place here, and so there are no points. "
        f"The plane is that of its prior{prior}."
    )
