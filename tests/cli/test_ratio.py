"""`latentlab ratio` and `latentlab.ratio`: one object, a text for readers, refusals in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import latentlab
from tests.cli.conftest import Outcome
from tests.tiny import save_tiny_model

Run = Callable[..., Outcome]


@pytest.mark.slow
def test_that_its_json_has_what_was_promised(run: Run, tmp_path: Path) -> None:
    model = save_tiny_model(tmp_path / "tiny.safetensors")
    how = ("--pictures", 40, "--store", tmp_path / "kept", "--device", "cpu")
    found = run("ratio", "toy", model, *how, "--json").json
    assert 0.5 < found["auc"] <= 1.0
    assert found["counts"] == {"a": 40, "b": 40}
    for side in "ab":
        assert found["log_ratio"][side] == sorted(found["log_ratio"][side])
    assert sum(one["count"] for one in found["calibration"]["curve"]) == 80
    said = run("ratio", "toy", model, *how).out
    assert "toy, test and samples of tiny can " in said
    assert " be told apart" in said
    assert "0.5: cannot be told apart, 1: always" in said
    again = latentlab.ratio("toy", latentlab.load_model(model), 40, store=tmp_path / "kept")
    assert isinstance(again, latentlab.RatioResult)
    assert again.auc == pytest.approx(found["auc"])
    assert np.median(again.a.log_ratio) > np.median(again.b.log_ratio)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("toy", "toy:test"), "share, the same pictures"),
        (("toy", "nobody"), "'nobody'"),
        (("toy", "mnist"), "28 x 28 grey"),
        (("toy",), "the following arguments are required: B"),
        (("toy", "toy:train", "--pictures", "3"), "from 40"),
    ],
)
def test_that_what_is_wrong_is_said_in_one_line(run: Run, words: tuple[str, ...], complaint: str) -> None:
    outcome = run("ratio", *words)
    assert outcome.code == 2
    assert complaint in outcome.complaint
