"""What the renderer draws of a Gaussian, and the angles between planes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.linalg import subspace_angles

from latentlab.data import catalog
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.inference.spans import angles_between
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.eigenpictures import (
    BesideReply,
    BesideRequest,
    EigenpicturesReply,
    EigenpicturesRequest,
    RankReply,
    RankRequest,
)
from latentlab.engine.rendering.requests.opening import LoadRequest
from latentlab.engine.rendering.serving import Request
from latentlab.errors import LabError
from tests.tiny import save_tiny_gaussian, save_tiny_linear, save_tiny_model, toy_set

NUMBERS = 64


@pytest.fixture(autouse=True)
def _toys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split))


@pytest.fixture
def renderer(tmp_path: Path) -> Renderer:
    return opened(save_tiny_gaussian(tmp_path / "gaussian.safetensors"))


def opened(path: Path) -> Renderer:
    made = Renderer()
    list(made.serve(LoadRequest(1, str(path), "toy")))
    return made


def answers(renderer: Renderer, request: Request) -> Iterator[object]:
    return (reply for reply in renderer.serve(request) if reply is not None)


def test_that_the_mean_and_the_eigenpictures_come_with_all_variances(renderer: Renderer) -> None:
    (reply,) = answers(renderer, EigenpicturesRequest(2, 5))
    assert isinstance(reply, EigenpicturesReply)
    known = renderer.loaded.model.eigenpictures()
    assert len(reply.pictures) == 5
    np.testing.assert_array_equal(reply.mean, (known.mean * 255).round().byte().view(8, 8).numpy())
    assert reply.variances == pytest.approx(known.variances.tolist())
    assert list(reply.variances) == sorted(reply.variances, reverse=True)
    assert reply.left_out == 0
    for picture, row in zip(reply.pictures, known.rows, strict=False):
        # Grey is 0, and the largest entry is white.
        assert picture.max() == 255
        assert ((picture.ravel() > 127) == (row.numpy() > 0)).mean() > 0.9


def test_that_one_that_keeps_few_says_how_many_it_leaves_out(tmp_path: Path) -> None:
    renderer = opened(save_tiny_gaussian(tmp_path / "few.safetensors", 3))
    (reply,) = answers(renderer, EigenpicturesRequest(2, 40))
    assert isinstance(reply, EigenpicturesReply)
    assert (len(reply.pictures), len(reply.variances), reply.left_out) == (3, 3, NUMBERS - 3)
    total = sum(reply.variances) + reply.rest * reply.left_out
    assert total == pytest.approx(
        float((toy_set("train", 200).images / 255.0).flatten(1).var(0).sum()), rel=1e-4
    )


@pytest.mark.parametrize("rank", [0, 7, NUMBERS, 500, -3])
def test_that_a_picture_is_rebuilt_and_comes_with_log_p_by_rank(renderer: Renderer, rank: int) -> None:
    (reply,) = answers(renderer, RankRequest(2, rank, 4))
    assert isinstance(reply, RankReply)
    known, x = renderer.loaded.model.eigenpictures(), renderer.data.images[4].flatten().double() / 255.0
    within = min(max(rank, 0), NUMBERS)
    assert (reply.rank, reply.index) == (within, 4)
    np.testing.assert_array_equal(reply.original, renderer.data.images[4, 0].numpy())
    expected = (known.rebuilt(x[None], within)[0].clamp(0, 1) * 255).round().byte().view(8, 8).numpy()
    np.testing.assert_array_equal(reply.rebuilt, expected)
    assert reply.nats == pytest.approx(known.log_density_by_rank(x[None])[0].tolist())
    exact = renderer.loaded.model.log_density(x.view(1, 1, 8, 8))
    assert reply.nats[-1] == pytest.approx(float(exact), rel=1e-9)
    assert (reply.error < 1e-5) == (within == NUMBERS)


def test_that_a_picture_of_ones_own_is_rebuilt_like_one_of_the_data(renderer: Renderer) -> None:
    own = renderer.data.images[4, 0].numpy()
    (first,) = answers(renderer, RankRequest(2, 9, None, own))
    (second,) = answers(renderer, RankRequest(3, 9, 4))
    assert isinstance(first, RankReply)
    assert isinstance(second, RankReply)
    assert (first.index, second.index) == (None, 4)
    assert first.nats == second.nats
    np.testing.assert_array_equal(first.rebuilt, second.rebuilt)


def test_that_another_picture_and_another_model_are_not_taken_for_the_one_before(
    renderer: Renderer, tmp_path: Path
) -> None:
    (first,) = answers(renderer, RankRequest(2, 9, 4))
    (other,) = answers(renderer, RankRequest(3, 9, 5))
    assert first.nats != other.nats
    list(renderer.serve(LoadRequest(4, str(save_tiny_gaussian(tmp_path / "few.safetensors", 12)), "toy")))
    (again,) = answers(renderer, RankRequest(5, 9, 5))
    assert len(again.nats) == 13


def test_that_what_is_not_there_or_of_another_size_is_refused(renderer: Renderer, tmp_path: Path) -> None:
    for request, words in (
        (RankRequest(2, 3, 9999), "no picture 9999"),
        (RankRequest(2, 3), "no picture None"),
        (RankRequest(2, 3, None, np.zeros((4, 4), np.uint8)), "expected"),
    ):
        with pytest.raises(LabError, match=words):
            list(renderer.serve(request))
    vae = opened(save_tiny_model(tmp_path / "vae.safetensors"))
    with pytest.raises(LabError, match="no eigenpictures"):
        list(vae.serve(EigenpicturesRequest(2)))


def test_that_samples_of_several_models_come_side_by_side_with_what_is_to_be_said(
    renderer: Renderer, tmp_path: Path
) -> None:
    linear = str(save_tiny_linear(tmp_path / "linear.safetensors"))
    vae = str(save_tiny_model(tmp_path / "vae.safetensors"))
    rows = list(answers(renderer, BesideRequest(2, ("", linear, vae, "nothing-like-it"), 6, 1)))
    assert all(isinstance(row, BesideReply) for row in rows)
    assert [row.row for row in rows] == [0, 1, 2, 3]
    assert [row.done for row in rows] == [False, False, False, True]
    assert [None if row.pictures is None else row.pictures.shape for row in rows] == [(8, 48)] * 3 + [None]
    assert [bool(row.angles) for row in rows] == [False, True, False, False]
    assert "no prior" in rows[1].note.lower()
    assert rows[2].note == ""
    assert "nothing-like-it" in rows[3].note
    theirs = subspace_angles(
        load_model(linear).model.linear_rows().detach().double().T.numpy(),
        renderer.loaded.model.eigenpictures().rows[:3].T.numpy(),
    )
    assert rows[1].angles == pytest.approx(sorted(np.degrees(theirs)), abs=1e-6)
    (again, *_) = answers(renderer, BesideRequest(3, ("",), 6, 1))
    np.testing.assert_array_equal(again.pictures, rows[0].pictures)
    (others, *_) = answers(renderer, BesideRequest(4, ("",), 6, 2))
    assert not np.array_equal(others.pictures, rows[0].pictures)


def test_that_angles_are_between_linear_decoders_of_equal_pictures_alone(tmp_path: Path) -> None:
    gaussian = load_model(save_tiny_gaussian(tmp_path / "gaussian.safetensors")).model
    few = load_model(save_tiny_gaussian(tmp_path / "few.safetensors", 5)).model
    linear = load_model(save_tiny_linear(tmp_path / "linear.safetensors")).model
    assert angles_between(few, gaussian) == pytest.approx([0.0] * 5, abs=1e-4)
    assert angles_between(linear, linear) == pytest.approx([0.0] * 3, abs=1e-6)
    assert angles_between(linear, gaussian) == pytest.approx(angles_between(gaussian, linear))
    assert max(angles_between(linear, few)) > 10.0
    vae = load_model(save_tiny_model(tmp_path / "vae.safetensors")).model
    with pytest.raises(LabError, match="spans no plane"):
        angles_between(vae, gaussian)
    other = torch.nn.Module()
    other.picture_shape, other.linear_rows = (1, 2, 2), lambda: torch.eye(4)
    with pytest.raises(LabError, match="no angles"):
        angles_between(other, gaussian)
