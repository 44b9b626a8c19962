"""A row of the pictures of the data nearest to a point of the latent space; a click selects one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from latentlab.engine.rendering.requests.opening import EncodingsReply
from latentlab.engine.types import Point
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.points.facts import facts_of
from latentlab.qt.widgets.flow_layout import TileLayout
from latentlab.qt.widgets.images import data_picture, to_qimage
from latentlab.qt.widgets.neighbour_button import NeighbourButton
from latentlab.qt.widgets.plain_text import listed, plain_tip
from latentlab.session.neighbours import nearest, squared_lengths

_LEAST = 40


class NearestRow(QWidget):
    """Empty until it is given a point."""

    def __init__(self, workspace: Workspace, name: str, count: int) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName("Pictures nearest to the fourth picture")
        self._workspace = workspace
        self._lengths: tuple[EncodingsReply, NDArray[np.float32] | None] | None = None
        self.buttons = [NeighbourButton(number, name) for number in range(count)]
        tiles = TileLayout(self, gap=2, least=_LEAST)
        for button in self.buttons:
            button.clicked.connect(self._clicked)
            tiles.addWidget(button)

    def show_place(self, z: Point | None) -> None:
        """Shows the images nearest to z; none for None, or while none are encoded."""
        model, encodings = self._workspace.model, self._workspace.encodings
        rows: list[int] = []
        if (
            z is not None
            and model is not None
            and encodings is not None
            and encodings.mean.shape[1] == len(z)
        ):
            if self._lengths is None or self._lengths[0] is not encodings:
                self._lengths = (encodings, squared_lengths(encodings.mean))
            rows = nearest(encodings.mean, z, len(self.buttons), lengths=self._lengths[1])
            for row, button in zip(rows, self.buttons, strict=False):
                at = tuple(map(float, encodings.mean[row]))
                label = -1 if model.labels is None else int(model.labels[row])
                colour = facts_of(self._workspace).colour_of(row)
                button.show_image(row, at, colour, to_qimage(data_picture(model.images, row)))
                gap = float(np.linalg.norm(encodings.mean[row] - np.asarray(z, np.float32)))
                name = "" if label < 0 else f", class {listed(model.classes[label])}"
                button.setAccessibleName(f"Picture {row:,}{name}")
                button.setToolTip(
                    plain_tip(f"Picture {row:,}{name}, at distance {gap:.3f}. Click to select.")
                )
        for number, button in enumerate(self.buttons):
            button.setVisible(number < len(rows))

    @Slot()
    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, NeighbourButton) and button.row is not None:
            self._workspace.select(button.row)
