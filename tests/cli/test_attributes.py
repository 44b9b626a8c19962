"""The commands attributes, arithmetic and analogy: what they print and write, and what they refuse."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

import latentlab
from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.direction_files import load_directions
from latentlab.engine.files.provenance import read_provenance
from tests.data.pictures import noise, write
from tests.tiny import CONFIG, TRAITS, beings, save_tiny_classifier, save_tiny_cvae, save_tiny_model, toy_set

ADD = ("--add", "Hat=1.5")


def told(split: str) -> ImageSet:
    """The toy set with attributes; one that only one picture has."""
    data = toy_set(split)
    draw = torch.Generator().manual_seed(len(split))
    attributes = torch.rand(64, 3, generator=draw) < 0.5
    attributes[:, 2] = torch.arange(64) == 0
    names = ("Hat", "Smiling", "Crown")
    return dataclasses.replace(data, labels=None, classes=(), attributes=attributes, attribute_names=names)


def bare(split: str) -> ImageSet:
    return dataclasses.replace(toy_set(split), labels=None, classes=())


@pytest.fixture(autouse=True)
def _told_data(monkeypatch: pytest.MonkeyPatch, _toy_data: None) -> None:
    """The tiny model says that it was trained on "toy"."""
    for name, make in (("toy", told), ("sorted", toy_set), ("bare", bare)):
        entry = catalog.Entry(name, "random dots", lambda folder, split, make=make: make(split))
        monkeypatch.setitem(catalog.CATALOG, name, entry)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return write(tmp_path / "face.png", noise(1, 8, 1))


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as opened:
        return np.asarray(opened)


def decoded(model: latentlab.Model, z: np.ndarray) -> np.ndarray:
    """What a file of the picture at z should hold."""
    return np.round(model.decode(z)[0, 0] * 255.0).astype(np.uint8)


def test_that_attributes_json_is_one_object_with_the_promised_names(run, model):
    result = run("attributes", model, "--json").json
    assert (result["model"], result["data"], result["method"]) == ("tiny", "toy", "means")
    assert result["left_out"] == ["Crown"]
    hat, smiling = result["attributes"]
    assert (hat["name"], smiling["name"]) == ("Hat", "Smiling")
    assert hat["with"] + hat["without"] == hat["test_with"] + hat["test_without"] == 64
    assert 0.0 <= hat["auc"] <= 1.0
    found = latentlab.directions(model, "toy")
    assert np.array_equal(result["cosines"], found.cosines)
    assert hat["closest"] == "Smiling"
    assert hat["closest_cosine"] == result["cosines"][0][1]
    assert hat["length"] == found.lengths[0]
    assert hat["cohens_d"] == found.trust[0].cohens_d


def test_that_attributes_without_json_is_a_table(run, model):
    outcome = run("attributes", model, "--method", "regressed")
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[0] == "tiny on toy: the others regressed out"
    for word in ("with", "without", "AUC", "Cohen", "|v|", "cosine"):
        assert word in lines[1]
    assert lines[2].split()[0] == "Hat"
    assert "Smiling (" in lines[2]
    assert "Skipped, because fewer than 2 pictures have or lack it: Crown" in outcome.out
    assert "64 held-out pictures" in lines[-1]


def test_that_methods_differ_and_classes_stand_in_for_attributes(run, model):
    lengths = {
        run("attributes", model, "--method", method, "--json").json["attributes"][0]["length"]
        for method in ("means", "regressed", "discriminant")
    }
    assert len(lengths) == 3
    names = [one["name"] for one in run("attributes", model, "--data", "sorted", "--json").json["attributes"]]
    assert names == ["even", "odd"]


@pytest.mark.parametrize("ending", [".safetensors", ".npz"])
def test_that_directions_are_kept_and_used_again(run, model, picture, tmp_path: Path, ending: str):
    kept = tmp_path / f"d{ending}"
    assert run("attributes", model, "--out", kept, "--json").json["path"] == str(kept)
    assert np.array_equal(load_directions(kept).vectors, latentlab.directions(model).vectors)
    assert "already exists" in run("attributes", model, "--out", kept).complaint
    assert f"Wrote {kept}: 2 directions of 2 numbers" in run("attributes", model, "-o", kept, "--force").out
    anew, again = tmp_path / "anew.png", tmp_path / "again.png"
    assert run("arithmetic", model, "--image", picture, *ADD, "-o", anew).code == 0
    assert run("arithmetic", model, "--image", picture, *ADD, "--directions", kept, "-o", again).code == 0
    assert anew.read_bytes() == again.read_bytes()


def test_that_directions_of_another_model_are_refused(run, model, picture, tmp_path: Path):
    kept = tmp_path / "d.npz"
    other = save_tiny_model(tmp_path / "other.safetensors", seed=1)
    assert run("attributes", other, "--out", kept).code == 0
    words = ("arithmetic", model, "--image", picture, *ADD, "--directions", kept, "-o", tmp_path / "x.png")
    assert "its directions belong to other" in run(*words).complaint
    wide = save_tiny_model(tmp_path / "wide.safetensors", dataclasses.replace(CONFIG, latents=5))
    assert run("attributes", wide, "--out", kept, "--force").code == 0
    assert "5 dimensions, the model 2" in run(*words).complaint


def test_that_arithmetic_on_a_picture_of_the_data_is_encode_shift_decode(run, model, tmp_path: Path):
    out = tmp_path / "out.png"
    words = ("--index", 17, "--add", "Hat=1.0", "--add", "Smiling=-0.5", "--add", "Hat", "-o", out)
    outcome = run("arithmetic", model, *words)
    assert (outcome.code, outcome.out) == (0, f"Wrote {out}: +2 Hat, -0.5 Smiling\n")
    opened, found = latentlab.load_model(model), latentlab.directions(model)
    z = found.shift(opened.encode(toy_set("test").images[17:18]), {"Hat": 2.0, "Smiling": -0.5})
    np.testing.assert_allclose(pixels(out).astype(int), decoded(opened, z), atol=1)
    made = read_provenance(out)
    assert (made.what, made.model, made.model_hash) == ("arithmetic", "tiny", opened.hash)
    assert made.z == pytest.approx(tuple(z[0].tolist()), abs=1e-6)
    assert made.extra == {
        "picture": "toy (test) 17",
        "add": "Hat=2.0,Smiling=-0.5",
        "method": "means",
        "data": "toy",
    }


def test_that_the_split_decides_whose_picture_it_is(run, model, tmp_path: Path):
    for split in ("train", "test", "all"):
        out = tmp_path / f"{split}.png"
        assert run("arithmetic", model, "--index", 3, *ADD, "--split", split, "-o", out).code == 0
    assert (tmp_path / "train.png").read_bytes() != (tmp_path / "test.png").read_bytes()
    # All begins with the held-out pictures.
    assert np.array_equal(pixels(tmp_path / "all.png"), pixels(tmp_path / "test.png"))
    assert read_provenance(tmp_path / "all.png").extra["picture"] == "toy (all) 3"


def test_that_adding_nothing_is_reconstruction_and_the_scale_repeats_pixels(run, model, picture, tmp_path):
    out = tmp_path / "out.png"
    words = ("--image", picture, "--add", "Hat=0", "--scale", 3, "-o", out)
    assert run("arithmetic", model, *words).code == 0
    opened = latentlab.load_model(model)
    expected = decoded(opened, opened.encode(pixels(picture)))
    np.testing.assert_allclose(pixels(out)[::3, ::3].astype(int), expected, atol=1)
    assert pixels(out).shape == (24, 24)
    assert read_provenance(out).extra["picture"] == "face.png"


def test_that_pictures_of_another_size_and_with_colours_are_fitted(run, model, tmp_path: Path):
    large = write(tmp_path / "large.png", noise(2, 50))
    out = tmp_path / "out.webp"
    assert run("arithmetic", model, "--image", large, *ADD, "-o", out).code == 0
    assert pixels(out).shape[:2] == (8, 8)


def test_that_a_folder_becomes_a_folder_with_the_same_names(run, model, tmp_path: Path):
    folder, out = tmp_path / "in", tmp_path / "out"
    for number, name in enumerate(("a.png", "b.jpg", "deep/c.webp")):
        kind = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}[name.rpartition(".")[2]]
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(noise(number, 8)).save(folder / name, kind)
    (folder / "bad.png").write_bytes(b"no picture")
    for number in range(3):
        (folder / f"{number}.heic").write_bytes(b"")
    outcome = run("arithmetic", model, "--image", folder, *ADD, "-o", out)
    assert outcome.code == 0
    assert f"Wrote 3 pictures to {out}: +1.5 Hat" in outcome.out
    assert "4 left out: 3 files: a HEIC picture, which LatentLab does not read; convert it to" in outcome.err
    assert "(0.heic, 1.heic, 2.heic); bad.png: no picture in a known format" in outcome.err
    written = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    assert written == ["a.png", "b.png", "deep/c.png"]
    alone = tmp_path / "alone.png"
    assert run("arithmetic", model, "--image", folder / "a.png", *ADD, "-o", alone).code == 0
    assert np.array_equal(pixels(alone), pixels(out / "a.png"))
    assert read_provenance(out / "deep" / "c.png").extra["picture"] == "deep/c.webp"
    assert "already exists" in run("arithmetic", model, "--image", folder, *ADD, "-o", out).complaint
    assert run("arithmetic", model, "--image", folder, *ADD, "-o", out, "--force").code == 0


def test_that_folders_that_cannot_be_done_are_told_before_anything_is_written(run, model, tmp_path: Path):
    folder, out = tmp_path / "in", tmp_path / "out"
    words = ("arithmetic", model, "--image", folder, *ADD, "-o", out)
    folder.mkdir()
    assert "holds no pictures" in run(*words).complaint
    (folder / "bad.png").write_bytes(b"no picture")
    assert "holds no readable picture; bad.png" in run(*words).complaint
    write(folder / "x.png", noise(1, 8))
    write(folder / "x.bmp", noise(2, 8), kind="BMP")
    assert "x.bmp and x.png would both become x.png" in run(*words).complaint
    (folder / "x.bmp").unlink()
    assert "no attribute is called 'Beard'" in run(*words, "--add", "Beard").complaint
    out.write_bytes(b"precious")
    assert "is a file; when --image is a folder, the output has to be a folder too" in run(*words).complaint
    assert out.read_bytes() == b"precious"
    away = ("arithmetic", model, "--image", folder, *ADD, "-o", tmp_path / "no" / "where")
    assert "its folder does not exist" in run(*away).complaint
    assert not (tmp_path / "no").exists()


def test_that_an_analogy_is_c_and_b_without_a(run, model, tmp_path: Path):
    faces = [write(tmp_path / f"{name}.png", noise(seed, 8)) for seed, name in enumerate("abc")]
    out = tmp_path / "d.png"
    outcome = run("analogy", model, *faces, "-o", out)
    assert (outcome.code, outcome.out) == (0, f"Wrote {out}: c.png + b.png - a.png\n")
    opened = latentlab.load_model(model)
    a, b, c = (opened.encode(np.asarray(Image.open(face).convert("L"))) for face in faces)
    np.testing.assert_allclose(pixels(out).astype(int), decoded(opened, c + b - a), atol=1)
    made = read_provenance(out)
    assert made.what == "analogy"
    assert made.extra == {"a": "a.png", "b": "b.png", "c": "c.png"}
    assert made.z == pytest.approx(tuple((c + b - a)[0].tolist()), abs=1e-5)


def test_that_what_became_of_nothing_becomes_of_c(run, model, tmp_path: Path):
    face, other = (write(tmp_path / f"{name}.png", noise(seed, 8)) for seed, name in enumerate("ac"))
    assert run("analogy", model, face, face, other, "-o", tmp_path / "d.png").code == 0
    assert run("arithmetic", model, "--image", other, "--add", "Hat=0", "-o", tmp_path / "r.png").code == 0
    assert np.array_equal(pixels(tmp_path / "d.png"), pixels(tmp_path / "r.png"))


@pytest.fixture
def cvae(run, tmp_path: Path) -> Path:
    """Its encoder is told, too."""
    path = tmp_path / "c.safetensors"
    plan = ("--epochs", 1, "--batch", 16, "--encoder-widths", 8, "--decoder-widths", 8, "--threads", 1)
    words = ("--data", "sorted", *plan, "--precision", "fp32", "--condition-encoder", "yes", "--out", path)
    assert run("train", "cvae", *words).code == 0
    return path


def test_that_a_model_whose_encoder_is_told_is_told(run, cvae, picture, tmp_path: Path):
    assert run("attributes", cvae, "--data", "sorted").code == 0
    words = ("arithmetic", cvae, "--data", "sorted", "--add", "odd=0.5")
    untold = run(*words, "--image", picture, "-o", tmp_path / "x.png").complaint
    assert "needs a condition" in untold
    for name in ("even", "odd"):
        out = tmp_path / f"{name}.png"
        assert run(*words, "--image", picture, "--condition", name, "-o", out).code == 0
        assert read_provenance(out).extra["condition"] == name
    assert not np.array_equal(pixels(tmp_path / "even.png"), pixels(tmp_path / "odd.png"))
    # Of a picture of the data set it is known: number 3 is odd.
    for out, more in (("known.png", ()), ("said.png", ("--condition", "odd"))):
        assert run(*words, "--index", 3, *more, "-o", tmp_path / out).code == 0
    assert np.array_equal(pixels(tmp_path / "known.png"), pixels(tmp_path / "said.png"))
    assert read_provenance(tmp_path / "known.png").extra["condition"] == "odd"
    analogy = ("analogy", cvae, picture, picture, picture, "-o", tmp_path / "d.png")
    assert "needs a condition" in run(*analogy).complaint
    assert run(*analogy, "--condition", "odd").code == 0


@pytest.fixture
def told_attributes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    entry = catalog.Entry("beings", "dots", lambda folder, split: beings(split))
    monkeypatch.setitem(catalog.CATALOG, "beings", entry)
    return save_tiny_cvae(tmp_path / "told.safetensors")


def test_that_z_leans_with_what_a_picture_is_told_unless_it_is_to_stay(run, told_attributes, tmp_path: Path):
    model = latentlab.load_model(told_attributes)
    words = ("arithmetic", told_attributes, "--index", 0, "--condition", "hat=1")
    assert run(*words, "-o", tmp_path / "lean.png").out.startswith(
        f"Wrote {tmp_path / 'lean.png'}: condition hat=1"
    )
    assert run(*words, "--same-z", "-o", tmp_path / "same.png").code == 0
    assert run(*words, "--add", "hat=0", "-o", tmp_path / "both.png").code == 0
    z = model.encode(beings("test").images[:1])
    compensated = latentlab.directions(model, method="regressed").compensated(z, {"hat": 1.0})
    made = [np.array(read_provenance(tmp_path / f"{name}.png").z) for name in ("same", "lean", "both")]
    np.testing.assert_allclose(made[0], z[0], atol=1e-6)
    for one in made[1:]:
        np.testing.assert_allclose(one, compensated[0], atol=1e-5)
    assert np.abs(compensated - z).max() > 1e-3
    assert read_provenance(tmp_path / "lean.png").extra["condition"].startswith("hat=1")
    own = ("arithmetic", told_attributes, "--image", tmp_path / "lean.png", "--condition", "hat=1")
    assert "nothing to change" in run(*own, "-o", tmp_path / "own.png").complaint
    assert run(*words[:4], "--condition", "hat=0", "-o", tmp_path / "none.png").code == 0
    np.testing.assert_allclose(read_provenance(tmp_path / "none.png").z, z[0], atol=1e-6)


def test_that_directions_that_ship_are_taken_as_in_the_window_unless_others_are_named(run, tmp_path: Path):
    words = ("arithmetic", "faces-vae", "--index", 17, "--add", "Hat", "-o")
    assert run(*words, tmp_path / "usual.png").code == 0
    assert read_provenance(tmp_path / "usual.png").extra["method"] == "steered"
    assert run(*words, tmp_path / "same.png", "--method", "steered").code == 0
    assert (tmp_path / "usual.png").read_bytes() == (tmp_path / "same.png").read_bytes()


def test_that_what_goes_along_in_the_data_is_told_along(
    run, told_attributes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    many = catalog.Entry("beings", "dots", lambda folder, split: beings(split, 256))
    monkeypatch.setitem(catalog.CATALOG, "beings", many)
    # Number 4 smiles and has no beard: with a beard, nobody smiles.
    words = ("arithmetic", told_attributes, "--index", 4, "--same-z", "--condition")
    assert "condition hat=0,beard=1,smile=0" in run(*words, "beard=1", "-o", tmp_path / "one.png").out
    both = run(*words, "beard=1,smile=1", "-o", tmp_path / "both.png")
    assert "condition hat=0,beard=1,smile=1" in both.out
    assert "no picture of beings with beard is with smile" in both.err


def test_that_directions_are_steered_by_the_classifier_that_is_named(run, told_attributes, tmp_path: Path):
    judge = save_tiny_classifier(tmp_path / "judge.safetensors", TRAITS, exclusive=False, data="beings")
    words = ("attributes", told_attributes, "--method", "steered")
    assert "no classifier is shipped for beings" in run(*words).complaint
    outcome = run(*words, "--classifier", judge)
    assert outcome.out.splitlines()[0] == "told on beings: steered through the decoder"
    other = save_tiny_classifier(tmp_path / "other.safetensors")
    assert "other.safetensors: does not know 'hat'" in run(*words, "--classifier", other).complaint


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["attributes"], "MODEL"),
        (["attributes", "nonsense"], "nonsense"),
        (["attributes", "{model}", "--data", "toys"], "toys"),
        (["attributes", "{model}", "--data", "bare"], "neither attributes nor classes"),
        (["attributes", "{model}", "--data", "mnist"], "28 x 28 grey"),
        (["attributes", "{model}", "--method", "magic"], "magic"),
        (["attributes", "{model}", "--out", "{new}.pt"], ".pt"),
        (["attributes", "{model}", "--out", "{new}/d.npz"], "folder does not exist"),
        (["arithmetic", "{model}", "--index", "1", "-o", "{new}.png"], "--add"),
        (["arithmetic", "{model}", *ADD, "-o", "{new}.png"], "--image"),
        (["arithmetic", "{model}", "--index", "1", *ADD], "--out"),
        (["arithmetic", "{model}", "--index", "1", "--image", "{face}", *ADD, "-o", "{new}.png"], "--image"),
        (["arithmetic", "{model}", "--index", "-1", *ADD, "-o", "{new}.png"], "--index"),
        (["arithmetic", "{model}", "--index", "64", *ADD, "-o", "{new}.png"], "64 pictures"),
        (
            ["arithmetic", "{model}", "--index", "1", "--add", "Beard=1", "-o", "{new}.png"],
            "Known: Hat, Smil",
        ),
        (["arithmetic", "{model}", "--index", "1", "--add", "Crown=1", "-o", "{new}.png"], "'Crown'"),
        (["arithmetic", "{model}", "--index", "1", "--add", "Hat=much", "-o", "{new}.png"], "Hat=much"),
        (["arithmetic", "{model}", "--index", "1", "--add", "Hat=nan", "-o", "{new}.png"], "Hat=nan"),
        (["arithmetic", "{model}", "--index", "1", "--add", "Hat=1e9", "-o", "{new}.png"], "Hat=1e9"),
        (["arithmetic", "{model}", "--index", "1", *ADD, "-o", "{new}.tiff"], ".tiff"),
        (["arithmetic", "{model}", "--index", "1", *ADD, "--split", "half", "-o", "{new}.png"], "half"),
        (["arithmetic", "{model}", "--index", "1", *ADD, "--data", "bare", "-o", "{new}.png"], "neither"),
        (
            ["arithmetic", "{model}", "--index", "1", *ADD, "--condition", "3", "-o", "{new}.png"],
            "the model is not conditional",
        ),
        (["arithmetic", "{model}", "--image", "{new}.jpg", *ADD, "-o", "{new}.png"], "no such file"),
        (
            ["arithmetic", "{model}", "--image", "{bad}", *ADD, "-o", "{new}.png"],
            "no picture in a known format",
        ),
        (["arithmetic", "{model}", "--image", "{model}", *ADD, "-o", "{new}.png"], "tiny.safetensors"),
        (
            ["arithmetic", "{model}", "--image", "{face}", *ADD, "--directions", "{bad}", "-o", "{new}.png"],
            "the file extension '.png' is unknown",
        ),
        (
            [
                "arithmetic",
                "{model}",
                "--image",
                "{face}",
                *ADD,
                "--directions",
                "{model}",
                "-o",
                "{new}.png",
            ],
            "card",
        ),
        (["analogy", "{model}", "{face}", "{face}", "-o", "{new}.png"], "required: C"),
        (["analogy", "{model}", "{face}", "{face}", "{new}.jpg", "-o", "{new}.png"], "no such file"),
        (["analogy", "{model}", "{face}", "{bad}", "{face}", "-o", "{new}.png"], "bad.png: cannot be read"),
        (["analogy", "{model}", "{face}", "{face}", "{folder}", "-o", "{new}.png"], "is a folder"),
        (["analogy", "{model}", "{face}", "{face}", "{face}", "-o", "{new}"], "no file extension"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_that_bad_input_is_refused_on_one_line(run, model, picture, tmp_path: Path, words, reason: str):
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture at all")
    places = {"model": model, "new": tmp_path / "new", "face": picture, "bad": bad, "folder": tmp_path}
    filled = [word.format(**places) for word in words]
    before = sorted(tmp_path.rglob("*"))
    assert reason in run(*filled).complaint
    assert sorted(tmp_path.rglob("*")) == before


def test_that_a_model_of_unknown_data_asks_for_them(run, model, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(catalog.CATALOG, "toy")
    complaint = run("attributes", model).complaint
    assert "tiny was trained on toy, pictures of your own" in complaint
    assert "--data PATH" in complaint
    assert run("attributes", model, "--data", "sorted").code == 0


@pytest.mark.parametrize(
    "words", [["attributes"], ["arithmetic", "--index", "1", *ADD, "-o"], ["analogy", "a", "b", "c", "-o"]]
)
def test_that_a_model_without_an_encoder_is_told(run, model, tmp_path: Path, monkeypatch, words):
    from latentlab.engine.files import checkpoint

    monkeypatch.setattr(checkpoint, "build", lambda kind, config: torch.nn.Linear(2, 2))
    monkeypatch.setattr(checkpoint, "expected_shapes", lambda *_: {"weight": (2, 2), "bias": (2,)})
    header = {"latentlab": _card(model)}
    file = tmp_path / "blind.safetensors"
    save_file({"weight": torch.zeros(2, 2), "bias": torch.zeros(2)}, file, header)
    out = [tmp_path / "x.png"] if words[-1] == "-o" else []
    assert "blind does not encode pictures" in run(words[0], file, *words[1:], *out).complaint


def _card(model: Path) -> str:
    import safetensors

    with safetensors.safe_open(model, "pt") as opened:
        return opened.metadata()["latentlab"]
