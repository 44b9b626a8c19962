"""The commands that print figures."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from latentlab import shipped
from latentlab.data import catalog
from latentlab.version import __version__
from tests.data.pictures import folder_of
from tests.tiny import save_tiny_model

EVALUATE = ("--data", "toy", "--samples", 20, "--likelihood-images", 5)


def test_that_evaluate_json_is_one_object_with_the_promised_names(run, model):
    result = run("evaluate", model, *EVALUATE, "--json").json
    assert {"elbo", "reconstruction", "kl", "log_likelihood", "images", "samples"} <= result.keys()
    assert (result["images"], result["samples"], result["likelihood_images"]) == (64, 20, 5)
    assert math.isclose(result["elbo"], result["reconstruction"] - result["kl"], rel_tol=1e-6)
    assert result["model"] == "tiny"
    assert result["split"] == "test"


def test_that_evaluate_gives_the_same_figures_for_the_same_seed_and_others_for_another(run, model):
    first, again = (run("evaluate", model, *EVALUATE, "--json").json for _ in range(2))
    other = run("evaluate", model, *EVALUATE, "--json", "--seed", 1).json
    assert first == again
    assert other["elbo"] != first["elbo"]


def test_that_evaluate_without_json_names_each_figure_with_its_unit(run, model):
    outcome = run("evaluate", model, *EVALUATE)
    assert outcome.code == 0
    for word in ("ELBO", "reconstruction", "KL", "log p(x)", "nats"):
        assert word in outcome.out
    assert outcome.err == ""


def test_that_evaluate_takes_every_picture_of_split_all(run, model):
    assert run("evaluate", model, *EVALUATE, "--split", "all", "--json").json["images"] == 128


def test_that_list_shows_models_and_data_sets(run, monkeypatch: pytest.MonkeyPatch, model: Path):
    monkeypatch.setattr(shipped, "MODELS", model.parent)
    result = run("list", "--json").json
    (listed,) = result["models"]
    assert (listed["name"], listed["kind"], listed["latents"]) == ("tiny", "vae", 2)
    assert listed["metrics"] == {"elbo": -12.5}
    assert {"mnist", "toy"} <= {entry["name"] for entry in result["data"]}
    plain = run("list").out
    assert "tiny" in plain
    assert "-12.50" in plain


def test_that_list_goes_on_past_a_damaged_model(run, monkeypatch: pytest.MonkeyPatch, model: Path):
    (model.parent / "broken.safetensors").write_bytes(b"")
    monkeypatch.setattr(shipped, "MODELS", model.parent)
    outcome = run("list")
    assert outcome.code == 0
    assert "broken" in outcome.out
    assert "is empty" in outcome.out
    assert "Variational autoencoder" in outcome.out


def test_that_a_shipped_name_stands_for_its_file(run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    save_tiny_model(tmp_path / "small.safetensors")
    monkeypatch.setattr(shipped, "MODELS", tmp_path)
    assert run("evaluate", "small", *EVALUATE, "--json").json["model"] == "small"


def test_that_info_prints_versions_and_devices(run):
    outcome = run("--info")
    assert outcome.code == 0
    for word in (__version__, "python", "torch", "numpy", "PySide6", "pyqtgraph", "pillow", "safetensors"):
        assert word in outcome.out
    assert "device cpu" in outcome.out


def test_that_figures_that_are_no_numbers_are_refused_instead_of_written_as_json(run, tmp_path: Path):
    from latentlab.commands.console import print_json
    from latentlab.errors import LabError

    with pytest.raises(LabError, match="finite"):
        print_json({"elbo": math.nan})


def test_that_an_autoencoder_is_listed_without_an_elbo(run):
    line = next(line for line in run("list").out.splitlines() if "mnist-ae-2d" in line)
    assert "test reconstruction -1" in line
    assert "ELBO" not in line


def test_that_evaluate_says_when_held_out_pictures_were_learnt_from(run, tmp_path: Path):
    data = folder_of(tmp_path / "data", 40)
    small = ("--encoder-widths", 8, "--decoder-widths", 8, "--batch", 8, "--epochs", 1)
    out = tmp_path / "m.safetensors"
    assert run("train", "vae", "--data", data, "--out", out, *small).code == 0
    few = ("--samples", 2, "--likelihood-images", 1, "--json")
    honest = run("evaluate", out, "--data", data, *few)
    assert honest.json["learnt_from"] == 0
    assert "used to train" not in honest.err
    # The same pictures, in folders that hold out what was not: all of those were learnt from.
    held_out = set(catalog.load(str(data), "test").keys.names)
    for path in sorted(data.iterdir()):
        folder = data / ("train" if path.name in held_out else "test")
        folder.mkdir(exist_ok=True)
        path.rename(folder / path.name)
    outcome = run("evaluate", out, "--data", data, *few)
    learnt = 40 - len(held_out)
    assert outcome.json["learnt_from"] == learnt
    assert (
        f"note: {learnt} of the {learnt} held-out pictures of data were used to train this model"
        in outcome.err
    )


def test_that_a_model_of_ones_own_pictures_is_neither_judged_nor_encoded_on_others(
    run, model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delitem(catalog.CATALOG, "toy")
    asked = "tiny was trained on toy, pictures of your own, and its file does not say where they are"
    assert asked in run("evaluate", model).complaint
    assert asked in run("encode", model, "-o", tmp_path / "z.npz").complaint
    assert not (tmp_path / "z.npz").exists()


def test_that_what_a_model_learnt_from_is_encoded_if_nothing_else_is_asked_for(run, model, tmp_path: Path):
    assert run("encode", model, "-o", tmp_path / "z.npz").code == 0
    with np.load(tmp_path / "z.npz") as stored:
        assert stored["files"][0] == "test/00000"
        assert len(stored["z"]) == 64


def test_that_a_model_that_neither_encodes_nor_draws_is_named_before_its_pictures_are_asked_for(run):
    assert "mnist-classifier has no ELBO to evaluate" in run("evaluate", "mnist-classifier").complaint
