"""A mixture's components as the window asks for them, and the steps of its EM run again."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from latentlab.data import catalog
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.rendering.em_frames import Plane
from latentlab.engine.rendering.em_tape import EMTape
from latentlab.engine.rendering.mixture_service import MixtureService
from latentlab.engine.rendering.requests.mixture import (
    ComponentReply,
    ComponentRequest,
    ComponentsReply,
    ComponentsRequest,
    EMReply,
    EMRequest,
    EMStep,
    FollowEMRequest,
)
from latentlab.engine.training.events import EpochEnded
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.run import TrainingRun
from latentlab.engine.training.snapshots import weighed
from latentlab.errors import LabError
from latentlab.models.base import HasComponents
from tests.tiny import save_tiny_model, toy_set

PASSES = 5


@pytest.fixture(params=["low-rank", "diagonal", "full"])
def mixture(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mixture that was fitted to toy pictures, which are found by any name."""
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split, 300))
    config = {"components": 4, "factors": 2, "covariance": request.param, "tolerance": 0.0}
    run = TrainingRun(
        "gmm", config, TrainingPlan(epochs=PASSES, device="cpu"), toy_set("train", 300), toy_set("test"),
        tmp_path / "mix.safetensors", data="toy",
    )  # fmt: skip
    list(run.run())
    return tmp_path / "mix.safetensors"


@pytest.fixture
def service(mixture: Path) -> MixtureService:
    made = MixtureService()
    list(made.serve(ComponentsRequest(1, str(mixture), "toy")))
    return made


def asked(service: MixtureService, request: object) -> Iterator[object]:
    return (reply for reply in service.serve(request) if reply is not None)  # type: ignore[arg-type]


def test_that_a_mixture_is_shown_as_it_is_on_the_plane_of_its_pictures(mixture: Path) -> None:
    (reply,) = asked(MixtureService(), ComponentsRequest(1, str(mixture), "toy"))
    assert isinstance(reply, ComponentsReply)
    model = load_model(mixture).model
    assert isinstance(model, HasComponents)
    rows = toy_set("train", 300).images.flatten(1).numpy() / 255.0
    assert (reply.pictures, reply.passes, reply.refits) == (300, PASSES, True)
    assert reply.step.number == 2 * PASSES
    centred = rows - rows.mean(0)
    _, sizes, axes = np.linalg.svd(centred, full_matrices=False)
    assert reply.explained == pytest.approx(float((sizes[:2] ** 2).sum() / (sizes**2).sum()), rel=1e-4)
    np.testing.assert_allclose(np.abs(reply.points), np.abs(centred @ axes[:2].T), atol=1e-3)
    r = model.responsibilities(toy_set("train", 300).images.float() / 255.0)
    assert reply.step.most is not None
    np.testing.assert_array_equal(reply.step.most, r.argmax(1))
    np.testing.assert_allclose(reply.step.shares, r.amax(1), atol=1e-5)


def test_that_em_is_run_again_to_the_mixture_in_the_file_and_log_p_never_falls(
    mixture: Path, service: MixtureService
) -> None:
    replies = list(asked(service, EMRequest(2)))
    assert all(isinstance(reply, EMReply) for reply in replies)
    steps = [reply.step for reply in replies if reply.step is not None]  # type: ignore[attr-defined]
    assert [step.number for step in steps] == list(range(2 * PASSES + 1))
    assert [reply.ended for reply in replies] == [False] * (len(replies) - 1) + [True]  # type: ignore[attr-defined]
    curve = [step.log_p for step in steps if step.is_e]
    assert all(now >= before - 1e-6 * abs(before) for before, now in itertools.pairwise(curve))
    assert [step.log_p is not None for step in steps] == [step.is_e for step in steps]
    model = load_model(mixture).model
    assert isinstance(model, HasComponents)
    known = model.as_mixture()
    np.testing.assert_allclose(steps[-1].weights, known.weights, atol=1e-5)
    levels = (known.components.mean * 255.0).round().clamp(0, 255).view(-1, 8, 8)
    np.testing.assert_allclose(steps[-1].means, levels, atol=1)
    # An E step moves nothing, an M step leaves the responsibilities.
    for before, now in itertools.pairwise(steps[1:]):
        if now.is_e:
            assert now.means is before.means
            assert now.places is before.places
        else:
            assert now.most is before.most
    assert steps[0].most is None


def test_that_a_component_has_a_mean_between_its_ends_and_the_pictures_it_answers_for(
    mixture: Path, service: MixtureService
) -> None:
    model = load_model(mixture).model
    assert isinstance(model, HasComponents)
    images = toy_set("train", 300).images
    r = model.responsibilities(images.float() / 255.0)
    for j in range(4):
        (reply,) = asked(service, ComponentRequest(3, j, seed=1))
        assert isinstance(reply, ComponentReply)
        assert reply.weight == pytest.approx(float(model.as_mixture().weights[j]))
        assert reply.count == pytest.approx(float(r[:, j].sum()), rel=1e-3, abs=1e-3)
        assert len(reply.less) == len(reply.more) == len(reply.lengths) > 0
        assert list(reply.lengths) == sorted(reply.lengths, reverse=True)
        assert reply.samples.shape[0] == 12
        assert all(before >= now for before, now in itertools.pairwise(reply.shares.tolist()))
        if len(reply.shares):
            assert reply.shares[0] == pytest.approx(float(r[:, j].max()), abs=1e-5)
    (again,) = asked(service, ComponentRequest(4, 3, seed=1))
    assert np.array_equal(again.samples, reply.samples), "the same seed draws the same"  # type: ignore[attr-defined]


def test_that_what_cannot_be_looked_into_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split))
    path = save_tiny_model(tmp_path / "tiny.safetensors")
    with pytest.raises(LabError, match="no components"):
        list(MixtureService().serve(ComponentsRequest(1, str(path), "toy")))
    with pytest.raises(LabError, match="no mixture is open"):
        list(MixtureService().serve(ComponentRequest(1, 0)))
    assert list(MixtureService().serve(EMRequest(1, run=False))) == []


def test_that_a_component_beyond_the_last_is_refused(service: MixtureService) -> None:
    with pytest.raises(LabError, match="no component 4"):
        list(service.serve(ComponentRequest(1, 4)))


def a_step(number: int) -> EMStep:
    nothing = np.zeros((1, 1, 1), np.float32)
    return EMStep(number, np.zeros((1, 30, 30), np.uint8), nothing, nothing, nothing, log_p=float(number))


def test_that_a_tape_keeps_start_and_end_within_its_memory() -> None:
    tape = EMTape(most_bytes=20_000)
    for number in range(401):
        tape.add(a_step(number))
        assert tape.steps[0].number == 0
        assert tape.steps[-1].number == number
        numbers = [step.number for step in tape.steps]
        assert numbers == sorted(set(numbers))
    assert sum(step.bytes for step in tape.steps) <= 20_000
    assert len(tape) > 10
    assert tape.curve[-1] == (400, 400.0)


@pytest.mark.parametrize("count", [1, 2])
def test_that_very_few_pictures_have_a_plane_all_the_same(count: int) -> None:
    images = toy_set("train", 64).images[:count]
    plane = Plane.of(dataclasses.replace(toy_set("train", 64), images=images).images)
    assert plane.points.shape == (count, 2)
    assert torch.isfinite(plane.points).all()


def test_that_the_plane_of_many_pixels_is_that_of_few() -> None:
    draw = torch.Generator().manual_seed(0)
    strong = torch.randn(200, 2, generator=draw) @ torch.randn(2, 1600, generator=draw)
    pictures = 128.0 + 20.0 * strong + 2.0 * torch.randn(200, 1600, generator=draw)
    plane = Plane.of(pictures.clamp(0, 255).byte().view(200, 1, 40, 40))
    rows = pictures.clamp(0, 255).byte().double().numpy() / 255.0
    _, _, axes = np.linalg.svd(rows - rows.mean(0), full_matrices=False)
    angles = np.linalg.svd(axes[:2] @ plane.basis.numpy(), compute_uv=False)
    np.testing.assert_allclose(angles, 1.0, atol=1e-5)


def test_that_the_steps_of_a_training_are_drawn_from_its_snapshots(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split, 300))
    run = TrainingRun(
        "gmm", {"components": 3, "factors": 2, "tolerance": 0.0}, TrainingPlan(epochs=3, device="cpu"),
        toy_set("train", 300), toy_set("test"), tmp_path / "mix.safetensors", data="toy",
    )  # fmt: skip
    service, told, curve = MixtureService(), [], []

    def look() -> None:
        model = run.trainer.averaged
        seen = weighed(model)
        request = FollowEMRequest(
            1, "mix", "gmm", run.config, seen.theta, run.trainer.step, "toy", seen.buffers
        )
        # Twice: the second has nothing to add.
        told.extend([*asked(service, request), *asked(service, request)])

    for event in run.run():
        if isinstance(event, EpochEnded):
            curve.append(event.train["log_density"])
            look()
    steps = [reply.step for reply in told if reply.step is not None]
    assert [step.number for step in steps] == [2, 3, 4, 5, 6]
    assert [reply.first for reply in told if reply.step is not None] == [True] + [False] * 4
    assert [step.log_p for step in steps if step.is_e] == pytest.approx(curve[1:], abs=1e-3)
    assert sum(reply.step is None for reply in told) == 6, "the end of each snapshot is told"
    (found,) = asked(service, ComponentsRequest(2, str(tmp_path / "mix.safetensors"), "toy"))
    assert np.array_equal(found.step.means, steps[-1].means)  # type: ignore[attr-defined]
