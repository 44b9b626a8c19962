"""What the shipped tables of the judge say of a model's pictures, for its card. Torch-free."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from latentlab.core.judged_json import table_from
from latentlab.core.judgement import Table
from latentlab.data.files import open_to_read
from latentlab.shipped import JUDGED

_FRECHET = "frechet"


def judged_pictures(data: str, model_hash: str) -> str:
    """How far the samples of a judged model are from the pictures of its data, in words.

    It is the one figure of samples that compares models of all kinds that learn from the same data.

    Args:
        data: the data set's name.
        model_hash: of the model's file.

    Returns:
        A text such as "Fréchet distance 6.89 (lower is better)"; "" for a model that no table has.
    """
    table = _table(JUDGED, data)
    row = next((row for row in table.rows if row.hash == model_hash), None) if table else None
    if table is None or row is None or not model_hash:
        return ""
    for column in table.of_axis("samples"):
        cell = row.cells.get(column.key)
        if column.name == _FRECHET and column.chief and cell is not None and cell.value is not None:
            return f"Fréchet distance {column.text(cell.value)} ({column.better} is better)"
    return ""


def table_in(folder: Path, data: str) -> Table | None:
    """The judge's table of a data set in a folder of them; None if there is none, or it is unreadable."""
    if "/" in data or "\\" in data:  # the path of somebody's own data
        return None
    try:
        with open_to_read(folder / f"{data}.json") as stream:
            return table_from(json.loads(stream.read()))
    except (OSError, ValueError):
        return None


# The files that ship do not change while the program runs.
_table = cache(table_in)
