"""What a discriminator or critic is asked for the window: of a plane, and of one picture."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from latentlab.engine.rendering.criticising import Critics
from latentlab.engine.rendering.drawing import Drawing
from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.requests.critic import (
    CriticMapReply,
    CriticMapRequest,
    OpinionReply,
    OpinionRequest,
)
from latentlab.engine.rendering.serving import Request
from latentlab.errors import LabError
from latentlab.models.critics import ScoreSpec
from latentlab.models.gan.model import make_gan
from latentlab.models.gan.spec import GANConfig
from latentlab.models.vae.model import VAE
from tests.tiny import CONFIG

REGION = (-2.0, 2.0, -1.0, 3.0)
PLANE = Projection.pair(0, 1, 2)
SMALL = {"latents": 2, "shape": (1, 8, 8), "generator_widths": (8, 8), "discriminator_widths": (8, 8)}


class Known(nn.Module):
    """G(z) = (z_1, z_2) moved to [0, 1], s(x) = 3 x_1 - 2 x_2."""

    picture_shape = (1, 1, 2)
    latents = 2

    def __init__(self, *, probability: bool) -> None:
        super().__init__()
        self.score_spec = ScoreSpec("D(x)", "D", "", probability)

    def picture_at(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        return (0.5 + 0.1 * z[:, :2]).view(-1, 1, 1, 2)

    def scores(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        return 3.0 * x[..., 0].flatten() - 2.0 * x[..., 1].flatten()


def told(model: nn.Module, request: Request[Any]) -> list[Any]:
    drawing = Drawing(model, torch.device("cpu"))
    with torch.inference_mode():
        return [one for one in Critics(lambda: drawing).answers(request) if one is not None]


@pytest.mark.parametrize("probability", [False, True])
def test_that_the_field_is_the_score_of_what_is_made_the_top_row_first(probability: bool) -> None:
    replies = told(Known(probability=probability), CriticMapRequest(1, 8, 6, REGION, PLANE, (0.0, 0.0)))
    assert all(isinstance(one, CriticMapReply) for one in replies)
    coarse, whole = replies
    assert (coarse.done, whole.done) == (False, True)
    u = -2.0 + 4.0 * (np.arange(8) + 0.5) / 8
    v = 3.0 - 4.0 * (np.arange(6) + 0.5) / 6
    expected = 3.0 * (0.5 + 0.1 * u)[None] - 2.0 * (0.5 + 0.1 * v)[:, None]
    np.testing.assert_allclose(
        whole.scores, 1.0 / (1.0 + np.exp(-expected)) if probability else expected, atol=1e-5
    )


def test_that_an_opinion_has_the_score_its_slope_and_a_step_that_raises_it() -> None:
    (reply,) = told(Known(probability=False), OpinionRequest(1, (1.0, -1.0)))
    assert isinstance(reply, OpinionReply)
    assert reply.score == pytest.approx(3.0 * 0.6 - 2.0 * 0.4)
    np.testing.assert_allclose(reply.slope, [[3.0, -2.0]])
    assert reply.steepness == pytest.approx(13.0**0.5)
    assert reply.moved_score > reply.score
    assert reply.moved[0, 0] > reply.picture[0, 0]
    assert reply.moved[0, 1] < reply.picture[0, 1]


def test_that_a_probability_is_told_as_one_and_its_slope_is_that_of_the_score() -> None:
    (reply,) = told(Known(probability=True), OpinionRequest(1, (1.0, -1.0)))
    assert reply.score == pytest.approx(1.0 / (1.0 + np.exp(-1.0)))
    np.testing.assert_allclose(reply.slope, [[3.0, -2.0]])


def test_that_a_discriminator_is_asked_within_inference_mode_and_its_weights_keep_no_gradient() -> None:
    model = make_gan(GANConfig(**SMALL)).eval()
    (reply,) = told(model, OpinionRequest(1, (0.3, 0.1)))
    assert reply.slope.shape == (8, 8)
    assert np.abs(reply.slope).max() > 0.0
    assert all(weight.grad is None for weight in model.parameters())


def test_that_the_condition_is_heard_by_generator_and_discriminator() -> None:
    model = make_gan(GANConfig(**SMALL, condition=True, condition_names=("even", "odd"))).eval()
    for weight in model.parameters():
        nn.init.normal_(weight, std=0.3)
    even, odd = (told(model, OpinionRequest(1, (0.3, 0.1), y))[0].score for y in ((1.0, 0.0), (0.0, 1.0)))
    assert even != odd


def test_that_a_model_without_a_critic_and_a_plane_of_another_model_are_refused() -> None:
    with pytest.raises(LabError, match="no discriminator"):
        told(VAE(CONFIG), OpinionRequest(1, (0.0, 0.0)))
    with pytest.raises(LabError, match="3 dimensions"):
        told(
            Known(probability=False),
            CriticMapRequest(1, 5, 4, REGION, Projection.pair(0, 1, 3), (0.0, 0.0, 0.0)),
        )
