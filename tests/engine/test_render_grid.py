"""The grid comes coarse and then fine; and the generator's grad mode stays inside it."""

from __future__ import annotations

import inspect
import itertools

import numpy as np
import pytest
import torch

from latentlab.core import latent
from latentlab.engine.rendering import drawing
from latentlab.engine.rendering.drawing import mosaic
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.grids import GridRequest, UnderlayRequest
from latentlab.engine.rendering.requests.points import PointRequest, TrayRequest
from latentlab.errors import LabError
from tests.engine.conftest import replies


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (5, 1), (4, 4), (7, 5), (23, 20)], ids=str)
@pytest.mark.parametrize("region", [None, (-1.0, 3.0, 0.5, 1.5)], ids=["quantiles", "region"])
def test_that_the_last_grid_is_every_cell_decoded_where_it_says(renderer, size, region):
    columns, rows = size
    told = replies(renderer, GridRequest(5, columns, rows, region))
    last = told[-1]
    assert [reply.done for reply in told] == [False] * (len(told) - 1) + [True]
    assert (last.generation, last.region) == (5, region)
    assert len(last.across) == columns
    assert len(last.up) == rows
    for row, column in np.ndindex(rows, columns):
        place = torch.tensor([[last.across[column], last.up[rows - 1 - row]]])
        cell = last.mosaic[8 * row : 8 * row + 8, 8 * column : 8 * column + 8]
        assert np.abs(cell.astype(int) - renderer.decode(place)[0]).max() <= 1  # by another batch's rounding
    if region is None:
        assert last.across == pytest.approx(latent.quantile_axis(columns).tolist())
    else:
        assert last.across[0] == pytest.approx(-1.0 + 2.0 / columns)
        assert last.up[-1] == pytest.approx(1.5 - 0.5 / rows)


def test_that_a_grid_of_one_cell_is_done_at_once(renderer):
    (reply,) = replies(renderer, GridRequest(1, 1, 1))
    assert reply.done
    assert reply.across == reply.up == (0.0,)
    assert reply.mosaic.shape == (8, 8)


def test_that_the_coarse_grid_shows_every_fourth_cell_as_a_block(renderer):
    coarse, fine = replies(renderer, GridRequest(1, 10, 9))
    assert not coarse.done
    assert coarse.mosaic.shape == fine.mosaic.shape
    for row, column in np.ndindex(9, 10):
        shown = coarse.mosaic[8 * row : 8 * row + 8, 8 * column : 8 * column + 8]
        top, left = 8 * (row - row % 4), 8 * (column - column % 4)
        assert np.array_equal(shown, fine.mosaic[top : top + 8, left : left + 8])


def test_that_a_reply_is_not_written_to_once_it_is_sent(renderer):
    steps, sent = renderer.serve(GridRequest(1, 20, 20)), None
    for reply in steps:
        if reply is not None and sent is None:
            sent, copy = reply.mosaic, reply.mosaic.copy()
    assert np.array_equal(sent, copy)


def test_that_a_long_grid_lets_others_go_first_and_may_be_dropped(renderer):
    grid = renderer.serve(UnderlayRequest(1, 30, 30))
    assert next(grid) is None
    (point,) = replies(renderer, PointRequest(2, (0.1, 0.2)))
    others = list(grid)
    assert others.count(None) >= 30 * 30 // drawing.CHUNK
    assert (others[-1].generation, others[-1].done) == (1, True)
    dropped = renderer.serve(UnderlayRequest(3, 30, 30))
    next(dropped)
    dropped.close()
    (again,) = replies(renderer, PointRequest(4, (0.1, 0.2)))
    assert np.array_equal(point.picture, again.picture)


@pytest.mark.parametrize("size", [(0, 3), (3, 0), (-1, 2)])
def test_that_a_grid_without_cells_is_told(renderer, size):
    with pytest.raises(LabError, match="at least 1 x 1"):
        replies(renderer, GridRequest(1, *size))


def test_that_inference_mode_holds_in_every_step_and_leaks_to_no_caller(renderer):
    """`@torch.inference_mode()` on a generator function: entered anew at each step, left at each yield."""
    assert inspect.isgeneratorfunction(Renderer.serve.__wrapped__)
    inside: list[bool] = []
    renderer.loaded.model.decoder.register_forward_hook(
        lambda *call: inside.append(torch.is_inference_mode_enabled())
    )
    steps = renderer.serve(TrayRequest(1, tuple((0.0, i / 300) for i in range(300))))
    assert not torch.is_inference_mode_enabled()
    for _ in steps:
        assert not torch.is_inference_mode_enabled()
        assert torch.is_grad_enabled()
        torch.ones(1, requires_grad=True).square().backward()
    assert all(inside)
    assert len(inside) > 1


@pytest.mark.parametrize("end", ["closed", "failed"])
def test_that_inference_mode_is_left_when_a_request_ends_early(renderer, end):
    if end == "closed":
        steps = renderer.serve(GridRequest(1, 20, 20))
        next(steps)
        steps.close()
    else:
        with pytest.raises(LabError):
            next(renderer.serve(PointRequest(1, (1.0,))))
    assert not torch.is_inference_mode_enabled()


def test_that_two_interleaved_requests_keep_the_callers_mode(renderer):
    with torch.no_grad():
        first, second = renderer.serve(GridRequest(1, 20, 20)), renderer.serve(GridRequest(2, 20, 20))
        for _ in itertools.zip_longest(first, second):
            assert not torch.is_inference_mode_enabled()
            assert not torch.is_grad_enabled()
    assert torch.is_grad_enabled()


def test_that_equal_requests_get_equal_mosaics(renderer):
    first, second = (replies(renderer, GridRequest(n, 6, 6))[-1].mosaic for n in (1, 2))
    assert np.array_equal(first, second)
    assert mosaic(np.zeros((1, 2, 2), np.uint8), 1).shape == (2, 2)


def test_that_an_opened_model_and_its_data_can_still_be_trained_on(renderer):
    assert not any(weight.is_inference() for weight in renderer.loaded.model.parameters())
    assert not renderer.data.images.is_inference()
    x = renderer.data.images[:4].float() / 255
    (-renderer.loaded.model.elbo_terms(x).elbo().mean()).backward()
    assert all(weight.grad is not None for weight in renderer.loaded.model.parameters())


def test_that_a_grid_that_is_there_within_a_frame_comes_whole(renderer):
    renderer.drawing.seconds_per_picture = 1e-6
    assert [reply.done for reply in replies(renderer, GridRequest(1, 12, 12))] == [True]
    renderer.drawing.seconds_per_picture = 1.0
    assert [reply.done for reply in replies(renderer, GridRequest(2, 12, 12))] == [False, True]
