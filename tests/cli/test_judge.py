"""`latentlab judge` and `latentlab.judge`: one object, a table in a file, and what is kept after a stop."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import latentlab
from latentlab.core.judged_json import table_from
from tests.cli.conftest import Outcome
from tests.tiny import save_tiny_classifier, save_tiny_ddpm, save_tiny_model

Run = Callable[..., Outcome]


@pytest.fixture
def two(tmp_path: Path) -> tuple[str, ...]:
    """Two models of the toy data, where figures are kept, and a classifier."""
    models = save_tiny_model(tmp_path / "vae.safetensors"), save_tiny_ddpm(tmp_path / "ddpm.safetensors")
    eye = save_tiny_classifier(tmp_path / "eye.safetensors")
    how = (
        "--data",
        "toy",
        "--pictures",
        24,
        "--store",
        tmp_path / "kept",
        "--classifier",
        eye,
        "--device",
        "cpu",
    )
    return tuple(map(str, (*models, *how)))


@pytest.mark.slow
def test_that_its_json_has_what_was_promised(run: Run, two: tuple[str, ...], tmp_path: Path) -> None:
    found = run("judge", *two, "--json").json
    vae, ddpm = found["models"]
    assert (vae["name"], ddpm["name"]) == ("vae", "ddpm")
    assert vae["density"]["measure"] == "binary"
    assert vae["density"]["tag"] == "estimate"
    assert vae["density"]["nats"] < 0.0
    assert ddpm["density"]["nats"] is None
    for model in (vae, ddpm):
        samples = model["samples"]
        for name in (
            "frechet",
            "frechet_floor",
            "kid",
            "precision",
            "recall",
            "density",
            "coverage",
            "copies",
        ):
            assert samples[name] is not None, name
        assert samples["spaces"]["pixels"]["frechet_floor"] > 0.0
    assert set(vae["representation"]) >= {"probe_100", "probe_1000", "probe_all", "reconstruction"}
    assert vae["representation"]["reconstruction"] > 0.0
    assert set(ddpm["representation"].values()) == {None}
    assert table_from(found).rows[0].hash == vae["hash"]
    # Every figure is kept by now: the same from Python at once, and in words.
    table = latentlab.judge(two[:2], "toy", 24, store=tmp_path / "other", progress=lambda share, words: None)
    assert [row.name for row in table.rows] == ["vae", "ddpm"]
    said = run("judge", *two).out
    assert "Fréchet" in said
    assert "Density" in said
    assert "none: a diffusion model of this kind does not say" in said


@pytest.mark.slow
def test_that_a_table_is_written_as_asked(run: Run, two: tuple[str, ...], tmp_path: Path) -> None:
    for ending in ("md", "csv", "json"):
        out = tmp_path / f"table.{ending}"
        assert "2 models judged on toy" in run("judge", *two, "-o", out).out
        assert "already exists" in run("judge", *two, "-o", out).complaint
    lines = (tmp_path / "table.md").read_text(encoding="utf-8").splitlines()
    heads = [line for line in lines if line.startswith("| model")]
    assert len(heads) == 3
    assert sum(line.startswith("| vae ") for line in lines) == 3
    for head, under in ((line, lines[number + 2]) for number, line in enumerate(lines) if line in heads):
        assert head.count("|") == under.count("|")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "table.csv").read_text(encoding="utf-8"))))
    whole = table_from(json.loads((tmp_path / "table.json").read_text()))
    assert len(rows) == 2 * len(whole.columns)
    assert {row["measure"] for row in rows if row["column"] == "nats"} == {"binary", ""}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("judge", "--data", "toy"), "no model was given"),
        (("judge", "mnist-vae-2d", "--data", "toy"), "28 x 28 grey"),
        (("judge", "nobody", "--data", "toy"), "'nobody'"),
        (("judge", "mnist-vae-2d", "--data", "mnist", "--pictures", "3"), "from 12"),
        (("judge", "mnist-vae-2d", "--data", "mnist", "-o", "x.pdf"), "'.pdf' is unknown"),
        (("judge", "mnist-vae-2d"), "--data"),
    ],
)
def test_that_what_cannot_be_judged_is_refused(run: Run, words: tuple[str, ...], why: str) -> None:
    assert why in run(*words).complaint


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="Ctrl+C is sent as a signal")
def test_that_ctrl_c_leaves_what_is_done(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    words = ("judge", "mnist-ppca-2d", "--data", "mnist", "--store", str(kept), "--pictures", "24")
    with subprocess.Popen(
        [sys.executable, "-m", "latentlab", *words], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        while not list(kept.rglob("reconstruction.json")):
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert out == ""
    assert "what was measured is kept" in err
    assert "Traceback" not in err
