"""Runs a recipe: yields the frames of a reverse diffusion one after the other.

A batch is processed in pieces of a few pictures, each with a sampler of its own, so that the caller can do
something else between two pieces; picture i has a stream of random numbers of its own, so that it does not
depend on the size of the batch.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from latentlab.core.latent import slerp
from latentlab.core.schedules import Schedule
from latentlab.engine.diffusion.noising import as_bytes as as_bytes
from latentlab.engine.diffusion.noising import as_pictures as as_pictures
from latentlab.engine.diffusion.noising import noise_in
from latentlab.engine.diffusion.noising import pixels_of as pixels_of
from latentlab.engine.diffusion.recipes import (
    BetweenNoises,
    FromPicture,
    Inpainting,
    Pixels,
    Recipe,
    SamplerSettings,
)
from latentlab.engine.inference.device import autocast, quick_precision
from latentlab.errors import LabError
from latentlab.models.base import Denoises, conditional
from latentlab.models.inpainting import Repaint
from latentlab.models.samplers import Sampler, make_sampler

# Pictures in a piece: few, so that a piece is short; many on a GPU, which computes them in parallel.
_PIECE, _PIECE_GPU = 16, 256
# Neighbouring seeds must not give neighbouring pictures the same stream.
_STRIDE = 0x9E3779B97F4A7C15
_BRANCH = 0xD1B54A32D192ED03
_WRAP = 2**63 - 1
# A long run of samples yields after this many steps.
BREATH = 10


@dataclass(frozen=True, eq=False)
class Frame:
    """One frame of a tape: frame `number` of `total`, at time t.

    Attributes:
        x_t: the noisy pictures, float32 (B, C, H, W), about -1 to 1 where there is little noise.
        x0_hat: the predicted pictures, in [-1, 1]; at t = 0 the pictures themselves.
    """

    number: int
    total: int
    t: int
    x_t: NDArray[np.float32]
    x0_hat: NDArray[np.float32]

    def noise_hat(self, schedule_alpha_bar: NDArray[np.float64]) -> NDArray[np.float32]:
        """The predicted noise: what x0_hat leaves of x_t; zero at t = 0."""
        return noise_in(self.x_t, self.x0_hat, float(schedule_alpha_bar[self.t]))


class Diffusion:
    """A denoiser, ready to run recipes.

    Args:
        model: a module that `Denoises`; it is not changed.
        precision: "fp32", "bf16", or "auto": bf16 where the processor has it.

    Raises:
        LabError: for a model of another kind.
    """

    def __init__(self, model: nn.Module, precision: str = "auto") -> None:
        if not isinstance(model, Denoises):
            raise LabError(f"a {type(model).__name__} does not denoise")
        self.device = next(model.parameters()).device
        self.precision = quick_precision(self.device) if precision == "auto" else precision
        quick = lowered(model) if self.precision == "bf16" else model
        assert isinstance(quick, Denoises)
        self.model: Denoises = quick
        self.piece = _PIECE if self.device.type == "cpu" else _PIECE_GPU

    @property
    def schedule(self) -> Schedule:
        """The model's noise schedule."""
        return self.model.schedule

    def times(self, recipe: Recipe) -> tuple[int, ...]:
        """t of every frame, from the first to 0.

        Raises:
            LabError: if there are more steps than times, or a branch leaves from no frame.
        """
        start = recipe.start
        first = self.schedule.steps
        if isinstance(start, FromPicture):
            first = max(1, round(start.strength * first))
        times = self._times(recipe.sampler_settings, first)
        for branch in recipe.branches:
            if branch.at >= len(times) - 1:
                raise LabError(
                    f"a branch starts at frame {branch.at}; the last possible frame is {len(times) - 2}"
                )
            times = times[: branch.at] + self._times(branch.sampler_settings, times[branch.at])
        return times

    def _times(self, sampler_settings: SamplerSettings, first: int) -> tuple[int, ...]:
        whole = self.schedule.steps
        if sampler_settings.steps > whole:
            raise LabError(
                f"{sampler_settings.steps} steps are more than the {whole} time steps of the model",
                hint="Use fewer",
            )
        return self.schedule.times(max(1, min(first, round(sampler_settings.steps * first / whole))), first)

    def run(self, recipe: Recipe, after: Frame | None = None) -> Iterator[Frame | None]:
        """The recipe's frames, with None between pieces of work.

        Args:
            recipe: what to run.
            after: the frame of the same recipe where its last branch leaves, to go on from: the frames
                before it are not made again.

        Raises:
            LabError: for a recipe that the model cannot follow.
        """
        times = self.times(recipe)
        segments = [
            (0, recipe.sampler_settings),
            *((branch.at, branch.sampler_settings) for branch in recipe.branches),
        ]
        number, x = 0, None
        if after is not None and recipe.branches and after.number == segments[-1][0]:
            number, x, segments = after.number, torch.from_numpy(after.x_t), segments[-1:]
        ends = [at for at, _ in segments[1:]] + [len(times) - 1]
        for (_, sampler_settings), end in zip(segments, ends, strict=True):
            # A branch starts without history: earlier predictions were made with other settings.
            pieces = self._pieces(recipe, sampler_settings, times[0], x, number)
            x = torch.cat([piece.x for piece in pieces])
            while number < end:
                for piece in pieces:
                    self._advance(piece, times[number], times[number + 1])
                    if len(pieces) > 1:
                        yield None
                beliefs = torch.cat([piece.x0_hat for piece in pieces])
                yield Frame(number, len(times), times[number], _array(x), _array(beliefs))
                x = torch.cat([piece.x for piece in pieces])
                number += 1
        assert x is not None
        yield Frame(number, len(times), 0, _array(x), _array(x.clamp(-1.0, 1.0)))

    def sample(
        self, sampler_settings: SamplerSettings, count: int, first: int = 0
    ) -> Iterator[NDArray[np.uint8]]:
        """Any number of samples from noise, some at a time; uint8 (n, C, H, W), n = 0 between pieces.

        Picture i (`first` is the number of the first) equals that of a tape with the same settings; to the
        bit if `first` is a multiple of `piece`, else up to rounding.
        """
        recipe = Recipe(1, sampler_settings)
        times = self.times(recipe)
        end = first + count
        breath = max(1, BREATH * _PIECE // self.piece)  # of more pictures a step takes longer
        for begin in range(first, end, self.piece):
            numbers = range(begin, min(begin + self.piece, end))
            piece = self._piece(recipe, sampler_settings, numbers, times[0])
            for done, (t, s) in enumerate(pairwise(times), 1):
                self._advance(piece, t, s)
                if done % breath == 0:
                    yield as_bytes(_array(piece.x[:0]))
            yield as_bytes(_array(piece.x))

    def predict(
        self, x_t: NDArray[np.float32], t: int, conditions: Sequence[Sequence[float]], guidance: float
    ) -> NDArray[np.float32]:
        """The predicted pictures of x_t (B, C, H, W) at t; (B, C, H, W) in [-1, 1]."""
        sampler_settings = SamplerSettings(guidance=guidance, conditions=tuple(map(tuple, conditions)))
        y = self._told(sampler_settings, range(len(x_t)))
        with torch.inference_mode(), autocast(self.device, self.precision):
            x = torch.from_numpy(np.ascontiguousarray(x_t)).to(self.device)
            sampler = make_sampler("ddim", self.model, y=y, guidance=guidance)
            return _array(sampler.predict(x, t).x_0)

    def noise(self, seed: int, numbers: range) -> Tensor:
        """The noise that these pictures of a tape start from, or are noised with; float32 (n, C, H, W), on
        the CPU.
        """
        return self._noise(_streams(seed, numbers))

    def _noise(self, streams: list[torch.Generator]) -> Tensor:
        return torch.stack([torch.randn(self.model.picture_shape, generator=stream) for stream in streams])

    def _advance(self, piece: _Piece, t: int, s: int) -> None:
        with torch.inference_mode(), autocast(self.device, self.precision):
            step = piece.sampler.step(piece.x, t, s, piece.streams)
        piece.x, piece.x0_hat = step.x_s, step.x0_hat

    def _pieces(
        self, recipe: Recipe, sampler_settings: SamplerSettings, t: int, x: Tensor | None, at: int
    ) -> list[_Piece]:
        """All pictures of a recipe in pieces: at x (of frame `at`) or at their start, at t."""
        return [
            self._piece(
                recipe, sampler_settings, range(first, min(first + self.piece, recipe.count)), t, x, at
            )
            for first in range(0, recipe.count, self.piece)
        ]

    def _piece(
        self,
        recipe: Recipe,
        sampler_settings: SamplerSettings,
        numbers: range,
        t: int,
        x: Tensor | None = None,
        at: int = 0,
    ) -> _Piece:
        where = slice(numbers.start, numbers.stop)
        along_arc = isinstance(recipe.start, BetweenNoises)
        # Along an arc all have the same condition and the same noise at each step, or neighbours would
        # diverge.
        drawn = [0] * len(numbers) if along_arc else numbers
        # Even with the trunk's seed, a branch's noise must differ from the noise already in its pictures.
        streams = _streams(sampler_settings.seed, drawn, 0 if x is None else at + 1)
        y = self._told(sampler_settings, range(1) if along_arc else numbers)
        sampler = make_sampler(
            sampler_settings.sampler,
            self.model,
            y=y,
            guidance=sampler_settings.guidance,
            eta=sampler_settings.eta,
        )
        first = self._first(recipe, t, numbers, streams) if x is None else x[where]
        if not isinstance(recipe.start, Inpainting):
            return _Piece(sampler, first.to(self.device), streams, where)
        holes = recipe.start.mask
        mask = torch.frombuffer(bytearray(holes.content), dtype=torch.uint8).ne(0).float().view(holes.shape)
        x_0 = self._picture(recipe.start.pixels)
        repaint = Repaint(sampler, x_0, mask.to(self.device), recipe.start.repeats)
        return _Piece(repaint, first.to(self.device), streams, where)

    def _first(self, recipe: Recipe, t: int, numbers: range, streams: list[torch.Generator]) -> Tensor:
        """x of the first frame of these pictures, (B, C, H, W), on the CPU."""
        start, noise = recipe.start, self._noise(streams)
        if isinstance(start, BetweenNoises):
            a, b = (
                self.noise(seed, range(1)).flatten() for seed in (recipe.sampler_settings.seed, start.seed)
            )
            along = torch.linspace(0.0, 1.0, recipe.count)[numbers.start : numbers.stop]
            return slerp(a, b, along).view_as(noise)
        if isinstance(start, FromPicture):
            return self.schedule.noised(self._picture(start.pixels).cpu().expand_as(noise), t, noise)
        return noise

    def _picture(self, pixels: Pixels) -> Tensor:
        """(C, H, W) in [-1, 1].

        Raises:
            LabError: for a picture of another shape than the model's.
        """
        x = torch.frombuffer(bytearray(pixels.content), dtype=torch.uint8).view(pixels.shape)
        x = x.unsqueeze(0) if x.ndim == 2 else x.movedim(-1, 0)
        if tuple(x.shape) != self.model.picture_shape:
            raise LabError(f"a picture of shape {tuple(x.shape)}; the model's are {self.model.picture_shape}")
        return (x.float() / 127.5 - 1.0).to(self.device)

    def _told(self, sampler_settings: SamplerSettings, numbers: range) -> Tensor | None:
        """The conditions of these pictures, (B, A); None for none.

        Raises:
            LabError: for conditions that the model does not have.
        """
        if not sampler_settings.conditions:
            return None
        told = conditional(self.model)
        names = () if told is None else told.condition_names
        rows = [sampler_settings.condition_of(number) for number in numbers]
        odd = next((row for row in rows if len(row) != len(names)), None)
        if odd is not None:
            raise LabError(f"conditions of {len(odd)} numbers; the model has {len(names)}")
        return torch.tensor(rows, device=self.device)


@dataclass(eq=False)
class _Piece:
    """A few pictures of a batch, with their sampler and random streams."""

    sampler: Sampler | Repaint
    x: Tensor
    streams: list[torch.Generator]
    where: slice
    x0_hat: Tensor = field(init=False)


def lowered(model: nn.Module) -> nn.Module:
    """A copy of a model whose layers have bfloat16 weights: autocast then need not cast them at each call."""
    low = copy.deepcopy(model)
    for module in low.modules():
        if isinstance(module, nn.Linear | nn.Conv2d):
            module.to(torch.bfloat16)
    return low.requires_grad_(False).eval()


def _streams(seed: int, numbers: Sequence[int], branch: int = 0) -> list[torch.Generator]:
    """A random stream for each picture, determined by its number, the seed, and where a branch leaves."""
    first = seed * _STRIDE + branch * _BRANCH
    return [torch.Generator().manual_seed((first + number) % _WRAP) for number in numbers]


def _array(x: Tensor) -> NDArray[np.float32]:
    array: NDArray[np.float32] = x.detach().float().cpu().numpy()
    return array
