"""Textures from one picture by its spectrum: stationary Gaussian fields, and random phases.

    h               the picture (C, M, N); m its mean; h_hat its discrete Fourier transform
    h = p + s       periodic and smooth part: s_hat = v_hat / (2 cos(2 pi j / M) + 2 cos(2 pi k / N) - 4),
                    v the jumps across opposite borders                               (Moisan 2011)
    random phase    |p_hat| e^(i (phi + theta)), theta uniform and odd, the same for all channels
    spot noise      m + (p - m) * W / sqrt(M N), W white noise, the same for all channels: a Gaussian field of
                    mean m and covariance the autocorrelation of (p - m) / sqrt(M N)
    larger sizes    p - m, faded out at its borders, in the middle of a larger picture of zeros (the spot)
    between two     h_t = (1 - t) h_0 + t e^(i arg(h_1^* h_0)) h_1 at each frequency: the shortest way between
                    the two Gaussian fields                                            (Xia et al. 2014)

One phase for all channels keeps the colours: with a phase of its own each channel would move apart from the
others. What is drawn has no seam, for the transform is periodic: it tiles.

Source: Galerne, Gousseau & Morel, Random Phase Textures: Theory and Synthesis (2011).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

# The share of each side over which a spot fades out.
_FADE = 0.1


def periodic_and_smooth(h: Tensor) -> tuple[Tensor, Tensor]:
    """p and s of a picture (C, M, N), which add up to it; p has its mean and no jump across the borders."""
    rows, columns = h.shape[-2:]
    jumps = torch.zeros_like(h)
    across, down = h[..., :, -1] - h[..., :, 0], h[..., -1, :] - h[..., 0, :]
    jumps[..., :, 0] += across
    jumps[..., :, -1] -= across
    jumps[..., 0, :] += down
    jumps[..., -1, :] -= down
    j = torch.cos(2.0 * math.pi * torch.arange(rows, device=h.device, dtype=h.dtype) / rows)
    k = torch.cos(2.0 * math.pi * torch.arange(columns // 2 + 1, device=h.device, dtype=h.dtype) / columns)
    divisor = 2.0 * (j.unsqueeze(1) + k.unsqueeze(0)) - 4.0
    divisor[0, 0] = 1.0
    smooth = torch.fft.rfft2(jumps) / divisor
    # The mean belongs to the periodic part.
    smooth[..., 0, 0] = 0.0
    s = torch.fft.irfft2(smooth, s=(rows, columns))
    return h - s, s


def random_phases(size: tuple[int, int], generator: torch.Generator | None = None) -> Tensor:
    """theta of the frequencies of a real picture (M, N), uniform and odd, 0 for the mean; (M, N // 2 + 1)."""
    noise = torch.randn(size, generator=generator, dtype=torch.float64)
    theta: Tensor = torch.fft.rfft2(noise).angle()
    theta[0, 0] = 0.0
    return theta


def random_phase_noise(p: Tensor, theta: Tensor, amount: float = 1.0) -> Tensor:
    """p (C, M, N) with `amount` of the phases theta added: 0 is p itself, 1 its random phase noise.

    Uniform phases stay so when they are added to any others, and the modulus stays as it is.
    """
    spectrum = torch.fft.rfft2(p)
    angle = (amount * theta).to(p.dtype)
    turned = torch.polar(torch.ones_like(angle), angle)
    _keep_real(turned, p.shape[-2:])
    found: Tensor = torch.fft.irfft2(spectrum * turned, s=p.shape[-2:])
    return found


def spot_noise(p: Tensor, noise: Tensor, numbers: int | None = None) -> Tensor:
    """The Gaussian texture of p (C, M, N) under white noise (M, N); `numbers` is M N of the original spot."""
    mean = p.mean((-2, -1), keepdim=True)
    count = noise.numel() if numbers is None else numbers
    spectrum = torch.fft.rfft2(p - mean) * torch.fft.rfft2(noise.to(p))
    found: Tensor = mean + torch.fft.irfft2(spectrum, s=p.shape[-2:]) / math.sqrt(count)
    return found


def spot(p: Tensor, size: tuple[int, int]) -> Tensor:
    """p (C, M, N) as the spot of a texture of a larger size: about its mean, with the variance that it had.

    Its variance is kept by a factor, for fading takes some of it. At p's own size it is p itself.
    """
    rows, columns = p.shape[-2:]
    if (rows, columns) == tuple(size):
        return p
    mean = p.mean((-2, -1), keepdim=True)
    window = _faded(rows, p).unsqueeze(1) * _faded(columns, p).unsqueeze(0)
    window = window * math.sqrt(rows * columns) / window.square().sum().sqrt()
    whole = torch.zeros(*p.shape[:-2], *size, dtype=p.dtype, device=p.device)
    top, left = (size[0] - rows) // 2, (size[1] - columns) // 2
    whole[..., top : top + rows, left : left + columns] = (p - mean) * window
    return mean + whole


def texture(
    h: Tensor,
    size: tuple[int, int],
    *,
    gaussian: bool = False,
    amount: float = 1.0,
    generator: torch.Generator | None = None,
) -> Tensor:
    """A texture (C, *size) like the picture h (C, M, N), in [0, 1] as far as h is.

    Args:
        size: rows and columns, each any number from 1; smaller ones are cut out of one as large as h.
        gaussian: asymptotic discrete spot noise, in place of random phase noise.
        amount: of the random phases; 0 leaves those of h. Of spot noise there is always all.
        generator: of the phases or the noise.
    """
    p = periodic_and_smooth(h.double())[0].to(h.dtype)
    drawn_size = max(size[0], h.shape[-2]), max(size[1], h.shape[-1])
    known = spot(p, drawn_size)
    if gaussian:
        noise = torch.randn(drawn_size, generator=generator, dtype=torch.float64).to(h.dtype)
        found = spot_noise(known, noise, h.shape[-2] * h.shape[-1])
    else:
        mean = known.mean((-2, -1), keepdim=True)
        # A spot fills a part of the larger picture; its phase noise fills all of it, with the same variance.
        factor = math.sqrt(drawn_size[0] * drawn_size[1] / (h.shape[-2] * h.shape[-1]))
        phased = random_phase_noise(known - mean, random_phases(drawn_size, generator), amount)
        found = mean + phased * (1.0 + amount * (factor - 1.0))
    return found[..., : size[0], : size[1]]


def between(first: Tensor, second: Tensor, t: float) -> Tensor:
    """The spot at share t of the shortest way between the Gaussian textures of two spots (C, M, N)."""
    means = [one.mean((-2, -1), keepdim=True) for one in (first, second)]
    one, other = (torch.fft.rfft2(h - mean) for h, mean in zip((first, second), means, strict=True))
    product = (other.conj() * one).sum(-3, keepdim=True)
    length = product.abs()
    least = torch.finfo(length.dtype).tiny
    turned = torch.where(length > least, product / length.clamp(min=least), torch.ones_like(product))
    mixed = (1.0 - t) * one + t * turned * other
    found: Tensor = (1.0 - t) * means[0] + t * means[1] + torch.fft.irfft2(mixed, s=first.shape[-2:])
    return found


def _faded(count: int, like: Tensor) -> Tensor:
    """A window (count,) that rises smoothly from 0 to 1 over `_FADE` of it, and falls in the same way."""
    edge = max(1.0, _FADE * count)
    place = torch.arange(count, dtype=like.dtype, device=like.device) + 0.5
    near = torch.minimum(place, count - place) / edge
    return torch.sin(0.5 * math.pi * near.clamp(max=1.0)).square()


def _keep_real(turned: Tensor, size: torch.Size | tuple[int, ...]) -> None:
    """Of the frequencies that are their own opposites a real picture has phases 0 and pi alone; in place."""
    for row in {0, size[0] // 2} if size[0] % 2 == 0 else {0}:
        for column in {0, size[1] // 2} if size[1] % 2 == 0 else {0}:
            turned[row, column] = turned[row, column].real.sign() if turned[row, column].real != 0 else 1.0
