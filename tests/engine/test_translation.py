"""What the renderer makes of drawings, and the sources that it takes of pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from latentlab.data import catalog
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.files.provenance import read_provenance
from latentlab.engine.rendering import translation
from latentlab.engine.rendering.drawn import drawn_by
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.opening import LoadRequest
from latentlab.engine.rendering.requests.translation import (
    BesideRequest,
    SourceReply,
    SourceRequest,
    TranslateReply,
    TranslateRequest,
    TranslationSaveRequest,
    TranslatorsRequest,
)
from latentlab.engine.rendering.serving import Request
from latentlab.errors import LabError
from latentlab.models.capabilities import Capability
from tests.tiny import save_tiny_model, save_tiny_translator, toy_set


@pytest.fixture(autouse=True)
def _toys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split))


def opened(path: Path) -> Renderer:
    made = Renderer()
    list(made.serve(LoadRequest(1, str(path), "toy")))
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return save_tiny_translator(tmp_path / "p.safetensors")


def answers(renderer: Renderer, request: Request) -> Iterator[object]:
    return (reply for reply in renderer.serve(request) if reply is not None)


def bytes_of(x: torch.Tensor) -> np.ndarray:
    return (x[0, 0] * 255.0).round().byte().numpy()


def test_that_a_translator_opens_with_its_data(path: Path) -> None:
    made = Renderer()
    *_, reply = (one for one in made.serve(LoadRequest(1, str(path), "toy")) if one is not None)
    assert reply.capabilities == {Capability.TRANSLATES, Capability.JUDGES_PATCHES}
    assert (reply.latents, len(reply.images)) == (0, 64)


def test_that_a_drawing_becomes_the_picture_and_the_map_of_the_model(path: Path) -> None:
    renderer, model = opened(path), load_model(path).model
    source = np.full((8, 8), 255, np.uint8)
    source[2, 1:6] = 40
    first, reply = answers(renderer, TranslateRequest(2, source))
    assert isinstance(first, TranslateReply)
    assert isinstance(reply, TranslateReply)
    assert first.judged is None, "the picture does not wait for the map"
    assert first.picture is reply.picture
    s = torch.from_numpy(source)[None, None].float() / 255.0
    with torch.no_grad():
        made = model.translate(s)
        np.testing.assert_array_equal(reply.picture, bytes_of(made))
        np.testing.assert_allclose(reply.judged, model.patch_map(made, s)[0], atol=1e-6)


def test_that_another_model_answers_beside_it_and_says_why_if_it_cannot(path: Path, tmp_path: Path) -> None:
    renderer = opened(path)
    plain = save_tiny_translator(tmp_path / "plain.safetensors", 1, adversarial=0.0)
    source = np.zeros((8, 8), np.uint8)
    (reply,) = answers(renderer, BesideRequest(2, source, str(plain)))
    with torch.no_grad():
        expected = bytes_of(load_model(plain).model.translate(torch.zeros(1, 1, 8, 8)))
    np.testing.assert_array_equal(reply.picture, expected)
    assert (reply.model, reply.note) == (str(plain), "")
    other = save_tiny_model(tmp_path / "vae.safetensors")
    larger = save_tiny_translator(tmp_path / "larger.safetensors", shape=(1, 16, 16))
    for name, words in ((other, "does not make pictures of"), (larger, "another size"), ("gone", "gone")):
        (reply,) = answers(renderer, BesideRequest(3, source, str(name)))
        assert reply.picture is None
        assert words in reply.note


def test_that_the_open_model_goes_before_the_one_beside_it() -> None:
    assert TranslateRequest.priority < BesideRequest.priority
    assert TranslateRequest.by_hand
    assert BesideRequest.patient


def test_that_the_source_of_a_picture_comes_with_the_true_one(path: Path) -> None:
    renderer = opened(path)
    (reply,) = answers(renderer, SourceRequest(2, 5))
    assert isinstance(reply, SourceReply)
    x = toy_set("test").images[5:6].float() / 255.0
    np.testing.assert_array_equal(reply.source, bytes_of(load_model(path).model.source_of(x)))
    np.testing.assert_array_equal(reply.true, toy_set("test").images[5, 0])
    assert (reply.index, reply.name, reply.grain) == (5, "outline", 1)
    (own,) = answers(renderer, SourceRequest(3, None, toy_set("test").images[5, 0].numpy()))
    np.testing.assert_array_equal(own.source, reply.source)
    (blank,) = answers(renderer, SourceRequest(4))
    assert blank.source.min() == 255
    assert blank.true is None


def test_that_the_models_beside_it_take_the_same_sources_and_those_unlike_it_come_first(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alike = save_tiny_translator(tmp_path / "alike.safetensors", 1)
    plain = save_tiny_translator(tmp_path / "plain.safetensors", adversarial=0.0)
    others = (
        save_tiny_model(tmp_path / "vae.safetensors"),
        save_tiny_translator(tmp_path / "larger.safetensors", shape=(1, 16, 16)),
        save_tiny_translator(tmp_path / "half.safetensors", source="half"),
        tmp_path / "gone.safetensors",
    )
    monkeypatch.setattr(translation, "model_files", lambda: {"ships": alike})
    own = (path, plain, *others)
    (reply,) = answers(opened(path), TranslatorsRequest(2, own))
    assert [(one.model, one.title, one.judges) for one in reply.models] == [
        (str(plain), "plain", False),
        ("ships", "alike", True),
    ]
    (reply,) = answers(opened(plain), TranslatorsRequest(2, own))
    assert [one.model for one in reply.models] == ["ships", str(path)]


def test_that_a_picture_is_saved_with_its_origin(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "made.png"
    list(answers(opened(path), TranslationSaveRequest(2, out, np.zeros((8, 8), np.uint8))))
    assert (read_provenance(out).what, read_provenance(out).model) == ("translation", "p")


def test_that_what_cannot_be_is_refused_in_words(path: Path, tmp_path: Path) -> None:
    renderer = opened(path)
    for request, words in (
        (TranslateRequest(2, np.zeros((8, 9), np.uint8)), "a drawing 9 x 8"),
        (TranslateRequest(2, np.zeros((8, 8, 3), np.uint8)), "where 8 x 8"),
        (SourceRequest(2, 64), "no picture 64"),
    ):
        with pytest.raises(LabError, match=words):
            list(renderer.serve(request))
    other = opened(save_tiny_model(tmp_path / "vae.safetensors"))
    with pytest.raises(LabError, match="does not make pictures of other pictures"):
        list(other.serve(SourceRequest(2, 0)))


def test_that_its_card_shows_five_drawings_and_what_it_makes_of_them(path: Path) -> None:
    loaded = load_model(path)
    with pytest.raises(LabError, match="does not say where they are"):
        list(drawn_by(loaded))
    loaded.card.data["spec"] = "/pictures/of/mine"  # type: ignore[index]
    with torch.inference_mode():
        sources, made = (some for some in drawn_by(loaded) if some is not None)
    assert sources.shape == made.shape == (5, 8, 8)
    assert not np.array_equal(sources, made)
