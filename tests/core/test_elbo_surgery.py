"""The parts of a mean KL, against closed forms."""

from __future__ import annotations

import math

import pytest
import torch

from latentlab.core import gaussian
from latentlab.core.elbo_surgery import Surgery, parts_of_kl


def run(mean: torch.Tensor, sigma: torch.Tensor, draws: int = 2000, prior: int = 2000, **more) -> Surgery:
    pieces = parts_of_kl(
        mean,
        sigma,
        gaussian.standard_log_density,
        torch.randn(prior, mean.shape[1], generator=torch.Generator().manual_seed(1)),
        torch.Generator().manual_seed(0),
        draws,
        **more,
    )
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            return end.value


def test_that_codes_that_say_nothing_have_no_information_and_no_holes() -> None:
    found = run(torch.zeros(300, 2), torch.ones(300, 2))
    assert found.information == pytest.approx(0.0, abs=1e-6)
    assert found.marginal == pytest.approx(0.0, abs=1e-6)
    assert found.holes == 0.0


def test_that_codes_far_apart_say_all_that_n_pictures_can_say() -> None:
    mean = 100.0 * torch.arange(8.0).unsqueeze(1)
    found = run(mean, torch.full((8, 1), 0.1))
    assert found.information == pytest.approx(math.log(8), abs=1e-6)
    assert found.saturated


def test_that_the_parts_add_up_to_the_mean_kl() -> None:
    generator = torch.Generator().manual_seed(3)
    mean = torch.randn(500, 3, generator=generator)
    sigma = 0.3 + torch.rand(500, 3, generator=generator)
    found = run(mean, sigma, draws=4000)
    exact = float(gaussian.kl_to_standard(mean, 2 * sigma.log()).mean())
    error = math.hypot(found.information_error, found.marginal_error)
    assert found.kl == pytest.approx(exact, abs=4 * error)


def test_that_a_gaussian_channel_has_the_information_of_the_textbook() -> None:
    # z = x + noise, x ~ N(0, s^2), noise ~ N(0, 1 - s^2): I = 1/2 log 1 / (1 - s^2), and q(z) is the prior.
    spread = 0.8
    mean = spread * torch.randn(20_000, 1, generator=torch.Generator().manual_seed(5))
    found = run(mean, torch.full_like(mean, math.sqrt(1 - spread**2)), draws=4000)
    exact = -0.5 * math.log(1 - spread**2)
    assert found.information == pytest.approx(exact, abs=4 * found.information_error + 0.01)
    assert found.marginal == pytest.approx(0.0, abs=4 * found.marginal_error + 0.01)


def test_that_the_share_of_holes_is_the_mass_of_the_prior_beyond_the_codes() -> None:
    # All codes lie at the right: the left half of the prior is a hole.
    mean = torch.linspace(0.0, 4.0, 4000).unsqueeze(1)
    found = run(mean, torch.full_like(mean, 0.01), prior=20_000)
    assert found.holes == pytest.approx(0.5, abs=0.03)
    assert (found.examples < 0.05).all()
    assert len(found.examples) == 32


def test_that_fewer_examples_are_given_where_there_are_fewer_holes() -> None:
    found = run(torch.zeros(300, 2), torch.full((300, 2), 2.0))
    assert found.holes == 0.0
    assert len(found.examples) == 0
