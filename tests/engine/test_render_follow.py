"""The renderer follows a training: the same plane, probe and grid, with weights that change."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from latentlab.data import catalog
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.opening import FollowRequest, LoadedReply, UnfoldedReply
from latentlab.engine.rendering.requests.points import PointRequest
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.run import TrainingRun
from latentlab.errors import LabError
from tests.tiny import toy_set

PLAN = TrainingPlan(epochs=1, batch=16, device="cpu", precision="fp32", threads=1)
FIELDS = {"latents": 3, "encoder_widths": (8,), "decoder_widths": (8,)}


@pytest.fixture(autouse=True)
def _toy_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split))


def snapshots(tmp_path, kind: str = "vae"):
    """(config, theta) before the first step and after the last."""
    run = TrainingRun(kind, FIELDS, PLAN, toy_set("train"), toy_set("test"), tmp_path / "m.safetensors")
    before = run.trainer.weights_now().theta
    list(run.run())
    return run, before, run.trainer.weights_now().theta


def follow(run, theta, step: int, generation: int = 1) -> FollowRequest:
    return FollowRequest(generation, "m (training)", run.kind, run.config, theta, step, "toy", "test")


@pytest.mark.parametrize("kind", ["ae", "vae", "cvae"])
def test_that_the_first_snapshot_opens_the_model_and_later_ones_move_it(tmp_path, kind):
    run, before, after = snapshots(tmp_path, kind)
    renderer = Renderer()
    first = [reply for reply in renderer.serve(follow(run, before, 0)) if reply is not None]
    assert [type(reply) for reply in first] == [LoadedReply, UnfoldedReply]
    assert (first[0].model, first[0].data, first[0].latents) == ("m (training)", "toy", 3)
    (second,) = [reply for reply in renderer.serve(follow(run, after, 4, 2)) if reply is not None]
    assert isinstance(second, UnfoldedReply)
    assert (second.step, second.generation, second.done) == (4, 2, True)
    x = toy_set("test").images.float() / 255
    with torch.no_grad():
        expected = run.trainer.averaged.encode(x)
    np.testing.assert_allclose(second.mean, expected.mean.numpy(), atol=1e-5)
    assert not np.allclose(first[1].mean, second.mean)
    assert len(second.kl_per_dimension) == 3
    (point,) = renderer.serve(PointRequest(3, (0.5, 0.0, -1.0)))
    with torch.no_grad():
        outputs = run.trainer.averaged.decode(torch.tensor([[0.5, 0.0, -1.0]]))
    assert np.abs(point.picture.astype(int) - (torch.sigmoid(outputs)[0, 0] * 255).numpy()).max() <= 1


def test_that_what_was_sent_is_not_written_to_by_the_next_snapshot(tmp_path):
    run, before, after = snapshots(tmp_path)
    renderer = Renderer()
    *_, first = renderer.serve(follow(run, before, 0))
    kept = first.mean.copy()
    list(renderer.serve(follow(run, after, 4)))
    assert np.array_equal(first.mean, kept)


def test_that_a_snapshot_that_does_not_fit_is_told_and_the_model_in_hand_stays(tmp_path):
    run, before, _ = snapshots(tmp_path)
    renderer = Renderer()
    list(renderer.serve(follow(run, before, 0)))
    with pytest.raises(LabError, match=r"a snapshot of .* weights"):
        list(renderer.serve(follow(run, before[:-1], 1)))
    assert list(renderer.serve(PointRequest(3, (0.0, 0.0, 0.0))))


def test_that_whoever_wants_gradients_of_a_followed_model_gets_them(tmp_path):
    run, before, _ = snapshots(tmp_path)
    renderer = Renderer()
    list(renderer.serve(follow(run, before, 0)))
    assert not any(weight.is_inference() for weight in renderer.loaded.model.parameters())


def test_that_a_first_snapshot_that_does_not_fit_leaves_nothing_open(tmp_path):
    run, before, _ = snapshots(tmp_path)
    renderer = Renderer()
    with pytest.raises(LabError, match=r"a snapshot of .* weights"):
        list(renderer.serve(follow(run, before[:-1], 0)))
    assert renderer.loaded is None
