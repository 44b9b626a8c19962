"""Tapes as files, and back: what was exported is made again, to the bit."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentlab.engine.diffusion.recipes import (
    BetweenNoises,
    FromPicture,
    Inpainting,
    Pixels,
    Recipe,
    SamplerSettings,
    as_json,
)
from latentlab.engine.diffusion.runner import Diffusion, Frame, as_pictures, pixels_of
from latentlab.engine.diffusion.tape import Look, Tape
from latentlab.engine.diffusion.tape_files import TapeFile, read_tape, save_frame, save_tape
from latentlab.engine.diffusion.tape_origin import Origin, changed, provenance_of
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.files.provenance import Provenance, read_provenance, save_options
from latentlab.errors import LabError
from tests.tiny import DDPM_CONFIG, save_tiny_ddpm

CONFIG = dataclasses.replace(DDPM_CONFIG, condition_names=("even", "odd"))
NOISE = np.random.default_rng(0).integers(0, 256, (8, 8), dtype=np.uint8)
HOLE = np.zeros((8, 8), np.uint8)
HOLE[2:5, 2:6] = 255
TOLD = SamplerSettings("dpm++", 6, 0.0, 2.5, ((1.0, 0.0), (0.0, 1.0)), 2**62)
RECIPES = {
    "noise": Recipe(3, TOLD),
    "between": Recipe(3, SamplerSettings(steps=5, seed=1), BetweenNoises(9)),
    "picture": Recipe(2, SamplerSettings("ddpm", 6), FromPicture(pixels_of(NOISE), 0.7)),
    "inpainting": Recipe(
        2, SamplerSettings("ddim", 6, 0.5), Inpainting(pixels_of(NOISE), pixels_of(HOLE), 2)
    ),
    "branches": Recipe(2, TOLD)
    .branched(2, SamplerSettings("ddpm", 8, seed=3))
    .branched(4, SamplerSettings(steps=10)),
}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_ddpm(tmp_path_factory.mktemp("models") / "tiny-ddpm.safetensors", CONFIG)


@pytest.fixture(scope="module")
def diffusion(file: Path) -> Diffusion:
    return Diffusion(load_model(file).model, "fp32")


@pytest.fixture
def alpha_bar(diffusion: Diffusion) -> np.ndarray:
    return diffusion.schedule.alpha_bar.numpy()


def frames(diffusion: Diffusion, recipe: Recipe) -> list[Frame]:
    return [frame for frame in diffusion.run(recipe) if frame is not None]


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture)


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
@pytest.mark.parametrize("ending", [".png", ".webp", ".jpg", ".npz"])
def test_that_an_exported_tape_is_made_again_to_the_bit(file, diffusion, alpha_bar, tmp_path, recipe, ending):
    loaded, made = load_model(file), frames(diffusion, recipe)
    out = tmp_path / f"tape{ending}"
    origin = Origin(recipe, loaded.name, loaded.hash)
    if ending == ".npz":
        save_tape(out, made, origin, alpha_bar)
    else:
        save_frame(out, made[-1], origin, alpha_bar)
    found = read_tape(out)
    assert found == origin
    again = Diffusion(load_model(file).model, "fp32")
    for one, other in zip(made, frames(again, found.recipe), strict=True):
        assert (one.number, one.t) == (other.number, other.t)
        assert one.x_t.tobytes() == other.x_t.tobytes()
        assert one.x0_hat.tobytes() == other.x0_hat.tobytes()


def test_that_a_frame_is_a_sheet_of_what_is_shown_side_by_side(diffusion, alpha_bar, tmp_path):
    recipe = RECIPES["noise"]
    frame = frames(diffusion, recipe)[2]
    out = tmp_path / "frame.png"
    save_frame(out, frame, Origin(recipe, "m", "h"), alpha_bar, Look(("x0", "xt")), scale=2)
    page = pixels(out)[::2, ::2]
    assert page.shape == (16, 16 + 2 + 16)
    for start, values in ((0, frame.x0_hat), (18, frame.x_t)):
        for number, picture in enumerate(as_pictures(values)):
            top, left = 8 * (number // 2), start + 8 * (number % 2)
            assert np.array_equal(page[top : top + 8, left : left + 8], picture)
    extra = read_provenance(out).extra
    assert (extra["frame"], extra["t"], extra["show"]) == ("2", str(frame.t), "x0,xt")
    assert (extra["sampler"], extra["steps"], extra["guidance"]) == ("dpm++", "6", "2.5")


def test_that_one_picture_can_be_exported_alone(diffusion, alpha_bar, tmp_path):
    recipe = RECIPES["noise"]
    frame = frames(diffusion, recipe)[-1]
    save_frame(tmp_path / "one.png", frame, Origin(recipe, "m", "h"), alpha_bar, Look(picture=1))
    assert np.array_equal(pixels(tmp_path / "one.png"), as_pictures(frame.x_t)[1])
    with pytest.raises(LabError, match="there is no picture 3; the tape has 3"):
        save_frame(tmp_path / "x.png", frame, Origin(recipe, "m", "h"), alpha_bar, Look(picture=3))


def test_that_noise_is_shown_around_grey(alpha_bar, diffusion):
    frame = frames(diffusion, RECIPES["noise"])[0]
    noise = Look(("noise",), 0).page(frame, alpha_bar).astype(float)
    expected = frame.noise_hat(alpha_bar)[0, 0] / 3.0 * 127.5 + 127.5
    assert np.abs(noise - expected.clip(0, 255)).max() <= 1.0


@pytest.mark.parametrize("ending", [".webp", ".gif", ".apng"])
def test_that_a_tape_moves_frame_by_frame_and_stays_at_its_end(diffusion, alpha_bar, tmp_path, ending: str):
    recipe = RECIPES["noise"]
    made, out = frames(diffusion, recipe), tmp_path / f"tape{ending}"
    look = Look(("xt", "x0", "noise"), 2)
    origin = Origin(recipe, "m", "h")
    save_tape(out, made, origin, alpha_bar, look, frames_per_second=10)
    shown = []
    with Image.open(out) as tape:
        for number in range(tape.n_frames):
            tape.seek(number)
            tape.load()
            shown.append((np.asarray(tape.convert("L")), tape.info["duration"]))
    assert sum(duration for _, duration in shown) == 100 * (7 + 10)
    assert shown[-1][1] >= 1000
    for (picture, _), frame in zip(shown, made, strict=True):
        assert np.array_equal(picture, look.page(frame, alpha_bar))
    assert read_tape(out) == origin
    assert read_provenance(out).extra["picture"] == "2"


@pytest.mark.skipif(importlib.util.find_spec("av") is None, reason="films need PyAV")
def test_that_a_tape_can_be_a_film(diffusion, alpha_bar, tmp_path):
    recipe = RECIPES["noise"]
    out = save_tape(tmp_path / "tape.mp4", frames(diffusion, recipe), Origin(recipe, "m", "h"), alpha_bar)
    assert out.read_bytes()[4:8] == b"ftyp"


def test_that_a_strip_has_a_column_a_frame_and_a_row_a_picture(diffusion, alpha_bar, tmp_path):
    recipe = RECIPES["noise"]
    made, out = frames(diffusion, recipe), tmp_path / "strip.png"
    save_tape(out, made, Origin(recipe, "m", "h"), alpha_bar, Look(("xt", "x0")))
    page = pixels(out)
    assert page.shape == (6 * 9 - 1, 7 * 9 - 1)
    for column, frame in enumerate(made):
        for row, values in enumerate(
            value[number] for number in range(3) for value in (frame.x_t, frame.x0_hat)
        ):
            seen = page[9 * row : 9 * row + 8, 9 * column : 9 * column + 8]
            assert np.array_equal(seen, as_pictures(values[None])[0])


def test_that_npz_holds_all_numbers_without_pickle(diffusion, alpha_bar, tmp_path):
    recipe = RECIPES["noise"]
    made = frames(diffusion, recipe)
    save_tape(tmp_path / "tape.npz", made, Origin(recipe, "m", "abc"), alpha_bar)
    with np.load(tmp_path / "tape.npz", allow_pickle=False) as stored:
        arrays = dict(stored)
    assert arrays["x_t"].shape == arrays["x0_hat"].shape == (7, 3, 1, 8, 8)
    assert arrays["x_t"].dtype == arrays["x0_hat"].dtype == np.float32
    for number, frame in enumerate(made):
        assert np.array_equal(arrays["x_t"][number], frame.x_t)
        assert np.array_equal(arrays["x0_hat"][number], frame.x0_hat)
    assert arrays["t"].tolist() == [frame.t for frame in made]
    assert np.array_equal(arrays["alpha_bar"], alpha_bar[arrays["t"]])
    assert int(arrays["seed"]) == 2**62
    assert (str(arrays["sampler"]), int(arrays["steps"]), float(arrays["guidance"])) == ("dpm++", 6, 2.5)
    assert arrays["conditions"].tolist() == [[1, 0], [0, 1], [1, 0]]
    assert str(arrays["model_hash"]) == "abc"
    tape = Tape.of(made, alpha_bar, recipe)
    for number, frame in enumerate(made):
        assert np.allclose(tape.noise_hat[number], frame.noise_hat(alpha_bar), atol=1e-6)
    assert np.allclose(tape.pictures * 255.0, np.stack(as_pictures(made[-1].x_t))[:, None], atol=0.51)


def test_that_a_recipe_too_long_for_a_picture_leaves_its_start_out_and_says_so(alpha_bar, tmp_path):
    large = np.random.default_rng(0).integers(0, 256, (128, 128, 3), dtype=np.uint8)
    recipe = Recipe(1, SamplerSettings(seed=5), FromPicture(pixels_of(large), 0.5))
    frame = Frame(0, 1, 0, *(np.zeros((1, 3, 128, 128), np.float32) for _ in range(2)))
    origin = Origin(recipe, "m", "h")
    out = save_frame(tmp_path / "out.png", frame, origin, alpha_bar)
    found = read_provenance(out)
    assert found.seed == 5
    assert found.extra["left_out"] == "its start picture"
    assert json.loads(found.extra["recipe_without_start"])["manner"]["seed"] == 5
    with pytest.raises(
        LabError, match=r"out\.png: its start picture was too large to be stored in the picture"
    ):
        read_tape(out)
    assert read_tape(save_tape(tmp_path / "out.npz", [frame], origin, alpha_bar)) == origin


def test_that_no_recipe_is_too_long_for_an_export():
    many = SamplerSettings(
        conditions=tuple(tuple(0.1 + 0.01 * number for number in range(10)) for _ in range(64))
    )
    recipe = Recipe(64, many)
    for at in range(1, 10):
        recipe = recipe.branched(at, many)
    said = provenance_of(Origin(recipe, "m", "h"), {"told": "1" * 3000})
    assert said.extra["left_out"] == "its recipe"
    assert "left_out" in provenance_of(Origin(recipe, "m", "h"), {"told": "1" * 40_000}).extra


def test_that_sixty_four_faces_with_branches_do_fit():
    faces = tuple(tuple(float(number >> bit & 1) for bit in range(6)) for number in range(64))
    recipe = Recipe(64, SamplerSettings(conditions=faces))
    for at in range(1, 9):
        recipe = recipe.branched(at, SamplerSettings(seed=at, conditions=faces))
    assert "recipe" in provenance_of(Origin(recipe, "m", "h")).extra


def test_that_a_model_that_has_changed_is_told():
    origin = Origin(Recipe(), "mnist-ddpm", "abc")
    assert changed(origin, "mnist-ddpm", "abc") == ""
    assert "made by mnist-ddpm (abc), this is mine (def)" in changed(origin, "mine", "def")


def test_that_what_cannot_be_written_is_refused_before_the_tape_is_run(alpha_bar, tmp_path):
    def begin(
        name: str, recipe: Recipe = RECIPES["noise"], frames: int = 7, look: Look | None = None, **more
    ):
        shape = more.pop("shape", (1, 8, 8))
        return TapeFile(tmp_path / name, Origin(recipe, "m", "h"), shape, frames, alpha_bar, look, **more)

    (tmp_path / "taken.webp").write_bytes(b"precious")
    for name, reason, more in (
        ("taken.webp", "already exists", {}),
        ("tape.txt", "'.txt' is unknown", {}),
        ("no/tape.webp", "its folder does not exist", {}),
        ("tape.gif", "60 frames per second, expected 0.5 to 50", {"frames_per_second": 60}),
        ("tape.webp", "too many", {"frames": 10_000, "scale": 64}),
        ("tape.png", "over the limit", {"frames": 10_000, "scale": 64}),
        ("tape.npz", "over the limit", {"frames": 1001, "recipe": Recipe(64), "shape": (3, 32, 32)}),
        ("tape.webp", "there is no picture 5", {"look": Look(picture=5)}),
    ):
        with pytest.raises(LabError, match=reason):
            begin(name, **more)
    assert [path.name for path in tmp_path.iterdir()] == ["taken.webp"]
    with pytest.raises(LabError, match="no frames"):
        begin("tape.webp").save()
    with pytest.raises(LabError, match="no frames"):
        save_tape(tmp_path / "tape.npz", [], Origin(Recipe(), "m", "h"), alpha_bar)


@pytest.mark.parametrize("show", [(), ("xt", "xt"), ("xt", "video")])
def test_that_what_cannot_be_shown_is_refused(show):
    with pytest.raises(LabError, match="Known: xt, x0, noise"):
        Look(show)


def picture(path: Path, provenance: Provenance | None) -> Path:
    options = {} if provenance is None else save_options("PNG", provenance)
    Image.fromarray(NOISE).save(path, **options)
    return path


@pytest.mark.parametrize(
    ("provenance", "reason"),
    [
        (None, "holds no description of a tape"),
        (Provenance("probe", "m", "h", (0.0, 1.0)), r"does not show a tape \(probe\)"),
        (Provenance("diffusion", "m", "h"), "its recipe was too large"),
        (Provenance("diffusion", "m", "h", extra={"recipe": "{}"}), "its recipe is damaged"),
        (
            Provenance("diffusion", "m", "h", extra={"recipe": as_json(Recipe()).replace("16", "999")}),
            "count is 999",
        ),
    ],
    ids=["none", "probe", "bare", "empty", "range"],
)
def test_that_a_picture_without_a_recipe_is_refused_by_name(tmp_path, provenance, reason: str):
    with pytest.raises(LabError, match=rf"in\.png: .*{reason}"):
        read_tape(picture(tmp_path / "in.png", provenance))


def test_that_an_npz_that_is_none_of_ours_is_refused_by_name(diffusion, alpha_bar, tmp_path):
    path = tmp_path / "in.npz"
    with pytest.raises(LabError, match=r"in\.npz"):
        read_tape(path)
    for content in (b"", b"PK\3\4 no", b"\x93NUMPY"):
        path.write_bytes(content)
        with pytest.raises(LabError, match=r"in\.npz: is not a zip archive"):
            read_tape(path)
    texts = {"model": np.str_("m"), "model_hash": np.str_("h")}
    for arrays, reason in (
        (texts, "has no array 'recipe'"),
        ({**texts, "recipe": np.str_("{")}, "its recipe is damaged"),
        ({**texts, "recipe": np.zeros(3)}, "'recipe' is not text"),
        ({**texts, "recipe": np.array([{}], dtype=object)}, "'recipe' is damaged"),
        ({**texts, "recipe": np.zeros(2_000_000)}, "'recipe' is too large"),
    ):
        np.savez(path, **arrays)
        with pytest.raises(LabError, match=rf"in\.npz: .*{reason}"):
            read_tape(path)
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("recipe", "model", "model_hash"):
            archive.writestr(f"{name}.npy", b"\x93NUMPY\1\0v\0{'descr': '<U1000000000', ")
    with pytest.raises(LabError, match="'recipe' is damaged"):
        read_tape(path)


def test_that_a_colour_tape_is_exported_in_colour(tmp_path):
    config = dataclasses.replace(DDPM_CONFIG, shape=(3, 8, 8))
    loaded = load_model(save_tiny_ddpm(tmp_path / "colour.safetensors", config))
    diffusion, recipe = Diffusion(loaded.model, "fp32"), Recipe(1, SamplerSettings(steps=3))
    made = frames(diffusion, recipe)
    origin = Origin(recipe, loaded.name, loaded.hash)
    save_tape(tmp_path / "strip.png", made, origin, diffusion.schedule.alpha_bar.numpy())
    assert pixels(tmp_path / "strip.png").shape == (8, 4 * 9 - 1, 3)
    assert Pixels((8, 8, 3), bytes(192)) == pixels_of(np.zeros((8, 8, 3), np.uint8))
