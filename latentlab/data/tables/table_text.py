"""Decodes the bytes of a table, guessing the encoding if needed."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Sequence

from latentlab.data.folders.member_names import guess_encoding
from latentlab.data.limits import MAX_TABLE_BYTES
from latentlab.errors import LabError

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Text that is not UTF-8 was mostly written by Windows. The pictures' names decide, else its contents.
_OTHERS = {
    "cp1252": "Western European",
    "cp1251": "Cyrillic",
    "cp1250": "Central European",
    "cp932": "Japanese",
    "gb18030": "Chinese",
    "cp949": "Korean",
    "mac_roman": "Macintosh",
    "cp437": "DOS",
}
# Encodings that are guessed from the letters in a table, and the ones then used.
_WRITTEN = {
    "cp1252": "cp1252",
    "cp1251": "cp1251",
    "cp932": "cp932",
    "gbk": "gb18030",
    "euc-kr": "cp949",
    "mac_roman": "mac_roman",
    "cp437": "cp437",
}
_CELLS = 500
_STRANGE = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile("[\x80-\U0010ffff]")
_LOOKED_AT, _NAMES = 2**20, 50


def text_of(content: bytes, name: str, pictures: Sequence[str]) -> tuple[str, str]:
    """The text, with line ends "\\n", and a note if its encoding had to be guessed, or "".

    Args:
        content: the whole file.
        name: its name.
        pictures: names that may occur in it; they distinguish encodings.

    Raises:
        LabError: naming the file, if it is too large or no text.
    """
    if len(content) > MAX_TABLE_BYTES:
        raise LabError(f"a table of over {MAX_TABLE_BYTES // 2**20} MiB", name)
    text, note = _decoded(content, name, pictures)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise LabError(f"line {line}: holds a zero byte, so it is not text", name)
    return text.replace("\r\n", "\n").replace("\r", "\n"), note


def _decoded(content: bytes, name: str, pictures: Sequence[str]) -> tuple[str, str]:
    encoding = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), "")
    wide = encoding or _wide(content[:4096])
    if wide and wide != "utf-8-sig":
        return content.decode(wide, "replace"), "" if encoding else f"{name} was read as {wide.upper()}"
    try:
        return content.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        text = content.decode("utf-8-sig", "surrogateescape")
    strange = len(_STRANGE.findall(text))
    if len(_BEYOND_ASCII.findall(text)) > 2 * strange:
        # UTF-8 with a few other bytes, as when lines of two files were joined.
        text = _STRANGE.sub(lambda byte: _western(bytes([ord(byte[0]) - 0xDC00])), text)
        return text, f"{name} is UTF-8 except for {strange:,} bytes, which were read as Windows-1252"
    hits = {encoding: _hits(content[:_LOOKED_AT], encoding, pictures) for encoding in _OTHERS}
    best = max(hits, key=hits.__getitem__)
    if not hits[best]:
        # The last one may be cut.
        cells = re.split(rb"[,;\t\r\n\"]+", content[:_LOOKED_AT] + b"\n")[:-1]
        foreign = sorted(
            {cell for cell in cells[: -1 if len(content) > _LOOKED_AT else None] if not cell.isascii()}
        )
        best = _WRITTEN[guess_encoding(foreign[:_CELLS], tuple(_WRITTEN))]
    text = _western(content) if best == "cp1252" else content.decode(best, "replace")
    return text, f"{name} is not UTF-8, and was read as {best} ({_OTHERS[best]})"


def _wide(head: bytes) -> str:
    """UTF-16 without a byte order mark: every other byte is zero in most lines."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) / 6 or min(even, odd) > max(even, odd) / 10:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _western(content: bytes) -> str:
    """Windows-1252; its five undefined bytes as in Latin-1."""
    return content.decode("cp1252", "surrogateescape").translate(_LATIN)


_LATIN = {0xDC00 + byte: chr(byte) for byte in range(0x80, 0x100)}


def _hits(content: bytes, encoding: str, pictures: Sequence[str]) -> int:
    """How many non-ASCII names of pictures occur in it, in this encoding."""
    bases = (name.rpartition("/")[2].rpartition(".")[0] for name in pictures if not name.isascii())
    some = [base for base, _ in zip(filter(None, bases), range(_NAMES), strict=False)]
    text = content.decode(encoding, "replace")
    return sum(base in text or unicodedata.normalize("NFD", base) in text for base in some)
