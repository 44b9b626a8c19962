"""`latentlab theory` and `latentlab.theory`: one object of named numbers, words, and clear refusals."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import latentlab
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
