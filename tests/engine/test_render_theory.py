"""Requests on the theory of a picture: in pieces, with a mass of 1, and refused where there is no picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from latentlab.data import catalog
from latentlab.engine.inference.ladder import IMPORTANCE
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.opening import LoadRequest
from latentlab.engine.rendering.requests.theory import (
    LadderRequest,
    LikeThisRequest,
    PosteriorRequest,
    Subject,
)
from latentlab.errors import LabError
from tests.tiny import CONFIG, save_tiny_model, toy_set


def opened(path: Path, monkeypatch: pytest.MonkeyPatch, latents: int = 2) -> Renderer:
    monkeypatch.setattr(catalog, "load", lambda name, split: toy_set(split))
    config = type(CONFIG)(**{**vars(CONFIG), "latents": latents})
    made = Renderer()
    list(made.serve(LoadRequest(1, str(save_tiny_model(path / "m.safetensors", config)), "toy", "test")))
    return made


@pytest.mark.parametrize("latents", [1, 2])
def test_that_the_mass_of_a_true_posterior_is_one_and_its_gap_is_not_negative(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, latents: int
) -> None:
    renderer = opened(tmp_path, monkeypatch, latents)
    *_, reply = (r for r in renderer.serve(PosteriorRequest(2, Subject(3))) if r is not None)
    assert reply.log_density is not None
    rows, columns = reply.log_density.shape
    sides = np.subtract(reply.high, reply.low) / np.array((columns, rows)[:latents])
    assert np.exp(reply.log_density).sum() * sides.prod() == pytest.approx(1.0, abs=0.02)
    assert reply.gap > -0.05
    assert reply.elbo == pytest.approx(reply.reconstruction - reply.kl)


def test_that_a_quick_posterior_is_near_the_exact_one_and_comes_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    renderer = opened(tmp_path, monkeypatch)
    *_, exact = (r for r in renderer.serve(PosteriorRequest(2, Subject(0))) if r is not None)
    pieces = list(renderer.serve(PosteriorRequest(3, Subject(0), quick=True)))
    assert pieces[-1].evidence == pytest.approx(exact.evidence, abs=0.05)
    assert pieces.count(None) >= 3
    assert pieces[-1].quick


def test_that_beyond_two_latents_the_posterior_is_shown_by_resampled_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    renderer = opened(tmp_path, monkeypatch, 5)
    *_, reply = (r for r in renderer.serve(PosteriorRequest(2, Subject(0))) if r is not None)
    assert reply.log_density is None
    assert reply.points is not None
    assert reply.points.shape == (1000, 5)
    assert 1.0 < reply.effective <= reply.draws


def test_that_the_ladder_grows_to_all_its_rungs_and_a_refined_q_is_no_worse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    renderer = opened(tmp_path, monkeypatch)
    replies = [r for r in renderer.serve(LadderRequest(2, Subject(1), naive=1000)) if r is not None]
    last = replies[-1]
    assert last.done
    assert not any(reply.done for reply in replies[:-1])
    assert [r.share for r in replies] == sorted(r.share for r in replies)
    assert tuple(last.ladder.importance) == IMPORTANCE
    assert len(last.ladder.runs) == 10
    assert last.refined is not None
    assert last.refined.value > last.ladder.elbo.value - 3 * last.ladder.elbo.error
    assert last.refined.value < last.ladder.best + 0.05
    assert list(renderer.serve(LadderRequest(3, None))) == [], "that ends it"


def test_that_pictures_like_one_are_of_each_of_three_sources_and_own_pictures_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    renderer = opened(tmp_path, monkeypatch)
    own = Subject(seen=np.full((8, 8), 90, np.uint8))
    *_, reply = (r for r in renderer.serve(LikeThisRequest(2, own, 3, pixels=True)) if r is not None)
    for row in (reply.posterior, reply.encoder, reply.prior):
        assert len(row) == 3
        assert set(np.unique(row)) <= {0, 255}, "each pixel is drawn"
    with pytest.raises(LabError, match="no picture"):
        list(renderer.serve(PosteriorRequest(3, Subject(10**6))))
    with pytest.raises(LabError, match="another shape"):
        list(renderer.serve(PosteriorRequest(4, Subject(seen=np.zeros((9, 9), np.uint8)))))
    assert torch.is_inference_mode_enabled() is False
