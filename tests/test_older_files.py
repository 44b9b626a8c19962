"""What earlier versions of LatentLab wrote still opens and means what it meant: see tests/older/README.md."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentlab import api
from latentlab.data import catalog
from latentlab.engine.attributes.direction_files import load_directions
from latentlab.engine.diffusion import tape_files
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.files.provenance import read_provenance
from latentlab.engine.training.run import TrainingRun
from latentlab.qt.controllers.settings import Settings
from latentlab.session.state import SessionState
from tests import older

MEANT = json.loads((Path(older.__file__).parent / "meant.json").read_text())
HASH = "a26491cd6a62"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return older.copied(tmp_path)


def session_in(path: Path) -> SessionState:
    settings = Settings(path)
    assert settings.complaint == ""
    assert settings.session is not None
    return settings.session


def named_pictures(folder: Path) -> dict[str, bytes]:
    """The pixels of each file, by its name below the folder."""
    files = sorted((folder / "pictures").rglob("*.png"))
    return {path.relative_to(folder).as_posix(): Image.open(path).tobytes() for path in files}


def test_that_an_older_model_encodes_and_decodes_as_it_did(folder: Path) -> None:
    loaded = load_model(folder / "model.safetensors")
    assert (loaded.card.kind, loaded.card.data["images"], loaded.hash) == ("vae", 13, HASH)
    assert loaded.card.config["encoder_widths"] == [8]
    model = api.load_model(folder / "model.safetensors")
    with np.load(folder / "z.npz", allow_pickle=False) as kept:
        was = {tuple(np.round(z, 3)) for z in kept["z"]}
        assert kept["label"].tolist() == [0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1]
    pictures = catalog.load(str(folder / "pictures"), "all").images
    assert {tuple(np.round(z, 3)) for z in model.encode(pictures)} == was
    sheet = np.asarray(Image.open(folder / "samples.png"))
    drawn = np.round(model.sample(24, seed=3) * 255)[:, 0]
    assert np.abs(sheet[:16, :16].astype(float) - drawn[0]).max() <= 1
    assert np.abs(sheet[:16, -16:].astype(float) - drawn[4]).max() <= 1


def test_that_an_older_conditional_model_knows_its_classes(folder: Path) -> None:
    loaded = load_model(folder / "told.safetensors")
    assert loaded.card.config["condition_names"] == ["bars", "discs"]
    drawn = api.load_model(folder / "told.safetensors").sample(16, seed=1, condition="discs")
    assert drawn.shape == (16, 1, 16, 16)


def test_that_an_older_training_goes_on_and_ends_as_it_would_have(folder: Path) -> None:
    run = TrainingRun.resume(folder / "unfinished.safetensors.training", overwrite=True)
    assert (run.trainer.epoch, run.trainer.step, len(run.train)) == (3, 9, 13)
    *_, saved = run.run()
    assert saved.path == folder / "unfinished.safetensors"
    assert saved.metrics == pytest.approx(MEANT["finished"], rel=1e-4)


def test_that_the_pictures_of_an_older_session_are_those_that_were_picked(folder: Path) -> None:
    state = session_in(folder / "own.ini")
    assert (state.model, state.data) == (
        str(folder / "model.safetensors"),
        f"{folder / 'pictures'}::dealt=count",
    )
    pictures, files = catalog.load(state.data, state.split), named_pictures(folder)
    assert len(pictures) == len(files) == 14

    def meant(name: str) -> list[bytes]:
        return [files[file] for file in MEANT["own"][name]]

    def held(numbers: tuple[int, ...]) -> list[bytes]:
        return [pictures.images[number].numpy().tobytes() for number in numbers]

    assert held(state.group_a) == meant("group_a")
    assert held(state.group_b) == meant("group_b")
    assert state.selected is not None
    assert held((state.selected,)) == meant("selected")


def test_that_the_rest_of_an_older_session_comes_back(folder: Path) -> None:
    state = session_in(folder / "own.ini")
    assert state.pins[:2] == ((0.0, 0.0), (1.0, -1.0))
    assert state.pins[2] == pytest.approx((-1.233076, -0.108076), abs=1e-5)
    assert state.probe == pytest.approx((-0.542165, -2.004852), abs=1e-5)
    assert state.amounts == (("yours/Brighter", 2.0),)
    assert state.analogy == ((0.5, 0.5), None, (-1.0, 0.25))
    (one,) = state.own
    assert (one.name, one.vector, one.have, one.trust.auc) == ("Brighter", (0.5, -1.0), 2, 0.75)
    assert (one.model, one.model_hash) == ("model", HASH)
    (recent,) = Settings(folder / "own.ini").recent
    assert (recent.spec, recent.shape, recent.count) == (str(folder / "pictures"), (1, 16, 16), 14)


def test_that_an_older_session_on_a_set_that_ships_comes_back(folder: Path) -> None:
    state = session_in(folder / "mnist.ini")
    assert (state.model, state.data, state.split) == ("mnist-vae-2d", "mnist", "test")
    images = catalog.load("mnist", "test").images
    for name, numbers in (
        ("group_a", state.group_a),
        ("group_b", state.group_b),
        ("selected", (state.selected,)),
    ):
        assert [int(images[number].sum()) for number in numbers] == MEANT["mnist"][name]


@pytest.mark.parametrize("suffix", ["safetensors", "npz"])
def test_that_older_directions_come_back(folder: Path, suffix: str) -> None:
    found = load_directions(folder / f"directions.{suffix}", latents=2)
    assert found.names == ("bars", "discs")
    assert (found.method, found.have, found.lack, found.model_hash) == ("means", (6, 7), (7, 6), HASH)
    assert np.linalg.norm(found.vectors, axis=1) == pytest.approx([0.441, 0.441], abs=1e-3)


def test_that_an_older_picture_says_where_it_was_made(folder: Path) -> None:
    found = read_provenance(folder / "samples.png")
    assert found is not None
    assert (found.what, found.model, found.model_hash, found.seed) == ("samples", "model", HASH, 3)


@pytest.mark.parametrize("suffix", ["png", "npz"])
def test_that_an_older_tape_is_drawn_again(folder: Path, suffix: str) -> None:
    origin = tape_files.read_tape(folder / f"tape.{suffix}")
    sampler_settings = origin.recipe.sampler_settings
    assert (origin.model, origin.recipe.count, sampler_settings.seed, sampler_settings.steps) == (
        "mnist-ddpm",
        1,
        5,
        4,
    )
    if suffix == "npz":
        tape = api.diffuse("mnist-ddpm", 1, seed=5, steps=4)
        with np.load(folder / "tape.npz", allow_pickle=False) as kept:
            assert kept["t"].tolist() == tape.t.tolist()
            assert np.abs(kept["x_t"][-1] - tape.x_t[-1]).mean() < 0.02


def test_that_older_encodings_are_still_what_a_table_reads(folder: Path) -> None:
    with open(folder / "z.csv", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [int(row["index"]) for row in rows] == list(range(14))
    model = api.load_model(folder / "model.safetensors")
    pictures = catalog.load(str(folder / "pictures"), "all").images
    now = sorted(float(z[0]) for z in model.encode(pictures))
    assert sorted(float(row["z0"]) for row in rows) == pytest.approx(now, abs=1e-4)
