"""The first pictures of many are those of few: what a seed draws does not hang on how many are drawn."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from latentlab.core.likelihoods import Bernoulli, Categorical, Gaussian, Palette
from latentlab.engine.attributes.conditional_sampling import ConditionFrequencies, conditions_as_asked
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.inference.sampling import decode_in_chunks, prior_points
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.opening import LoadRequest
from latentlab.engine.rendering.requests.pictures import SelectionRequest
from latentlab.engine.rendering.requests.points import SamplesRequest
from tests.conftest import make_vae
from tests.engine.conftest import replies
from tests.tiny import CONFIG, save_tiny_cvae

FEW = (1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 63, 64, 249, 250, 251)


@pytest.mark.parametrize("latents", [1, 2, 3, 16, 17])
def test_that_the_first_points_of_many_are_those_of_few(latents):
    many = prior_points(300, latents, seed=7)
    for count in FEW:
        assert torch.equal(prior_points(count, latents, seed=7), many[:count]), count


def test_that_the_points_of_a_seed_are_those_that_they_always_were():
    """Where torch draws whole sixteens by itself, as for the sheet of 64."""
    for count, latents in ((64, 2), (64, 16), (8, 2), (100, 16)):
        as_ever = torch.randn(count, latents, generator=torch.Generator().manual_seed(3))
        assert torch.equal(prior_points(count, latents, seed=3), as_ever)


@pytest.mark.parametrize("shape", [(1, 8, 8), (1, 5, 5), (3, 7, 9)], ids=str)
@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
@pytest.mark.parametrize("draw", [False, True])
def test_that_the_first_pictures_of_many_are_those_of_few(shape, likelihood, draw):
    model = make_vae(dataclasses.replace(CONFIG, shape=shape, likelihood=likelihood))

    def drawn(count: int) -> torch.Tensor:
        z = prior_points(count, model.latents, seed=5)
        return torch.cat(list(decode_in_chunks(model, z, draw=draw, seed=5)))

    many = drawn(300)
    for count in FEW:
        assert torch.equal(drawn(count), many[:count]), count


@pytest.mark.parametrize(
    "likelihood", [Bernoulli(), Gaussian(0.3), Categorical(4), Palette(("00", "7f", "ff"))], ids=str
)
def test_that_each_kind_of_picture_is_drawn_so(likelihood):
    outputs = torch.randn(
        40, *likelihood.outputs_shape((1, 5, 5)), generator=torch.Generator().manual_seed(0)
    )
    many = likelihood.sample(outputs, torch.Generator().manual_seed(1))
    for count in (1, 2, 3, 7, 16, 39):
        few = likelihood.sample(outputs[:count], torch.Generator().manual_seed(1))
        assert torch.equal(few, many[:count]), count


@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("real", [False, True])
def test_that_what_is_left_to_chance_is_the_same_however_many_are_asked(tmp_path, exclusive, real):
    model = load_model(save_tiny_cvae(tmp_path / "m.safetensors", ("a", "b", "c"), exclusive=exclusive)).model
    rows = torch.eye(3).repeat(20, 1) if real else None
    frequencies = ConditionFrequencies(rows, torch.tensor([0.2, 0.3, 0.5]), "somewhere")
    for seed in range(5):
        many = conditions_as_asked(model, {}, 50, frequencies, seed).y
        for count in (1, 2, 3, 16, 49):
            assert torch.equal(conditions_as_asked(model, {}, count, frequencies, seed).y, many[:count])


def test_that_the_window_draws_so_too():
    renderer = Renderer()
    replies(renderer, LoadRequest(1, "mnist-vae-2d", "mnist", "test"))

    def posterior(count: int) -> list:
        (reply,) = replies(renderer, SelectionRequest(1, index=5, draws=count, seed=9))
        return [picture.tolist() for picture in reply.draws]

    def samples(count: int) -> list:
        *_, reply = replies(renderer, SamplesRequest(1, (), count, 9, "mnist"))
        return [picture.tolist() for picture in reply.pictures]

    for drawn in (posterior, samples):
        many = drawn(20)
        for count in (1, 3, 4, 8):
            assert drawn(count) == many[:count]
