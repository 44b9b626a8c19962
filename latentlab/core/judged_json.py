"""The judge's table as JSON, and back. Torch-free.

What is read back is checked field by field: a kept file can be damaged, or of another version.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, get_args

from latentlab.core.judged_columns import columns
from latentlab.core.judgement import SPACES, Behind, Cell, Row, Shows, Table
from latentlab.core.measures import DensityTag, Measure, Tightness

# The most pictures that a cell names.
MOST_BEHIND = 64


def cell_as_dict(cell: Cell) -> dict[str, Any]:
    """A cell without the fields that say nothing."""
    whole = dataclasses.asdict(cell)
    empty = dataclasses.asdict(Cell())
    return {name: one for name, one in whole.items() if name == "value" or one != empty[name]}


def cell_from(fields: object) -> Cell:
    """A cell from its fields.

    Raises:
        ValueError: for something else.
    """
    found = _mapping(fields)
    behind = _mapping(found.get("behind", {}))
    tag = found.get("tag")
    return Cell(
        value=_number(found.get("value")),
        error=_number(found.get("error")),
        count=_whole(found.get("count", 0)),
        seconds=_number(found.get("seconds")) or 0.0,
        floor=_number(found.get("floor")),
        floor_error=_number(found.get("floor_error")),
        tag=None if tag is None else _tag(_mapping(tag)),
        note=_text(found.get("note", "")),
        behind=Behind(
            _one_of(behind.get("shows", ""), get_args(Shows)),
            tuple(map(_whole, _list(behind.get("numbers", []))[:MOST_BEHIND])),
            _text(behind.get("words", "")),
        ),
    )


def table_as_dict(table: Table) -> dict[str, Any]:
    """The table as one object, with everything in it except the columns' texts, which come from the program.

    `models` is a list of `name`, `density`, `samples`, `representation` (figures by name, None where a model
    cannot be measured so; samples in the chief feature space, the others under `spaces`), and `cells`, which
    hold the same with errors, counts, seconds, floors and notes.
    """
    chief = {column.space for column in table.columns if column.chief and column.space}
    return {
        "data": table.data,
        "fingerprint": table.fingerprint,
        "pictures": table.pictures,
        "seed": table.seed,
        "version": table.version,
        "chief": next(iter(chief), SPACES[0]),
        "models": [row_as_dict(row, table) for row in table.rows],
    }


def row_as_dict(row: Row, table: Table) -> dict[str, Any]:
    """A model of the table; see `table_as_dict`."""
    samples: dict[str, Any] = {}
    spaces: dict[str, dict[str, Any]] = {}
    for column in table.of_axis("samples"):
        cell = row.cells.get(column.key, Cell())
        figures = {column.name: cell.value, **({f"{column.name}_floor": cell.floor} if column.floor else {})}
        if column.space:
            spaces.setdefault(column.space, {}).update(figures)
        if column.chief or not column.space:
            samples.update(figures)
    return {
        "name": row.name,
        "hash": row.hash,
        "kind": row.kind,
        "learnt": row.learnt,
        "density": _density_of(row),
        "samples": {**samples, "seconds_per_1000": row.sampling, "spaces": spaces},
        "representation": {
            column.name: row.cells.get(column.key, Cell()).value for column in table.of_axis("representation")
        },
        "cells": {key: cell_as_dict(cell) for key, cell in row.cells.items()},
    }


def _density_of(row: Row) -> dict[str, Any]:
    cell = row.cells.get("nats", Cell())
    return {
        "nats": cell.value,
        "tag": None if cell.tag is None else cell.tag.how,
        "measure": None if cell.tag is None else cell.tag.measure,
        "bits_per_dimension": row.cells.get("bits", Cell()).value,
    }


def table_from(fields: object) -> Table:
    """A table from `table_as_dict`.

    Raises:
        ValueError: for something else.
    """
    found = _mapping(fields)
    return Table(
        data=_text(found.get("data")),
        fingerprint=_text(found.get("fingerprint")),
        pictures=_whole(found.get("pictures")),
        seed=_whole(found.get("seed")),
        version=_whole(found.get("version")),
        columns=columns(_one_of(found.get("chief"), SPACES)),
        rows=tuple(_row(_mapping(row)) for row in _list(found.get("models"))),
    )


def _row(found: Mapping[str, Any]) -> Row:
    cells = _mapping(found.get("cells"))
    learnt = found.get("learnt")
    return Row(
        name=_text(found.get("name")),
        hash=_text(found.get("hash")),
        kind=_text(found.get("kind", "")),
        cells={str(key): cell_from(cell) for key, cell in cells.items()},
        learnt=None if learnt is None else _whole(learnt),
        sampling=_number(_mapping(found.get("samples", {})).get("seconds_per_1000")),
    )


def _tag(found: Mapping[str, Any]) -> DensityTag:
    return DensityTag(
        _one_of(found.get("how"), get_args(Tightness)), _one_of(found.get("measure"), get_args(Measure))
    )


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("an object was expected")
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise ValueError("a list was expected")
    return list(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a text was expected")
    return value


def _whole(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("a whole number was expected")
    return value


def _number(value: object) -> float | None:
    if value is None:
        return None
    if type(value) not in (int, float) or not math.isfinite(value):  # type: ignore[arg-type]
        raise ValueError("a number was expected")
    return float(value)  # type: ignore[arg-type]


def _one_of(value: object, choices: tuple[Any, ...]) -> Any:
    if value not in choices:
        raise ValueError(f"one of {', '.join(map(str, choices))} was expected")
    return value
