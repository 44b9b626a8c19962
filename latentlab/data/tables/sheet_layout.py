"""Finds the layout of a table: lines before it, separator, and number of columns."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from latentlab.data.folders.name_forms import has_picture_suffix
from latentlab.data.tables.sheet import FILE_WORDS, plain_name
from latentlab.errors import LabError

_MARKS = (",", ";", "\t", "|")
# How much is read to find the separator.
_SAMPLE_LINES, _SAMPLE_BYTES = 200, 2**18
_EXCEL_MARK = re.compile(r"sep=(.)", re.IGNORECASE)


class TableBody:
    """The lines of a table after possible preambles: comments, Excel's "sep=" line, CelebA's count."""

    def __init__(self, text: str) -> None:
        self.mark, self.remark, self.claimed = "", "", None
        self.line, start = 1, 0
        while start < len(text):
            end = text.find("\n", start)
            end = len(text) if end < 0 else end
            line = text[start : min(end, start + 4096)].strip(" \t\n")
            excel = _EXCEL_MARK.fullmatch(line)
            if excel:
                self.mark = excel[1]
            elif line.startswith("#") and not _names_a_file(line):
                self.remark = line.lstrip("# ")
            elif line.isdecimal() and self.claimed is None and len(line) <= 12:
                self.claimed = int(line)
            elif line:
                break
            start, self.line = end + 1, self.line + 1
        self.text = text[start:] if start < len(text) else ""
        self.quoted = '"' in self.text

    def sample(self) -> list[str]:
        """Some lines from the beginning, none of them blank."""
        part = self.text[:_SAMPLE_BYTES]
        lines = part.split("\n")[: _SAMPLE_LINES * 2]
        if len(part) < len(self.text) and len(lines) > 1 and len(lines) < _SAMPLE_LINES * 2:
            lines = lines[:-1]
        return [line for line in lines if line.strip()][:_SAMPLE_LINES]


def _names_a_file(line: str) -> bool:
    """Whether a line that begins with "#" may be about a picture of that name."""
    return re.match(r'#[^,;\t| ]*\.[a-zA-Z0-9]{2,4}"?\s*[,;\t| ]', line) is not None


def split_sample(lines: list[str], mark: str) -> list[list[str]]:
    if not mark or not any('"' in line for line in lines):
        return [cells_of(line, mark) for line in lines]
    try:
        return [row for row in csv_rows("\n".join(lines), mark, strict=False) if row]
    except csv.Error:
        return [cells_of(line, mark) for line in lines]


def best_mark(lines: list[str], *, by_blanks: bool) -> str:
    """The separator for which most lines have the same number of cells; "" for blanks."""

    def score(mark: str) -> tuple[float, bool, int]:
        rows = split_sample(lines, mark)
        # The header may have another length: it may lack the file's column.
        counts = Counter(map(len, rows[1:] or rows))
        usual, count = max(counts.items(), key=lambda item: (item[1], item[0]))
        if usual < 2:
            return 0.0, False, 0
        return round(count / sum(counts.values()), 1), len(rows[0]) > 1, usual

    best = max(_MARKS, key=score)
    if score(best)[0] >= (0.9 if by_blanks else 0.5):
        return best
    blanks = score("")
    return "" if blanks[0] > score(best)[0] and (by_blanks or blanks[0] >= 0.9) else best


def width_of(rows: list[list[str]], mark: str, name: str) -> tuple[int, bool]:
    """How many cells a row has, and whether the header lacks the file's column."""
    title, rest = len(rows[0]), rows[1:] or rows
    usual = Counter(map(len, rest)).most_common(1)[0][0]
    blank_ends = all(not cell.strip() for row in rest for cell in row[title:])
    if title >= usual or blank_ends:
        return title, False
    if has_picture_suffix(_bare(rows[0][0])):
        return usual, False
    # Names of files may contain blanks.
    if title == usual - 1 or not mark:
        # Without a name for the line numbers, or for the files.
        row = next(row for row in rest if len(row) == usual)
        numbered = has_picture_suffix(_bare(row[1])) and not has_picture_suffix(_bare(row[0]))
        if title == 1 or numbered or plain_name(rows[0][0]) not in FILE_WORDS:
            return title + 1, True
    raise LabError(f"line 2: {len(rest[0]) - 1} values for {title - 1} columns", name)


def _bare(cell: str) -> str:
    return cell.strip().strip('"')


def cells_of(line: str, mark: str) -> list[str]:
    return line.split(mark) if mark else line.split()


def csv_rows(text: str, mark: str, *, strict: bool) -> Iterator[list[str]]:
    return csv.reader(
        io.StringIO(text, newline=""), delimiter=mark or " ", skipinitialspace=True, strict=strict
    )
