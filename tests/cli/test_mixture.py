"""A mixture is sampled from without a condition unless its components belong to classes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentlab.engine.files.checkpoint import ModelCard, load_model, save_model
from latentlab.engine.rendering.requests.points import SamplesRequest
from latentlab.engine.rendering.sampler import Sampler
from latentlab.models.gmm.model import GMM
from latentlab.models.gmm.spec import GMMConfig
from tests.cli.conftest import Outcome


@pytest.mark.parametrize("by_class", [False, True])
def test_that_it_draws_by_command_and_in_the_window(
    run: Callable[..., Outcome], tmp_path: Path, by_class: bool
) -> None:
    classes = ("even", "odd") if by_class else ()
    config = GMMConfig(components=2, factors=1, shape=(1, 8, 8), by_class=by_class, condition_names=classes)
    path, out = tmp_path / "mix.safetensors", tmp_path / "drawn.png"
    save_model(path, GMM(config), ModelCard("gmm", dataclasses.asdict(config), {"name": "mnist"}))
    words = ("--condition", "odd") if by_class else ()
    assert "4 pictures" in run("sample", path, "-n", 4, "-o", out, *words).out
    assert np.asarray(Image.open(out)).shape == (16, 16)
    asked = (("odd", 1.0),) if by_class else ()
    *_, reply = Sampler().draw(load_model(path), None, SamplesRequest(1, asked, 4, 0, "mnist"))
    assert reply is not None
    assert len(reply.pictures) == 4
