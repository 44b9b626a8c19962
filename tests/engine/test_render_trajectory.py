"""Where the pictures that a diffusion model believes in lie in the plane of another model."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.pictures import TrajectoryReply, TrajectoryRequest
from latentlab.errors import LabError
from tests.engine.conftest import replies


def test_that_each_picture_lies_where_the_encoder_puts_it(renderer: Renderer):
    images = renderer.data.images[:5]
    pictures = images.numpy().astype(np.float32) / 127.5 - 1.0
    (reply,) = replies(renderer, TrajectoryRequest(3, pictures))
    assert isinstance(reply, TrajectoryReply)
    assert reply.generation == 3
    mean = renderer.loaded.model.encode(images.float() / 255.0).mean
    torch.testing.assert_close(torch.tensor(reply.points), mean, rtol=1e-4, atol=1e-5)


def test_that_what_lies_outside_of_a_pictures_range_is_clipped(renderer: Renderer):
    pictures = np.array([-1.0, 1.0], np.float32)[:, None, None, None] * np.ones((1, 1, 8, 8), np.float32)
    (within,) = replies(renderer, TrajectoryRequest(1, pictures))
    (beyond,) = replies(renderer, TrajectoryRequest(2, 3.0 * pictures))
    assert within.points == beyond.points


def test_that_pictures_of_another_shape_are_told(renderer: Renderer):
    with pytest.raises(LabError, match="cannot be shown in the plane"):
        replies(renderer, TrajectoryRequest(1, np.zeros((2, 3, 8, 8), np.float32)))
