"""Directions found piece by piece, as the window asks for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from latentlab.data import catalog
from latentlab.engine.checkpoint import load_model
from latentlab.engine.direction_finder import DirectionFinder
from latentlab.engine.directions import find_directions
from latentlab.engine.render import Renderer
from latentlab.engine.requests import DirectionsReply, DirectionsRequest, LoadRequest
from latentlab.errors import LabError
from tests.tiny import save_tiny_model, toy_set


@pytest.fixture(autouse=True)
def _toy_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split, 300))


def test_that_they_are_those_found_at_once_and_every_piece_tells_how_far_it_is(tmp_path: Path):
    loaded = load_model(save_tiny_model(tmp_path / "m.safetensors"))
    replies = list(DirectionFinder().find(loaded, DirectionsRequest(7, "toy", "regressed")))
    told = [reply for reply in replies if reply is not None]
    assert all(reply.generation == 7 for reply in told)
    shares = [reply.share for reply in told]
    assert shares == sorted(shares)
    assert len(set(shares)) > 5
    assert [reply.directions is None for reply in told] == [True] * (len(told) - 1) + [False]
    expected = find_directions(loaded.model, toy_set("train", 300), toy_set("test", 300), "regressed")
    found = told[-1].directions
    assert found.names == expected.names == ("even", "odd")
    assert np.allclose(found.vectors, expected.vectors, atol=1e-5)
    assert found.trust == expected.trust


def test_that_another_method_needs_no_more_encoding_and_other_data_do(tmp_path: Path):
    loaded, finder = load_model(save_tiny_model(tmp_path / "m.safetensors")), DirectionFinder()
    list(finder.find(loaded, DirectionsRequest(1, "toy")))
    (reply,) = finder.find(loaded, DirectionsRequest(2, "toy", "discriminant"))
    assert isinstance(reply, DirectionsReply)
    assert reply.directions.method == "discriminant"
    assert len(list(finder.find(loaded, DirectionsRequest(3, "other")))) > 3


def test_that_the_renderer_answers_and_refuses_what_does_not_exist(tmp_path: Path):
    renderer = Renderer()
    with pytest.raises(LabError, match="no model"):
        list(renderer.serve(DirectionsRequest(1, "toy")))
    list(renderer.serve(LoadRequest(1, str(save_tiny_model(tmp_path / "m.safetensors")), "toy")))
    assert list(renderer.serve(DirectionsRequest(2, "toy")))[-1].directions.names == ("even", "odd")
    with pytest.raises(LabError, match="no method is called 'magic'"):
        list(renderer.serve(DirectionsRequest(3, "toy", "magic")))
