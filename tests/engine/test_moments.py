"""Statistics of encodings: where dimensions are principal components, they are the components."""

from __future__ import annotations

import numpy as np

from latentlab.engine.inference.moments import Moments


def codes(seed: int = 0) -> np.ndarray:
    found = np.random.default_rng(seed).standard_normal((200, 5)).astype(np.float32)
    found[0, 4] = 900.0  # one picture far out, along a dimension that hardly any picture uses
    return found


def test_that_the_first_dimensions_are_shown_where_they_are_the_principal_components():
    moments = Moments(principal=True)
    moments.add(codes(), np.full((200, 5), -np.inf, np.float32))
    assert moments.summary().components == ((1.0, 0.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0, 0.0))
    assert moments.principal(3) == tuple(map(tuple, np.eye(3, 5).tolist()))


def test_that_elsewhere_the_components_are_those_of_the_codes():
    moments = Moments()
    moments.add(codes(), np.full((200, 5), -np.inf, np.float32))
    components = moments.summary().components
    assert components is not None
    assert abs(components[0][4]) > 0.99


def test_that_one_dimension_makes_no_plane():
    moments = Moments(principal=True)
    moments.add(codes()[:, :1], np.full((200, 1), -np.inf, np.float32))
    assert moments.summary().components is None
