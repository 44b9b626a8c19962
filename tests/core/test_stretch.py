"""The area that a decoder gives a small square, against closed forms."""

from __future__ import annotations

import math

import pytest
import torch

from latentlab.core.stretch import log_area

ACROSS, UP = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])


def test_that_a_linear_decoder_stretches_by_the_root_of_its_gram_determinant() -> None:
    w = torch.randn(50, 2, generator=torch.Generator().manual_seed(0))
    found = log_area(lambda z: (z @ w.T).view(-1, 5, 10), torch.randn(7, 2), ACROSS, UP)
    exact = 0.5 * torch.logdet((w.T @ w).double())
    torch.testing.assert_close(found, exact.expand(7), atol=1e-5, rtol=1e-5)


def test_that_polar_coordinates_have_the_area_r() -> None:
    def decode(z: torch.Tensor) -> torch.Tensor:
        r, angle = z.unbind(-1)
        return torch.stack([r * angle.cos(), r * angle.sin()], -1)

    z = torch.tensor([[0.5, 0.1], [2.0, 1.0], [3.0, -2.0]])
    torch.testing.assert_close(log_area(decode, z, ACROSS, UP), z[:, 0].double().log(), atol=1e-5, rtol=1e-5)


def test_that_turned_directions_give_the_same_area() -> None:
    def decode(z: torch.Tensor) -> torch.Tensor:
        return torch.stack([z[:, 0].sin(), z[:, 1].exp(), z.prod(-1)], -1)

    z = torch.randn(5, 2, generator=torch.Generator().manual_seed(1))
    c, s = math.cos(0.7), math.sin(0.7)
    turned = log_area(decode, z, torch.tensor([c, s]), torch.tensor([-s, c]))
    torch.testing.assert_close(turned, log_area(decode, z, ACROSS, UP), atol=1e-5, rtol=1e-5)


def test_that_along_one_direction_it_is_the_length_of_the_derivative() -> None:
    found = log_area(lambda z: torch.cat([z.square(), 3 * z], -1), torch.tensor([[2.0]]), torch.ones(1), None)
    assert float(found) == pytest.approx(math.log(5.0))


def test_that_a_fold_is_finite_and_far_below_the_rest() -> None:
    # Both directions change the picture in the same way: no area, and no NaN.
    found = log_area(lambda z: z.sum(-1, keepdim=True), torch.zeros(1, 2), ACROSS, UP)
    assert torch.isfinite(found).all()
    assert float(found) < -5.0
