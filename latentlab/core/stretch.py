"""How much a decoder stretches a plane of its latent space: the area that a small square is given in the
space of pictures.

    J     = d picture / d (u, v),  (P, 2): the derivatives along two orthonormal directions
    area  = sqrt(det J^T J),       log area = 1/2 log( |J_u|^2 |J_v|^2 - (J_u . J_v)^2 )

Along one direction it is log |J_u|. Where the decoder stretches much, a small step changes the picture much:
borders between classes are such places. J v is exact: the derivative of J^T w by w, along v.

Source: Arvanitidis, Hansen & Hauberg, Latent Space Oddity: on the Curvature of Deep Generative Models (2018);
the magnification factor of Bishop, Svensen & Williams (1997).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.autograd.functional import jvp

# Below this share of |J_u|^2 |J_v|^2 the determinant is rounding error of float32.
_FLAT = 1e-6


def log_area(decode: Callable[[Tensor], Tensor], z: Tensor, across: Tensor, up: Tensor | None) -> Tensor:
    """log sqrt det J^T J at points z; (B, D) -> (B,); -inf where nothing is stretched at all.

    Args:
        decode: (B, D) -> (B, ...), each row by itself.
        across, up: orthonormal directions (D,); without `up` it is the length along one.

    Outside of inference mode, for derivatives are needed.
    """
    along = _derivative(decode, z, across)
    first = along.square().sum(-1)
    if up is None:
        return 0.5 * first.log()
    aside = _derivative(decode, z, up)
    product = first * aside.square().sum(-1)
    determinant = product - (along * aside).sum(-1).square()
    return 0.5 * torch.where(determinant > _FLAT * product, determinant, _FLAT * product).log()


def _derivative(decode: Callable[[Tensor], Tensor], z: Tensor, direction: Tensor) -> Tensor:
    """The change of the picture along a direction, float64 (B, P)."""
    tangent: Tensor
    _, tangent = jvp(decode, z, direction.to(z).expand_as(z).contiguous())
    return tangent.flatten(1).double()
