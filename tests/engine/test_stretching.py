"""The map of how much a decoder stretches the plane."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from latentlab.engine.rendering.drawing import Drawing
from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.requests.stretch import StretchMapReply, StretchMapRequest
from latentlab.engine.rendering.stretching import Stretches
from latentlab.errors import LabError
from latentlab.models.vae.model import VAE
from tests.tiny import CONFIG

REGION = (-2.0, 2.0, -1.0, 3.0)


class Squares(nn.Module):
    """A decoder that is known: the picture is (z_1^2 / 2, z_2, ...)."""

    picture_shape = (1, 1, 2)

    def __init__(self, latents: int) -> None:
        super().__init__()
        self.latents = latents

    def picture_at(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        first = 0.5 * z[:, :1].square()
        return torch.cat([first, z[:, 1:2] if self.latents > 1 else 0 * first], -1).view(-1, 1, 1, 2)


def replies(model: nn.Module, *request: object) -> list[StretchMapReply]:
    drawing = Drawing(model, torch.device("cpu"))
    with torch.inference_mode():
        found = list(Stretches(lambda: drawing).answers(StretchMapRequest(1, *request)))
    return [one for one in found if isinstance(one, StretchMapReply)]


def test_that_the_area_is_that_of_the_closed_form_the_top_row_first() -> None:
    plane = Projection.pair(0, 1, 2)
    coarse, whole = replies(Squares(2), 8, 6, REGION, plane, (0.0, 0.0))
    assert (coarse.done, whole.done) == (False, True)
    assert coarse.log_area.shape == (2, 2)
    u = -2.0 + 4.0 * (np.arange(8) + 0.5) / 8
    expected = np.tile(np.log(np.abs(u)), (6, 1))
    np.testing.assert_allclose(whole.log_area, expected, atol=1e-5)


def test_that_swapped_axes_turn_the_map() -> None:
    *_, whole = replies(Squares(2), 4, 4, REGION, Projection.pair(1, 0, 2), (0.0, 0.0))
    v = 3.0 - 4.0 * (np.arange(4) + 0.5) / 4
    np.testing.assert_allclose(whole.log_area, np.tile(np.log(np.abs(v))[:, None], (1, 4)), atol=1e-5)


def test_that_a_single_dimension_has_the_same_length_in_all_rows() -> None:
    *_, whole = replies(Squares(1), 8, 3, REGION, Projection.pair(0, 0, 1), (0.0,))
    assert whole.log_area.shape == (3, 8)
    u = -2.0 + 4.0 * (np.arange(8) + 0.5) / 8
    np.testing.assert_allclose(whole.log_area, np.tile(np.log(np.abs(u)), (3, 1)), atol=1e-5)


def test_that_a_model_is_mapped_within_inference_mode_and_its_weights_keep_no_gradient() -> None:
    model = VAE(CONFIG)
    *_, whole = replies(model, 5, 4, REGION, Projection.pair(0, 1, 2), (0.0, 0.0))
    assert np.isfinite(whole.log_area).all()
    assert all(weight.grad is None for weight in model.parameters())


def test_that_a_plane_of_another_model_is_refused() -> None:
    with pytest.raises(LabError, match="3 dimensions"):
        replies(Squares(2), 5, 4, REGION, Projection.pair(0, 1, 3), (0.0, 0.0, 0.0))
