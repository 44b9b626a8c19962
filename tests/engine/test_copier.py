"""A diffusion model that knows its few pictures by heart is called a copier, one of many pictures is not."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from latentlab.engine.evaluation.origin import Copies, Surroundings
from latentlab.models.ddpm.model import DDPM, DDPMConfig
from tests.engine.test_origin import pictures

STEPS, BATCH, DRAWN = 400, 32, 100


def drawn_after_training_on(train: Tensor) -> Tensor:
    """100 samples of a small diffusion model after 400 steps on these pictures; uint8 (100, 1, 8, 8)."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = DDPM(DDPMConfig(shape=(1, 8, 8), patch=1, widths=(16, 32), steps=100)).train()
    adam = torch.optim.Adam(model.parameters(), 3e-3)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(adam, STEPS)
    noise = torch.Generator().manual_seed(0)
    for _ in range(STEPS):
        some = train[torch.randint(len(train), (BATCH,), generator=noise)]
        adam.zero_grad()
        model.noise_terms(some.float() / 255.0, noise).loss.mean().backward()
        adam.step()
        falling.step()
    with torch.no_grad():
        samples = model.eval().draw_pictures(DRAWN, torch.Generator().manual_seed(1))
    return (255.0 * samples).round().to(torch.uint8)


@pytest.mark.slow
@pytest.mark.parametrize(("count", "copies"), [(8, True), (1000, False)])
def test_that_a_model_of_eight_pictures_is_a_copier_and_one_of_a_thousand_is_not(
    count: int, copies: bool
) -> None:
    train = pictures(count, 0)
    origins = Surroundings.of(train, pictures(1000, 1)).origins(drawn_after_training_on(train))
    found = Copies.among(origins)
    assert found.copier is copies, found.in_words("it")
    assert copies or found.copies <= 2
