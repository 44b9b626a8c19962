"""Directions found piece by piece, as the window asks for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from latentlab.data import catalog
from latentlab.engine.attributes import finding
from latentlab.engine.attributes.direction_files import save_directions
from latentlab.engine.attributes.directions import LEAN
from latentlab.engine.attributes.finding import directions_of, find_directions
from latentlab.engine.files.checkpoint import LoadedModel, load_model
from latentlab.engine.rendering import direction_service
from latentlab.engine.rendering.direction_service import DirectionFinder
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.directions import DirectionsReply, DirectionsRequest
from latentlab.engine.rendering.requests.opening import LoadRequest
from latentlab.errors import LabError
from latentlab.shipped import DIRECTIONS
from tests.tiny import beings, save_tiny_classifier, save_tiny_cvae, save_tiny_model, toy_set


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


@pytest.fixture
def loaded(tmp_path: Path) -> LoadedModel:
    return load_model(save_tiny_model(tmp_path / "m.safetensors"))


@pytest.fixture
def _judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = load_model(save_tiny_classifier(tmp_path / "judge.safetensors"))
    for module in (finding, direction_service):
        monkeypatch.setattr(module, "classifier_for", lambda *asked, **others: judge)


@pytest.mark.usefixtures("_judge")
def test_that_steering_tells_how_far_it_is_and_what_was_steered_is_kept(loaded: LoadedModel):
    finder = DirectionFinder()
    replies = [one for one in finder.find(loaded, DirectionsRequest(1, "toy", "steered")) if one]
    shares = [reply.share for reply in replies if reply.steering]
    assert shares == sorted(shares)
    assert len(shares) > 100
    found = replies[-1].directions
    assert (found.method, found.names, found.data) == ("steered", ("even", "odd"), "toy")
    assert (found.model, found.model_hash) == ("m", loaded.hash)
    (again,) = finder.find(loaded, DirectionsRequest(2, "toy", "steered"))
    assert again.directions is found
    told: list[float] = []
    at_once = directions_of(loaded, "toy", "steered", progress=told.append)
    assert np.allclose(at_once.vectors, found.vectors, atol=1e-4)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_that_without_a_classifier_steering_is_refused_before_anything_is_encoded(loaded: LoadedModel):
    with pytest.raises(LabError, match="no classifier is shipped for toy"):
        next(iter(DirectionFinder().find(loaded, DirectionsRequest(1, "toy", "steered"))))


@pytest.mark.usefixtures("_judge")
def test_that_what_ships_is_not_steered_anew_but_for_another_model(
    loaded: LoadedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    monkeypatch.setattr(finding, "DIRECTIONS", shelf)
    found = directions_of(loaded, "toy", "steered")
    save_directions(shelf / "m.safetensors", found)
    (reply,) = DirectionFinder().find(loaded, DirectionsRequest(1, "toy", "steered"))
    assert np.array_equal(reply.directions.vectors, found.vectors)
    (tmp_path / "other").mkdir()
    other = load_model(save_tiny_model(tmp_path / "other" / "m.safetensors", seed=3))
    assert other.hash != loaded.hash
    assert len(list(DirectionFinder().find(other, DirectionsRequest(1, "toy", "steered")))) > 100
    (shelf / "m.safetensors").write_bytes(b"damaged")
    assert finding.shipped_directions(loaded, "toy") is None


def test_that_the_directions_that_ship_are_those_of_models_that_ship():
    paths = sorted(DIRECTIONS.glob("*.safetensors"))
    assert paths
    for path in paths:
        model = load_model(path.stem)
        found = finding.shipped_directions(model, str(model.card.data["name"]))
        assert found is not None
        assert found.method == "steered"


def test_that_a_model_that_is_told_attributes_says_what_z_still_says_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(catalog, "load", lambda name, split="test": beings(split))
    told = load_model(save_tiny_cvae(tmp_path / "c.safetensors"))
    finder = DirectionFinder()
    reply = list(finder.find(told, DirectionsRequest(1, "beings")))[-1]
    assert reply.directions.method == "means"
    expected = find_directions(told.model, beings("train"), beings("test"), "regressed")
    assert np.allclose(reply.still_told.vectors, expected.vectors, atol=1e-5)
    z = np.zeros(reply.still_told.latents)
    moved = reply.still_told.compensated(z, {"hat": 1.0, "unknown": 1.0})
    assert np.allclose(moved, LEAN * expected.vectors[expected.names.index("hat")], atol=1e-5)
    assert np.array_equal(reply.still_told.compensated(z, {}), z)


def test_that_of_models_that_are_told_nothing_or_a_class_nothing_leans(loaded: LoadedModel, tmp_path: Path):
    classes = load_model(save_tiny_cvae(tmp_path / "c.safetensors", ("even", "odd"), exclusive=True))
    for model in (loaded, classes):
        assert list(DirectionFinder().find(model, DirectionsRequest(1, "toy")))[-1].still_told is None
