"""Source pictures that are made from pictures: what a model that translates pictures is given of x.

    outline   s = 1 - d where d > t, else 1,
              d(i,j) = max_c max( |x_c(i,j+1) - x_c(i,j)|, |x_c(i+1,j) - x_c(i,j)| )
    half      s(i,j) = x(i,j) in the left half, 1/2 in the right one
    grey      s = 0.299 R + 0.587 G + 0.114 B
    low       s = the mean of each f x f block
    pairs     x = [ a | b ],  s = a,  and the picture to be made is b

An outline is a pencil drawing on white paper: the stronger an edge, the darker its line. Of pixel art that is
stored enlarged, in squares of p x p pixels, the lines are one pixel wide and lie between squares. The blocks
are made of whole squares.

Sources: forward differences, Gonzalez & Woods, Digital Image Processing (2018), section 10.2; the weights of
the grey, ITU-R BT.601; the tasks, Isola et al., Image-to-Image Translation with Conditional Adversarial
Networks (2017), section 4.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from latentlab.core import source_shapes
from latentlab.core.source_shapes import Shape

_LUMA = (0.299, 0.587, 0.114)
_BLANK = 0.5


@dataclass(frozen=True)
class Source:
    """How a source picture is made from a picture in [0, 1].

    Attributes:
        name: one of `latentlab.core.source_shapes.SOURCES`.
        pixel: p, the side of a square of pixel art; 1 for other pictures.
        edge: t, from which difference on there is a line.
        factor: f, the side of a block in squares.
    """

    name: str
    pixel: int = 1
    edge: float = 0.1
    factor: int = 4

    @property
    def grain(self) -> int:
        """The side of the squares that the sources are made of."""
        return 1 if self.name == "outline" else self.pixel

    def source_shape(self, picture: Shape) -> Shape:
        """(C', H, W) of the source of a picture (C, H, W)."""
        return source_shapes.source_shape(self.name, picture)

    def target_shape(self, picture: Shape) -> Shape:
        """(C, H, W) of what is to be made, for pictures (C, H, W) of the data."""
        return source_shapes.target_shape(self.name, picture)

    def of(self, x: Tensor) -> Tensor:
        """The sources of pictures; (B, C, H, W) in [0, 1] -> (B, C', H, W) in [0, 1]."""
        match self.name:
            case "outline":
                return outline(x, self.edge)
            case "half":
                return left_half(x)
            case "grey":
                return grey(x)
            case "low":
                return low_resolution(x, self.factor * self.pixel)
        return x[..., : x.shape[-1] // 2]

    def target(self, x: Tensor) -> Tensor:
        """What is to be made of the sources of pictures; (B, C, H, W) -> the same, or its right half."""
        return x[..., x.shape[-1] // 2 :] if self.name == "pairs" else x


def outline(x: Tensor, edge: float = 0.1) -> Tensor:
    """Lines on white where a pixel differs from the next by more than `edge`, as dark; -> (B, 1, H, W)."""
    across, down = x.diff(dim=-1).abs().amax(1, keepdim=True), x.diff(dim=-2).abs().amax(1, keepdim=True)
    # The last column and row have no neighbour to differ from.
    across, down = functional.pad(across, (0, 1)), functional.pad(down, (0, 0, 0, 1))
    strength = torch.maximum(across, down)
    return 1.0 - strength * (strength > edge)


def left_half(x: Tensor) -> Tensor:
    """The left half; the right one is a middle grey."""
    return torch.cat([x[..., : x.shape[-1] // 2], torch.full_like(x[..., x.shape[-1] // 2 :], _BLANK)], -1)


def grey(x: Tensor) -> Tensor:
    """The brightness of pictures in three colours, or the mean of their channels; -> (B, 1, H, W)."""
    if x.shape[1] != len(_LUMA):
        return x.mean(1, keepdim=True)
    weights = torch.tensor(_LUMA, dtype=x.dtype, device=x.device)
    return torch.einsum("bchw,c->bhw", x, weights)[:, None]


def low_resolution(x: Tensor, block: int) -> Tensor:
    """Each block of so many pixels a side becomes its mean; at the right and lower edge it may be smaller."""
    means = functional.avg_pool2d(x, block, ceil_mode=True, count_include_pad=False)
    return enlarged(means, block, x.shape[-2:])


def enlarged(x: Tensor, times: int, size: torch.Size | tuple[int, int]) -> Tensor:
    """Each pixel as a square of `times` x `times`, cut to `size`; (B, C, h, w) -> (B, C, H, W)."""
    whole = x if times == 1 else x.repeat_interleave(times, -1).repeat_interleave(times, -2)
    return whole[..., : size[0], : size[1]]
