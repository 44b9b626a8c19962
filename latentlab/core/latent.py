"""Paths and grids in a latent space: straight lines, great arcs, quantile grids.

    lerp(a, b; t)  = (1 - t) a + t b
    slerp(a, b; t) = sin((1 - t) w)/sin(w) a + sin(t w)/sin(w) b,   w = angle between a and b
    quantile grid  : coordinates Phi^{-1}(p), p evenly spaced in (0, 1)

Sources: Shoemake, Animating rotation with quaternion curves (1985); White, Sampling Generative Networks
(2016) for slerp in latent spaces; Kingma & Welling (2014), fig. 4, for the grid.
"""

from __future__ import annotations

import torch
from torch import Tensor


def lerp(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """Points on the straight line from a to b; (D,), (D,), t (T,) -> (T, D)."""
    t = t.unsqueeze(-1)
    return (1.0 - t) * a + t * b


def slerp(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """Points on the arc from a to b, with the radius interpolated from |a| to |b|; -> (T, D).

    The direction turns at a constant rate (Shoemake); the radius is interpolated linearly, so that |slerp|
    never leaves [min(|a|, |b|), max(|a|, |b|)]. Where no arc is defined (an end at the origin, or opposite
    directions) the straight line is used.
    """
    # In float64: near opposite ends the sum below cancels, and float32 would leave the radius bounds.
    kind, a, b, t = a.dtype, a.double(), b.double(), t.double()
    radius_a, radius_b = a.norm(), b.norm()
    if float(radius_a) < 1e-8 or float(radius_b) < 1e-8:
        return lerp(a, b, t).to(kind)
    u, v = a / radius_a, b / radius_b
    # atan2 of the half-chords: accurate for nearly equal and nearly opposite directions, unlike acos.
    angle = 2.0 * torch.atan2((u - v).norm(), (u + v).norm())
    if float(torch.sin(angle)) < 1e-6:
        return lerp(a, b, t).to(kind)
    t = t.unsqueeze(-1)
    direction = (torch.sin((1.0 - t) * angle) * u + torch.sin(t * angle) * v) / torch.sin(angle)
    arc: Tensor = direction * ((1.0 - t) * radius_a + t * radius_b)
    return arc.to(kind)


def quantile_axis(n: int) -> Tensor:
    """Phi^{-1}((i + 1/2) / n) for i = 0 .. n-1: n points of equal prior mass; -> (n,) float64."""
    p = (torch.arange(n, dtype=torch.float64) + 0.5) / n
    places: Tensor = torch.special.ndtri(p)
    return places


def even_axis(low: float, high: float, n: int) -> Tensor:
    """The centres of n equal cells that fill [low, high]; -> (n,) float64."""
    step = (high - low) / n
    return low + step * (torch.arange(n, dtype=torch.float64) + 0.5)


def grid(across: Tensor, up: Tensor) -> Tensor:
    """Every (x, y), the top row (largest y) first; (n,), (m,) -> (m * n, 2)."""
    y, x = torch.meshgrid(up.flip(0), across, indexing="ij")
    return torch.stack([x.reshape(-1), y.reshape(-1)], dim=-1)
