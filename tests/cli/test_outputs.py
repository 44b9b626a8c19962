"""The commands that write pictures and encodings."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import latentlab
from latentlab.engine.files.provenance import read_provenance
from tests.tiny import toy_set


def test_that_manifold_writes_n_by_n_pictures_that_say_where_they_come_from(run, model, tmp_path: Path):
    out = tmp_path / "grid.png"
    assert run("manifold", model, "-n", 3, "-o", out, "--scale", 2).code == 0
    with Image.open(out) as picture:
        assert picture.size == (3 * 8 * 2, 3 * 8 * 2)
    made = read_provenance(out)
    assert made is not None
    assert (made.what, made.model, made.extra["range"]) == ("grid", "tiny", "prior")
    assert made.model_hash == latentlab.load_model(model).hash


def test_that_manifold_puts_the_largest_y_on_top(run, model, tmp_path: Path):
    run("manifold", model, "-n", 2, "--range", "-2,2", "-o", tmp_path / "grid.png")
    corners = [[-1.0, 1.0], [1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]]
    pictures = np.round(latentlab.load_model(model).decode(corners)[:, 0] * 255).astype(np.uint8)
    expected = np.block([[pictures[0], pictures[1]], [pictures[2], pictures[3]]])
    with Image.open(tmp_path / "grid.png") as picture:
        assert np.array_equal(np.asarray(picture), expected)


def test_that_sample_draws_the_same_pictures_for_the_same_seed(run, model, tmp_path: Path):
    names = [tmp_path / f"{name}.png" for name in "abc"]
    for out, seed in zip(names, (0, 0, 1), strict=True):
        assert run("sample", model, "-n", 6, "--seed", seed, "-o", out).code == 0
    contents = [out.read_bytes() for out in names]
    assert contents[0] == contents[1]
    assert contents[0] != contents[2]
    with Image.open(names[0]) as picture:
        assert picture.size == (3 * 8, 2 * 8)
    assert read_provenance(names[0]).seed == 0


def test_that_sample_draw_gives_a_bernoulli_models_pixels_black_or_white(run, model, tmp_path: Path):
    run("sample", model, "-n", 4, "--draw", "-o", tmp_path / "drawn.png")
    run("sample", model, "-n", 4, "--mean", "-o", tmp_path / "mean.png")
    drawn, mean = (np.asarray(Image.open(tmp_path / f"{name}.png")) for name in ("drawn", "mean"))
    assert set(np.unique(drawn)) == {0, 255}
    assert len(np.unique(mean)) > 10


@pytest.mark.parametrize("ending", [".npz", ".csv"])
def test_that_encode_writes_what_the_api_encodes(run, model, tmp_path: Path, ending: str):
    out = tmp_path / f"z{ending}"
    assert run("encode", model, "--data", "toy", "--split", "test", "-o", out).code == 0
    if ending == ".npz":
        with np.load(out) as stored:
            z, label, index = stored["z"], stored["label"], stored["index"]
            files, splits, classes = (stored[name].tolist() for name in ("files", "split", "class"))
    else:
        rows = list(csv.DictReader(out.read_text().splitlines()))
        z = np.array([[row["z0"], row["z1"]] for row in rows], dtype=np.float32)
        label = np.array([int(row["label"]) for row in rows])
        index = np.array([int(row["index"]) for row in rows])
        files, splits, classes = ([row[name] for row in rows] for name in ("file", "split", "class"))
    assert np.allclose(z, latentlab.load_model(model).encode(toy_set("test").images), atol=1e-6)
    assert label.tolist() == [0, 1] * 32
    assert index.tolist() == list(range(64))
    assert files == [f"test/{number:05}" for number in range(64)]
    assert (set(splits), classes) == ({"test"}, ["even", "odd"] * 32)


@pytest.mark.parametrize("ending", [".webp", ".gif", ".apng"])
def test_that_interpolate_writes_a_moving_walk_with_both_ends(run, model, tmp_path: Path, ending: str):
    out = tmp_path / f"walk{ending}"
    words = ("interpolate", model, "--from", "1.0,0.5", "--to", "-1,0", "--steps", "12", "-o", out)
    assert run(*words, "--fps", 10).code == 0
    ends = np.round(latentlab.load_model(model).decode([[1.0, 0.5], [-1.0, 0.0]])[:, 0] * 255)
    with Image.open(out) as walk:
        shown = 0
        for number in range(walk.n_frames):
            walk.seek(number)
            walk.load()
            shown += walk.info["duration"]
            frame = np.asarray(walk.convert("L"))
            if number == 0:
                assert np.array_equal(frame, ends[0])
        assert np.array_equal(frame, ends[1])
    assert shown == 1200
    made = read_provenance(out)
    assert made.what == "walk"
    assert made.extra == {"from": "1.0,0.5", "to": "-1.0,0.0", "path": "lerp", "steps": "12"}


@pytest.mark.parametrize("ending", [".png", ".jpg"])
def test_that_interpolate_writes_a_strip_where_pictures_stand_still(run, model, tmp_path, ending: str):
    out = tmp_path / f"walk{ending}"
    words = ("--from", "-1,-.5", "--to=-.5,2e0", "--steps", 5, "--path", "slerp")
    assert run("interpolate", model, *words, "-o", out).code == 0
    with Image.open(out) as picture:
        assert picture.size == (5 * 8, 8)


def test_that_nothing_is_overwritten_without_force(run, model, tmp_path: Path):
    out = tmp_path / "z.npz"
    out.write_bytes(b"precious")
    words = ("encode", model, "--data", "toy", "-o", out)
    assert "already exists" in run(*words).complaint
    assert out.read_bytes() == b"precious"
    assert run(*words, "--force").code == 0
    assert out.read_bytes() != b"precious"


def test_that_a_conditional_model_is_told_by_class_name(run, tmp_path: Path):
    cvae = tmp_path / "c.safetensors"
    plan = ("--epochs", 1, "--batch", 16, "--encoder-widths", 8, "--decoder-widths", 8, "--threads", 1)
    assert run("train", "cvae", "--data", "toy", *plan, "--precision", "fp32", "--out", cvae).code == 0
    for name in ("even", "odd"):
        out = tmp_path / f"{name}.png"
        assert run("sample", cvae, "-n", 4, "--condition", name, "-o", out).code == 0
        assert read_provenance(out).extra["condition"] == name
    assert (tmp_path / "even.png").read_bytes() != (tmp_path / "odd.png").read_bytes()
    complaint = run("sample", cvae, "--condition", "prime", "-o", tmp_path / "x.png").complaint
    assert "no condition is called 'prime'. Known: even, odd" in complaint


def test_that_a_model_without_conditions_cannot_be_told(run, model: Path, tmp_path: Path):
    complaint = run("sample", model, "--condition", "3", "-o", tmp_path / "x.png").complaint
    assert "a condition was given, but the model is not conditional" in complaint


def test_that_encodings_can_go_to_the_projector(run, model: Path, tmp_path: Path):
    assert run("encode", model, "--data", "toy", "--projector", "-o", tmp_path / "p").code == 0
    names = ["metadata.tsv", "projector_config.pbtxt", "sprite.png", "tensors.tsv"]
    assert sorted(path.name for path in (tmp_path / "p").iterdir()) == names
    assert np.loadtxt(tmp_path / "p" / "tensors.tsv").shape == (64, 2)
