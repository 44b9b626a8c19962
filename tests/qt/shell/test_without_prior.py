"""A model without a prior, in the real window: it is not shown as if its prior were N(0, I)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.requests.grids import GridReply, GridRequest
from latentlab.engine.rendering.requests.points import WalkReply, WalkRequest
from latentlab.qt.app import create_window
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.views.latent_plane.prior import contours_of
from latentlab.session.edits import MoveProbe, SetPins
from tests.hands import few_pictures, until
from tests.qt.shell import OFFSCREEN

pytestmark = OFFSCREEN


def test_that_an_autoencoder_is_not_shown_as_if_it_had_a_prior(qtbot: QtBot, tmp_path: Path) -> None:
    grids: list[GridReply] = []
    walks: list[WalkReply] = []
    with few_pictures(300):
        window = create_window(Settings(tmp_path / "lab.ini"), "mnist-ae-2d")
        workspace = window.workspace
        workspace.on(GridRequest).connect(grids.append)
        workspace.on(WalkRequest).connect(walks.append)
        window.show()
        until(lambda: bool(grids) and grids[-1].done, "no grid was drawn")

        assert workspace.model is not None
        assert not workspace.model.has_prior
        assert contours_of(workspace.model, workspace.projection) == (), "no circles of N(0, I)"
        over = window.findChild(QComboBox, "gridOver")
        assert not over.isEnabled()
        assert "has no prior" in over.toolTip()
        assert over.currentText() == "Plane in view"
        assert grids[-1].region is not None, "the places are not quantiles of N(0, I)"

        window.findChild(QWidget, "latentPlane").setFocus()
        qtbot.keyClick(window.findChild(QWidget, "latentPlane"), Qt.Key.Key_R)
        probe = np.array(workspace.state.probe, np.float32)
        assert (workspace.encodings.mean == probe).all(1).any(), "the code of a picture"
        density = window.findChild(QLineEdit, "probeDensity")
        until(lambda: density.text() == f"{np.hypot(*probe):.2f}", "|z| is not shown")
        assert window.findChild(QLabel, "probeWords").text().startswith("no prior")

        workspace.do(SetPins(pins=((0.0, 0.0), (1.0, 1.0))))
        workspace.do(MoveProbe(z=(1.0, 1.0)))
        until(lambda: bool(walks) and len(walks[-1].pictures) > 1, "no walk was decoded")
        assert walks[-1].log_priors == ()
        assert not window.bench.player.plot.isVisible(), "there is no density along the walk"
        window.close()
        window.deleteLater()
