"""Check boxes for the layers of the plane."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.widgets.check_box import CheckBox
from latentlab.qt.widgets.plain_text import Label, plain_tip
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


class LayerBoxes(QWidget):
    """Follows the session's layers."""

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
        for name, text, tip in _LAYERS:
            box = CheckBox(text)
            box.setObjectName(f"{name}LayerBox")
            box.setAccessibleName(text)
            box.setToolTip(plain_tip(tip))
            box.clicked.connect(partial(self._switch, name))
            self.boxes[name] = box
            rows.addWidget(box)
        self.refresh()

    def refresh(self) -> None:
        """Shows the session's layers."""
        layers = self._workspace.state.layers
        for name, box in self.boxes.items():
            box.setChecked(getattr(layers, name))
        self.boxes["thumbnails"].setEnabled(layers.points)

    def _switch(self, name: str) -> None:
        shown = self.boxes[name].isChecked()
        layers = replace(self._workspace.state.layers, **{name: shown})
        self._workspace.do(SetLayers(layers=layers))
