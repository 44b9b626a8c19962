"""The forms in which names of pictures are compared: clean, loose, and without suffix."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

from latentlab.data.pictures.formats import SUFFIXES

# Suffixes of other pictures, which a table may name from before a conversion.
_CONVERTED = (
    ".heic .heif .avif .jxl .jp2 .j2k .tga .ico .psd .exr .hdr .dng .nef .cr2 .arw .svg .dcm .pcx .ras"
)

_SUFFIXES = SUFFIXES | set(_CONVERTED.split())
_NUMBER = re.compile(r"([0-9]{1,18})(\.0*)?")
# What a clean name does not contain.
_UNTIDY = re.compile(r"\\|^\.{0,2}/|//|/\.{1,2}(/|$)|\s(/|$)|(^|/)\s|/$")
# An undecodable byte of a file name, as Python represents it.
_STRANGE = re.compile("[\udc80-\udcff]")


def clean(name: str) -> str:
    """A name with "/" between its folders, nothing before the first one, and composed letters (NFC)."""
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
    """A clean name in lower case, with damaged letters repaired."""
    name = name.strip("\"'")
    if "://" in name:
        # What follows the path of a web address is not part of the name.
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
    # What is left of undecodable bytes.
    name = _STRANGE.sub(lambda byte: bytes([ord(byte[0]) - 0xDC00]).decode("cp1252", "ignore"), name)
    return unicodedata.normalize("NFC", name.casefold())


def has_picture_suffix(name: str) -> bool:
    """Whether a name has a suffix of pictures."""
    return stem_of(name) != name


def stem_of(name: str) -> str:
    """The name without its suffix, if that is one of pictures."""
    stem, dot, suffix = name.rpartition(".")
    return stem if dot and stem[-1:] not in ("", "/") and f".{suffix.lower()}" in _SUFFIXES else name


def last_part(name: str) -> str:
    return name.rpartition("/")[2]


def number_of(stem: str) -> str:
    """The number that a name is, without leading zeros; "" if it is none."""
    number = _NUMBER.fullmatch(stem)
    return "" if number is None else str(int(number[1]))


def loosest_forms(name: str) -> tuple[str, str, str]:
    """Forms of which two names share one, if they match in any form."""
    base = last_part(loose(name))
    stem = stem_of(base)
    number = _NUMBER.fullmatch(stem)
    return base, stem, stem if number is None else f"/{int(number[1])}"
