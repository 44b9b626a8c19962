"""Check boxes for the layers of the plane."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from latentlab.engine.rendering.requests.critic import CriticMapRequest
from latentlab.engine.rendering.requests.stretch import StretchMapRequest
from latentlab.engine.rendering.requests.theory import PosteriorRequest
from latentlab.models.capabilities import Capability
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.widgets.check_box import CheckBox
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.session.able import why_not
from latentlab.session.edits import SetLayers

_LAYERS = (
    ("points", "Points", "Show a dot for each encoded picture."),
    ("thumbnails", "Thumbnails when near", "Show pictures in place of dots when few of them are in view."),
    ("manifold", "Decoded manifold", "Show what the model draws at each place, beneath the points."),
    ("density", "Density and holes", "Shade where encoded pictures lie, and hatch holes between them."),
    ("posterior", "True posterior", "Draw p(z|x) of a picture beside the ellipse of the encoder's q(z|x)."),
    ("stretch", "Stretch of the decoder", "Colour where a small step changes the picture much."),
    ("critic", "The critic's opinion", "Colour where the discriminator takes made pictures for real ones."),
    ("contours", "1, 2, 3 σ of the prior", "Show how far from the middle the prior expects pictures."),
)  # fmt: skip

# What a model must be able to do, or there is nothing to draw.
_NEEDS: Mapping[str, frozenset[Capability]] = {
    "posterior": PosteriorRequest.needs,
    "stretch": StretchMapRequest.needs,
    "critic": CriticMapRequest.needs,
}


class LayerBoxes(QWidget):
    """Follows the session's layers; one that the open model cannot fill is greyed, and its tip says why."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self.boxes: dict[str, CheckBox] = {}
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        title = Label("Layers")
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        rows.addWidget(title)
        for name, text, _ in _LAYERS:
            box = CheckBox(text)
            box.setObjectName(f"{name}LayerBox")
            box.setAccessibleName(text)
            box.clicked.connect(partial(self._switch, name))
            self.boxes[name] = box
            rows.addWidget(box)
        workspace.loaded.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Shows the session's layers, and which of them the open model can fill."""
        layers, model = self._workspace.state.layers, self._workspace.model
        for name, _, tip in _LAYERS:
            box, needs = self.boxes[name], _NEEDS.get(name, frozenset())
            reason = "" if model is None else why_not(model.model, model.capabilities, needs, model.later)
            box.setChecked(getattr(layers, name))
            box.setEnabled(not reason)
            box.setToolTip(plain_tip(reason or tip))
        self.boxes["thumbnails"].setEnabled(layers.points)

    def _switch(self, name: str) -> None:
        shown = self.boxes[name].isChecked()
        layers = replace(self._workspace.state.layers, **{name: shown})
        self._workspace.do(SetLayers(layers=layers))
