"""What became of a person's own data is told on stderr, short or whole, by every command that reads them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentlab.data import opening
from latentlab.data.report import Notebook

QUICK = (
    *("--epochs", 1, "--batch", 4, "--warmup-steps", 1, "--encoder-widths", 8, "--decoder-widths", "8,8"),
    *("--threads", 1, "--precision", "fp32", "--device", "cpu"),
)


@pytest.fixture(autouse=True)
def _nothing_remembered():
    opening.forget()
    yield
    opening.forget()


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Twelve pictures of 8 x 8, three that are damaged and ten of another kind."""
    folder = tmp_path / "own"
    folder.mkdir()
    for seed in range(12):
        levels = np.random.default_rng(seed).integers(0, 256, (8, 8), dtype=np.uint8)
        Image.fromarray(levels).save(folder / f"{seed:02}.png")
    for name in ("torn-a.jpg", "torn-b.jpg", "torn-c.png"):
        (folder / name).write_bytes(b"no")
    for number in range(10):
        (folder / f"{number}.heic").write_bytes(b"no")
    return folder


def test_that_training_tells_in_short_what_was_read_and_left_out(run, own, tmp_path):
    outcome = run("train", "vae", "--data", own, "--out", tmp_path / "m.safetensors", *QUICK)
    assert outcome.code == 0, outcome
    told = outcome.err.splitlines()
    start = told.index(f"12 pictures read from {own} (folder of pictures).")
    left_out = told.index("13 left out:")
    assert start < left_out < start + 6
    assert told[left_out + 1].startswith("  10 files: a HEIC picture, which LatentLab does not read; convert")
    assert told[left_out + 1].endswith("(0.heic, 1.heic, 2.heic and 7 more)")
    assert told[left_out + 2].startswith("  3 files: no picture in a known format")
    assert told[left_out + 3] == "--verbose gives more details."
    assert outcome.err.count("pictures read from") == 1
    assert "torn" not in outcome.out


def test_that_verbose_tells_of_each(run, own, model, tmp_path):
    outcome = run("encode", model, "--data", own, "-o", tmp_path / "z.npz", "--verbose")
    assert outcome.code == 0, outcome
    for name in ("torn-a.jpg", "torn-b.jpg", "torn-c.png", "9.heic"):
        assert f"  {name}: " in outcome.err
    assert "--verbose" not in outcome.err


def test_that_json_stays_json(run, own, model):
    outcome = run("evaluate", model, "--data", own, "--json", "--samples", 1)
    assert outcome.code == 0, outcome
    assert outcome.json["split"] == "test"
    assert "13 left out:" in outcome.err
    # Even if it is in memory by then.
    assert "13 left out:" in run("evaluate", model, "--data", own, "--json", "--samples", 1).err


def test_that_nothing_is_told_of_what_ships(run, model, tmp_path):
    outcome = run("encode", model, "--data", "toy", "-o", tmp_path / "z.npz")
    assert (outcome.code, outcome.err) == (0, "")


@pytest.mark.parametrize(
    "command",
    [
        "train vae",
        "evaluate",
        "encode",
        "sample",
        "attributes",
        "arithmetic",
        "diffuse",
        "edit",
        "inpaint",
    ],
)
def test_that_every_command_that_reads_data_can_be_verbose(run, command):
    outcome = run(*command.split(), "--help")
    assert outcome.code == 0
    assert "--verbose" in outcome.out


def test_that_names_in_a_report_reach_the_terminal_harmlessly(run, own, model, tmp_path):
    (own / "\x1b[31mred.heic").write_bytes(b"no")
    outcome = run("encode", model, "--data", own, "-o", tmp_path / "z.npz", "--verbose")
    assert "\x1b" not in outcome.err
    assert "red.heic: a HEIC picture" in outcome.err


def test_that_few_lines_stay_few():
    book = Notebook()
    for number in range(20):
        book.note(f"Note {number}")
        book.skip(f"{number}.png", f"reason {'x' * number}")
    short = book.report("x", "folder", 1).in_short().splitlines()
    assert len(short) <= 12
    assert "And 16 more notes." in short


def test_that_a_refusal_alone_is_told_where_nothing_was_left_out(run, own, tmp_path):
    for file in [*own.glob("torn*"), *own.glob("*.heic"), *own.glob("0[4-9].png"), *own.glob("1*.png")]:
        file.unlink()
    words = ("train", "vae", "--data", own, "--out", tmp_path / "m.safetensors", *QUICK)
    assert "4 pictures" in run(*words).complaint
    # What was left out may be why.
    (own / "torn.png").write_bytes(b"no")
    refused = run(*words)
    assert refused.code == 2
    assert "torn.png: no picture in a known format" in refused.err


def test_that_what_was_read_is_told_though_nothing_was_left_out(run, own, model, tmp_path):
    for file in [*own.glob("torn*"), *own.glob("*.heic")]:
        file.unlink()
    outcome = run("encode", model, "--data", own, "--split", "all", "-o", tmp_path / "z.npz")
    assert outcome.err.startswith(f"12 pictures read from {own} (folder of pictures).\n")
