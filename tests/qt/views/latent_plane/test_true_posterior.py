"""The layer of the true posterior: painted where it is, for the picture that is meant, while it is on."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.requests.theory import PosteriorRequest
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.latent_plane.view import LatentPlane
from latentlab.session.edits import MoveProbe, SetLayers, SetPlane
from latentlab.session.state import Layers, PlaneSettings
from tests.qt.fake_renderer import FakeRenderer
from tests.qt.waiting import until_idle

# What lies under it would have colours of its own.
BARE = Layers(points=False, manifold=False, contours=False, thumbnails=False)


@pytest.fixture
def plane(qtbot: QtBot, workspace: Workspace) -> LatentPlane:
    made = LatentPlane(workspace)
    qtbot.addWidget(made)
    made.resize(500, 500)
    made.show()
    workspace.do(SetLayers(layers=BARE))
    until_idle()
    return made


def orange(plane: LatentPlane, z: tuple[float, ...]) -> bool:
    """Whether there is some within a tenth of z."""
    shot = plane.grab().toImage()
    left, top = plane.camera.to_pixel(*plane.workspace.projection.to_plane(z))
    reach = max(2, round(0.05 * plane.camera.scale))
    for x in range(round(left) - reach, round(left) + reach + 1):
        for y in range(round(top) - reach, round(top) + reach + 1):
            colour = shot.pixelColor(x, y)
            if colour.red() - colour.blue() > 80 and colour.red() > 150:
                return True
    return False


def switch(workspace: Workspace, on: bool) -> None:
    layers = Layers(**{**vars(BARE), "posterior": on})
    workspace.do(SetLayers(layers=layers))
    until_idle()


def test_that_it_is_painted_at_the_picture_that_is_meant_and_only_while_it_is_on(
    plane: LatentPlane, workspace: Workspace, renderer: FakeRenderer
) -> None:
    z = tuple(map(float, renderer.mean[5]))
    workspace.select(5)
    # The probe's handle would lie over it.
    workspace.do(MoveProbe(z=(z[0] + 0.9, z[1] + 0.9)))
    until_idle()
    assert not [one for one in renderer.served if isinstance(one, PosteriorRequest)]
    assert not orange(plane, z)
    switch(workspace, on=True)
    assert orange(plane, z)
    switch(workspace, on=False)
    assert not orange(plane, z)


def test_that_it_turns_with_the_plane(
    plane: LatentPlane, workspace: Workspace, renderer: FakeRenderer
) -> None:
    z = tuple(map(float, renderer.mean[5]))
    workspace.select(5)
    workspace.do(MoveProbe(z=(z[0] + 0.9, z[1] + 0.9)))
    switch(workspace, on=True)
    for axes in (PlaneSettings("pair", 1, 0), PlaneSettings("components")):
        workspace.do(SetPlane(plane=axes))
        until_idle()
        assert orange(plane, z), axes


def test_that_it_knows_how_far_q_is_from_it(plane: LatentPlane, workspace: Workspace) -> None:
    workspace.select(5)
    switch(workspace, on=True)
    layer = plane.marks.posterior
    assert layer is not None
    assert layer.reply is not None
    assert layer.reply.gap == pytest.approx(2.0)
    assert not layer.elsewhere


class TestBeyondTwoLatents:
    """Points are drawn from it, and how many draws count is said."""

    @pytest.fixture
    def renderer(self) -> FakeRenderer:
        return FakeRenderer(5)

    def test_that_its_points_are_painted(
        self, plane: LatentPlane, workspace: Workspace, renderer: FakeRenderer
    ) -> None:
        workspace.select(5)
        workspace.do(MoveProbe(z=(3.0,) * 5))
        switch(workspace, on=True)
        layer = plane.marks.posterior
        assert layer is not None
        assert layer.reply is not None
        assert np.allclose(layer.reply.points, renderer.mean[5])
        assert orange(plane, tuple(map(float, renderer.mean[5])))
