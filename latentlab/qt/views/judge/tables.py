"""Which table is shown before and while models are judged. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from latentlab.core.judged_columns import columns
from latentlab.core.judgement import Row, Table
from latentlab.engine.files.model_catalog import KnownModel
from latentlab.models.registry import KINDS


def at_first(data: str, shipped: Table | None, models: Sequence[KnownModel], pictures: int) -> Table:
    """The table that ships, with an empty row for each other model; without one, empty rows alone."""
    table = shipped or Table(data, "", pictures, 0, 0, columns())
    named = {row.name for row in table.rows}
    others = tuple(_empty(one) for one in models if one.title not in named)
    return replace(table, rows=(*table.rows, *others))


def merged(begun: Table, before: Table | None) -> Table:
    """The table that is judged now, with the rows before it of other models if their figures compare."""
    if before is None or _terms(begun) != _terms(before):
        return begun
    names, hashes = {row.name for row in begun.rows}, {row.hash for row in begun.rows}
    others = [row for row in before.rows if row.cells and row.hash not in hashes and row.name not in names]
    return replace(begun, rows=(*begun.rows, *others))


def with_known(known: Table, before: Table) -> Table | None:
    """A table with figures of earlier judgings; None if those say nothing new of any model."""
    measured = {row.hash: len(row.cells) for row in before.rows}
    fresh = [row for row in known.rows if len(row.cells) > measured.get(row.hash, 0)]
    if not fresh:
        return None
    if _terms(known) != _terms(before) and any(row.cells for row in before.rows):
        return None  # a table that ships, of other pictures: the two do not compare
    return merged(known, before)


def lacking(table: Table, models: Sequence[KnownModel]) -> tuple[str, ...]:
    """The models that figures are lacking of, by name or path; all of them if there is none."""
    keys = {column.key for column in table.columns}
    judged = {row.name for row in table.rows if keys <= row.cells.keys()}
    found = tuple(one.model for one in models if one.title not in judged)
    return found or tuple(one.model for one in models)


def _empty(one: KnownModel) -> Row:
    kind = KINDS[one.kind].title if one.kind in KINDS else ""
    return Row(one.title, one.model, kind, path="" if one.model == one.title else one.model)


def _terms(table: Table) -> tuple[object, ...]:
    """What two tables must share for their figures to compare."""
    return table.data, table.fingerprint, table.pictures, table.seed, table.version
