"""a is to b as c is to d: in the latent space, z_d = z_c + z_b - z_a.

Source: Mikolov et al., Linguistic Regularities in Continuous Space Word Representations (2013); of pictures,
Radford et al., Unsupervised Representation Learning with Deep Convolutional GANs (2016).
"""

from __future__ import annotations

from latentlab.engine.types import Point
from latentlab.session.state import Analogy


def fourth(analogy: Analogy) -> Point | None:
    """The point d; None until a, b and c are set."""
    a, b, c = analogy
    if a is None or b is None or c is None:
        return None
    return tuple(c_j + b_j - a_j for a_j, b_j, c_j in zip(a, b, c, strict=True))


def with_point(analogy: Analogy, place: int, z: Point | None) -> Analogy:
    """The analogy with another point in a position: 0 for a, 1 for b, 2 for c."""
    a, b, c = (z if number == place else point for number, point in enumerate(analogy))
    return a, b, c
