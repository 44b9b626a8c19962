"""Converts tables in JSON to CSV: a line for each picture, or all in one list or object.

{"file_name": "1.png", "label": "cat"}                metadata.jsonl, as Hugging Face's image folders have it
[{"file": "1.png", "label": "cat"}, ...]              a list of such objects
{"1.png": "cat", ...}, {"1.png": {"label": "cat"}}    an object by file
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from latentlab.errors import LabError

LINES = (".jsonl", ".ndjson")
SUFFIXES = (*LINES, ".json")
_FILE, _VALUE = "file", "label"
_MOST_KEYS = 2000
# Three bytes of JSON may take a hundred of memory.
_MOST_BYTES, _MOST_LINE_BYTES, _MOST_ROWS = 2**24, 2**20, 1_000_000


def as_csv(content: bytes, name: str) -> bytes:
    """A table in JSON as one in CSV; values other than text, numbers and booleans are left empty.

    Lists of texts or numbers become cells of several words, "a|b".

    Raises:
        LabError: if it is no JSON, or no table.
    """
    rows = _rows(content, name)
    keys = list(dict.fromkeys(key for row in rows for key in row))[:_MOST_KEYS]
    if not rows or not keys:
        raise LabError("is not a list of records, one per picture", name)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(keys)
    writer.writerows([_cell(row.get(key)) for key in keys] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def _rows(content: bytes, name: str) -> list[dict[str, Any]]:
    rows: Any
    by_line = name.lower().endswith(LINES)
    if not by_line and len(content) > _MOST_BYTES:
        raise LabError(
            f"is JSON of over {_MOST_BYTES // 2**20} MiB; write one line per picture (.jsonl)", name
        )
    try:
        if by_line:
            lines = content.split(b"\n", _MOST_ROWS)
            if len(lines) > _MOST_ROWS or max(map(len, lines)) > _MOST_LINE_BYTES:
                raise LabError(f"has over {_MOST_ROWS:,} lines, or one of over a megabyte", name)
            rows = [json.loads(line.decode("utf-8-sig")) for line in lines if line.strip()]
        else:
            rows = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError, MemoryError):
        raise LabError("is not valid JSON", name) from None
    if isinstance(rows, dict):
        if rows and all(isinstance(value, dict) for value in rows.values()):
            return [{_FILE: key, **value} for key, value in rows.items()]
        if rows and not any(isinstance(value, dict | list) for value in rows.values()):
            return [{_FILE: key, _VALUE: value} for key, value in rows.items()]
    if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
        return rows
    raise LabError("is not a list of records, one per picture", name)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(one, str | int) for one in value):
        return "|".join(map(str, value))
    return str(value) if isinstance(value, str | int | float) else ""
