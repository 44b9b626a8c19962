"""Parses the text of a table: CSV in its many variants, or words separated by blanks.

Lines may be invalid in many ways; each invalid one is skipped alone, and noted in the book.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from latentlab.data.limits import MAX_COLUMNS, MAX_PICTURES, MAX_TABLE_BYTES
from latentlab.data.report import Notebook, shown
from latentlab.data.tables.sheet import Column, Sheet
from latentlab.data.tables.sheet_layout import (
    TableBody,
    best_mark,
    cells_of,
    csv_rows,
    split_sample,
    width_of,
)
from latentlab.errors import LabError

# A cell may be as long as the table, which is limited; csv's own limit is global to the process.
csv.field_size_limit(max(csv.field_size_limit(), MAX_TABLE_BYTES))
# How many lines are parsed at a time.
_BLOCK = 8192
# So many invalid lines are noted one by one.
_TOLD = 3
# What Excel writes to keep text from becoming a number: ="0012".
_AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)


def read_sheet(text: str, name: str, book: Notebook) -> Sheet:
    """The columns of a table; invalid lines are noted in the book.

    Raises:
        LabError: naming the table, if it is empty, or its lines do not go together.
    """
    body = TableBody(text)
    sample = body.sample()
    if not sample:
        raise LabError("is empty: expected a line of column names and one line per picture", name)
    mark = body.mark or best_mark(sample, by_blanks=not name.lower().endswith((".csv", ".tsv")))
    width, short = width_of(split_sample(sample, mark), mark, name)
    reader = _Reader(body, mark, width, name, book)
    columns, lines, first = reader.read(short=short)
    if body.claimed is not None and body.claimed != len(lines) - (first is not None and not short):
        count = len(lines) - (first is not None and not short)
        book.note(f"{shown(name)} says {body.claimed:,} pictures and lists {count:,}")
    if not len(lines):
        raise LabError("is empty: expected a line of column names and one line per picture", name)
    remark = cells_of(body.remark, mark) if body.remark else None
    sheet = Sheet(
        name,
        tuple(columns),
        lines,
        None if short else first,
        remark if remark is not None and len(remark) == len(columns) else None,
    )
    return sheet.named(["", *first], None) if short and first is not None else sheet


class _Reader:
    """Parses lines, thousands at a time."""

    def __init__(self, body: TableBody, mark: str, width: int, name: str, book: Notebook) -> None:
        self._body, self._mark, self._width, self._name, self._book = body, mark, width, name, book
        self._odd = 0
        self._kept = min(width, MAX_COLUMNS)
        if width > MAX_COLUMNS:
            book.note(f"Of the {width:,} columns of {shown(name)}, the first {MAX_COLUMNS:,} were read")
        self._codes = [_Codes() for _ in range(self._kept)]

    def read(self, *, short: bool) -> tuple[list[Column], NDArray[np.int32], list[str] | None]:
        """Returns the columns, the lines' numbers, and the first row (of a short header, without a file's
        name).
        """
        parts: list[list[NDArray[np.int32]]] = []
        numbers: list[NDArray[np.int32]] = []
        title: list[str] | None = None
        total = 0
        for block_lines, block in self._blocks():
            skip = 0
            if title is None and short and block:
                title, skip = [cell.strip() for cell in block[0]], 1
            lines, rows = self._whole(block_lines[skip:], block[skip:])
            if not rows:
                continue
            if title is None:
                title = [_plain(cell) for cell in rows[0][: self._kept]]
            total += len(rows)
            if total > 4 * MAX_PICTURES:
                raise LabError(f"lists over {4 * MAX_PICTURES:,} pictures", self._name)
            columns = zip(*rows, strict=True)
            parts.append(
                [
                    np.fromiter(map(codes.__getitem__, cells), np.int32, len(rows))
                    for codes, cells in zip(self._codes, columns, strict=False)
                ]
            )
            numbers.append(np.array(lines, dtype=np.int32))
        self._tell_odd()
        lines_of = np.concatenate(numbers) if numbers else np.empty(0, np.int32)
        found = []
        for column, codes in enumerate(self._codes):
            every = np.concatenate([part[column] for part in parts]) if parts else np.empty(0, np.int32)
            found.append(_merged(list(codes), every))
        if title is not None and short:
            title += [""] * (self._kept - 1 - len(title))
        return found, lines_of, title

    def _blocks(self) -> Iterator[tuple[list[int], list[list[str]]]]:
        """Blocks of rows that are not blank, with the line number at which each begins."""
        if self._body.quoted:
            yield from self._quoted_blocks()
            return
        yield from self._plain_blocks(self._body.text, self._body.line, _splitter(self._mark, self._width))

    def _plain_blocks(
        self, text: str, number: int, split: Callable[[str], list[str]]
    ) -> Iterator[tuple[list[int], list[list[str]]]]:
        start = 0
        while start < len(text):
            end = start
            lines: list[str] = []
            while end < len(text) and len(lines) < _BLOCK:
                stop = min(len(text), end + 64 * _BLOCK)
                # Up to the last whole line of this piece; a longer line is taken whole.
                last = text.rfind("\n", end, stop) if stop < len(text) else stop
                last = text.find("\n", stop) if last < 0 else last
                last = len(text) if last < 0 else last
                lines += text[end:last].split("\n")
                end = last + 1
            start = end
            kept = [(number + place, line) for place, line in enumerate(lines) if line and not line.isspace()]
            number += len(lines)
            yield [place for place, _ in kept], [split(line) for _, line in kept]

    def _quoted_blocks(self) -> Iterator[tuple[list[int], list[list[str]]]]:
        text, before = self._body.text, self._body.line - 1
        reader = csv.reader(
            io.StringIO(text.replace("\t", " ") if not self._mark else text, newline=""),
            delimiter=self._mark or " ",
            skipinitialspace=True,
            strict=True,
        )
        numbers: list[int] = []
        rows: list[list[str]] = []
        last = 0
        while True:
            try:
                row = next(reader, None)
            except csv.Error:
                yield numbers, rows
                yield from self._by_itself(last + 1, before)
                return
            if row is None:
                break
            if any(row):
                numbers.append(before + last + 1)
                rows.append(row if self._mark else [cell for cell in row if cell])
            last = reader.line_num
            if len(rows) >= _BLOCK:
                yield numbers, rows
                numbers, rows = [], []
        yield numbers, rows

    def _by_itself(self, line: int, before: int) -> Iterator[tuple[list[int], list[list[str]]]]:
        """The lines after an unbalanced quote: each parsed by itself, so that it costs one line."""
        where = f"line {before + line} of {shown(self._name)}"
        self._book.note(
            f"The quotation marks in {where} do not match, so it was read line by line from there on"
        )
        rest = self._body.text.split("\n", line - 1)[-1]
        plain = _splitter(self._mark, self._width)

        def split(text: str) -> list[str]:
            if '"' not in text:
                return plain(text)
            if text.count('"') % 2:
                return [cell.strip().strip('"') for cell in plain(text)]
            row = next(csv_rows(text, self._mark, strict=False), [])
            return row if self._mark else [cell for cell in row if cell]

        yield from self._plain_blocks(rest, before + line, split)

    def _whole(self, lines: list[int], rows: list[list[str]]) -> tuple[list[int], list[list[str]]]:
        """The rows with as many cells as there are columns; extra empty cells are ignored."""
        width = self._width
        if all(len(row) == width for row in rows):
            return lines, rows
        good_lines, good = [], []
        for line, cells in zip(lines, rows, strict=True):
            row = cells
            if len(row) != width and row[0].lstrip().startswith("#"):
                continue
            if len(row) > width and not any(cell.strip() for cell in row[width:]):
                row = row[:width]
            elif len(row) < width and self._mark:
                # Programs omit empty cells at the end of a line.
                row = [*row, *[""] * (width - len(row))]
            if len(row) == width:
                good_lines.append(line)
                good.append(row)
            else:
                self._odd += 1
                if self._odd <= _TOLD:
                    file, values = shown(row[0].strip())[:60], len(row) - 1
                    self._book.note(
                        f"Line {line} of {shown(self._name)} was not used: "
                        f"{values} values for {width - 1} columns ({file})"
                    )
        return good_lines, good

    def _tell_odd(self) -> None:
        if self._odd > _TOLD:
            more = self._odd - _TOLD
            self._book.note(f"{more:,} more lines of {shown(self._name)} have too many or too few values")


class _Codes(dict[str, int]):
    """Numbers values in order of appearance."""

    def __missing__(self, value: str) -> int:
        self[value] = code = len(self)
        return code


def _merged(values: list[str], codes: NDArray[np.int32]) -> Column:
    """A column with values merged that differ only in surrounding blanks."""
    plain = [_plain(value) for value in values]
    if plain == values:
        return Column("", values, codes)
    number = _Codes()
    new = np.array([number[value] for value in plain], dtype=np.int32)
    return Column("", list(number), new[codes] if len(new) else codes)


def _plain(cell: str) -> str:
    cell = cell.strip()
    as_text = _AS_TEXT.fullmatch(cell) if cell.startswith("=") else None
    return cell if as_text is None else as_text[1].strip()


def _splitter(mark: str, width: int) -> Callable[[str], list[str]]:
    if mark:
        return lambda line: line.split(mark)
    # The file's name comes first, and may contain blanks.
    return lambda line: line.split() if width < 2 else line.rsplit(None, width - 1)
