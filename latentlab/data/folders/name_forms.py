"""The forms of a picture's name: as it is, tidied, in small letters mended, and without its suffix."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

from latentlab.data.pictures.formats import SUFFIXES

# Other pictures' suffixes, which a table may name from before they were converted.
_CONVERTED = (
    ".heic .heif .avif .jxl .jp2 .j2k .tga .ico .psd .exr .hdr .dng .nef .cr2 .arw .svg .dcm .pcx .ras"
)

_SUFFIXES = SUFFIXES | set(_CONVERTED.split())
_NUMBER = re.compile(r"([0-9]{1,18})(\.0*)?")
# What a clean name has not.
_UNTIDY = re.compile(r"\\|^\.{0,2}/|//|/\.{1,2}(/|$)|\s(/|$)|(^|/)\s|/$")
# A byte of a file's name that is no UTF-8, as Python has it.
_STRANGE = re.compile("[\udc80-\udcff]")


def clean(name: str) -> str:
    """A name with "/" between its folders, nothing before the first one, and letters composed (NFC)."""
    if not name.isascii():
        name = unicodedata.normalize("NFC", name)
    if _UNTIDY.search(name) is None:
        return name
    name = name.replace("\\", "/")
    if "/" not in name:
        return name.strip()
    parts: list[str] = []
    for part in map(str.strip, name.split("/")):
        if part == ".." and parts:
            parts.pop()
        elif part not in ("", ".", ".."):
            parts.append(part)
    return "/".join(parts)


def loose(name: str) -> str:
    """A clean name in small letters, with letters mended that were spoilt on the way."""
    name = name.strip("\"'")
    if "://" in name:
        # What stands behind a web address's path is no part of a name.
        name = name.partition("?")[0].partition("#")[0]
    name = clean(name)
    if "%" in name:
        name = clean(unquote(name))
    if name.isascii():
        return name.lower()
    for _ in range(2):
        try:
            mended = name.encode("cp1252", "surrogateescape").decode("utf-8")
        except UnicodeError:
            break
        name = mended
    # What is left of a name's bytes that are no UTF-8.
    name = _STRANGE.sub(lambda byte: bytes([ord(byte[0]) - 0xDC00]).decode("cp1252", "ignore"), name)
    return unicodedata.normalize("NFC", name.casefold())


def has_picture_suffix(name: str) -> bool:
    """Whether a name ends as those of pictures do."""
    return stem_of(name) != name


def stem_of(name: str) -> str:
    """The name without its suffix, if it is one of pictures."""
    stem, dot, suffix = name.rpartition(".")
    return stem if dot and stem[-1:] not in ("", "/") and f".{suffix.lower()}" in _SUFFIXES else name


def last_part(name: str) -> str:
    return name.rpartition("/")[2]


def number_of(stem: str) -> str:
    """The number that a name is, without zeros before; "" if it is none."""
    number = _NUMBER.fullmatch(stem)
    return "" if number is None else str(int(number[1]))


def loosest_forms(name: str) -> tuple[str, str, str]:
    """Forms of which two names share one, if they match in any form."""
    base = last_part(loose(name))
    stem = stem_of(base)
    number = _NUMBER.fullmatch(stem)
    return base, stem, stem if number is None else f"/{int(number[1])}"
