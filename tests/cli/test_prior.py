"""`latentlab prior` fits a mixture to a model's encodings; the file it writes is a model like any other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Outcome
from tests.tiny import save_tiny_classifier

Run = Callable[..., Outcome]


def test_that_it_writes_a_model_with_the_prior(run: Run, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "mixture.safetensors"
    said = run("prior", model, "--components", "1,2", "--data", "toy", "-o", out)
    assert "N(0, I)" in said.out
    assert "1 Gaussian " in said.out
    assert said.out.count("taken") == 1
    assert f"Wrote {out}" in said.out
    assert run("evaluate", out, "--data", "toy", "--samples", "20", "--json").json["elbo"] < 0.0
    assert "9 pictures" in run("sample", out, "-n", 9, "-o", tmp_path / "s.png").out
    # Places of equal prior mass are known: by conditional quantiles.
    assert run("manifold", out, "-o", tmp_path / "m.png").code == 0


def test_that_its_json_says_what_was_compared(run: Run, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "mixture.safetensors"
    found = run("prior", model, "--components", "1,3", "--data", "toy", "-o", out, "--json").json
    assert found["path"] == str(out)
    assert set(found["held_out_by_components"]) == {"1", "3"}
    assert found["held_out_log_density"] == max(found["held_out_by_components"].values())
    assert found["held_out_log_density_standard"] < 0.0


def test_that_what_cannot_be_done_is_refused_before_anything_is_read(
    run: Run, model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "mixture.safetensors"
    judge = save_tiny_classifier(tmp_path / "judge.safetensors")
    assert "no latent space" in run("prior", judge, "--data", "toy", "-o", out).complaint
    assert "already exists" in run("prior", model, "--data", "toy", "-o", model).complaint
    assert "file extension" in run("prior", model, "--data", "toy", "-o", tmp_path / "a.pt").complaint
    assert not out.exists()
    assert run("prior", model, "--components", "0", "-o", out).code == 2


@pytest.mark.parametrize("how", ["draws", "means"])
def test_that_the_command_in_the_file_fits_the_same_prior_again(
    run: Run, model: Path, tmp_path: Path, how: str
) -> None:
    first, again = tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    words = ("prior", model, "--components", "2", "--fit-to", how, "--data", "toy", "--seed", "4")
    told = [run(*words, "-o", out, "--json").json for out in (first, again)]
    assert told[0] | {"path": ""} == told[1] | {"path": ""}
    assert told[0]["fitted_to"] == how
