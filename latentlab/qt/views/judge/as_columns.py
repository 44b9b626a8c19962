"""The judge's table as columns of numbers, a row for each model. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

from latentlab.core.judgement import Row, Table


def as_columns(table: Table, rows: Sequence[Row]) -> dict[str, list[object]]:
    """Every figure of these rows, with error, floor, N, and tag where there are any; shares from 0 to 1."""
    found: dict[str, list[object]] = {
        "model": [row.name for row in rows],
        "hash": [row.hash for row in rows],
        "kind": [row.kind for row in rows],
        "seconds a thousand samples": [row.sampling for row in rows],
    }
    for column in table.columns:
        cells = [row.cells.get(column.key) for row in rows]
        if all(cell is None for cell in cells):
            continue
        found[column.key] = [cell and cell.value for cell in cells]
        parts: dict[str, list[object]] = {
            "error": [cell and cell.error for cell in cells],
            "floor": [cell and cell.floor for cell in cells],
            "n": [cell.count if cell is not None and cell.value is not None else None for cell in cells],
            "how": [cell.tag.how if cell is not None and cell.tag is not None else None for cell in cells],
            "measure": [
                cell.tag.measure if cell is not None and cell.tag is not None else None for cell in cells
            ],
        }
        for name, part in parts.items():
            if any(one is not None for one in part):
                found[f"{column.key} {name}"] = part
    return found
