"""`latentlab texture` in the real program: files, provenance, tiles, the way between two, clear refusals."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentlab.engine.files.provenance import read_provenance
from latentlab.engine.rendering.texture_recipe import TextureRecipe
from latentlab.engine.rendering.texturing import draw, parts
from latentlab.errors import LabError
from latentlab.shipped import texture_files
from tests.cli.conftest import Outcome

Run = Callable[..., Outcome]


def pixels_of(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path)).astype(float)


def test_that_six_textures_ship_and_each_keeps_its_colours_and_has_no_seam() -> None:
    assert len(texture_files()) == 6
    for name, path in texture_files().items():
        h = np.asarray(Image.open(path))
        drawn = draw(h, TextureRecipe("rpn", (384, 320), seed=1)).astype(float)
        assert drawn.shape == (384, 320, 3)
        np.testing.assert_allclose(drawn.mean((0, 1)), h.mean((0, 1)), atol=12, err_msg=name)
        inside = np.abs(np.diff(drawn, axis=1)).mean() + np.abs(np.diff(drawn, axis=0)).mean()
        across = np.abs(drawn[:, 0] - drawn[:, -1]).mean() + np.abs(drawn[0] - drawn[-1]).mean()
        assert across < 1.35 * inside, name


def test_that_the_command_writes_the_same_texture_for_the_same_seed(run: Run, tmp_path: Path) -> None:
    one, two, other = (tmp_path / name for name in ("one.png", "two.png", "other.png"))
    for out, seed in ((one, 3), (two, 3), (other, 4)):
        result = run("texture", "wood", "--size", "96x64", "--seed", str(seed), "-o", out)
        assert "random phase noise of wood.png" in result.out
    assert np.array_equal(pixels_of(one), pixels_of(two))
    assert not np.array_equal(pixels_of(one), pixels_of(other))
    assert pixels_of(one).shape == (64, 96, 3), "width by height"
    found = read_provenance(one)
    assert (found.what, found.seed, found.extra["model"]) == ("texture", 3, "rpn")


def test_that_no_random_phases_leave_the_periodic_picture_and_its_own_file_is_read(
    run: Run, tmp_path: Path
) -> None:
    own = tmp_path / "own.png"
    picture = np.asarray(Image.open(texture_files()["cloth"]))[:48, :64]
    Image.fromarray(picture).save(own)
    run("texture", own, "--amount", "0", "-o", tmp_path / "p.png")
    kept = pixels_of(tmp_path / "p.png")
    assert kept.shape == picture.shape
    np.testing.assert_allclose(kept, parts(picture, (48, 64))["periodic"], atol=1.01)
    run("texture", own, "--model", "adsn", "-o", tmp_path / "g.png")
    assert not np.array_equal(pixels_of(tmp_path / "g.png"), kept)


def test_that_the_way_between_two_goes_from_the_colours_of_one_to_those_of_the_other(
    run: Run, tmp_path: Path
) -> None:
    means = []
    for at in ("0", "0.5", "1"):
        out = tmp_path / f"{at}.png"
        run("texture", "wood", "--with", "water", "--at", at, "--size", "192x192", "-o", out)
        means.append(pixels_of(out).mean((0, 1)))
    np.testing.assert_allclose(means[1], (means[0] + means[2]) / 2.0, atol=6)
    assert means[0][0] > means[0][2], "wood is brown"
    assert means[2][2] > means[2][0], "water is blue"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("texture", "nowhere.png", "-o", "x.png"), "no such file"),
        (("texture", "wood", "--size", "512", "-o", "x.png"), "such as 512x512"),
        (("texture", "wood", "--size", "512x9999", "-o", "x.png"), "4096"),
        (("texture", "wood", "--amount", "2", "-o", "x.png"), "from 0 to 1"),
    ],
)
def test_that_what_cannot_be_drawn_is_refused_in_words(run: Run, words: tuple[str, ...], said: str) -> None:
    assert said in run(*words).complaint


def test_that_a_tiny_picture_is_refused_by_its_name_first_or_second(run: Run, tmp_path: Path) -> None:
    tiny = tmp_path / "tiny.png"
    Image.fromarray(np.zeros((4, 9), np.uint8)).save(tiny)
    for words in ((tiny,), (tiny, "--with", "wood"), ("wood", "--with", tiny)):
        said = run("texture", *words, "-o", tmp_path / "x.png").complaint
        assert "tiny.png: a texture needs a picture of at least 8 x 8, not 9 x 4" in said


def test_that_a_picture_that_cannot_be_written_to_is_drawn_from_without_a_warning() -> None:
    pixels = np.full((16, 16), 7, np.uint8)
    pixels.setflags(write=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw(pixels, TextureRecipe("rpn", (16, 16)))


def test_that_a_tiny_picture_is_refused() -> None:
    with pytest.raises(LabError, match="at least 8 x 8"):
        draw(np.zeros((4, 9), np.uint8), TextureRecipe("rpn", (16, 16)))
    with pytest.raises(LabError, match="from 0 to 1"):
        TextureRecipe(amount=1.5)
