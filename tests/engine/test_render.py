"""Requests in, replies out: each kind, partial replies, and wishes that cannot be met."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch

from latentlab.core import latent
from latentlab.core.likelihoods import Bernoulli, Palette
from latentlab.engine.files.checkpoint import ModelCard, save_model
from latentlab.engine.rendering.drawing import mosaic, shown, to_pictures, walk_points
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.grids import GridRequest, ProbeDensityRequest, UnderlayRequest
from latentlab.engine.rendering.requests.opening import (
    EncodeRequest,
    EncodingsReply,
    LoadedReply,
    LoadRequest,
)
from latentlab.engine.rendering.requests.pictures import SelectionRequest
from latentlab.engine.rendering.requests.points import PointRequest, TrayRequest, WalkRequest
from latentlab.engine.rendering.serving import Request
from latentlab.errors import LabError
from latentlab.models.vae.model import VAEConfig
from tests.conftest import make_vae
from tests.engine.conftest import replies
from tests.tiny import CONFIG, save_tiny_model, toy_set


def decoded(renderer: Renderer, *points: tuple[float, ...]) -> np.ndarray:
    return renderer.decode(torch.tensor(points))


def test_that_a_load_tells_what_was_opened(renderer, tmp_path):
    path = save_tiny_model(tmp_path / "other.safetensors", seed=4)
    *_, reply = replies(renderer, LoadRequest(7, str(path), "toy", "train"))
    assert isinstance(reply, LoadedReply)
    assert (reply.generation, reply.model, reply.path, reply.latents) == (7, "other", str(path), 2)
    assert (reply.data, reply.split, reply.classes) == ("toy", "train", ("even", "odd"))
    assert reply.title == "Variational autoencoder"
    assert dict(reply.metrics) == {"elbo": -12.5}
    assert np.array_equal(reply.images, toy_set("train").images.numpy())
    assert np.array_equal(reply.labels, toy_set("train").labels.numpy())
    assert reply.hash == renderer.loaded.hash


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_that_a_palette_is_shown_as_its_picture_would_be(channels):
    colours = torch.randint(256, (7, channels), generator=torch.Generator().manual_seed(0)).tolist()
    palette = Palette(tuple(bytes(colour).hex() for colour in colours), pixel=2)
    outputs = torch.randn(3, 7, 4, 5, generator=torch.Generator().manual_seed(1))
    assert np.array_equal(shown(palette, outputs), to_pictures(palette.picture(outputs)))
    grey = torch.randn(2, 1, 4, 4)
    assert np.array_equal(shown(Bernoulli(), grey), to_pictures(Bernoulli().picture(grey)))


def test_that_metrics_that_are_no_floats_are_left_out(renderer, tmp_path, tiny_model):
    metrics = {"elbo": -1, "note": "good", "list": [1], "huge": 10**400, "nan": float("nan")}
    config = VAEConfig(encoder_widths=(4,), decoder_widths=(4,), shape=(1, 8, 8))
    card = ModelCard("vae", dataclasses.asdict(config), metrics=metrics)
    path = save_model(tmp_path / "m.safetensors", make_vae(config), card)
    (reply,) = replies(renderer, LoadRequest(1, str(path), "toy"))
    assert reply.metrics == (("elbo", -1.0),)


def test_that_a_failed_load_leaves_the_open_model_usable(renderer, tmp_path):
    before, loaded = decoded(renderer, (0.3, 0.4)), renderer.loaded
    (tmp_path / "bad.safetensors").write_bytes(b"junk")
    big = save_tiny_model(tmp_path / "big.safetensors", VAEConfig(encoder_widths=(4,), decoder_widths=(4,)))
    good = str(tmp_path / "tiny.safetensors")
    for request, reason in (
        (LoadRequest(1, str(tmp_path / "bad.safetensors"), "toy"), "bad.safetensors"),
        (LoadRequest(1, "nobody", "toy"), "nobody"),
        (LoadRequest(1, good, "no-data"), "no data set is called 'no-data'"),
        (LoadRequest(1, good, "toy", "half"), "no split is called 'half'"),
        (LoadRequest(1, str(big), "toy"), "made for pictures 28 x 28 grey, those of toy are 8 x 8 grey"),
    ):
        with pytest.raises(LabError, match=reason):
            replies(renderer, request)
        assert renderer.loaded is loaded
        assert np.array_equal(decoded(renderer, (0.3, 0.4)), before)


def test_that_a_point_gets_its_picture_and_prior_density(renderer):
    (reply,) = replies(renderer, PointRequest(3, (0.5, -1.0)))
    assert reply.generation == 3
    assert reply.z == (0.5, -1.0)
    assert reply.picture.shape == (8, 8)
    assert reply.picture.dtype == np.uint8
    with torch.no_grad():
        model = renderer.loaded.model
        expected = torch.sigmoid(model.decode(torch.tensor([[0.5, -1.0]])))[0, 0] * 255
    assert np.abs(reply.picture - expected.numpy()).max() <= 0.5 + 1e-3
    assert reply.log_prior == pytest.approx(-math.log(2 * math.pi) - 0.5 * 1.25)


def test_that_a_selection_tells_all_about_its_picture(renderer):
    (reply,) = replies(renderer, SelectionRequest(1, index=5, draws=3, seed=9))
    data, model = toy_set("test"), renderer.loaded.model
    assert np.array_equal(reply.original, data.images[5, 0].numpy())
    with torch.no_grad():
        posterior = model.encode(data.images[5:6].float() / 255)
    assert reply.mean == pytest.approx(posterior.mean[0].tolist())
    assert reply.sigma == pytest.approx(torch.exp(0.5 * posterior.log_variance[0]).tolist())
    assert np.array_equal(reply.reconstruction, decoded(renderer, reply.mean)[0])
    assert reply.elbo == pytest.approx(reply.reconstruction_nats - reply.kl)
    assert len(reply.draws) == 3
    (again,) = replies(renderer, SelectionRequest(2, index=5, draws=3, seed=9))
    assert all(np.array_equal(first, second) for first, second in zip(reply.draws, again.draws, strict=True))
    assert again.elbo == reply.elbo


def test_that_no_draws_may_be_asked_for(renderer):
    (reply,) = replies(renderer, SelectionRequest(1, index=0, draws=0))
    assert reply.draws == ()


@pytest.mark.parametrize("index", [-1, 64, 10**9])
def test_that_a_picture_that_is_not_there_is_told(renderer, index):
    with pytest.raises(LabError, match=f"toy has no picture {index}"):
        replies(renderer, SelectionRequest(1, index))


def test_that_the_tray_is_decoded_in_order(renderer):
    points = tuple((i / 50, -i / 90) for i in range(230))
    steps = list(renderer.serve(TrayRequest(4, points)))
    assert len(steps) > 2  # others may go first between pieces
    assert not any(steps[:-1])
    reply = steps[-1]
    assert reply.points == points
    assert np.array_equal(np.stack(reply.pictures), decoded(renderer, *points))
    assert reply.log_priors[7] == pytest.approx(
        -math.log(2 * math.pi) - 0.5 * ((7 / 50) ** 2 + (7 / 90) ** 2)
    )


def test_that_an_empty_tray_is_an_empty_reply(renderer):
    (reply,) = replies(renderer, TrayRequest(4, ()))
    assert reply.points == reply.pictures == reply.log_priors == ()


@pytest.mark.parametrize("path", ["lerp", "slerp"])
def test_that_a_walk_passes_every_pin_once(renderer, path):
    pins = ((1.0, 0.0), (0.0, 2.0), (-1.0, -1.0))
    (reply,) = replies(renderer, WalkRequest(1, pins, path, steps=5))
    assert len(reply.points) == len(reply.pictures) == 2 * 4 + 1
    for place, pin in zip((0, 4, 8), pins, strict=True):
        assert reply.points[place] == pytest.approx(pin, abs=1e-6)
    between = {"lerp": latent.lerp, "slerp": latent.slerp}[path]
    middle = between(torch.tensor(pins[0]), torch.tensor(pins[1]), torch.tensor([0.5]))
    assert reply.points[2] == pytest.approx(middle[0].tolist(), abs=1e-6)
    assert np.array_equal(np.stack(reply.pictures), decoded(renderer, *reply.points))


def test_that_a_walk_of_fewer_than_two_pins_is_those_pins():
    assert walk_points(WalkRequest(1, ())) == ()
    assert walk_points(WalkRequest(1, ((1.0, 2.0),))) == ((1.0, 2.0),)
    assert len(walk_points(WalkRequest(1, ((1.0, 2.0), (0.0, 0.0)), steps=1))) == 2


def test_that_encodings_grow_to_the_whole_set(renderer):
    told = replies(renderer, EncodeRequest(2))
    assert isinstance(told[-1], EncodingsReply)
    assert told[-1].done
    assert told[-1].total == 64
    with torch.no_grad():
        posterior = renderer.loaded.model.encode(toy_set("test").images.float() / 255)
    np.testing.assert_allclose(told[-1].mean, posterior.mean.numpy(), atol=1e-6)
    np.testing.assert_allclose(told[-1].sigma, torch.exp(0.5 * posterior.log_variance).numpy(), rtol=1e-5)


def test_that_many_encodings_are_told_early_and_seldom(renderer):
    renderer.opened.data = toy_set("test", 20_000)
    counts = [len(reply.mean) for reply in replies(renderer, EncodeRequest(2))]
    assert counts == [2000, 4000, 8000, 16000, 20000]


@pytest.mark.parametrize(
    "request_",
    [
        PointRequest(1, (1.0,)), PointRequest(1, (1.0, 2.0, 3.0)), PointRequest(1, ()),
        TrayRequest(1, ((1.0, 2.0), (1.0,))), TrayRequest(1, ((1.0, 2.0, 3.0),)),
        WalkRequest(1, ((1.0, 2.0), (1.0,))), WalkRequest(1, ((1.0,), (2.0,)), "slerp"),
    ],
    ids=repr,
)  # fmt: skip
def test_that_points_of_another_dimension_are_told(renderer, request_):
    with pytest.raises(LabError, match=r"a point of \d numbers; the model has 2"):
        replies(renderer, request_)


@pytest.mark.parametrize(
    "request_",
    [
        PointRequest(1, (0.0, 0.0)),
        SelectionRequest(1, 0),
        EncodeRequest(1),
        GridRequest(1, 2, 2),
        TrayRequest(1, ((0.0, 0.0),)),
    ],
    ids=lambda request: type(request).__name__,
)
def test_that_a_renderer_without_a_model_says_so(request_):
    with pytest.raises(LabError, match="open"):
        replies(Renderer(), request_)


def test_that_a_plane_wants_two_latents(renderer, tmp_path):
    path = save_tiny_model(tmp_path / "3d.safetensors", VAEConfig(**{**vars(CONFIG), "latents": 3}))
    replies(renderer, LoadRequest(1, str(path), "toy"))
    with pytest.raises(LabError, match="a point of 2 numbers; the model has 3"):
        replies(renderer, UnderlayRequest(1, 3, 3))


def test_that_a_request_of_no_known_kind_is_told(renderer):
    with pytest.raises(LabError, match="no handler for a request of type Request"):
        replies(renderer, Request(1))


@pytest.mark.parametrize(
    ("channels", "shape"), [(1, (2, 5, 6)), (2, (2, 5, 6)), (3, (2, 5, 6, 3)), (4, (2, 5, 6, 3))]
)
def test_that_pictures_for_the_screen_are_grey_or_rgb(channels, shape):
    mean = torch.rand(2, channels, 5, 6, generator=torch.Generator().manual_seed(0))
    shown = to_pictures(mean.clone())
    assert shown.shape == shape
    assert shown.dtype == np.uint8
    first = shown if shown.ndim == 3 else shown[..., 0]
    assert np.array_equal(first, (mean[:, 0] * 255).round().numpy().astype(np.uint8))


def test_that_grey_levels_are_rounded_and_kept_in_range():
    mean = torch.tensor([-1.0, 0.0, 0.5 / 255 + 1e-6, 1.0, 2.0]).reshape(5, 1, 1, 1)
    assert to_pictures(mean).ravel().tolist() == [0, 0, 1, 255, 255]


def test_that_a_mosaic_is_read_like_a_page():
    pictures = np.arange(6, dtype=np.uint8).reshape(6, 1, 1).repeat(2, 1).repeat(3, 2)
    made = mosaic(pictures, columns=3)
    assert made.shape == (4, 9)
    assert made[::2, ::3].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert mosaic(np.zeros((6, 2, 3, 3), dtype=np.uint8), columns=2).shape == (6, 6, 3)


def test_that_a_model_made_for_other_shipped_pictures_is_opened_on_them(tmp_path):
    config = VAEConfig(shape=(3, 32, 32), encoder_widths=(4,), decoder_widths=(4,))
    card = ModelCard("vae", dataclasses.asdict(config), {"name": "faces"})
    path = save_model(tmp_path / "faces.safetensors", make_vae(config), card)
    *_, reply = Renderer().serve(LoadRequest(1, str(path), "mnist"))
    assert (reply.data, reply.images.shape[1:]) == ("faces", (3, 32, 32))


def test_that_work_on_a_model_ends_when_another_is_opened(renderer, tmp_path):
    grid = renderer.serve(GridRequest(1, 6, 6))
    encode = renderer.serve(EncodeRequest(2))
    next(grid)
    next(encode)
    path = save_tiny_model(tmp_path / "other.safetensors", seed=4)
    *_, opened = replies(renderer, LoadRequest(3, str(path), "toy", "train"))
    assert isinstance(opened, LoadedReply)
    assert list(grid) == []
    assert list(encode) == []
    # Nobody has said yet where the pictures of the new one lie.
    (unknown,) = replies(renderer, ProbeDensityRequest(4, (0.0, 0.0)))
    assert unknown.log_density is None
