"""A hole in a picture: what is known stays, and what is believed adds up to what was seen."""

from __future__ import annotations

import torch

from latentlab.models.inpainting import Repaint
from latentlab.models.samplers import make_sampler
from tests.tiny import make_tiny_ddpm


def test_that_the_picture_and_the_noise_of_a_step_make_up_what_it_began_with():
    model = make_tiny_ddpm()
    torch.manual_seed(0)
    x_t, x_0, mask = torch.randn(2, 1, 8, 8), torch.rand(1, 8, 8) * 2.0 - 1.0, torch.eye(8)
    repaint = Repaint(make_sampler("ddpm", model), x_0, mask, repeats=3)
    with torch.no_grad():
        step = repaint.step(x_t, 15, 10, [torch.Generator().manual_seed(n) for n in range(2)])
    signal, sigma = (float(scale) for scale in model.schedule.scales(15))
    torch.testing.assert_close(signal * step.x0_hat + sigma * step.noise_hat, x_t)
    torch.testing.assert_close(step.x0_hat[..., mask == 0], x_0.expand(2, 1, 8, 8)[..., mask == 0])
