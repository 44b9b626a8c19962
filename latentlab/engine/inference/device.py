"""Chooses the device, the number format and the number of threads of a computation."""

from __future__ import annotations

import contextlib
import os

import torch

from latentlab.engine.types import DEVICES
from latentlab.errors import LabError


def choose_device(name: str = "auto") -> torch.device:
    """The device called `name`; "auto" takes CUDA, then Apple's MPS, then the CPU.

    Raises:
        LabError: for an unknown name, or one that this computer does not have.
    """
    kind, colon, number = name.partition(":")
    numbered = kind == "cuda" and number.isascii() and number.isdigit()
    if kind not in DEVICES or (colon and not numbered):
        raise LabError(f"no device is called {name!r}", hint=f"Known: {', '.join(DEVICES)}")
    has = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if kind == "auto":
        return torch.device(next(known for known in ("cuda", "mps", "cpu") if has[known]))
    if not has[kind] or (number and int(number) >= torch.cuda.device_count()):
        raise LabError(f"this computer has no {name} device that torch can use", hint="Use cpu")
    return torch.device(kind, int(number)) if number else torch.device(kind)


def autocast(device: torch.device, precision: str) -> contextlib.AbstractContextManager[object]:
    """The context in which the networks run: bfloat16 where asked for, else unchanged."""
    if precision == "bf16":
        return torch.autocast(device.type, dtype=torch.bfloat16)
    return contextlib.nullcontext()


def quick_precision(device: torch.device) -> str:
    """The number format in which networks run fastest on a device, as far as known without measuring."""
    if device.type == "cuda":
        return "bf16"
    has = device.type == "cpu" and (
        torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    )
    return "bf16" if has else "fp32"


def available_cores() -> int:
    """How many cores this process may use (containers and `taskset` give fewer than the machine has)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def describe_devices() -> dict[str, str]:
    """Each device that can be chosen here, with a short description."""
    found = {"cpu": f"{available_cores()} cores"}
    for number in range(torch.cuda.device_count()):
        found[f"cuda:{number}"] = torch.cuda.get_device_name(number)
    if torch.backends.mps.is_available():
        found["mps"] = "Apple GPU"
    return found
