"""The decoded plane is shared by requests that are served in turns."""

from __future__ import annotations

from collections.abc import Generator

import torch

from latentlab.core.quadrature import Cells
from latentlab.engine.inference.decoded_plane import DecodedPlane, box_of
from latentlab.models.vae.model import VAE
from tests.tiny import CONFIG


def plane() -> DecodedPlane:
    torch.manual_seed(0)
    model = VAE(CONFIG).eval()
    low, high, _ = box_of(model.latent_prior, torch.zeros(2), torch.ones(2))
    return DecodedPlane(model, low, high, None, torch.device("cpu"))


def end_of(work: Generator[None, None, Cells]) -> Cells:
    while True:
        try:
            next(work)
        except StopIteration as ended:
            return ended.value


@torch.no_grad()
def test_that_two_pictures_in_turns_find_the_cells_that_each_finds_alone() -> None:
    shape = VAE(CONFIG).picture_shape
    pictures = torch.rand(2, 1, *shape, generator=torch.Generator().manual_seed(0))
    alone = [end_of(plane().cells(x)) for x in pictures]
    shared = plane()
    first, second = (shared.cells(x) for x in pictures)
    for _ in range(30):
        next(first)
        next(second)
    for work, expected in ((first, alone[0]), (second, alone[1])):
        torch.testing.assert_close(end_of(work).value, expected.value)
