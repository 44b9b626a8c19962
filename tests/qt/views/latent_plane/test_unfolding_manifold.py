"""The manifold under the points while a model of more than two latents trains: the last one stays."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.requests.grids import GridRequest, UnderlayRequest
from latentlab.engine.rendering.requests.opening import FollowRequest, LoadedReply, LoadRequest, UnfoldedReply
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.training.snapshot import Snapshot
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.latent_plane.view import LatentPlane
from latentlab.session.edits import SetLayers
from tests.qt.fake_renderer import COUNT, FakeRenderer
from tests.qt.waiting import until_idle


class Turning(FakeRenderer):
    """A model in training whose principal components turn with each snapshot, and that draws in pieces."""

    def __init__(self) -> None:
        super().__init__(latents=3)
        self.begun = self.finished = 0

    def serve(self, request: Request) -> Iterator[Reply | None]:
        if isinstance(request, FollowRequest):
            self.served.append(request)
            if request.step == 1:
                opening = LoadRequest(request.generation, request.name, request.data, request.split)
                (loaded,) = super().serve(opening)
                assert isinstance(loaded, LoadedReply)
                yield dataclasses.replace(loaded, path=".")
            angle = 0.1 * request.step
            across, up = (math.cos(angle), math.sin(angle), 0.0), (-math.sin(angle), math.cos(angle), 0.0)
            rows = (1.0, 1.0, 1.0)
            sigma = np.full_like(self.mean, 0.1)
            mean = self.mean.copy()
            yield UnfoldedReply(
                request.generation, mean, sigma, COUNT, rows, rows, (across, up), step=request.step
            )
            return
        drawn = isinstance(request, UnderlayRequest)
        self.begun += drawn
        for reply in super().serve(request):
            yield from [None] * (3 if drawn else 0)
            yield reply
        self.finished += drawn


@pytest.fixture
def renderer() -> Turning:
    return Turning()


def snapshot(step: int) -> Snapshot:
    return Snapshot("m", step, "vae", {}, np.zeros(1, np.float32), "mnist")


def test_that_the_last_manifold_stays_until_the_next_is_drawn(
    qtbot: QtBot, workspace: Workspace, renderer: Turning
) -> None:
    plane = LatentPlane(workspace)
    qtbot.addWidget(plane)
    plane.resize(500, 400)
    workspace.do(SetLayers(layers=dataclasses.replace(workspace.state.layers, manifold=True)))
    plane.show()
    qtbot.waitExposed(plane)
    workspace.follow(snapshot(1))
    with qtbot.waitSignal(workspace.unfolded, timeout=5000):
        pass
    until_idle()
    plane.zoom(0.9)  # moved by hand: it does not follow the points, for which the manifold is drawn anew
    until_idle()
    assert plane.manifold.image is not None
    blank, coarse, projections = [], [], set()

    def looked() -> None:
        image = plane.manifold.image
        blank.append(image is None)
        coarse.append(image is not None and image[1].pixelColor(4, 4).red() in (90, 165))
        projections.add(workspace.projection)

    for signal in (workspace.turned, workspace.encoded, workspace.unfolded, plane.manifold.changed):
        signal.connect(looked)
    grids = sum(type(one) is GridRequest for one in renderer.served)
    for step in range(2, 12):
        with qtbot.waitSignal(workspace.unfolded, timeout=5000):
            workspace.follow(snapshot(step))
    until_idle()
    assert len(projections) == 10
    assert not any(blank)
    assert not any(coarse), "a coarse preview is less than the fine one of a moment ago"
    assert renderer.begun == renderer.finished, "one that is being drawn is finished"
    assert sum(type(one) is GridRequest for one in renderer.served) - grids < 5
    last = max(place for place, one in enumerate(renderer.served) if isinstance(one, FollowRequest))
    assert any(isinstance(one, UnderlayRequest) for one in renderer.served[last:]), "it catches up at rest"
