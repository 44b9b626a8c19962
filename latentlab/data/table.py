"""Tables that say what is true of each picture, a line a picture: CelebA's own text, or CSV.

    20000                               file,Hat,Smiling
    Hat Smiling                         000001.png,0,1
    000001.png -1  1                    000002.png,1,0
    000002.png  1 -1

Both ways of writing yes and no are read, 1/-1 and 1/0, each column by itself. A column that holds something
else (a name, an age) is no attribute and is passed over; a line with a stray value is left out. Whatever is
left out is told with its line number.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentlab.data.columns import Columns
from latentlab.data.files import open_to_read
from latentlab.data.limits import MAX_ATTRIBUTES, MAX_PICTURES, MAX_TABLE_BYTES
from latentlab.data.naming import match
from latentlab.data.report import Notebook, shown
from latentlab.data.told import Told
from latentlab.errors import LabError

_YES, _NO, _MINUS = 1, 0, -1
_VALUES = {"1": _YES, "1.0": _YES, "+1": _YES, "true": _YES, "0": _NO, "0.0": _NO, "false": _NO}
_VALUES |= {"-1": _MINUS, "-1.0": _MINUS}
_STRAY = 9
# A column with fewer proper values than this share is something else than an attribute.
_ENOUGH = 0.5


@dataclass(frozen=True, eq=False)
class Table:
    """What a table says: a row of `values` for each file name."""

    path: Path
    names: tuple[str, ...]
    files: tuple[str, ...]
    lines: tuple[int, ...]
    values: NDArray[np.bool_]


@dataclass(frozen=True)
class _Lines:
    """A table as text: the columns' names and, for each line, its number, the file and the rest."""

    names: list[str]
    rows: list[tuple[int, str, list[str]]]


def read_table(path: Path, book: Notebook) -> Table:
    """The attributes in a table; what is left out goes into the book.

    Raises:
        LabError: naming the file and, where there is one, the line.
    """
    return _attributes(read_lines(_content(path), path, book), path, book)


def read_told(
    content: bytes,
    name: str,
    pictures: Sequence[str],
    book: Notebook,
    columns: Columns | None = None,
    partition: bytes | None = None,
) -> Told:
    """What a table tells of pictures.

    Args:
        content: the table's bytes.
        name: what it is called, such as "labels.csv".
        pictures: the pictures' names, "/" between folders.
        book: is told what was taken for what, and what could not be understood.
        columns: which columns are meant, as far as a person said so.
        partition: CelebA's list_eval_partition, where it lies beside the table.

    Raises:
        LabError: naming the table, if it is none, names none of the pictures, or lacks a chosen column.
    """
    path = Path(name)
    if len(content) > MAX_TABLE_BYTES:
        raise LabError(f"a table of over {MAX_TABLE_BYTES // 2**20} MiB", name)
    table = _attributes(read_lines(content, path, book), path, book)
    rows, indices = match(table.files, pictures)
    if not len(rows):
        raise LabError(f"names none of the {len(pictures):,} pictures", name)
    known = np.zeros((len(pictures), len(table.names)), dtype=bool)
    attributes = np.zeros_like(known)
    known[indices], attributes[indices] = True, table.values[rows]
    held_out = None
    if partition is not None:
        part = _partition(read_lines(partition, path, book, header=False), path, book)
        held_out = np.zeros(len(pictures), dtype=bool)
        held_out[indices] = [part.get(table.files[row], False) for row in rows]
    return Told(
        labels=None,
        classes=(),
        attributes=attributes,
        attributes_known=None if known.all() else known,
        attribute_names=table.names,
        held_out=held_out,
        matched=len(rows),
        taken=f"{shown(name)}: {len(table.names)} columns are yes/no",
    )


def _attributes(lines: _Lines, path: Path, book: Notebook) -> Table:
    if len(lines.names) > MAX_ATTRIBUTES:
        raise LabError(f"{len(lines.names)} columns, over the limit of {MAX_ATTRIBUTES}", path)
    rows = _whole_rows(lines, path, book)
    codes = np.array([[_VALUES.get(cell.lower(), _STRAY) for cell in cells] for _, _, cells in rows], np.int8)
    codes = codes.reshape(len(rows), len(lines.names))
    columns = [
        c for c, name in enumerate(lines.names) if _is_attribute(codes[:, c], rows, c, name, path, book)
    ]
    if not columns:
        raise LabError("no column holds 1/0 or 1/-1 for each picture", path)
    fine = (codes[:, columns] != _STRAY).all(axis=1)
    for row in np.flatnonzero(~fine):
        number, file, cells = rows[row]
        column = next(c for c in columns if codes[row, c] == _STRAY)
        cell, name = shown(cells[column])[:40], shown(lines.names[column])
        book.skip(file, f"line {number} of {path.name}: {name} is {cell!r}, expected 1/0 or 1/-1")
    good = np.flatnonzero(fine)
    if not len(good):
        raise LabError(f"line {rows[0][0]}: holds no line without a stray value", path)
    return Table(
        path,
        tuple(shown(lines.names[column]) for column in columns),
        tuple(rows[row][1] for row in good),
        tuple(rows[row][0] for row in good),
        codes[good][:, columns] == _YES,
    )


def read_partition(path: Path, book: Notebook) -> dict[str, bool]:
    """CelebA's division (0 train, 1 validation, 2 test): file name -> whether it is held out.

    What is for validation is learnt from, unless nothing is for testing.

    Raises:
        LabError: naming the file, if it cannot be read.
    """
    return _partition(read_lines(_content(path), path, book, header=False), path, book)


def _partition(lines: _Lines, path: Path, book: Notebook) -> dict[str, bool]:
    part: dict[str, str] = {}
    for number, file, cells in lines.rows:
        if cells[:1] in (["0"], ["1"], ["2"]):
            part[file] = cells[0]
        elif number > 1:
            book.skip(file, f"line {number} of {path.name}: expected 0, 1 or 2")
    testing = "2" if "2" in part.values() else "1"
    return {file: of_file == testing for file, of_file in part.items()}


def read_lines(content: bytes, path: Path, book: Notebook, *, header: bool = True) -> _Lines:
    """A table as text, CSV or not.

    Raises:
        LabError: naming the file, if it is empty.
    """
    text = _text(content)
    split = _splitter(text) if path.suffix.lower() == ".csv" else str.split
    rows = [(number, cells) for number, line in enumerate(text.split("\n"), 1) if (cells := split(line))]
    claimed = None
    if rows and header and len(rows[0][1]) == 1 and rows[0][1][0].isdecimal():
        claimed = int(rows.pop(0)[1][0][:12])
    if len(rows) < 1 + header:
        raise LabError("is empty: a line of column names and a line a picture were expected", path)
    names = rows.pop(0)[1] if header else []
    if claimed is not None and claimed != len(rows):
        book.note(f"{path.name} says {claimed:,} pictures and lists {len(rows):,}")
    # A CSV's header names the file's column too; CelebA's as a rule the attributes alone.
    usual = Counter(len(cells) for _, cells in rows).most_common(1)[0][0]
    if path.suffix.lower() == ".csv" or len(names) == usual:
        names = names[1:]
    return _Lines(names, [(number, cells[0], cells[1:]) for number, cells in rows])


def _whole_rows(lines: _Lines, path: Path, book: Notebook) -> list[tuple[int, str, list[str]]]:
    """The rows with as many values as there are columns, the first of each file."""
    rows: list[tuple[int, str, list[str]]] = []
    first: dict[str, tuple[int, list[str]]] = {}
    reason = ""
    for number, file, cells in lines.rows:
        if len(cells) != len(lines.names):
            reason = f"line {number} of {path.name}: {len(cells)} values for {len(lines.names)} columns"
            book.skip(file, reason)
        elif file not in first:
            first[file] = number, cells
            rows.append((number, file, cells))
        elif first[file][1] != cells:
            book.skip(file, f"line {number} of {path.name}: says otherwise than line {first[file][0]}")
        else:
            book.note(f"{path.name} lists some pictures twice (line {number})")
        if len(rows) > 4 * MAX_PICTURES:
            raise LabError(f"lists over {4 * MAX_PICTURES:,} pictures", path)
    if not rows or not lines.names:
        raise LabError(reason.replace(f" of {path.name}", "") or "names no attributes", path)
    return rows


def _is_attribute(
    codes: NDArray[np.int8],
    rows: list[tuple[int, str, list[str]]],
    column: int,
    name: str,
    path: Path,
    book: Notebook,
) -> bool:
    """Whether a column says yes and no; if it does not, the book says where."""
    stray = np.flatnonzero(codes == _STRAY)
    both = (codes == _MINUS).any() and (codes == _NO).any()
    if len(stray) <= (1 - _ENOUGH) * len(codes) and not both:
        return True
    row = rows[stray[0] if not both else max(int(np.argmax(codes == _MINUS)), int(np.argmax(codes == _NO)))]
    what = "holds both 0 and -1" if both else f"is {shown(row[2][column])[:40]!r}"
    book.note(f"The column {shown(name)} of {path.name} is no attribute: it {what} in line {row[0]}")
    return False


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_TABLE_BYTES:
            raise LabError(f"a table of over {MAX_TABLE_BYTES // 2**20} MiB", path)
        with open_to_read(path) as stream:
            return stream.read()
    except OSError as error:
        raise LabError(f"could not be read ({error.strerror or error})", path) from None


def _text(content: bytes) -> str:
    """The whole file, whatever its line endings; bytes that are no UTF-8 stay what they are in file names."""
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = content.decode("utf-16" if wide else "utf-8-sig", "replace" if wide else "surrogateescape")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _splitter(text: str) -> Callable[[str], list[str]]:
    """Takes a line of CSV apart, at what its header is divided by: comma, semicolon or tab."""
    header = text.partition("\n")[0]
    mark = max(",;\t", key=header.count)

    def split(line: str) -> list[str]:
        if not line.strip():
            return []
        # Quotes are rare and `csv` slow: two hundred thousand lines are waiting.
        try:
            cells = next(csv.reader([line], delimiter=mark)) if '"' in line[:100_000] else line.split(mark)
        except csv.Error:  # a cell of more letters than any table of attributes has
            cells = line.split(mark)
        return [cell.strip() for cell in cells]

    return split
