"""Fitting a mixture to rows: held-out rows decide when it ends."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from latentlab.core.mixture_fit import fit


def groups(count: int, seed: int) -> Tensor:
    """Rows of three Gaussians in the plane."""
    draw = torch.Generator().manual_seed(seed)
    middle = torch.tensor([[-4.0, 0.0], [4.0, 0.0], [0.0, 5.0]], dtype=torch.float64)
    at = torch.randint(3, (count,), generator=draw)
    return middle[at] + 0.5 * torch.randn(count, 2, generator=draw, dtype=torch.float64)


def test_that_it_finds_groups_and_their_spread() -> None:
    *_, last = fit(groups(900, 0), groups(300, 1), 3, torch.Generator().manual_seed(0))
    assert last.done
    assert last.mixture.weights == pytest.approx([1 / 3] * 3, abs=0.06)
    # The entropy of three groups far apart: log 3 + log(2 pi e 0.25).
    entropy = 1.0986 + 2.8379 - 1.3863
    assert last.held_out == pytest.approx(-entropy, abs=0.12)


def test_that_rows_lent_to_small_components_make_held_out_rows_likelier() -> None:
    rows, held_out = groups(200, 0), groups(400, 1)
    *_, alone = fit(rows, held_out, 60, torch.Generator().manual_seed(0), lent=0.0)
    *_, steadied = fit(rows, held_out, 60, torch.Generator().manual_seed(0))
    assert steadied.held_out > alone.held_out + 1.0
    assert steadied.log_p < alone.log_p


def test_that_the_result_is_the_pass_that_was_best_for_held_out_rows() -> None:
    passes = list(fit(groups(120, 0), groups(400, 1), 30, torch.Generator().manual_seed(0)))
    held_out = groups(400, 1)
    best = max(float(one.mixture.log_density(held_out).mean()) for one in passes)
    assert float(passes[-1].mixture.log_density(held_out).mean()) == pytest.approx(best)
    assert passes[-1].held_out == pytest.approx(best)


def test_that_rows_which_are_all_alike_are_no_fault() -> None:
    *_, last = fit(torch.ones(50, 3, dtype=torch.float64), torch.ones(5, 3, dtype=torch.float64), 4,
                   torch.Generator().manual_seed(0))  # fmt: skip
    assert torch.isfinite(torch.tensor(last.held_out))


def test_that_fewer_rows_than_components_are_refused() -> None:
    with pytest.raises(ValueError, match="3 rows for 4 components"):
        next(fit(groups(3, 0), groups(3, 1), 4, torch.Generator().manual_seed(0)))
