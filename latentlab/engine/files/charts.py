"""Exports charts: drawings as SVG, and the numbers behind a drawing as a table. Pictures of charts are
pixels, and are written like any other picture.

An SVG holds its provenance, as JSON, in its `desc`; a table holds none.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from latentlab.engine.files.atomic import write_atomically
from latentlab.engine.files.destination import check_destination
from latentlab.engine.files.export import spreadsheet_cell
from latentlab.errors import LabError

SVG_SUFFIX, TABLE_SUFFIX = ".svg", ".csv"
# A column is a sequence of numbers or texts; all columns of a table are equally long.
Columns = Mapping[str, Sequence[object]]


def save_svg(path: str | Path, drawing: bytes, *, overwrite: bool = False) -> Path:
    """Writes a drawing.

    Raises:
        LabError: for another ending, or a file that cannot be written; an existing one is then intact.
    """
    path = check_destination(path, overwrite=overwrite, suffixes=(SVG_SUFFIX,))
    return write_atomically(path, drawing, overwrite=overwrite)


def save_table(path: str | Path, columns: Columns, *, overwrite: bool = False) -> Path:
    """Writes named columns as .csv, with a row of their names; what is unknown (NaN or None) is left empty.

    Raises:
        LabError: for another ending, columns that are not equally long, or a file that cannot be written.
    """
    path = check_destination(path, overwrite=overwrite, suffixes=(TABLE_SUFFIX,))
    if len({len(column) for column in columns.values()}) > 1:
        raise LabError("columns of different lengths make no table", path)
    page = io.StringIO(newline="")
    table = csv.writer(page, lineterminator="\n")
    table.writerow([spreadsheet_cell(name) for name in columns])
    table.writerows([_cell(value) for value in row] for row in zip(*columns.values(), strict=True))
    return write_atomically(path, page.getvalue().encode("utf-8"), overwrite=overwrite)


def rows_of(columns: Columns) -> int:
    """How many rows a table has."""
    return len(next(iter(columns.values()), ()))


def _cell(value: object) -> object:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return spreadsheet_cell(value) if isinstance(value, str) else value
