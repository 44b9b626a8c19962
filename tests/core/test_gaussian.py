"""Densities and divergences against torch.distributions, closed forms and sums."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.distributions import Independent, MultivariateNormal, Normal, kl_divergence

from latentlab.core import gaussian

numbers = st.floats(-4, 4)


@given(st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=6))
def test_that_log_density_is_that_of_torch_distributions(rows):
    x, mean, log_variance = torch.tensor(rows, dtype=torch.float64).unbind(-1)
    reference = Independent(Normal(mean, (0.5 * log_variance).exp()), 1).log_prob(x)
    torch.testing.assert_close(gaussian.log_density(x, mean, log_variance), reference)


def test_that_a_density_integrates_to_one():
    x = torch.linspace(-12, 14, 20_001, dtype=torch.float64).unsqueeze(-1)
    density = gaussian.log_density(x, torch.tensor([0.7]), torch.tensor([math.log(2.0)])).exp()
    assert torch.trapezoid(density, x.squeeze(-1)).item() == pytest.approx(1.0, abs=1e-6)


def test_that_the_standard_density_is_the_special_case():
    z = torch.randn(7, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    zero = torch.zeros_like(z)
    torch.testing.assert_close(gaussian.standard_log_density(z), gaussian.log_density(z, zero, zero))
    assert gaussian.standard_log_density(torch.zeros(2)).item() == pytest.approx(-math.log(2 * math.pi))


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=6))
def test_that_kl_is_that_of_torch_distributions(rows):
    mean, log_variance = torch.tensor(rows, dtype=torch.float64).unbind(-1)
    reference = kl_divergence(Normal(mean, (0.5 * log_variance).exp()), Normal(0.0, 1.0))
    torch.testing.assert_close(
        gaussian.kl_per_dimension(mean, log_variance), reference, atol=1e-12, rtol=1e-9
    )
    torch.testing.assert_close(
        gaussian.kl_to_standard(mean, log_variance), reference.sum(), atol=1e-12, rtol=1e-9
    )


def test_that_kl_is_the_mean_log_ratio_of_draws(generator):
    mean, log_variance = torch.tensor([0.8, -0.3]), torch.tensor([-1.0, 0.4])
    z = gaussian.reparameterise(mean.expand(200_000, 2), log_variance.expand(200_000, 2), generator)
    ratio = gaussian.log_density(z, mean, log_variance) - gaussian.standard_log_density(z)
    error = ratio.std().item() / math.sqrt(len(ratio))
    assert ratio.mean().item() == pytest.approx(
        gaussian.kl_to_standard(mean, log_variance).item(), abs=4 * error
    )


@given(st.floats(-1e-2, 1e-2))
def test_that_kl_keeps_digits_and_sign_near_zero(log_variance):
    """exp(l) - 1 - l in float32 is all rounding below l = 1e-3; the series is l^2/4 + l^3/12 + ..."""
    value = gaussian.kl_per_dimension(torch.zeros(1), torch.tensor([log_variance])).item()
    exact = torch.tensor(log_variance).item()
    series = 0.5 * (exact**2 / 2 + exact**3 / 6 + exact**4 / 24)
    assert value >= 0.0
    assert value == pytest.approx(series, abs=abs(exact) * 6e-8 + 1e-30)


def test_that_kl_of_the_prior_is_exactly_zero():
    assert gaussian.kl_to_standard(torch.zeros(5), torch.zeros(5)).item() == 0.0


def test_that_reparameterised_draws_have_the_posteriors_moments(generator):
    mean, log_variance = torch.tensor([1.5, -2.0]), torch.tensor([math.log(0.25), math.log(9.0)])
    z = gaussian.reparameterise(mean.expand(100_000, 2), log_variance.expand(100_000, 2), generator)
    torch.testing.assert_close(z.mean(0), mean, atol=0.04, rtol=0)
    torch.testing.assert_close(z.var(0), torch.tensor([0.25, 9.0]), atol=0, rtol=0.03)
    assert abs(torch.corrcoef(z.T)[0, 1].item()) < 0.02


def test_that_the_same_seed_draws_the_same_and_leaves_torchs_own_stream_alone():
    mean = torch.zeros(3, 2)
    before = torch.get_rng_state()
    first, second = (
        gaussian.reparameterise(mean, mean, torch.Generator().manual_seed(seed)) for seed in (4, 4)
    )
    other = gaussian.reparameterise(mean, mean, torch.Generator().manual_seed(5))
    assert torch.equal(first, second)
    assert not torch.equal(first, other)
    assert torch.equal(before, torch.get_rng_state())


def test_that_gradients_reach_mean_and_variance():
    mean, log_variance = torch.zeros(4, requires_grad=True), torch.zeros(4, requires_grad=True)
    noise = gaussian.standard_noise(mean, torch.Generator().manual_seed(1))
    gaussian.reparameterise(mean, log_variance, torch.Generator().manual_seed(1)).sum().backward()
    torch.testing.assert_close(mean.grad, torch.ones(4))
    torch.testing.assert_close(log_variance.grad, 0.5 * noise)


class LinearGaussian:
    """z ~ N(0, I), x ~ N(W z, s^2 I): log p(x) and p(z|x) are known."""

    def __init__(self) -> None:
        draw = torch.Generator().manual_seed(3)
        self.w = torch.randn(4, 2, generator=draw, dtype=torch.float64)
        self.w, _ = torch.linalg.qr(self.w)  # orthonormal columns make the posterior diagonal
        self.w = self.w * torch.tensor([1.5, 0.7], dtype=torch.float64)
        self.noise = 0.5
        self.x = torch.randn(4, generator=draw, dtype=torch.float64)
        eye = torch.eye(4, dtype=torch.float64)
        marginal = MultivariateNormal(
            torch.zeros(4, dtype=torch.float64), self.w @ self.w.T + self.noise**2 * eye
        )
        self.log_p = marginal.log_prob(self.x).item()
        precision = 1.0 + self.w.square().sum(0) / self.noise**2
        self.log_variance = -precision.log()
        self.mean = (self.w.T @ self.x) / self.noise**2 / precision

    def log_weights(self, samples: int, repeats: int, widen: float, seed: int) -> torch.Tensor:
        """(K, R) log weights with q wider than the posterior by e^widen in variance, and off its middle."""
        shape = (samples, repeats, 2)
        mean = (self.mean + widen).expand(shape)
        log_variance = (self.log_variance + widen).expand(shape)
        z = gaussian.reparameterise(mean, log_variance, torch.Generator().manual_seed(seed))
        likelihood = Independent(Normal(z @ self.w.T, self.noise), 1).log_prob(self.x)
        return likelihood + gaussian.standard_log_density(z) - gaussian.log_density(z, mean, log_variance)


def test_that_the_importance_bound_is_tight_at_the_true_posterior():
    model = LinearGaussian()
    bound = gaussian.importance_log_likelihood(model.log_weights(1, 50, widen=0.0, seed=0))
    torch.testing.assert_close(bound, torch.full((50,), model.log_p, dtype=torch.float64))


def test_that_the_importance_bound_rises_to_log_p_with_k():
    model = LinearGaussian()
    bounds = [
        gaussian.importance_log_likelihood(model.log_weights(k, 20_000 // k + 200, 0.4, seed=k)).mean().item()
        for k in (1, 4, 16, 64, 1024)
    ]
    assert bounds == sorted(bounds)
    assert bounds[0] < model.log_p - 0.1
    assert bounds[-1] == pytest.approx(model.log_p, abs=0.01)


def test_that_importance_weights_far_below_the_smallest_float_still_count():
    log_weights = torch.tensor([-5000.0, -5000.0 + math.log(3.0)], dtype=torch.float64)
    assert gaussian.importance_log_likelihood(log_weights).item() == pytest.approx(-5000.0 + math.log(2.0))
