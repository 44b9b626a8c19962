"""How fast a tape is drawn. By hand: python -m tests.benchmarks.diffusion_speed [--rounds 5] [--threads N]

50 steps of DDIM for 16 pictures (1, 28, 28), in turns on the same machine: the engine with the network of the
shipped digits, `diffusers` (UNet2DModel and DDIMPipeline) and `denoising-diffusion-pytorch`, with networks as
large as ours to within a few per cent; and the bare forward passes of our network, with no engine or sampler.
`diffusers` comes with '.[test]'; the other asks for a torchvision and with it for another torch, and draws
without: pip install --no-deps denoising-diffusion-pytorch accelerate einops ema-pytorch psutil. All draw
without a condition, for theirs have none.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import statistics
import sys
import time
import types
import warnings
from collections.abc import Callable
from unittest import mock

import torch
from torch import nn

from latentlab.engine.diffusion.recipes import Recipe, SamplerSettings
from latentlab.engine.diffusion.runner import Diffusion, lowered
from latentlab.engine.inference.device import autocast, available_cores
from latentlab.models.ddpm.model import DDPM, DDPMConfig
from tests.benchmarks.report import Report

COUNT, STEPS = 16, 50
Draw = Callable[[], None]


def parameters(model: nn.Module) -> int:
    """How many weights it has."""
    return sum(weight.numel() for weight in model.parameters())


def ours() -> tuple[Draw, Draw, int, str]:
    """The engine's loop, the bare forward passes, the number of weights and the number format."""
    torch.manual_seed(0)
    model = DDPM(DDPMConfig()).eval()
    for weight in model.parameters():
        if not weight.any():  # silent layers: a trained network has none
            nn.init.normal_(weight, std=0.02)
    diffusion = Diffusion(model)
    net = lowered(model.net) if diffusion.precision == "bf16" else model.net
    x, t = torch.randn(COUNT, *model.picture_shape), torch.full((COUNT,), 500)

    def engine() -> None:
        for _ in diffusion.run(Recipe(COUNT, SamplerSettings(steps=STEPS))):
            pass

    def bare() -> None:
        with torch.inference_mode(), autocast(torch.device("cpu"), diffusion.precision):
            for _ in range(STEPS):
                net(x, t)

    return engine, bare, parameters(model), diffusion.precision


def of_diffusers(size: int, precision: str) -> tuple[Draw, int]:
    """DDIMPipeline over a UNet2DModel of about so many weights: half-deep, attention on the coarse level."""
    from diffusers import DDIMPipeline, DDIMScheduler, UNet2DModel

    def made(width: int) -> nn.Module:
        return UNet2DModel(
            sample_size=28, in_channels=1, out_channels=1, layers_per_block=1, norm_num_groups=8,
            block_out_channels=(width, 2 * width),
            down_block_types=("DownBlock2D", "AttnDownBlock2D"),
            up_block_types=("AttnUpBlock2D", "UpBlock2D"),
        )  # fmt: skip

    model = nearest(made, range(16, 129, 8), size)
    pipeline = DDIMPipeline(unet=model.eval(), scheduler=DDIMScheduler(1000))
    pipeline.set_progress_bar_config(disable=True)

    def draw() -> None:
        with torch.inference_mode(), autocast(torch.device("cpu"), precision):
            pipeline(batch_size=COUNT, num_inference_steps=STEPS, output_type="np")

    return draw, parameters(model)


def of_lucidrains(size: int, precision: str) -> tuple[Draw, int]:
    """GaussianDiffusion over a Unet of about so many weights."""
    with contextlib.ExitStack() as stack:
        try:
            importlib.import_module("torchvision")
        except Exception:
            # Its trainer reads and writes pictures with it; drawing does not touch it.
            empty = {name: types.ModuleType(name) for name in ("torchvision", "torchvision.transforms")}
            empty["torchvision"].transforms = empty["torchvision.transforms"]  # type: ignore[attr-defined]
            empty["torchvision"].utils = types.ModuleType("utils")  # type: ignore[attr-defined]
            stack.enter_context(mock.patch.dict(sys.modules, empty))
            evaluation = "denoising_diffusion_pytorch.fid_evaluation"
            stack.enter_context(mock.patch.dict(sys.modules, {evaluation: mock.MagicMock()}))
        theirs = importlib.import_module("denoising_diffusion_pytorch.denoising_diffusion_pytorch")
    # Its progress bar would be most of what is printed.
    theirs.tqdm = lambda steps, **_: steps

    def made(width: int) -> nn.Module:
        unet: nn.Module = theirs.Unet(dim=width, dim_mults=(1, 2), channels=1)
        return unet

    model = nearest(made, range(16, 129, 8), size)
    process = theirs.GaussianDiffusion(model.eval(), image_size=28, timesteps=1000, sampling_timesteps=STEPS)

    def draw() -> None:
        with torch.inference_mode(), autocast(torch.device("cpu"), precision):
            process.sample(batch_size=COUNT)

    return draw, parameters(model)


def nearest(made: Callable[[int], nn.Module], widths: range, size: int) -> nn.Module:
    """The model whose number of weights is nearest to `size`."""
    best = min(widths, key=lambda width: abs(parameters(made(width)) - size))
    return made(best)


def main() -> None:
    """Draws in turns; medians and their ratios."""
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--rounds", type=int, default=5)
    flags.add_argument("--threads", type=int, default=available_cores())
    arguments = flags.parse_args()
    torch.set_num_threads(arguments.threads)
    warnings.simplefilter("ignore")
    report = Report("diffusion_speed")
    engine, bare, size, precision = ours()
    rivals = {}
    for name, make in (("diffusers", of_diffusers), ("denoising-diffusion-pytorch", of_lucidrains)):
        try:
            # Each in the number format in which it is faster here.
            choices = [make(size, kind) for kind in ("fp32", "bf16")]
        except ImportError as error:
            report.add(name, f"not installed ({error})")
            continue
        draw, count = min(choices, key=lambda choice: _timed(choice[0]))
        rivals[name] = draw
        report.add(f"weights of {name}", count, goal=f"ours: {size:,}")
    draws = {"engine": engine, "bare": bare, **rivals}
    times: dict[str, list[float]] = {name: [] for name in draws}
    for draw in draws.values():
        draw()
    for _ in range(arguments.rounds):
        for name, draw in draws.items():
            times[name].append(_timed(draw))
    middle = {name: statistics.median(values) for name, values in times.items()}
    report.add(
        "seconds", {name: round(value, 3) for name, value in middle.items()}, goal=f"ours in {precision}"
    )
    for name, goal in (("diffusers", 2.5), ("denoising-diffusion-pytorch", 4.0)):
        if name in middle:
            ratio = statistics.median(a / b for a, b in zip(times[name], times["engine"], strict=True))
            report.add(f"{name} / engine", round(ratio, 2), keeps=ratio >= goal, goal=f">= {goal}")
    ratio = statistics.median(a / b for a, b in zip(times["engine"], times["bare"], strict=True))
    report.add("engine / bare forward passes", round(ratio, 3), keeps=ratio <= 1.05, goal="<= 1.05")
    report.save()


def _timed(draw: Draw) -> float:
    started = time.perf_counter()
    draw()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
