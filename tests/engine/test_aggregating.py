"""The comparison of all codes with the prior, as the window asks for it."""

from __future__ import annotations

import math

import pytest
import torch

from latentlab.core import gaussian
from latentlab.engine.rendering.aggregating import Aggregates
from latentlab.engine.rendering.drawing import Drawing
from latentlab.engine.rendering.requests.aggregate import AggregateReply, AggregateRequest
from latentlab.errors import LabError
from latentlab.models.vae.model import VAE
from tests.tiny import CONFIG

CPU = torch.device("cpu")


def replies(codes: tuple[torch.Tensor, torch.Tensor] | None) -> list[AggregateReply]:
    drawing = Drawing(VAE(CONFIG), CPU)
    found = Aggregates(lambda: codes, lambda: drawing).answers(AggregateRequest(1))
    return [one for one in found if isinstance(one, AggregateReply)]


def test_that_the_parts_are_those_of_the_codes_and_a_silent_dimension_is_named() -> None:
    generator = torch.Generator().manual_seed(0)
    mean = torch.randn(400, 2, generator=generator)
    mean[:, 1] *= 0.01
    sigma = torch.stack([torch.full((400,), 0.1), torch.ones(400)], 1)
    (reply,) = replies((mean, sigma))
    exact = float(gaussian.kl_to_standard(mean, 2 * sigma.log()).mean())
    assert reply.information + reply.marginal == pytest.approx(exact, abs=0.15)
    assert reply.collapsed == (1,)
    assert reply.pictures == 400
    assert reply.most == pytest.approx(math.log(400))


def test_that_nothing_is_said_before_the_pictures_are_encoded() -> None:
    assert replies(None) == []


def test_that_an_encoder_without_posteriors_is_refused_in_words() -> None:
    with pytest.raises(LabError, match="infinite"):
        replies((torch.randn(10, 2), torch.zeros(10, 2)))
