"""The judge's table as columns for a CSV file, and as Markdown. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

from latentlab.core.judgement import Column, Row, Table
from latentlab.qt.views.judge.words import SIGNS, figure_of, full_title


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


def as_csv(table: Table, rows: Sequence[Row]) -> str:
    """The same as the text of a CSV file."""
    import csv
    import io

    columns, page = as_columns(table, rows), io.StringIO(newline="")
    lines = csv.writer(page, lineterminator="\n")
    lines.writerow(columns)
    lines.writerows(zip(*columns.values(), strict=True))
    return page.getvalue()


def as_markdown(rows: Sequence[Row], columns: Sequence[Column]) -> str:
    """The shown figures as a table in Markdown, each with its error, its sign and the tag of a density."""
    lines = [
        ["Model", *map(full_title, columns)],
        ["---", *["---:"] * len(columns)],
        *([_safe(row.name), *(_cell(row, column) for column in columns)] for row in rows),
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(row: Row, column: Column) -> str:
    cell = row.cells.get(column.key)
    if cell is None or cell.value is None:
        return "" if cell is None else figure_of(column, cell)
    error = column.text(cell.error).removesuffix(" %")
    tag = "" if cell.tag is None else f"({cell.tag.how}, {cell.tag.measure})"
    parts = figure_of(column, cell), error and f"± {error}", SIGNS[column.standing(cell)], tag
    return " ".join(filter(None, parts))


def _safe(name: str) -> str:
    return name.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")
