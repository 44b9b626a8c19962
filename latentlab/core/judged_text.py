"""The judge's table as text: Markdown, CSV, and lines for a terminal. Torch-free."""

from __future__ import annotations

import csv
import io

from latentlab.core.judgement import AXES, Axis, Cell, Column, Row, Standing, Table

TITLES: dict[Axis, str] = {"density": "Density", "samples": "Samples", "representation": "Representation"}
SIGNS: dict[Standing, str] = {"better": "▲", "worse": "▼", "alike": "≈", "": ""}
_FIELDS = (
    "model", "hash", "axis", "column", "space", "value", "error", "pictures", "seconds",
    "floor", "floor_error", "standing", "how", "measure", "place", "of", "note",
)  # fmt: skip
LEGEND = "▲ better than the floor, ▼ worse, ≈ within the errors; in brackets the floor."


def cell_text(column: Column, cell: Cell | None) -> str:
    """A figure with its error, sign and floor: "3.21 ± 0.10 ▼ (1.02)"; "-" where there is none."""
    if cell is None or cell.value is None:
        return "-"
    text = column.text(cell.value)
    if cell.error is not None:
        text = f"{text.removesuffix(' %')} ± {column.text(cell.error)}"
    if cell.floor is not None:
        text += f" {SIGNS[column.standing(cell)]} ({column.text(cell.floor)})"
    return text if cell.tag is None else f"{text}, {cell.tag.how}, {cell.tag.measure}"


def markdown(table: Table) -> str:
    """A table for each axis, the chief columns only."""
    lines = [
        f"# Models judged on {table.data}",
        "",
        f"{table.pictures:,} samples of each, seed {table.seed}. {LEGEND}",
        "Densities of different measures do not compare.",
    ]
    for axis in AXES:
        chief = [column for column in table.of_axis(axis) if column.chief]
        lines += ["", f"## {TITLES[axis]}", ""]
        lines.append("| model | " + " | ".join(_heading(column) for column in chief) + " |")
        lines.append("| --- |" + " ---: |" * len(chief))
        for row in table.rows:
            cells = (cell_text(column, row.cells.get(column.key)) for column in chief)
            lines.append(f"| {_escaped(row.name)} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])


def in_lines(table: Table) -> list[str]:
    """The same for a terminal: a block of lines for each model."""
    lines = [f"Judged on {table.data}, {table.pictures:,} samples of each. {LEGEND}"]
    wide = max((len(_heading(column)) for column in table.columns if column.chief), default=0)
    for row in table.rows:
        lines.append(row.name)
        for axis in AXES:
            for column in table.of_axis(axis):
                cell = row.cells.get(column.key, Cell())
                if column.chief and cell.value is not None:
                    told = cell_text(column, cell) + _place(table, row, column)
                    lines.append(f"  {_heading(column):<{wide}}  {told}")
            if why := _why_none(table, row, axis):
                lines.append(f"  {TITLES[axis]:<{wide}}  none: {why}")
    return lines


def as_csv(table: Table) -> str:
    """A line for each figure of each model, with a heading."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_FIELDS)
    for row, column, cell in table.all_cells():
        if cell is None:
            continue
        rank = table.ranks(column.key).get(row.hash)
        tag = cell.tag
        writer.writerow(
            (
                row.name, row.hash, column.axis, column.name, column.space, cell.value, cell.error,
                cell.count, round(cell.seconds, 2), cell.floor, cell.floor_error, column.standing(cell),
                tag.how if tag else "", tag.measure if tag else "",
                rank.place if rank else "", rank.of if rank else "", cell.note,
            )
        )  # fmt: skip
    return stream.getvalue()


def _heading(column: Column) -> str:
    return f"{column.title} ({column.unit})" if column.unit not in ("", "%") else column.title


def _place(table: Table, row: Row, column: Column) -> str:
    rank = table.ranks(column.key).get(row.hash)
    if rank is None or rank.of < 2:
        return ""
    return f"   {rank.place} of {rank.of}" + (f" in {rank.measure}" if rank.measure else "")


def _why_none(table: Table, row: Row, axis: Axis) -> str:
    """Why a model has no figure on an axis; "" if it has one, or is not measured yet."""
    cells = [row.cells[column.key] for column in table.of_axis(axis) if column.key in row.cells]
    if not cells or any(cell.value is not None for cell in cells):
        return ""
    return cells[0].note


def _escaped(name: str) -> str:
    return name.replace("|", "\\|")
