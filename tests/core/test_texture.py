"""Textures: the modulus is kept, moments are those of the theory, there is no seam, colours go together."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from latentlab.core.texture import (
    between,
    periodic_and_smooth,
    random_phase_noise,
    random_phases,
    spot,
    spot_noise,
    texture,
)


def picture(rows: int = 24, columns: int = 31, channels: int = 3) -> torch.Tensor:
    """A smooth random picture with a slope, so that its opposite borders differ."""
    draw = torch.Generator().manual_seed(3)
    x = torch.rand(channels, rows, columns, generator=draw, dtype=torch.float64)
    x = (x + x.roll(1, -1) + x.roll(1, -2)) / 3.0
    return 0.7 * x + 0.3 * torch.linspace(0, 1, columns, dtype=torch.float64)


def jump(x: torch.Tensor) -> float:
    """The mean squared difference across the borders."""
    return float((x[..., 0] - x[..., -1]).square().mean() + (x[..., 0, :] - x[..., -1, :]).square().mean())


@settings(max_examples=40, deadline=None)
@given(rows=st.integers(2, 12), columns=st.integers(2, 12), seed=st.integers(0, 99))
def test_that_the_parts_add_up_and_the_smooth_one_solves_its_equation(
    rows: int, columns: int, seed: int
) -> None:
    h = torch.rand(1, rows, columns, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    p, s = periodic_and_smooth(h)
    torch.testing.assert_close(p + s, h)
    torch.testing.assert_close(p.mean(), h.mean())
    # On the torus p has the discrete Laplacian that h has without neighbours beyond its borders.
    laplacian = sum(p.roll(by, axis) for axis in (-1, -2) for by in (1, -1)) - 4.0 * p
    inside = torch.zeros_like(h)
    for axis in (-1, -2):
        step = h.diff(dim=axis)
        pad = torch.zeros_like(h.narrow(axis, 0, 1))
        inside += torch.cat([step, pad], axis) - torch.cat([pad, step], axis)
    torch.testing.assert_close(laplacian, inside, atol=1e-9, rtol=0)


def test_that_the_periodic_part_has_no_seam() -> None:
    h = picture()
    p, _ = periodic_and_smooth(h)
    usual = float((p.diff(dim=-1)).square().mean() + p.diff(dim=-2).square().mean())
    assert jump(h) > 2.0 * usual
    assert jump(p) < 1.3 * usual
    drawn = texture(h, (24, 31), generator=torch.Generator().manual_seed(0))
    assert jump(drawn) < 1.5 * float(drawn.diff(dim=-1).square().mean() + drawn.diff(dim=-2).square().mean())


@pytest.mark.parametrize("size", [(24, 31), (25, 32), (16, 16), (9, 7)])
def test_that_random_phases_keep_the_modulus_and_the_angles_between_channels(size: tuple[int, int]) -> None:
    p, _ = periodic_and_smooth(picture(*size))
    drawn = random_phase_noise(p, random_phases(size, torch.Generator().manual_seed(1)))
    was, now = torch.fft.fft2(p), torch.fft.fft2(drawn)
    np.testing.assert_allclose(now.abs(), was.abs(), rtol=1e-5, atol=1e-9)
    torch.testing.assert_close(drawn.mean((-2, -1)), p.mean((-2, -1)))
    np.testing.assert_allclose(now[0] * now[1].conj(), was[0] * was[1].conj(), atol=1e-8)
    assert float((drawn - p).square().mean()) > 0.2 * float(p.var())
    torch.testing.assert_close(random_phase_noise(p, random_phases(size), 0.0), p)


def test_that_phases_are_uniform_and_odd() -> None:
    theta = random_phases((64, 64), torch.Generator().manual_seed(0))
    shares = torch.histc(theta[:, 1:32].flatten(), 8, -math.pi, math.pi) / theta[:, 1:32].numel()
    np.testing.assert_allclose(shares, 1 / 8, atol=0.03)
    assert theta[0, 0] == 0.0


@pytest.mark.parametrize("gaussian", [True, False])
def test_that_a_thousand_draws_have_the_mean_and_the_covariance_of_the_picture(gaussian: bool) -> None:
    p, _ = periodic_and_smooth(picture(12, 10))
    draw = torch.Generator().manual_seed(0)
    drawn = torch.stack([
        spot_noise(p, torch.randn(12, 10, generator=draw, dtype=torch.float64))
        if gaussian else random_phase_noise(p, random_phases((12, 10), draw))
        for _ in range(1000)
    ])  # fmt: skip
    mean = p.mean((-2, -1))
    np.testing.assert_allclose(drawn.mean((0, 2, 3)), mean, atol=0.01)
    centred, known = drawn - mean.view(-1, 1, 1), p - mean.view(-1, 1, 1)
    for shift in ((0, 0), (0, 1), (1, 0), (2, 3)):
        expected = torch.einsum("cmn,dmn->cd", known, known.roll(shift, (-2, -1))) / known[0].numel()
        found = torch.einsum("bcmn,bdmn->cd", centred, centred.roll(shift, (-2, -1)))
        found = found / (1000 * known[0].numel())
        np.testing.assert_allclose(found, expected, atol=0.06 * float(expected.abs().max()))


@pytest.mark.parametrize("gaussian", [True, False])
def test_that_a_larger_texture_has_the_variance_and_the_colours_of_the_picture(gaussian: bool) -> None:
    h = picture(24, 24)
    p, _ = periodic_and_smooth(h)
    drawn = texture(h, (120, 90), gaussian=gaussian, generator=torch.Generator().manual_seed(2))
    assert drawn.shape == (3, 120, 90)
    np.testing.assert_allclose(drawn.mean((-2, -1)), p.mean((-2, -1)), atol=0.03)
    found, expected = torch.cov(drawn.flatten(1)), torch.cov(p.flatten(1))
    np.testing.assert_allclose(found, expected, atol=0.35 * float(expected.abs().max()))
    assert texture(h, (10, 7), gaussian=gaussian).shape == (3, 10, 7)


def test_that_a_spot_at_its_own_size_is_the_picture_and_fades_in_a_larger_one() -> None:
    p, _ = periodic_and_smooth(picture(16, 16))
    assert spot(p, (16, 16)) is p
    large = spot(p, (40, 30))
    torch.testing.assert_close(large[:, 0, 0], p.mean((-2, -1)))
    mean = p.mean((-2, -1), keepdim=True)
    assert float((large - mean).square().sum()) == pytest.approx(float((p - mean).square().sum()), rel=0.3)


def test_that_the_way_between_two_textures_begins_and_ends_at_them_and_is_the_shortest() -> None:
    one, two = (periodic_and_smooth(picture(16, 20).roll(shift, 0))[0] for shift in (0, 1))
    two = two.flip(-1) * 0.6 + 0.2

    def spectrum(h: torch.Tensor) -> torch.Tensor:
        found = torch.fft.fft2(h - h.mean((-2, -1), keepdim=True))
        return torch.einsum("cmn,dmn->mncd", found, found.conj())

    for t, end in ((0.0, one), (1.0, two)):
        np.testing.assert_allclose(spectrum(between(one, two, t)), spectrum(end), atol=1e-8)
    middle = between(one, two, 0.5)

    def distance(a: torch.Tensor, b: torch.Tensor) -> float:
        """Wasserstein's, squared: traces of rank-one covariances at each frequency."""
        fa, fb = (torch.fft.fft2(h - h.mean((-2, -1), keepdim=True)) for h in (a, b))
        cross = (fa.conj() * fb).sum(0).abs().sum()
        gap = (a.mean((-2, -1)) - b.mean((-2, -1))).square().sum() * a[0].numel() ** 2
        return float(fa.abs().square().sum() + fb.abs().square().sum() - 2 * cross + gap)

    assert distance(one, middle) == pytest.approx(distance(one, two) / 4.0, rel=1e-6)
    assert distance(two, middle) == pytest.approx(distance(one, two) / 4.0, rel=1e-6)
