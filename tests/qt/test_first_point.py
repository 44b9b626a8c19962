"""Where a person first meets a model: at a typical picture, and later where they left it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
import torch
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.beginning import typical_point
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.models.vae.model import VAE
from latentlab.qt.clients.workspace import Workspace
from latentlab.session.edits import MoveProbe
from latentlab.session.session import Session
from latentlab.session.switching import for_model
from tests.qt.fake_renderer import FakeRenderer
from tests.tiny import CONFIG, toy_set


class Telling(FakeRenderer):
    """Every model says where to begin; each has a hash of its own."""

    def serve(self, request: Request) -> Iterator[Reply | None]:
        for reply in super().serve(request):
            if isinstance(reply, LoadedReply):
                yield dataclasses.replace(reply, start=(0.5, -0.5), hash=f"{len(reply.model):012x}")
            else:
                yield reply


def test_that_a_new_model_begins_at_a_typical_picture_and_a_known_one_where_it_was_left(qtbot: QtBot) -> None:
    workspace = Workspace(Session(), Telling())

    def go(model: str, probe: tuple[float, ...] | None = None) -> tuple[float, ...]:
        state = for_model(workspace.state, model)
        with qtbot.waitSignal(workspace.loaded):
            workspace.open(state if probe is None else dataclasses.replace(state, probe=probe))
        return workspace.state.probe

    with qtbot.waitSignal(workspace.encoded):
        workspace.start()
    assert workspace.state.probe == (0.0, 0.0), "as the session says"
    assert go("another") == (0.5, -0.5)
    assert not workspace.state.fresh
    workspace.do(MoveProbe(z=(1.0, 2.0)))
    assert go("a third one") == (0.5, -0.5)
    assert go("another") == (1.0, 2.0)
    assert go("asked for at a point", (3.0, 3.0)) == (3.0, 3.0)
    workspace.stop()


def test_that_the_typical_picture_is_at_the_median_distance_of_those_looked_at() -> None:
    torch.manual_seed(0)
    model, data = VAE(CONFIG).eval(), toy_set("test", 9)
    with torch.no_grad():
        far = model.encode(data.images.float() / 255.0).mean.square().sum(1)
    point = typical_point(model, data, None, (0.0, 0.0))
    assert abs(sum(value**2 for value in point) - float(far.median())) < 1e-6
    assert typical_point(model, data.part("test", 0, 0), None, (0.0, 0.0)) == ()
    assert typical_point(torch.nn.Identity(), data, None, ()) == ()


def test_that_of_pictures_with_attributes_one_with_the_fewest_is_met_first() -> None:
    model, data = VAE(CONFIG).eval(), toy_set("test", 9)
    attributes = torch.ones(9, 2, dtype=torch.bool)
    attributes[4, 1] = False
    told = dataclasses.replace(data, attributes=attributes, attribute_names=("Hat", "Smiling"))
    alone = data.part("test", 4, 5)
    point, its_own = (typical_point(model, some, None, (0.0, 0.0)) for some in (told, alone))
    assert point == pytest.approx(its_own, abs=1e-5)
