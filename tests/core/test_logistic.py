"""The probe against scikit-learn's logistic regression."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from latentlab.core.logistic import fit


def clusters(count: int, classes: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Points around a middle for each class, which overlap."""
    generator = torch.Generator().manual_seed(seed)
    middles = torch.randn(classes, 5, generator=torch.Generator().manual_seed(99), dtype=torch.float64)
    y = torch.randint(classes, (count,), generator=generator)
    x = middles[y] + 0.8 * torch.randn(count, 5, generator=generator, dtype=torch.float64)
    return torch.cat([x * torch.tensor([1.0, 3.0, 0.3, 1.0, 1.0]), torch.full((count, 1), 3.0)], 1), y


def evened(x: torch.Tensor) -> np.ndarray:
    """Centred, with a mean variance of 1."""
    centred = (x - x.mean(0)).numpy()
    return centred / np.sqrt((centred**2).mean())


def test_that_it_is_scikit_learns() -> None:
    x, y = clusters(300, 4, 0)
    ours = fit(x, y, 4, exclusive=True)
    scaled = evened(x)
    theirs = LogisticRegression(C=1.0, max_iter=5000, tol=1e-10).fit(scaled, y.numpy())
    np.testing.assert_allclose(
        torch.softmax(ours.logits(x), 1).numpy(), theirs.predict_proba(scaled), atol=2e-4
    )


def test_that_each_attribute_is_a_regression_of_its_own() -> None:
    x, y = clusters(200, 3, 1)
    bits = torch.stack([y == 0, y != 2], 1)
    ours = fit(x, bits, 2, exclusive=False)
    scaled = evened(x)
    for column in range(2):
        theirs = LogisticRegression(C=1.0, max_iter=5000, tol=1e-10).fit(scaled, bits[:, column].numpy())
        np.testing.assert_allclose(
            torch.sigmoid(ours.logits(x)[:, column]).numpy(), theirs.predict_proba(scaled)[:, 1], atol=2e-4
        )


def test_that_it_counts_what_it_gets_right() -> None:
    x, y = clusters(400, 3, 2)
    other, truth = clusters(400, 3, 3)
    model = fit(x, y, 3, exclusive=True)
    right = model.right(other, truth)
    assert right.shape == (400,)
    assert float(right.mean()) > 0.6
    bits = torch.stack([truth == 0, truth == 1], 1)
    pair = fit(x, torch.stack([y == 0, y == 1], 1), 2, exclusive=False).right(other, bits)
    assert set(pair.unique().tolist()) <= {0.0, 0.5, 1.0}


def test_that_a_class_without_pictures_is_no_harm() -> None:
    x, y = clusters(60, 2, 4)
    assert torch.isfinite(fit(x, y, 5, exclusive=True).logits(x)).all()


def test_that_points_that_do_not_vary_are_no_harm() -> None:
    x = torch.full((20, 3), 2.0)
    model = fit(x, torch.arange(20) % 2, 2, exclusive=True)
    assert float(model.right(x, torch.arange(20) % 2).mean()) == pytest.approx(0.5)
