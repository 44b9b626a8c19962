"""Where a made picture comes from, as the window asks for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.engine.evaluation import origin, origin_service
from latentlab.engine.evaluation.feature_files import read_features, write_features
from latentlab.engine.evaluation.origin_requests import OriginProgress, OriginReply, OriginRequest
from latentlab.engine.evaluation.origin_service import OriginService
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.rendering.serving import Reply
from latentlab.errors import LabError
from tests.tiny import save_tiny_classifier, save_tiny_ddpm, toy_set


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """A toy set called mnist; what has been read of it."""
    found: list[tuple[str, str]] = []

    def load(spec: str, split: str = "test") -> ImageSet:
        found.append((spec, split))
        return toy_set(split, 300)

    monkeypatch.setattr(catalog, "load", load)
    monkeypatch.setattr(origin_service, "classifier_for", refused)
    return found


def refused(spec: str) -> object:
    raise LabError(f"no classifier is shipped for {spec}")


def asked(service: OriginService, request: OriginRequest) -> tuple[list[OriginReply], list[Reply | None]]:
    everything = list(service.serve(request))
    return [one for one in everything if isinstance(one, OriginReply)], everything


@pytest.mark.usefixtures("read")
def test_that_a_training_picture_is_found_as_a_copy_of_itself(tmp_path: Path) -> None:
    model = save_tiny_ddpm(tmp_path / "tiny.safetensors", data="mnist")
    train = toy_set("train", 300)
    picture = train.images[17, 0].numpy()
    (reply,), everything = asked(OriginService(), OriginRequest(4, picture, str(model)))
    assert (reply.generation, reply.space, reply.numbers[0], reply.distances[0]) == (4, "pixels", 17, 0.0)
    assert reply.copy
    assert reply.words.startswith("A copy: 0 of 300 held-out pictures lie as near")
    assert reply.last
    assert reply.classes[0] == train.class_of(17)
    np.testing.assert_array_equal(reply.pictures[0], picture)
    assert len(reply.held_out) == 300
    assert (np.diff(reply.held_out) >= 0).all()
    assert any(isinstance(one, OriginProgress) for one in everything)


@pytest.mark.usefixtures("read")
def test_that_a_held_out_picture_is_no_copy() -> None:
    picture = toy_set("test", 300).images[3, 0].numpy()
    (reply,), _ = asked(OriginService(), OriginRequest(1, picture, "", "mnist"))
    assert not reply.copy
    assert reply.words.startswith("No copy: ")


def test_that_the_pictures_of_one_data_set_are_read_and_compared_once(read: list[tuple[str, str]]) -> None:
    service, picture = OriginService(), toy_set("test", 300).images[3, 0].numpy()
    asked(service, OriginRequest(1, picture, "", "mnist"))
    _, everything = asked(service, OriginRequest(2, picture, "", "mnist"))
    assert read == [("mnist", "train"), ("mnist", "test")]
    assert not any(isinstance(one, OriginProgress) for one in everything)


@pytest.mark.usefixtures("read")
def test_that_where_a_classifier_ships_its_features_follow_the_pixels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = load_model(save_tiny_classifier(tmp_path / "judge.safetensors"))
    monkeypatch.setattr(origin_service, "classifier_for", lambda spec: judge)
    picture = toy_set("train", 300).images[17, 0].numpy()
    (pixels, features), _ = asked(OriginService(tmp_path), OriginRequest(1, picture, "", "mnist"))
    assert (pixels.space, pixels.last) == ("pixels", False)
    assert (features.space, features.last, features.numbers[0]) == ("features", True, 17)
    assert "judge" in features.measured


@pytest.mark.usefixtures("read")
def test_that_a_picture_of_another_shape_is_refused() -> None:
    with pytest.raises(LabError, match="the picture is 4 x 4 grey"):
        asked(OriginService(), OriginRequest(1, np.zeros((4, 4), np.uint8), "", "mnist"))


def test_that_a_model_whose_pictures_are_not_found_says_so_unless_others_are_given(
    tmp_path: Path, read: list[tuple[str, str]]
) -> None:
    model, picture = save_tiny_ddpm(tmp_path / "tiny.safetensors"), np.zeros((8, 8), np.uint8)
    with pytest.raises(LabError, match="the pictures that tiny was trained on were not found"):
        asked(OriginService(), OriginRequest(1, picture, str(model)))
    asked(OriginService(), OriginRequest(1, picture, str(model), "/somewhere/toys"))
    assert read[0] == ("/somewhere/toys", "train")


@pytest.mark.usefixtures("read")
def test_that_features_are_kept_for_another_start_and_a_damaged_file_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = load_model(save_tiny_classifier(tmp_path / "judge.safetensors"))
    monkeypatch.setattr(origin_service, "classifier_for", lambda spec: judge)
    picture, folder = toy_set("test", 300).images[17, 0].numpy(), tmp_path / "kept"
    request = OriginRequest(1, picture, "", "mnist")
    (_, first), _ = asked(OriginService(folder), request)
    (kept,) = folder.iterdir()

    computed = []
    features_of = origin.features_of
    monkeypatch.setattr(
        origin, "features_of", lambda model, x: computed.append(len(x)) or features_of(model, x)
    )
    (_, again), _ = asked(OriginService(folder), request)
    assert again.distances == first.distances
    assert computed == [300, 1], "the held-out pictures and this one, but no training picture"
    kept.write_bytes(kept.read_bytes()[:-7])
    (_, anew), _ = asked(OriginService(folder), request)
    assert anew.distances == first.distances
    assert len(kept.read_bytes()) > 300 * 6 * 4


def test_that_without_a_folder_to_write_to_features_are_found_all_the_same(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    write_features(blocked / "x.safetensors", torch.ones(2, 3))
    assert read_features(blocked / "x.safetensors", 2) is None
    write_features(tmp_path / "x.safetensors", torch.ones(2, 3))
    assert read_features(tmp_path / "x.safetensors", 3) is None, "of another number of pictures"
    found = read_features(tmp_path / "x.safetensors", 2)
    assert found is not None
    assert found.tolist() == [[1.0] * 3] * 2
