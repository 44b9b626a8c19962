"""Names from files on the command line: they are shown, and do nothing to the terminal."""

from __future__ import annotations

import dataclasses
import io
import re
import sys
from pathlib import Path

import pytest
import torch

from latentlab.commands.console import progress_bar
from latentlab.commands.printing import say, warn
from latentlab.data import catalog
from latentlab.data.report import Notebook
from tests.tiny import save_tiny_cvae, save_tiny_model, toy_set

NAMES = (
    "[bold]x[/bold]",
    "\x1b[2J\x1b]8;;http://x\x07a\x1b]8;;\x07",
    "exe.\u202egpj\nlatentlab: all is well",
    "z" * 900,
)
# What a terminal would act on, but for the end of a line.
ACTS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


@pytest.fixture(autouse=True)
def _hostile_data(monkeypatch: pytest.MonkeyPatch, _toy_data: None) -> None:
    def load(folder: Path, split: str):
        has = torch.rand(64, len(NAMES), generator=torch.Generator().manual_seed(len(split))) < 0.5
        return dataclasses.replace(
            toy_set(split), labels=None, classes=(), attributes=has, attribute_names=NAMES
        )

    monkeypatch.setitem(catalog.CATALOG, "toy", catalog.Entry("toy", "random dots", load))


def test_that_a_table_shows_hostile_names_on_their_lines_in_columns(run, model):
    outcome = run("attributes", model)
    assert (outcome.code, outcome.err) == (0, "")
    assert not ACTS.search(outcome.out)
    lines = outcome.out.splitlines()
    assert len(lines) == 1 + 1 + len(NAMES) + 1
    assert [line.split()[0] for line in lines[2:4]] == [
        "[bold]x[/bold]",
        "\\x1b[2J\\x1b]8;;http://x\\x07a\\x1b]8;;\\x07",
    ]
    assert lines[4].startswith("  exe.\\u202egpj\\nlatentlab: all is well ")
    assert lines[5].startswith(f"  {'z' * 32}…{'z' * 31}  ")
    heads = lines[1].index("with") + len("with")
    assert all(line[heads - 1].isdigit() and line[heads] == " " for line in lines[2:-1])


def test_that_json_says_the_names_themselves(run, model):
    outcome = run("attributes", model, "--json")
    assert [one["name"] for one in outcome.json["attributes"]] == list(NAMES)
    assert not ACTS.search(outcome.out)


def test_that_a_refusal_shows_hostile_names_and_nothing_else_happens(run, tmp_path):
    told = save_tiny_cvae(tmp_path / "told.safetensors", NAMES[:3], data="toy")
    outcome = run("sample", told, "-n", 2, "--condition", "\x1b[31mHat=1", "--out", tmp_path / "a.png")
    assert not ACTS.search(outcome.complaint)
    assert "\\x1b[31mHat" in outcome.complaint
    missing = tmp_path / "no\x1b[2J\u202e.safetensors"
    assert "no\\x1b[2J\\u202e.safetensors" in run("sample", missing, "--out", tmp_path / "b.png").complaint


def test_that_what_was_written_is_told_with_its_hostile_path(run, tmp_path):
    model = save_tiny_model(tmp_path / "m\x1b[31m.safetensors")
    outcome = run("sample", model, "-n", 2, "--out", tmp_path / "a\x1b]0;x\x07b.png")
    assert outcome.out == f"Wrote {tmp_path}/a\\x1b]0;x\\x07b.png: 2 pictures, seed 0\n"


def test_that_files_that_are_left_out_are_told_a_line_each():
    book = Notebook()
    book.skip("a\x1b[2J\nb.png", "is damaged")
    lines = book.report("set\u202e", "folder of pictures", 3).in_words().split("\n")
    assert lines[0] == "3 pictures read from set\\u202e (folder of pictures)."
    assert lines[2] == "  a\\x1b[2J\\nb.png: is damaged"


def test_that_a_bar_reads_no_markup_and_sends_no_escape(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with progress_bar("Encoding [bold]x[/bold]\x1b]52;c;eA==\x07") as show:
        show(0.5, "[link=http://x]y[/link]\x1b[2J")
    assert "[bold]x[/bold]\\x1b]52;c;eA==\\x07" in screen.getvalue()
    assert "[link=http://x]y[/link]\\x1b[2J" in screen.getvalue()
    assert "\x1b]" not in screen.getvalue()
    assert "\x1b[2J" not in screen.getvalue()


def test_that_letters_a_terminal_lacks_are_told_by_number(monkeypatch):
    screen = io.TextIOWrapper(io.BytesIO(), "ascii")
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setattr(sys, "stderr", screen)
    say("東 class", "b")
    warn("Ж")
    screen.flush()
    assert screen.buffer.getvalue() == b"\\u6771 class\nb\n\\u0416\n"
