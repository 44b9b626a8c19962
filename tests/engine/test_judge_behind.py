"""The pictures behind a cell, and the tables that ship."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from latentlab.core.judgement import Behind, Cell, JudgeDone, Table
from latentlab.data import catalog
from latentlab.engine.evaluation.judge import shipped
from latentlab.engine.evaluation.judge.behind import pictures_behind
from latentlab.engine.evaluation.judge.run import judge
from latentlab.engine.evaluation.judge.shipped import models_to_ship, shipped_table
from latentlab.errors import LabError
from tests.tiny import save_tiny_model, toy_set


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalog.CATALOG, "toy", catalog.Entry("toy", "", lambda _, split: toy_set(split)))


@pytest.fixture
def table(toy: None, tmp_path: Path) -> Table:
    """A model of the toy data, judged."""
    events = judge(
        [save_tiny_model(tmp_path / "vae.safetensors")], "toy", pictures=30, store=tmp_path / "kept"
    )
    *_, last = events
    assert isinstance(last, JudgeDone)
    return last.table


@pytest.mark.slow
def test_that_every_cell_opens_as_many_pictures_as_it_names(table: Table, tmp_path: Path) -> None:
    [row] = table.rows
    shown = set()
    for key, cell in row.cells.items():
        found = pictures_behind(row.path, "toy", table, cell, store=tmp_path / "kept")
        count = len(cell.behind.numbers)
        assert found.pictures.shape == (count, 8, 8), key
        assert found.pictures.dtype == np.uint8
        assert len(found.captions) == count
        assert (found.beside is not None) == (
            cell.behind.shows in ("reconstructions", "nearest") and count > 0
        )
        assert found.beside is None or found.beside.shape == found.pictures.shape
        shown.add(cell.behind.shows)
    assert shown >= {"samples", "held-out", "reconstructions", "nearest"}


@pytest.mark.slow
def test_that_they_are_the_pictures_that_it_names(table: Table, tmp_path: Path) -> None:
    [row] = table.rows
    held = pictures_behind(row.path, "toy", table, row.cells["nats"])
    numbers = list(row.cells["nats"].behind.numbers)
    np.testing.assert_array_equal(held.pictures, toy_set("test").images[numbers, 0])
    assert held.captions[0] == f"held-out picture {numbers[0]:,}"
    assert held.words == "the least likely held-out pictures"
    copies = row.cells["copies"]
    kept = pictures_behind(row.path, "toy", table, copies, store=tmp_path / "kept")
    again = pictures_behind(row.path, "toy", table, copies, store=tmp_path / "empty")
    assert np.abs(kept.pictures.astype(int) - again.pictures).max() <= 1
    assert kept.beside is not None
    train = toy_set("train").images[:, 0].flatten(1).double()
    for picture, beside in zip(kept.pictures, kept.beside, strict=True):
        far = (train - torch.from_numpy(picture).flatten().double()).square().sum(1)
        np.testing.assert_array_equal(beside.flatten(), train[far.argmin()].byte())


@pytest.mark.slow
def test_that_a_table_of_other_pictures_opens_nothing(table: Table, tmp_path: Path) -> None:
    cell = Cell(1.0, behind=Behind("held-out", (64,)))
    with pytest.raises(LabError, match="other pictures than when"):
        pictures_behind(table.rows[0].path, "toy", table, cell)


def test_that_a_strange_name_has_no_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "JUDGED", tmp_path)
    assert shipped_table("mnist") is None
    assert shipped_table("../mnist") is None
    (tmp_path / "mnist.json").write_text("{}")
    assert shipped_table("mnist") is None


def test_that_models_without_an_axis_are_not_judged_to_ship() -> None:
    names = models_to_ship("mnist")
    assert "mnist-vae-2d" in names
    assert "mnist-classifier" not in names
    assert not any(name.startswith("faces") for name in names)
