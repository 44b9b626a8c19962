"""Points that spread during a training stay in sight, until somebody moves the view."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.requests.opening import FollowRequest, LoadedReply, LoadRequest, UnfoldedReply
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.latent_plane.view import LatentPlane
from tests.qt.fake_renderer import COUNT, FakeRenderer
from tests.qt.views.latent_plane.test_unfolding_manifold import snapshot
from tests.qt.waiting import until_idle


class Spreading(FakeRenderer):
    """A model in training whose codes lie `step` times as far out."""

    def serve(self, request: Request) -> Iterator[Reply | None]:
        if not isinstance(request, FollowRequest):
            yield from super().serve(request)
            return
        if request.step == 1:
            (loaded,) = super().serve(
                LoadRequest(request.generation, request.name, request.data, request.split)
            )
            assert isinstance(loaded, LoadedReply)
            yield replace(loaded, path=".")
        mean, sigma, rows = 0.4 * request.step * self.mean, np.full_like(self.mean, 0.1), (1.0, 1.0)
        yield UnfoldedReply(request.generation, mean, sigma, COUNT, rows, rows, None, step=request.step)


@pytest.fixture
def renderer() -> Spreading:
    return Spreading()


@pytest.fixture
def plane(qtbot: QtBot, workspace: Workspace) -> LatentPlane:
    made = LatentPlane(workspace)
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def follow(qtbot: QtBot, workspace: Workspace, step: int) -> None:
    with qtbot.waitSignal(workspace.unfolded, timeout=5000):
        workspace.follow(snapshot(step))
    until_idle()


def share_in_sight(plane: LatentPlane) -> float:
    assert plane.cloud is not None
    left, right, bottom, top = plane.camera.region
    x, y = plane.cloud.x, plane.cloud.y
    return float(((x > left) & (x < right) & (y > bottom) & (y < top)).mean())


def test_that_points_that_spread_stay_in_sight_until_somebody_moves_the_view(
    qtbot: QtBot, workspace: Workspace, plane: LatentPlane
) -> None:
    for step in (1, 4, 16):
        follow(qtbot, workspace, step)
        assert share_in_sight(plane) > 0.95
    plane.resize(400, 300)
    follow(qtbot, workspace, 40)
    assert share_in_sight(plane) > 0.95, "another size of the window is no move"
    follow(qtbot, workspace, 3)
    left, right, _, _ = plane.camera.region
    assert right - left < 40, "and when they draw together the view comes nearer"
    qtbot.keyClick(plane, Qt.Key.Key_Plus)
    before = plane.camera
    follow(qtbot, workspace, 30)
    assert plane.camera == before, "it was moved by hand"
    assert share_in_sight(plane) < 0.9
    qtbot.keyClick(plane, Qt.Key.Key_Home)
    follow(qtbot, workspace, 90)
    assert share_in_sight(plane) > 0.95, "all was asked for again"
    qtbot.mousePress(plane, Qt.MouseButton.RightButton, pos=QPoint(100, 100))
    qtbot.mouseMove(plane, QPoint(140, 100))
    qtbot.mouseRelease(plane, Qt.MouseButton.RightButton, pos=QPoint(140, 100))
    before = plane.camera
    follow(qtbot, workspace, 200)
    assert plane.camera == before


def test_that_a_small_change_leaves_the_view_alone(
    qtbot: QtBot, workspace: Workspace, plane: LatentPlane
) -> None:
    follow(qtbot, workspace, 1)
    follow(qtbot, workspace, 20)
    before = plane.camera
    follow(qtbot, workspace, 15)
    assert plane.camera == before
