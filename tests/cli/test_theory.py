"""`latentlab theory` and `latentlab.theory`: one object of named numbers, words, and clear refusals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

import latentlab
from latentlab.data import catalog
from tests.cli.conftest import Outcome

Run = Callable[..., Outcome]


def test_that_its_json_is_the_ladder_of_the_picture(run: Run) -> None:
    found = run("theory", "mnist-ppca-2d", "--index", "4", "--json").json
    assert found["exact"] == pytest.approx(found["quadrature"], abs=0.01)
    assert found["exact"] == pytest.approx(found["importance"]["5000"], abs=0.01)
    assert found["gap"] == pytest.approx(0.0, abs=0.01)
    assert found["elbo"] == pytest.approx(found["reconstruction"] - found["kl"])
    assert found["prior_jensen"] < found["naive"] <= found["exact"] + 1.0
    ladder = latentlab.theory("mnist-ppca-2d", 4)
    assert ladder.elbo.value == found["elbo"]


def test_that_in_words_each_way_has_its_line(run: Run) -> None:
    said = run("theory", "mnist-vae-2d", "--index", "0").out
    for words in (
        "Jensen under the prior",
        "naive Monte Carlo",
        "ELBO",
        "K = 5,000",
        "quadrature",
        "not a bound",
    ):
        assert words in said
    assert "closed form" not in said


def test_that_a_model_without_a_prior_and_a_picture_that_is_not_there_are_refused(run: Run) -> None:
    said = run("theory", "mnist-ae-2d", "--index", "0").complaint
    assert "mnist-ae-2d.safetensors: the model has no prior" in said
    assert "no number 99,999" in run("theory", "mnist-vae-2d", "--index", "99999").complaint


def test_that_a_picture_file_has_the_ladder_of_the_same_picture_of_the_data(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "four.png"
    Image.fromarray(catalog.load("mnist", "test").images[4, 0].numpy()).save(file)
    own = run("theory", "mnist-ppca-2d", "--image", file, "--json").json
    same = run("theory", "mnist-ppca-2d", "--index", "4", "--json").json
    assert own.pop("image") == str(file)
    assert own == {key: value for key, value in same.items() if key not in ("data", "split", "index")}
    assert "log p(x) of four.png" in run("theory", "mnist-ppca-2d", "--image", file).out


def test_that_a_conditional_model_is_told_what_a_picture_file_shows(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "dots.png"
    Image.new("L", (28, 28), 90).save(file)
    assert "needs a condition" in run("theory", "mnist-cvae-2d", "--image", file).complaint
    elbos = [
        run("theory", "mnist-cvae-2d", "--image", file, "--condition", digit, "--json").json["elbo"]
        for digit in "01"
    ]
    assert elbos[0] != elbos[1]


def test_that_a_picture_file_that_is_not_there_and_a_needless_condition_are_refused(run: Run) -> None:
    assert "nowhere.png" in run("theory", "mnist-vae-2d", "--image", "nowhere.png").complaint
    said = run("theory", "mnist-cvae-2d", "--index", "0", "--condition", "3").complaint
    assert "--condition goes with --image" in said
