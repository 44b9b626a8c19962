"""Trains the classifiers that judge what models make, once: they are kept in the temporary folder."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from latentlab.engine.inference.device import autocast

_BATCH, _RATE, _DECAY = 128, 2e-3, 0.02


def trained(
    name: str, judge: nn.Module, images: Tensor, loss_of: Callable[[Tensor, Tensor], Tensor], epochs: int
) -> nn.Module:
    """`judge` after some epochs of uint8 pictures (N, C, H, W), which it is shown in [0, 1]; in eval mode.

    `loss_of` takes its float32 outputs for a batch, and the numbers of the pictures in it.
    """
    weights = Path(tempfile.gettempdir()) / f"latentlab-{name}.safetensors"
    if weights.exists():
        judge.load_state_dict(load_file(weights))
        return judge.eval()
    whole = len(images) // _BATCH
    optimizer = torch.optim.AdamW(judge.parameters(), lr=_RATE, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, total_steps=epochs * whole)
    for epoch in range(epochs):
        for index in torch.randperm(len(images))[: whole * _BATCH].split(_BATCH):
            with autocast(torch.device("cpu"), "bf16"):
                outputs = judge(images[index].float() / 255.0)
            loss = loss_of(outputs.float(), index)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        print(f"{name}: epoch {epoch + 1} of {epochs}, loss {loss.item():.4f}", flush=True)
    save_file(judge.state_dict(), weights)
    return judge.eval()
