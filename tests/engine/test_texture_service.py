"""Textures as the window asks for them: drawn, taken apart, saved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentlab.engine.files.provenance import read_provenance
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.texture import (
    TexturePartsReply,
    TexturePartsRequest,
    TextureReply,
    TextureRequest,
    TextureSavedReply,
    TextureSaveRequest,
    TextureSource,
)
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.rendering.texture_recipe import TextureRecipe
from latentlab.engine.rendering.texture_service import Textures
from latentlab.engine.rendering.texturing import draw
from latentlab.errors import LabError
from latentlab.shipped import texture_files

PIXELS = np.random.default_rng(0).integers(0, 256, (24, 32, 3), dtype=np.uint8)
PASTED = TextureSource("pasted", pixels=PIXELS)
RECIPE = TextureRecipe(size=(40, 48), seed=3)


def replies(request: Request, server: Textures | None = None) -> list[Reply]:
    return [reply for reply in (server or Textures()).answers(request) if reply is not None]


def test_that_a_texture_is_that_of_its_recipe() -> None:
    (reply,) = replies(TextureRequest(5, PASTED, recipe=RECIPE))
    assert isinstance(reply, TextureReply)
    assert (reply.generation, reply.recipe) == (5, RECIPE)
    assert np.array_equal(reply.picture, draw(PIXELS, RECIPE))


def test_that_a_renderer_without_a_model_draws_textures() -> None:
    (reply,) = [one for one in Renderer().serve(TextureRequest(1, PASTED, recipe=RECIPE)) if one is not None]
    assert isinstance(reply, TextureReply)


def test_that_a_picture_is_taken_apart_and_its_parts_add_up() -> None:
    (reply,) = replies(TexturePartsRequest(1, PASTED, (64, 64)))
    assert isinstance(reply, TexturePartsReply)
    parts = reply.parts
    assert list(parts) == ["original", "periodic", "smooth", "modulus", "phase", "spot"]
    assert np.array_equal(parts["original"], PIXELS)
    assert parts["spot"].shape == (64, 64, 3)
    # The smooth part is shown about grey; what is clipped at either end is left out.
    inside = ((parts["periodic"] > 0) & (parts["periodic"] < 255)) & (
        (parts["smooth"] > 0) & (parts["smooth"] < 255)
    )
    added = parts["periodic"].astype(float) + parts["smooth"] - 127.5
    assert inside.mean() > 0.5
    assert np.abs(added - PIXELS)[inside].max() <= 1.5


def test_that_a_saved_texture_is_the_drawn_one_and_says_of_what(tmp_path: Path) -> None:
    path = tmp_path / "wood.png"
    path.write_bytes(b"what was there before")
    source = TextureSource("wood", texture_files()["wood"])
    other = TextureSource("water", texture_files()["water"])
    recipe = TextureRecipe("adsn", (70, 60), 4, toward=0.25)
    (reply,) = replies(TextureSaveRequest(1, path, source, other, recipe))
    assert isinstance(reply, TextureSavedReply)
    assert reply.path == path
    (drawn,) = replies(TextureRequest(1, source, other, recipe))
    assert isinstance(drawn, TextureReply)
    assert np.array_equal(np.asarray(Image.open(path)), drawn.picture)
    made = read_provenance(path)
    assert made is not None
    assert (made.seed, made.extra["with"], made.extra["at"]) == (4, "water", "0.25")


def test_that_a_file_is_read_once_and_a_broken_one_is_named(tmp_path: Path) -> None:
    path, server = tmp_path / "mine.png", Textures()
    Image.fromarray(PIXELS).save(path)
    mine = TextureSource("mine", path)
    (before,) = replies(TextureRequest(1, mine, recipe=RECIPE), server)
    path.unlink()
    (after,) = replies(TextureRequest(2, mine, recipe=RECIPE), server)
    assert isinstance(before, TextureReply)
    assert isinstance(after, TextureReply)
    assert np.array_equal(before.picture, after.picture)
    with pytest.raises(LabError, match=r"mine\.png"):
        replies(TextureRequest(1, mine, recipe=RECIPE))
