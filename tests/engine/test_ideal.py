"""The ideal denoiser of a model's training pictures, as the window asks for it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from latentlab.core.ideal_denoiser import IdealDenoiser
from latentlab.data import catalog
from latentlab.engine.diffusion import ideal
from latentlab.engine.diffusion.parting import APART, distance, parting
from latentlab.engine.diffusion.requests import IdealReply, IdealRequest, OpenDenoiserRequest
from latentlab.engine.diffusion.service import DiffusionService
from latentlab.errors import LabError
from tests.tiny import DDPM_CONFIG, beings, save_tiny_ddpm, toy_set

TRAITS = ("hat", "beard", "smile")


@pytest.fixture
def sets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Toy data sets in place of those that ship."""
    made = {"mnist": toy_set, "faces": beings}
    monkeypatch.setattr(catalog, "load", lambda spec, split="test": made[spec](split))


def service(folder: Path, names: tuple[str, ...] = (), exclusive: bool = True) -> DiffusionService:
    config = dataclasses.replace(DDPM_CONFIG, condition_names=names, exclusive=exclusive)
    data = "mnist" if exclusive else "faces"
    made = DiffusionService()
    path = save_tiny_ddpm(folder / "tiny.safetensors", config, data=data)
    list(made.serve(OpenDenoiserRequest(1, str(path))))
    return made


def asked(made: DiffusionService, request: IdealRequest) -> list[IdealReply]:
    return [reply for reply in made.serve(request) if isinstance(reply, IdealReply)]


def some_x(count: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((count, 1, 8, 8)).astype(np.float32)


@pytest.mark.usefixtures("sets")
def test_that_it_is_the_mean_over_all_training_pictures_of_a_model_that_was_asked_for_nothing(
    tmp_path: Path,
) -> None:
    made, x_t, times = service(tmp_path), some_x(3), (20, 7, 0)
    replies = asked(made, IdealRequest(5, x_t, times, (), "this"))
    assert [reply.t for reply in replies] == [(20,), (7, 0)], "what is looked at comes first"
    assert {(reply.generation, reply.picture) for reply in replies} == {(5, "this")}
    train = toy_set("train")
    expected = IdealDenoiser(train.images).denoise(
        torch.from_numpy(x_t), made.diffusion.schedule.alpha_bar[list(times)], 4
    )
    np.testing.assert_allclose(np.concatenate([reply.mean for reply in replies]), expected.mean, atol=1e-6)
    assert replies[0].among == len(train)
    assert replies[0].words == "training pictures"
    np.testing.assert_array_equal(replies[1].nearest[1], train.images[expected.numbers[2]].numpy())
    np.testing.assert_allclose(replies[0].weights[0], expected.weights[0])


@pytest.mark.usefixtures("sets")
def test_that_it_is_over_the_pictures_of_the_class_that_was_asked_for(tmp_path: Path) -> None:
    made, x_t = service(tmp_path, ("odd", "even")), some_x(1)
    (reply,) = asked(made, IdealRequest(1, x_t, (20,), (1.0, 0.0)))
    train = toy_set("train")
    odd = train.images[train.labels == 1]
    expected = IdealDenoiser(odd).denoise(torch.from_numpy(x_t), made.diffusion.schedule.alpha_bar[[20]])
    np.testing.assert_allclose(reply.mean, expected.mean, atol=1e-6)
    assert (reply.among, reply.words) == (len(odd), "training pictures of class odd")


@pytest.mark.usefixtures("sets")
def test_that_it_is_over_the_pictures_with_just_the_attributes_that_were_asked_for(tmp_path: Path) -> None:
    made = service(tmp_path, TRAITS, exclusive=False)
    (reply,) = asked(made, IdealRequest(1, some_x(1), (20,), (1.0, 0.0, 1.0)))
    has = beings("train").attributes
    assert reply.among == int((has[:, 0] & ~has[:, 1] & has[:, 2]).sum())
    assert reply.words == "training pictures with just hat, smile"
    (reply,) = asked(made, IdealRequest(1, some_x(1), (20,), (1.0, 0.5, 0.0)))
    assert reply.among == int((has[:, 0] & ~has[:, 2]).sum()), "a half does not matter"


@pytest.mark.usefixtures("sets")
def test_that_a_condition_that_no_picture_has_is_refused_in_words(tmp_path: Path) -> None:
    made = service(tmp_path, TRAITS, exclusive=False)
    with pytest.raises(LabError, match="no training pictures with just beard, smile"):
        asked(made, IdealRequest(1, some_x(1), (20,), (0.0, 1.0, 1.0)))


@pytest.mark.usefixtures("sets")
def test_that_other_work_can_go_first_between_its_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("latentlab.core.ideal_denoiser._AT_ONCE", 64 * 8)
    replies = list(service(tmp_path).serve(IdealRequest(1, some_x(1), (20,))))
    assert replies.count(None) > 8


@pytest.mark.usefixtures("sets")
def test_that_the_pictures_of_one_model_are_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, read = service(tmp_path), []
    monkeypatch.setattr(catalog, "load", lambda spec, split="test": read.append(spec) or toy_set(split))
    for _ in range(2):
        asked(made, IdealRequest(1, some_x(1), (20,)))
    assert read == ["mnist"]


def test_that_a_model_whose_pictures_are_not_found_says_so(tmp_path: Path) -> None:
    made = DiffusionService()
    list(made.serve(OpenDenoiserRequest(1, str(save_tiny_ddpm(tmp_path / "tiny.safetensors")))))
    with pytest.raises(LabError, match="the pictures that tiny was trained on were not found"):
        asked(made, IdealRequest(1, some_x(1), (20,)))


@pytest.mark.usefixtures("sets")
def test_that_pictures_other_than_those_it_learnt_from_are_told(tmp_path: Path) -> None:
    loaded = ideal.LoadedModel
    made = service(tmp_path)
    assert isinstance(made._loaded, loaded)
    card = dataclasses.replace(made._loaded.card, data={"name": "mnist", "sha256": "0" * 64})
    made._loaded = dataclasses.replace(made._loaded, card=card)
    (reply,) = asked(made, IdealRequest(1, some_x(1), (20,)))
    assert not reply.exact


@pytest.mark.usefixtures("sets")
def test_that_frames_of_other_pictures_or_times_are_refused(tmp_path: Path) -> None:
    made = service(tmp_path)
    for request in (
        IdealRequest(1, np.zeros((1, 1, 4, 4), np.float32), (3,)),
        IdealRequest(1, some_x(2), (3,)),
        IdealRequest(1, some_x(1), (21,)),
    ):
        with pytest.raises(LabError, match="frames of shape"):
            asked(made, request)


def test_that_a_difference_from_black_to_white_is_1() -> None:
    black, white = np.full((1, 4, 4), -1.0, np.float32), np.full((1, 4, 4), 1.0, np.float32)
    assert distance(black, white) == pytest.approx(1.0)
    assert distance(white, white) == 0.0


def test_that_they_part_where_they_are_apart_from_then_on() -> None:
    near, far = APART / 2.0, APART * 2.0
    # At t = 800 for a moment only; for good from 300 on, whatever the order.
    assert parting([1000, 800, 500, 300, 0], [near, far, near, far, far]) == 300
    assert parting([0, 300, 500, 800, 1000], [far, far, near, far, near]) == 300
    assert parting([100, 0], [far, near]) is None
    assert parting([100, 0], [far, far]) == 100
    assert parting([], []) is None
