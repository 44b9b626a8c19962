"""The tables that ship: of the models that ship, measured as the judge measures now."""

from __future__ import annotations

from pathlib import Path

import pytest

from latentlab.core.judgement import JudgeBegan
from latentlab.engine.evaluation.judge.run import PICTURES, VERSION, judge
from latentlab.engine.evaluation.judge.shipped import models_to_ship, shipped_table
from latentlab.engine.files.model_hash import hash_of
from latentlab.shipped import model_files


@pytest.mark.parametrize("data", ["mnist", "faces"])
def test_that_the_table_that_ships_is_of_the_models_that_ship(data: str) -> None:
    """If this fails, judge them again: `latentlab judge --shipped --data mnist -o resources/judged/mnist.json
    --force` measures what has changed, and what is not measured yet, and keeps the rest.
    """
    table = shipped_table(data)
    assert table is not None
    assert (table.pictures, table.seed, table.version) == (PICTURES, 0, VERSION)
    files = model_files()
    wanted = {name: hash_of(files[name]) for name in models_to_ship(data)}
    assert {row.name: row.hash for row in table.rows} == wanted
    for row, column, cell in table.all_cells():
        assert cell is None or cell.value is not None or cell.note, (row.name, column.key)
    for row in table.rows:
        assert any(cell.value is not None for cell in row.cells.values()) or row.sampling is None, row.name


@pytest.mark.slow
@pytest.mark.parametrize("data", ["mnist", "faces"])
def test_that_the_table_that_ships_is_taken_for_what_it_is(data: str, tmp_path: Path) -> None:
    """It is of the pictures and the classifier that ship: what it has is not measured again."""
    events = judge(models_to_ship(data), data, store=tmp_path)
    first = next(events)
    events.close()
    assert isinstance(first, JudgeBegan)
    assert first.table == shipped_table(data)
    # What was asked is noted, for the next start; no figure is.
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["asked.json"]
