"""The ideal denoiser of a finite set of pictures: the exact E[x_0 | x_t].

    q(x_t | x_0)   = N( sqrt(abar_t) x_0, (1 - abar_t) I ),   x_0 one of x_1 ... x_M, all equally likely
    w_i            = softmax_i( -|x_t - sqrt(abar_t) x_i|^2 / (2 (1 - abar_t)) )        = p(x_0 = x_i | x_t)
    E[x_0 | x_t]   = sum_i w_i x_i
    effective      = exp( -sum_i w_i log w_i )      how many pictures share the weight, 1 to M

No denoiser has a smaller mean squared error over these pictures, and a sampler that uses it draws nothing but
them: a network that draws new pictures has to part from it. At t = 0 it is the limit, the nearest picture.

Everything is computed in double precision: at little noise a squared distance is divided by as little as
1e-4, and single precision would decide between pictures at random. Pictures are in [-1, 1].

Source: Karras et al., Elucidating the Design Space of Diffusion-Based Generative Models (2022), appendix B.3;
De Bortoli, Convergence of Denoising Diffusion Models under the Manifold Hypothesis (2022).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

# Numbers of the pictures compared at once: 8 MiB of doubles.
_AT_ONCE = 2**20
# Noise of at least this variance: with less, x_t is a picture, and its nearest one has all the weight.
_LEAST = 1e-12
# Below this variance the squares of the fast formula cancel: the distances of candidates are computed again.
_CANCELS = 1e-4
# Logarithms of weights that are this much below the largest add nothing in double precision.
_NOTHING = 40.0


@dataclass(frozen=True, eq=False)
class Ideal:
    """What the ideal denoiser makes of N noisy pictures.

    Attributes:
        mean: E[x_0 | x_t], float32 (N, C, H, W) in [-1, 1].
        numbers: the pictures of the largest weights, the largest first, int64 (N, k).
        weights: these weights, float64 (N, k); all M sum to 1.
        effective: the number of pictures that share the weight, float64 (N,).
    """

    mean: Tensor
    numbers: Tensor
    weights: Tensor
    effective: Tensor


class IdealDenoiser:
    """The ideal denoiser of pictures, uint8 (M, C, H, W) with M >= 1; nothing of them is copied.

    Raises:
        ValueError: if there are none.
    """

    def __init__(self, pictures: Tensor) -> None:
        if pictures.ndim != 4 or not len(pictures):
            raise ValueError(f"pictures of shape {tuple(pictures.shape)}; expected (M, C, H, W), M >= 1")
        self.pictures = pictures
        self._step = max(1, _AT_ONCE // pictures[0].numel())

    def __len__(self) -> int:
        return len(self.pictures)

    def denoise(self, x_t: Tensor, alpha_bar: Tensor, count: int = 1) -> Ideal:
        """Of x_t (N, C, H, W) at abar_t (N,), with the `count` largest weights."""
        *_, last = self.denoised(x_t, alpha_bar, count)
        assert last is not None
        return last

    def denoised(self, x_t: Tensor, alpha_bar: Tensor, count: int = 1) -> Iterator[Ideal | None]:
        """The same in pieces of work: yields None between them, at the end the result."""
        x, signal = x_t.flatten(1).double(), alpha_bar.double().sqrt()
        variance = (1.0 - alpha_bar.double()).clamp(min=_LEAST)
        parts = []
        for some in self.pictures.split(self._step):
            parts.append(_log_weights(x, _as_x(some), signal, variance))
            yield None
        logs = torch.cat(parts, 1)
        del parts
        for row in (variance < _CANCELS).nonzero().flatten().tolist():
            self._settle(logs[row], x[row], signal[row], variance[row])
            yield None
        weights = logs.log_softmax(1).exp_()
        mean = torch.zeros_like(x)
        for first in range(0, len(self), self._step):
            some = weights[:, first : first + self._step]
            counts = (some > 0.0).any(0)
            if bool(counts.any()):
                mean += some[:, counts] @ _as_x(self.pictures[first : first + self._step][counts])
                yield None
        effective = torch.special.entr(weights).sum(1).exp()
        largest = weights.topk(min(count, len(self)), dim=1)
        yield Ideal(mean.float().view(x_t.shape), largest.indices, largest.values, effective)

    def _settle(self, logs: Tensor, x: Tensor, signal: Tensor, variance: Tensor) -> None:
        """Computes the logarithms of weights again, by differences, for all that may count."""
        # By how much the fast formula may be wrong: 1e-13 of its largest term.
        error = 1e-13 * float(x.square().sum() + self.pictures[0].numel()) / float(variance)
        near = (logs > logs.max() - _NOTHING - 2.0 * error).nonzero().flatten()
        exact = torch.empty(len(near), dtype=torch.float64)
        for first in range(0, len(near), self._step):
            some = slice(first, first + self._step)
            apart = x - signal * _as_x(self.pictures[near[some]])
            exact[some] = apart.square().sum(1) / (-2.0 * variance)
        logs.fill_(-torch.inf)
        logs[near] = exact


def _log_weights(x: Tensor, pictures: Tensor, signal: Tensor, variance: Tensor) -> Tensor:
    """The logarithms of w, up to a constant for each x: (N, D), (n, D), (N,), (N,) -> (N, n)."""
    squares = pictures.square().sum(1)
    products = x @ pictures.T
    # -(|x|^2 - 2 s x . x_i + s^2 |x_i|^2) / (2 v), without the first term, which all share.
    return (products - 0.5 * signal[:, None] * squares) * (signal / variance)[:, None]


def _as_x(pictures: Tensor) -> Tensor:
    """uint8 pictures as doubles in [-1, 1], (n, D)."""
    return pictures.flatten(1).double().div_(127.5).sub_(1.0)
