"""The scores of sets of pictures, and how varied samples are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from latentlab.core.collapse import CollapseAlarm, Variety
from latentlab.data import catalog
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.opening import FollowRequest, LoadRequest, UnfoldedReply
from latentlab.engine.rendering.requests.scores import (
    HistogramsReply,
    HistogramsRequest,
    VarietyReply,
    VarietyRequest,
)
from latentlab.engine.training.snapshots import weighed
from latentlab.models.registry import build
from tests.tiny import save_tiny_gan, toy_set

SMALL = {"latents": 3, "shape": (1, 8, 8), "generator_widths": (8, 8), "discriminator_widths": (8, 8)}


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split, 70))


def asked(renderer: Renderer, request: Any) -> Any:
    *_, last = (reply for reply in renderer.serve(request) if reply is not None)
    return last


def opened(path: Path) -> Renderer:
    renderer = Renderer()
    asked(renderer, LoadRequest(1, str(path), "toy"))
    return renderer


@pytest.mark.parametrize("critic", [False, True])
def test_that_histograms_have_real_held_out_and_made_pictures_and_their_means(
    tmp_path: Path, critic: bool
) -> None:
    renderer = opened(save_tiny_gan(tmp_path / "g.safetensors", critic=critic))
    reply = asked(renderer, HistogramsRequest(2, 50, 10))
    assert isinstance(reply, HistogramsReply)
    assert reply.names == ("train", "held out", "made")
    assert reply.counts == (50, 50, 50)
    assert all(sum(shares) == pytest.approx(1.0) for shares in reply.shares)
    model = renderer.loaded.model
    some = toy_set("train", 70).images[torch.linspace(0, 69, 50).round().long()].float() / 255.0
    with torch.no_grad():
        scores = model.scores(some)
    expected = scores if critic else torch.sigmoid(scores)
    assert reply.means[0] == pytest.approx(float(expected.mean()), rel=1e-4)
    assert reply.spec.probability is not critic
    if not critic:
        assert (reply.low, reply.high) == (0.0, 1.0)


def test_that_samples_are_the_same_each_time_and_their_variety_is_told(tmp_path: Path) -> None:
    renderer = opened(save_tiny_gan(tmp_path / "g.safetensors"))
    first, again = (asked(renderer, VarietyRequest(number, 40, 12)) for number in (2, 3))
    assert isinstance(first, VarietyReply)
    assert first.pictures.shape == (12, 8, 8)
    np.testing.assert_array_equal(first.pictures, again.pictures)
    assert first.ratio > 0.0
    assert first.step is None
    assert first.counts == ()


def test_that_a_conditional_model_is_asked_for_each_class_and_judged_within_it() -> None:
    model = build("gan", {**SMALL, "condition": True, "condition_names": ("even", "odd")})
    renderer = following(model)
    reply = asked(renderer, VarietyRequest(5, 40, 12))
    assert (reply.columns, reply.asked, reply.step) == (2, ("even", "odd") * 6, 7)
    assert not reply.borrowed


def test_that_many_classes_have_no_column_each_and_every_picture_still_its_class() -> None:
    names = tuple(f"class {number}" for number in range(30))
    model = build("gan", {**SMALL, "condition": True, "condition_names": names})
    reply = asked(following(model), VarietyRequest(5, 40, 12))
    assert reply.columns == 10
    assert reply.asked == names[:12]


def test_that_of_attributes_those_of_held_out_pictures_are_asked_for() -> None:
    fields = {"condition": True, "condition_names": ("hat", "beard"), "exclusive": False}
    reply = asked(following(build("gan", {**SMALL, **fields})), VarietyRequest(5, 40, 12))
    assert reply.asked == ()
    assert reply.borrowed


def following(model: torch.nn.Module) -> Renderer:
    """A renderer that shows a model in training."""
    renderer = Renderer()
    follow(renderer, model, 7)
    return renderer


def follow(renderer: Renderer, model: torch.nn.Module, step: int) -> None:
    """It shows the model as it is after a step."""
    weights, config = weighed(model), {**vars(model.config)}
    request = FollowRequest(4, "toy", "gan", config, weights.theta, step, "toy", "test", weights.buffers)
    reply = asked(renderer, request)
    assert isinstance(reply, UnfoldedReply)
    assert reply.step == step


@pytest.mark.parametrize("request_", [VarietyRequest(5, 40, 12), HistogramsRequest(5, 40, 10)])
def test_that_the_step_is_the_one_after_which_the_samples_were_made(request_: Any) -> None:
    model = build("gan", {**SMALL, "encoder": False})
    renderer = following(model)
    asked(renderer, request_)  # the pictures are read
    pieces = renderer.serve(request_)
    next(pieces)
    follow(renderer, model, 9)
    *_, reply = pieces
    assert reply.step == 7


def test_that_a_model_without_an_encoder_is_followed_in_training_too() -> None:
    renderer = following(build("gan", {**SMALL, "encoder": False}))
    reply = asked(renderer, HistogramsRequest(5, 20, 10))
    assert reply.step == 7


def test_that_the_alarm_rings_where_z_makes_no_difference() -> None:
    model = build("gan", {**SMALL, "encoder": False})
    with torch.no_grad():
        first = next(part for part in model.generator.modules() if isinstance(part, torch.nn.Linear))
        first.weight.zero_()
    reply = asked(following(model), VarietyRequest(5, 40, 12))
    assert reply.ratio == pytest.approx(0.0, abs=1e-3)
    alarm = CollapseAlarm()
    looks = [
        alarm.look(step, Variety(reply.ratio, reply.counts, bool(reply.asked))) for step in range(0, 501, 50)
    ]
    assert looks[-1]
