"""A model that is told attributes, from its training to pictures of what is asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentlab.data import catalog
from latentlab.engine.files.provenance import read_provenance
from tests.tiny import TRAITS, beings, save_tiny_cvae

SIDE = 8


@pytest.fixture(autouse=True)
def _data(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = catalog.Entry("beings", "dots", lambda folder, split: beings(split))
    monkeypatch.setitem(catalog.CATALOG, "beings", entry)


@pytest.fixture
def cvae(tmp_path: Path) -> Path:
    return save_tiny_cvae(tmp_path / "cvae.safetensors")


@pytest.fixture
def trained(run, tmp_path: Path) -> Path:
    """Long enough to know that a hat is a bright row on top."""
    path = tmp_path / "trained.safetensors"
    plan = ("--epochs", 60, "--batch", 16, "--warmup-steps", 5, "--learning-rate", 0.01, "--threads", 1)
    net = ("--encoder-widths", 16, "--decoder-widths", 32, "--ema-decay", 0.9, "--precision", "fp32")
    assert run("train", "cvae", "--data", "beings", *plan, *net, "--out", path).code == 0
    return path


def told(path: Path) -> list[list[float]]:
    """What each sample was told, as the sheet says."""
    rows = read_provenance(path).extra["told"].split()
    return [[float(value) for value in row.split(",")] for row in rows]


def pictures(path: Path, count: int, columns: int) -> list[np.ndarray]:
    with Image.open(path) as sheet:
        page = np.asarray(sheet).astype(float)
    places = [divmod(number, columns) for number in range(count)]
    return [page[SIDE * row : SIDE * (row + 1), SIDE * at : SIDE * (at + 1)] for row, at in places]


def test_that_a_model_trained_on_attributes_shows_what_is_asked(run, trained: Path, tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    assert run("sample", trained, "--condition", "hat=1,smile=0", "-n", 12, "-o", out).code == 0
    for picture, (hat, beard, smile) in zip(pictures(out, 12, 4), told(out), strict=True):
        assert (hat, smile) == (1.0, 0.0)
        assert picture[0:2].mean() > 150
        assert (picture[2:4].mean() > 150) == (beard == 1.0)
        assert picture[4:6].mean() < 150
    assert {row[1] for row in told(out)} == {0.0, 1.0}


def test_that_such_a_model_is_evaluated_its_attributes_found_and_its_faces_told_otherwise(
    run, trained: Path, tmp_path: Path
) -> None:
    assert run("evaluate", trained, "--data", "beings", "--samples", 5, "--likelihood-images", 4).code == 0
    found = run("attributes", trained, "--json").json
    assert [one["name"] for one in found["attributes"]] == list(TRAITS)
    words = ("arithmetic", trained, "--index", 1, "--add", "beard=0")
    for name, more in (("as", ()), ("same", ("--condition", "hat=1")), ("bare", ("--condition", "hat=0"))):
        assert run(*words, *more, "-o", tmp_path / f"{name}.png").code == 0
    as_it_is, same, bare = (pictures(tmp_path / f"{name}.png", 1, 1)[0] for name in ("as", "same", "bare"))
    # Number 1 has a hat: told so, nothing changes; told otherwise, that alone.
    assert np.array_equal(as_it_is, same)
    assert bare[0:2].mean() < 150 < as_it_is[0:2].mean()


def test_that_a_seed_repeats_and_the_sheet_says_what_was_asked(run, cvae: Path, tmp_path: Path) -> None:
    names = [tmp_path / f"{name}.png" for name in "abc"]
    words = ("sample", cvae, "--condition", "hat=1", "-n", 12)
    outcomes = [run(*words, "--seed", seed, "-o", out) for seed, out in zip((7, 7, 8), names, strict=True)]
    assert "seed 7; hat=1; the others as in 32 of 64 real pictures of beings (train)" in outcomes[0].out
    assert names[0].read_bytes() == names[1].read_bytes()
    assert told(names[0]) != told(names[2])
    made = read_provenance(names[0])
    assert (made.what, made.seed, made.extra["condition"]) == ("samples", 7, "hat=1")
    assert made.extra["names"] == "hat,beard,smile"
    assert "that match" in made.extra["rest"]


def test_that_all_is_left_to_chance_where_nothing_is_asked(run, cvae: Path, tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    assert "one of 64 real pictures" in run("sample", cvae, "-n", 40, "-o", out).out
    assert len({tuple(row) for row in told(out)}) == 6
    assert "condition" not in read_provenance(out).extra


def test_that_nothing_is_said_of_chance_where_all_is_asked(run, cvae: Path, tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    words = ("sample", cvae, "--condition", "hat=1,beard=0,smile=0.5", "-n", 3, "-o", out)
    assert run(*words).out.strip().endswith("3 pictures, seed 0; hat=1,beard=0,smile=0.5")
    assert told(out) == [[1.0, 0.0, 0.5]] * 3


def test_that_a_sheet_of_very_many_does_not_say_what_each_was_told(run, cvae, tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    assert run("sample", cvae, "-n", 2000, "-o", out).code == 0
    assert "told" not in read_provenance(out).extra


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--condition", "wings=1"], "no condition is called 'wings'. Known: hat, beard, smile"),
        (["--condition", "hat=2"], "hat is '2', expected a number from 0 to 1"),
        (["--condition", "hat=1,hat=0"], "hat cannot be both 1 and 0"),
        (["--condition", "hat=1", "--data", "toy"], "toy has none"),
        (["--condition", "hat=1", "--data", "nowhere"], "no data set is called 'nowhere'"),
    ],
)
def test_that_what_cannot_be_met_is_refused_and_nothing_written(
    run, cvae: Path, tmp_path: Path, words: list[str], reason: str
) -> None:
    out = tmp_path / "sheet.png"
    assert reason in run("sample", cvae, *words, "-o", out).complaint
    assert not out.exists()


def test_that_the_models_file_says_how_often_each_attribute_was_there(
    run, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(catalog.CATALOG, "beings")
    said = run("sample", trained, "--condition", "hat=1", "-n", 60, "-o", tmp_path / "sheet.png").out
    assert "the others drawn independently by their frequency (known from the model's file)" in said
    assert {row[0] for row in told(tmp_path / "sheet.png")} == {1.0}
    smiles = [row[2] for row in told(tmp_path / "sheet.png")]
    assert 0.1 < sum(smiles) / len(smiles) < 0.45
