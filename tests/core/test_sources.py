"""What is made of pictures to learn from: outlines, halves, greys, blocks, and the left of a pair."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from latentlab.core.source_shapes import SOURCES
from latentlab.core.sources import Source, enlarged, grey, left_half, low_resolution, outline


def pictures(*shape: int) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(0))


def test_that_an_outline_is_as_dark_on_white_as_neighbours_differ() -> None:
    x = torch.zeros(1, 3, 4, 5)
    x[..., 1:3, 2:4] = torch.tensor([0.1, 0.3, 0.0])[:, None, None]
    lines = [[0, 0, 1, 1, 0], [0, 1, 0, 1, 0], [0, 1, 1, 1, 0], [0, 0, 0, 0, 0]]
    torch.testing.assert_close(outline(x, 0.25)[0, 0], 1.0 - 0.3 * torch.tensor(lines, dtype=torch.float32))
    assert torch.equal(outline(x, 0.35), torch.ones(1, 1, 4, 5)), "one channel alone does not differ enough"


def test_that_an_outline_is_that_of_loops_over_pixels_and_channels() -> None:
    x = pictures(3, 3, 7, 6)
    drawn = np.ones((3, 1, 7, 6), np.float32)
    for b, _, i, j in np.ndindex(drawn.shape):
        right = max(float(abs(x[b, c, i, j + 1] - x[b, c, i, j])) for c in range(3)) if j < 5 else 0.0
        below = max(float(abs(x[b, c, i + 1, j] - x[b, c, i, j])) for c in range(3)) if i < 6 else 0.0
        drawn[b, 0, i, j] = 1.0 - max(right, below) if max(right, below) > 0.4 else 1.0
    np.testing.assert_allclose(outline(x, 0.4).numpy(), drawn, atol=1e-6)


def test_that_of_enlarged_pixel_art_the_lines_are_one_pixel_wide_and_between_squares() -> None:
    squares = pictures(1, 3, 4, 4)
    drawn = outline(enlarged(squares, 3, (12, 12)), 0.05)
    assert torch.equal(drawn[..., 0::3, 0::3], torch.ones(1, 1, 4, 4))
    assert torch.equal(drawn[..., 1::3, 1::3], torch.ones(1, 1, 4, 4))
    assert drawn[..., :-1:3, 2:-1:3].max() < 1.0


def test_that_a_half_keeps_the_left_and_says_nothing_of_the_right() -> None:
    x = pictures(2, 1, 4, 6)
    assert torch.equal(left_half(x)[..., :3], x[..., :3])
    assert torch.equal(left_half(x)[..., 3:], torch.full((2, 1, 4, 3), 0.5))


def test_that_greys_are_those_of_pillow() -> None:
    x = (pictures(1, 3, 8, 8) * 255).round()
    picture = Image.fromarray(x[0].movedim(0, -1).numpy().astype(np.uint8)).convert("L")
    assert np.abs(grey(x / 255.0)[0, 0].numpy() * 255 - np.asarray(picture)).max() <= 1.0
    assert torch.equal(grey(x[:, :1]), x[:, :1])


def test_that_low_resolution_is_the_mean_of_each_block_also_at_the_edge() -> None:
    x = pictures(1, 2, 5, 7)
    low = low_resolution(x, 4)
    assert low.shape == x.shape
    torch.testing.assert_close(
        low[..., :4, :4], x[..., :4, :4].mean((2, 3), keepdim=True).expand(-1, -1, 4, 4)
    )
    torch.testing.assert_close(
        low[..., 4:, 4:], x[..., 4:, 4:].mean((2, 3), keepdim=True).expand(-1, -1, 1, 3)
    )
    torch.testing.assert_close(low_resolution(low, 4), low)


def test_that_a_pair_is_parted_in_the_middle() -> None:
    x = pictures(2, 3, 4, 8)
    pair = Source("pairs")
    assert torch.equal(torch.cat([pair.of(x), pair.target(x)], -1), x)
    assert pair.source_shape((3, 4, 8)) == pair.target_shape((3, 4, 8)) == (3, 4, 4)


@pytest.mark.parametrize("name", SOURCES)
def test_that_sources_and_targets_have_the_shapes_that_are_told(name: str) -> None:
    x = pictures(2, 3, 8, 16)
    source = Source(name, pixel=2)
    assert source.of(x).shape == (2, *source.source_shape((3, 8, 16)))
    assert source.target(x).shape == (2, *source.target_shape((3, 8, 16)))
    assert 0.0 <= source.of(x).min() <= source.of(x).max() <= 1.0
    assert source.grain == (1 if name == "outline" else 2)
