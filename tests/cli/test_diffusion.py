"""The commands of diffusion models: sample, diffuse, edit, inpaint; and the same from Python."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import latentlab
from latentlab import LabError
from latentlab.data import catalog
from latentlab.engine.diffusion.recipes import MOST_PICTURES, BetweenNoises
from latentlab.engine.diffusion.runner import Diffusion
from latentlab.engine.diffusion.tape_files import read_tape
from latentlab.engine.files.provenance import read_provenance
from tests.tiny import (
    DDPM_CONFIG,
    TRAITS,
    beings,
    save_tiny_cvae,
    save_tiny_ddpm,
    toy_set,
)

CLASSES = dataclasses.replace(DDPM_CONFIG, condition_names=("even", "odd"))
ATTRIBUTES = dataclasses.replace(DDPM_CONFIG, condition_names=TRAITS, exclusive=False)


@pytest.fixture(autouse=True)
def _exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("latentlab.engine.diffusion.runner.quick_precision", lambda device: "fp32")
    entry = catalog.Entry("beings", "dots", lambda folder, split: beings(split))
    monkeypatch.setitem(catalog.CATALOG, "beings", entry)


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return save_tiny_ddpm(tmp_path / "plain.safetensors")


@pytest.fixture
def ddpm(tmp_path: Path) -> Path:
    """Told a class."""
    return save_tiny_ddpm(tmp_path / "ddpm.safetensors", CLASSES)


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    """Told attributes."""
    return save_tiny_ddpm(tmp_path / "faces.safetensors", ATTRIBUTES, data="beings")


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture)


def cells(page: np.ndarray, count: int, columns: int) -> np.ndarray:
    places = [divmod(number, columns) for number in range(count)]
    return np.stack([page[8 * row : 8 * row + 8, 8 * at : 8 * at + 8] for row, at in places])


def save(path: Path, picture: np.ndarray) -> Path:
    Image.fromarray(picture.astype(np.uint8)).save(path)
    return path


def test_that_samples_are_the_pictures_of_the_tape_of_the_same_seed(run, ddpm, tmp_path: Path):
    how = ("--seed", 5, "--sampler", "dpm++", "--steps", 6, "--class", "odd", "--guidance", 2)
    assert run("sample", ddpm, "-n", 70, *how, "-o", tmp_path / "s.png").code == 0
    assert run("diffuse", ddpm, "-n", 64, *how, "-o", tmp_path / "t.npz").code == 0
    with np.load(tmp_path / "t.npz") as tape:
        last = np.rint(np.clip((tape["x_t"][-1] + 1) * 127.5, 0, 255))[:, 0]
        assert tape["conditions"].tolist() == [[0, 1]] * 64
    page = pixels(tmp_path / "s.png")
    assert page.shape == (8 * 8, 9 * 8)
    assert np.array_equal(cells(page, 64, 9), last)
    found = read_tape(tmp_path / "s.png")
    assert found == read_tape(tmp_path / "t.npz")._replace(drawn=70)
    assert (found.recipe.count, found.recipe.sampler_settings.conditions) == (MOST_PICTURES, ((0.0, 1.0),))
    extra = read_provenance(tmp_path / "s.png").extra
    assert (extra["n"], extra["condition"]) == ("70", "odd")


def test_that_class_is_another_word_for_condition(run, ddpm, tmp_path: Path):
    for name, words in (("a", ("--class", "odd")), ("b", ("--condition", "odd")), ("c", ("--class", "even"))):
        assert run("sample", ddpm, "-n", 4, "--steps", 3, *words, "-o", tmp_path / f"{name}.png").code == 0
    assert np.array_equal(pixels(tmp_path / "a.png"), pixels(tmp_path / "b.png"))
    assert not np.array_equal(pixels(tmp_path / "a.png"), pixels(tmp_path / "c.png"))
    words = ("sample", ddpm, "-o", tmp_path / "x.png")
    assert "both set the condition" in run(*words, "--class", "odd", "--condition", "odd").complaint
    assert "no condition is called 'prime'. Known: even, odd" in run(*words, "--class", "prime").complaint


def test_that_what_is_not_asked_for_is_told_as_it_occurs_in_the_data(run, ddpm, faces, tmp_path: Path):
    for name, model, words in (("c", ddpm, ()), ("f", faces, ("--condition", "hat=1"))):
        done = run("sample", model, "-n", 40, "--steps", 2, *words, "--json", "-o", tmp_path / f"{name}.png")
        assert "real pictures" in done.json["rest"]
    classes, told = (
        np.array(read_tape(tmp_path / f"{name}.png").recipe.sampler_settings.conditions) for name in "cf"
    )
    assert len(classes) == len(told) == 40
    assert set(map(tuple, classes)) == {(1.0, 0.0), (0.0, 1.0)}
    assert told[:, 0].tolist() == [1.0] * 40
    assert set(told[:, 1]) == {0.0, 1.0}
    assert not (told[:, 1] * told[:, 2]).any()  # nobody with a beard smiles


def test_that_flags_of_another_kind_of_model_are_refused(run, model, plain, ddpm, faces, tmp_path: Path):
    out = ("-o", tmp_path / "x.png")
    for flag in (("--steps", 5), ("--sampler", "ddim"), ("--guidance", 2), ("--eta", 0.5)):
        assert f"{flag[0]} has no effect for tiny" in run("sample", model, *flag, *out).complaint
    for flag in ("--mean", "--draw"):
        assert f"{flag} has no effect for plain" in run("sample", plain, flag, *out).complaint
    assert "it is not conditional" in run("sample", plain, "--guidance", 2, *out).complaint
    assert "the model is not conditional" in run("sample", plain, "--class", "odd", *out).complaint
    assert (
        "conditioned on attributes. Use --condition" in run("sample", faces, "--class", "hat", *out).complaint
    )
    assert "--eta has no effect" in run("sample", ddpm, "--sampler", "ddpm", "--eta", 0.5, *out).complaint
    for command in ("diffuse", "edit", "inpaint"):
        more = {"edit": ("--index", 1), "inpaint": ("--index", 1, "--mask", "m.png")}.get(command, ())
        assert "is not a diffusion model" in run(command, model, *more, *out).complaint
    assert "21 steps are more than the 20" in run("sample", plain, "--steps", 21, *out).complaint
    assert [path.suffix for path in tmp_path.iterdir() if path.is_file()] == [".safetensors"] * 3


def test_that_a_conditional_vae_takes_a_class_too(run, tmp_path: Path):
    cvae = save_tiny_cvae(tmp_path / "c.safetensors", ("even", "odd"), exclusive=True, data="toy")
    done = run("sample", cvae, "--class", "odd", "-n", 4, "--json", "-o", tmp_path / "a.png")
    assert (done.json["condition"], done.json["pictures"]) == ("odd", 4)
    run("sample", cvae, "--condition", "odd", "-n", 4, "-o", tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize("ending", [".webp", ".gif", ".apng", ".png", ".npz"])
def test_that_a_tape_is_written_and_its_recipe_makes_the_same_file_again(run, ddpm, tmp_path, ending: str):
    out, again = tmp_path / f"tape{ending}", tmp_path / f"again{ending}"
    show = ("--show", "xt,x0", "--every", 2)
    done = run("diffuse", ddpm, "--seed", 4, "--steps", 7, "-n", 3, *show, "--json", "-o", out)
    assert (done.json["pictures"], done.json["frames"], done.json["steps"]) == (3, 5, 7)
    assert run("diffuse", ddpm, "--recipe", out, *show, "-o", again).err == ""
    if ending == ".npz":
        with np.load(out) as one, np.load(again) as other:
            assert one["t"].tolist() == [20, 14, 9, 3, 0]
            assert all(np.array_equal(one[name], other[name]) for name in one)
        return
    with Image.open(out) as one, Image.open(again) as other:
        assert getattr(one, "n_frames", 1) == getattr(other, "n_frames", 1)
        for number in range(getattr(one, "n_frames", 1)):
            one.seek(number)
            other.seek(number)
            assert np.array_equal(np.asarray(one.convert("L")), np.asarray(other.convert("L")))


def test_that_a_recipe_says_all_and_another_model_is_told(run, ddpm, plain, tmp_path: Path):
    out = tmp_path / "tape.webp"
    run("diffuse", plain, "--steps", 4, "-n", 1, "--between", 9, "-o", out)
    assert read_tape(out).recipe.start == BetweenNoises(9)
    for flag in (("--seed", 0), ("-n", 4), ("--steps", 4), ("--between", 9), ("--class", "odd")):
        words = ("diffuse", plain, "--recipe", out, *flag, "-o", tmp_path / "x.webp")
        assert f"{flag[0]} cannot be combined with --recipe" in run(*words).complaint
    done = run("diffuse", ddpm, "--recipe", out, "-o", tmp_path / "other.webp")
    assert done.code == 0
    assert "made by plain (" in done.err
    assert "will not be the same" in done.err
    drawing = save(tmp_path / "drawing.png", np.zeros((8, 8)))
    complaint = run("diffuse", plain, "--recipe", drawing, "-o", tmp_path / "x.webp").complaint
    assert "drawing.png: holds no description of a tape" in complaint


def test_that_a_recipe_for_a_model_with_other_conditions_is_refused_and_says_for_which(
    run, ddpm, faces, tmp_path: Path
):
    out = tmp_path / "odd.png"
    run("sample", ddpm, "-n", 2, "--class", "odd", "--steps", 3, "-o", out)
    complaint = run("diffuse", faces, "--recipe", out, "-o", tmp_path / "x.webp").complaint
    assert "odd.png: was made by ddpm, a model whose conditions differ from those of faces" in complaint
    assert "Run it with ddpm" in complaint


def test_that_a_recipe_of_more_pictures_than_a_tape_has_says_so_and_what_it_tells(run, ddpm, tmp_path: Path):
    out = tmp_path / "many.png"
    run("sample", ddpm, "-n", 70, "--class", "odd", "--steps", 2, "-o", out)
    done = run("diffuse", ddpm, "--recipe", out, "-o", tmp_path / "again.webp")
    assert "many.png: shows 70 pictures; a tape has no more than the first 64" in done.err
    assert done.out.rstrip().endswith("; odd")


def test_that_a_recipe_that_began_with_a_picture_says_so(run, ddpm, tmp_path: Path):
    out = tmp_path / "edit.png"
    run("edit", ddpm, "--index", 1, "--data", "toy", "--strength", 0.4, "--steps", 5, "-o", out)
    done = run("diffuse", ddpm, "--recipe", out, "-o", tmp_path / "again.webp")
    assert "from a picture, strength 0.4" in done.out


def test_that_no_strength_is_refused_by_name(run, ddpm, tmp_path: Path):
    words = ("edit", ddpm, "--index", 1, "--strength", 0, "-o", tmp_path / "x.png")
    assert "--strength: '0' is not a number from 0.001 to 1" in run(*words).err


def test_that_what_cannot_be_shown_is_refused_before_anything_is_run(run, plain, tmp_path, monkeypatch):
    monkeypatch.setattr(Diffusion, "run", None)
    words = ("diffuse", plain, "--steps", 4, "-n", 2, "-o", tmp_path / "x.webp")
    assert "nothing called 'xy' can be shown" in run(*words, "--show", "xt,xy").complaint
    assert "there is no picture 2" in run(*words, "--picture", 2).complaint
    assert "0 frames per second" in run(*words, "--fps", 0).complaint
    assert "'.txt' is unknown" in run(*words[:-1], tmp_path / "x.txt").complaint


def test_that_edit_keeps_more_of_a_picture_the_less_it_is_noised(run, plain, tmp_path: Path):
    own = toy_set("test").images[3, 0].numpy()
    large = save(tmp_path / "in.png", own.repeat(3, 0).repeat(3, 1))
    far = {}
    for strength in (0.05, 0.9):
        out = tmp_path / f"{strength}.png"
        words = ("--image", large, "--strength", strength, "-n", 4, "--steps", 20)
        assert "4 pictures of in.png" in run("edit", plain, *words, "-o", out).out
        made = cells(pixels(out), 4, 2).astype(float)
        assert len(np.unique(made.reshape(4, -1), axis=0)) == 4
        far[strength] = np.abs(made - own).mean()
    assert far[0.05] < 20 < far[0.9]
    words = ("--index", 3, "--strength", 0.9, "-n", 4, "--steps", 20)
    run("edit", plain, *words, "-o", tmp_path / "index.png")
    assert np.array_equal(pixels(tmp_path / "index.png"), pixels(tmp_path / "0.9.png"))
    assert read_provenance(tmp_path / "index.png").extra["picture"] == "toy (test) 3"
    complaint = run("edit", plain, "--index", 64, "-o", tmp_path / "x.png").complaint
    assert "toy (test) has 64 pictures, so no number 64" in complaint


def test_that_an_edit_is_told_only_what_is_asked_for(run, faces, tmp_path: Path):
    words = ("edit", faces, "--index", 3, "--steps", 4)
    run(*words, "-o", tmp_path / "bare.png")
    run(*words, "--condition", "hat=1,beard=0,smile=1", "-o", tmp_path / "told.png")
    assert read_tape(tmp_path / "bare.png").recipe.sampler_settings.conditions == ()
    assert read_tape(tmp_path / "told.png").recipe.sampler_settings.conditions == ((1.0, 0.0, 1.0),)
    assert "no condition is given" in run(*words, "--guidance", 2, "-o", tmp_path / "x.png").complaint


@pytest.mark.parametrize("factor", [1, 4])
def test_that_inpaint_keeps_what_is_black_in_the_mask_and_fills_what_is_white(run, ddpm, tmp_path, factor):
    own = toy_set("test").images[3, 0].numpy()
    hole = np.zeros((8, 8), np.uint8)
    hole[1:4, 2:7] = 255
    large = save(tmp_path / "in.png", own.repeat(4, 0).repeat(4, 1))
    mask = save(tmp_path / "mask.png", hole.repeat(factor, 0).repeat(factor, 1))
    words = ("--image", large, "--mask", mask, "-n", 3, "--class", "odd", "--repeats", 2, "--steps", 6)
    assert run("inpaint", ddpm, *words, "-o", tmp_path / "out.png").code == 0
    made = cells(pixels(tmp_path / "out.png"), 3, 2)
    assert np.array_equal(made[:, hole == 0], np.broadcast_to(own[hole == 0], (3, 49)))
    assert len(np.unique(made[:, hole != 0], axis=0)) == 3
    assert not np.array_equal(made[0][hole != 0], own[hole != 0])
    found = read_tape(tmp_path / "out.png").recipe.start
    assert (found.repeats, found.mask.content) == (2, hole.tobytes())


def _layer(hole: np.ndarray) -> Image.Image:
    """White, and transparent where the picture is kept, as a brush leaves it on a layer of its own."""
    return Image.fromarray(np.dstack([np.full((*hole.shape, 3), 255, np.uint8), hole]))


def _palette(hole: np.ndarray) -> Image.Image:
    image = Image.fromarray((hole > 0).astype(np.uint8), "L")
    image.putpalette([0, 200, 0, 255, 255, 255])
    return image


MASKS = {
    "a layer": (_layer, {}),
    "a layer of grey": (lambda hole: _layer(hole).convert("LA"), {}),
    "a palette": (_palette, {}),
    "a palette with white that is transparent": (
        lambda hole: _layer(hole).convert("RGBA").quantize(4), {}
    ),
    "one bit": (lambda hole: Image.fromarray(hole).convert("1"), {}),
    "16 bits": (lambda hole: Image.fromarray(hole.astype(np.uint16) * 257), {}),
    "12 of 16 bits": (lambda hole: Image.fromarray(hole.astype(np.uint16) * 16), {}),
    "white that is told to be transparent, and black": (
        lambda hole: Image.fromarray(np.where(hole == 255, 255, 7).astype(np.uint8)), {"transparency": 7}
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", MASKS)
def test_that_a_mask_may_be_of_any_kind_and_what_is_transparent_in_it_is_kept(run, plain, tmp_path, kind):
    hole = np.zeros((8, 8), np.uint8)
    hole[1:4, 2:7] = 255
    make, options = MASKS[kind]
    make(hole).save(tmp_path / "mask.png", **options)
    words = ("inpaint", plain, "--index", 3, "--mask", tmp_path / "mask.png", "--repeats", 1, "--steps", 2)
    outcome = run(*words, "-o", tmp_path / "out.png")
    assert outcome.code == 0, outcome
    assert read_tape(tmp_path / "out.png").recipe.start.mask.content == hole.tobytes()


def test_that_a_mask_that_is_transparent_all_over_says_what_to_do(run, plain, tmp_path):
    Image.new("RGBA", (8, 8), (255, 255, 255, 0)).save(tmp_path / "mask.png")
    words = ("inpaint", plain, "--index", 3, "--mask", tmp_path / "mask.png", "-o", tmp_path / "out.png")
    assert "Paint the hole white; what is black or transparent is kept" in run(*words).complaint


def test_that_a_mask_that_does_not_fit_or_has_no_hole_is_refused(run, plain, tmp_path: Path):
    picture = save(tmp_path / "in.png", np.zeros((16, 24)))
    for name, mask, reason in (
        ("odd.png", np.full((9, 9), 255), "is 9 x 9 pixels; a mask has the size .*: 24 x 16 or 8 x 8"),
        ("black.png", np.zeros((8, 8)), "nothing white in it"),
    ):
        path = save(tmp_path / name, mask)
        words = ("inpaint", plain, "--image", picture, "--mask", path, "-o", tmp_path / "x.png")
        complaint = run(*words).complaint
        assert re.search(f"{name}: .*{reason}", complaint), complaint
    words = ("inpaint", plain, "--index", 1, "--mask", tmp_path / "no.png", "-o", tmp_path / "x.png")
    assert "no.png: there is no such file" in run(*words).complaint


@pytest.mark.parametrize("command", ["sample", "diffuse", "edit"])
def test_that_a_stopped_command_leaves_nothing_behind(run, plain, tmp_path, monkeypatch, command: str):
    out = tmp_path / "out"
    out.mkdir()
    advance, steps = Diffusion._advance, []

    def stopped(self, *arguments):
        steps.append(arguments)
        if len(steps) == 3:
            raise KeyboardInterrupt
        advance(self, *arguments)

    monkeypatch.setattr(Diffusion, "_advance", stopped)
    more = ("--index", 1) if command == "edit" else ()
    done = run(command, plain, *more, "--steps", 10, "-o", out / "x.webp")
    assert (done.code, done.err) == (130, "latentlab: stopped; no result was written\n")
    assert list(out.iterdir()) == []


def test_that_nothing_is_overwritten_without_force(run, plain, tmp_path: Path):
    out = tmp_path / "x.webp"
    out.write_bytes(b"precious")
    for command, more in (("diffuse", ()), ("edit", ("--index", 1)), ("sample", ("-n", 1))):
        words = (command, plain, *more, "--steps", 2, "-o", out)
        assert "already exists" in run(*words).complaint
        assert out.read_bytes() == b"precious"
        assert run(*words, "--force", "--scale", 2).code == 0
        out.write_bytes(b"precious")


def test_that_python_draws_what_the_command_line_draws(run, ddpm, tmp_path: Path):
    run("sample", ddpm, "-n", 4, "--seed", 2, "--steps", 5, "--class", "odd", "-o", tmp_path / "s.png")
    expected = cells(pixels(tmp_path / "s.png"), 4, 2)
    made = latentlab.sample(ddpm, 4, seed=2, steps=5, condition="odd")
    assert (made.dtype, made.shape) == (np.float32, (4, 1, 8, 8))
    assert np.array_equal(np.rint(made[:, 0] * 255), expected)
    model = latentlab.load_model(ddpm)
    assert np.array_equal(model.sample(4, 2, steps=5, condition={"odd": 1}), made)
    tape = latentlab.diffuse(model, 4, seed=2, steps=5, condition="odd")
    assert tape.t.tolist() == [20, 16, 12, 8, 4, 0]
    assert tape.x_t.shape == tape.x0_hat.shape == tape.noise_hat.shape == (6, 4, 1, 8, 8)
    assert np.array_equal(np.rint(tape.pictures[:, 0] * 255), expected)
    assert latentlab.sample(ddpm, 0, steps=2).shape == (0, 1, 8, 8)
    run("sample", ddpm, "-n", 9, "--steps", 2, "-o", tmp_path / "any.png")
    found = latentlab.sample(model, 9, steps=2)[:, 0]
    assert np.array_equal(np.rint(found * 255), cells(pixels(tmp_path / "any.png"), 9, 3))


def test_that_python_edits_and_fills_too(ddpm):
    model, own = latentlab.load_model(ddpm), toy_set("test").images[3].numpy()
    hole = np.zeros((8, 8), bool)
    hole[1:4, 2:7] = True
    edited = model.diffuse(2, image=own, strength=0.5, steps=10)
    assert edited.t[0] == 10
    filled = model.diffuse(2, image=own / 255.0, mask=hole, steps=5, repeats=2)
    made = np.rint(filled.pictures[:, 0] * 255)
    assert np.array_equal(made[:, ~hole], np.broadcast_to(own[0][~hole], (2, 49)))
    for words, reason in (
        ({"mask": hole}, "a mask needs an image"),
        ({"image": own, "mask": hole[:4]}, r"a mask of shape \(4, 8\)"),
        ({"image": own, "strength": 2}, "strength is 2"),
        ({"n": 65}, "count is 65"),
        ({"sampler": "euler"}, "no sampler is called 'euler'"),
    ):
        with pytest.raises(LabError, match=reason):
            model.diffuse(**words)


def test_that_python_tells_a_conditional_vae(model, tmp_path: Path):
    cvae = latentlab.load_model(save_tiny_cvae(tmp_path / "c.safetensors"))
    z = np.zeros((1, 2), np.float32)
    hatted = cvae.decode(z, condition={"hat": 1})
    assert np.array_equal(hatted, cvae.decode(z, condition="hat=1,beard=0,smile=0"))
    assert not np.array_equal(hatted, cvae.decode(z))
    told = "hat=1,beard=0,smile=0"
    points = cvae.sample(3, 1, condition=told)
    assert points.shape == (3, 1, 8, 8)
    assert not np.array_equal(points, cvae.sample(3, 1))
    with pytest.raises(LabError, match="the model is not conditional"):
        latentlab.sample(model, 2, condition="hat")
    with pytest.raises(LabError, match="is not a diffusion model"):
        latentlab.sample(model, 2, steps=10)
    with pytest.raises(LabError, match="is not a diffusion model"):
        latentlab.diffuse(model, 2)
