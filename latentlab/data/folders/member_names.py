"""Decodes the names of a zip's members, guessing their encoding.

A zip made with Windows may separate folders by backslashes. Names marked as UTF-8 are; the encoding of all
others is not recorded: it is guessed from all of them together, by which letters occur beside which.
"""

from __future__ import annotations

import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence

_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075
_FEW = 4
# In this order where two are equally likely.
_ENCODINGS = ("utf-8", "cp437", "cp866", "cp932", "gbk", "cp1252", "big5", "euc-kr", "cp1251")
_CALLED = {
    "utf-8": "UTF-8",
    "cp437": "code page 437",
    "cp866": "code page 866 (Cyrillic)",
    "cp932": "Shift JIS (Japanese)",
    "gbk": "GBK (Chinese)",
    "cp1252": "Windows-1252 (Latin)",
    "big5": "Big5 (Chinese)",
    "euc-kr": "EUC-KR (Korean)",
    "cp1251": "Windows-1251 (Cyrillic)",
}
_WORDS = re.compile(r"[^\W\d_]+")
# What a pure ASCII name may need to be cleaned of.
_ODD = re.compile(r"[\\\0:]|^\s*[/.]|/\s*[/.]|/\s*$|^\s*$")
_DRIVE = re.compile(r"[A-Za-z]:")
_USUAL_CYRILLIC = frozenset("оеаинтсрвлкмдпуязьбгчйыё")
# Characters that people write in names besides letters.
_COMMON_MARKS = frozenset("–—‘’“”„…©®°·№¿¡«»€£§ªº²³、。・「」『』（）【】～　！？：，々〇")


def member_names(members: Sequence[zipfile.ZipInfo]) -> tuple[list[str], str]:
    """The members' names, normalised with "/" between folders, and their encoding.

    "" where nothing had to be guessed. A name may be empty, and two may be equal.
    """
    raw = [None if _is_sure(member) else _bytes(member) for member in members]
    unsure = [name for name in raw if name is not None and not name.isascii()]
    encoding = guess_encoding(unsure) if unsure else ""
    names = []
    for member, content in zip(members, raw, strict=True):
        name = (_from_extra(member) if member.extra else "") or member.orig_filename
        if encoding and content is not None:
            name = content.decode(encoding, "replace")
        names.append(clean(name))
    return names, _CALLED[encoding] if encoding else ""


def clean(name: str) -> str:
    """A path without parts that lead out of a folder: drives, "..", ".", empty names; NFC."""
    if name.isascii() and not _ODD.search(name):
        return name
    parts = unicodedata.normalize("NFC", name.partition("\0")[0]).replace("\\", "/").split("/")
    if parts and _DRIVE.fullmatch(parts[0]):
        parts = parts[1:]
    return "/".join(part for part in parts if part.strip() not in ("", ".", ".."))


def guess_encoding(names: Sequence[bytes], among: Sequence[str] = _ENCODINGS) -> str:
    """The likeliest encoding of some names that are not all ASCII; of equally likely ones, the first."""
    best, most = among[0], -1.0
    for encoding in among:
        try:
            text = [name.decode(encoding) for name in names]
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8":
            # Bytes of another encoding decode as this only by chance.
            return encoding
        likely = sum(_likelihood(one, encoding) for one in text) / len(text)
        if (
            encoding in ("gbk", "big5")
            and sum(not letter.isascii() for one in text for letter in one) >= _FEW
        ):
            # All common bytes of Hangul are Hanzi as well, but not the other way round.
            likely *= 0.99
        if likely > most:
            best, most = encoding, likely
    return best


def _likelihood(text: str, encoding: str) -> float:
    """0 to 1: how much of the non-ASCII text looks like what people write."""
    foreign = [letter for letter in text if not letter.isascii()]
    if not foreign:
        return 1.0
    points = float(sum(letter in _COMMON_MARKS for letter in foreign))
    for word in _WORDS.findall(text):
        points += _word(word, encoding)
    return points / len(foreign)


def _word(word: str, encoding: str) -> float:
    """The points of a word's non-ASCII letters, up to one each."""
    foreign = [letter for letter in word if not letter.isascii()]
    if not foreign:
        return 0.0
    scripts = {_script(letter) for letter in word if letter.isalpha()}
    if scripts <= {"LATIN"}:
        # A few accents, and capitals only at the beginning or throughout.
        fit = 1.0 if len(foreign) <= 0.5 * len(word) or len(word) == 1 else 0.3
        fit *= 1.0 if word[1:] == word[1:].lower() or word == word.upper() else 0.4
        common = sum(letter in "äöüÄÖÜßéèêëàâçîïôûùáíóúñãõåæøÅÆØÉ" for letter in foreign)
        return fit * (0.7 * len(foreign) + 0.3 * common)
    if scripts <= {"CYRILLIC"}:
        fit = 1.0 if word[1:] == word[1:].lower() or word == word.upper() else 0.3
        return fit * sum(1.0 if letter.lower() in _USUAL_CYRILLIC else 0.5 for letter in foreign)
    if scripts <= {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "LATIN"} and encoding in _COMMON_BYTES:
        return sum(_commonness(letter, encoding) for letter in foreign)
    return 0.1 * len(foreign)


# The first bytes of common characters in the encodings of East Asia.
_COMMON_BYTES = {
    "cp932": ((0x82, 0x83), (0x88, 0x97)),
    "gbk": ((0xB0, 0xD7),),
    "big5": ((0xA4, 0xC6),),
    "euc-kr": ((0xB0, 0xC8),),
}


def _commonness(letter: str, encoding: str) -> float:
    code = letter.encode(encoding, "replace")
    if len(code) != 2:
        return 0.2
    common = any(low <= code[0] <= high for low, high in _COMMON_BYTES[encoding])
    # The second byte of common characters of GBK and EUC-KR is in the upper half as well.
    return (1.0 if encoding not in ("gbk", "euc-kr") or code[1] >= 0xA1 else 0.3) if common else 0.3


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").partition(" ")[0]


def _is_sure(member: zipfile.ZipInfo) -> bool:
    if member.orig_filename.isascii() and not member.extra:
        return True
    return bool(member.flag_bits & _UTF8_FLAG) or bool(_from_extra(member))


def _bytes(member: zipfile.ZipInfo) -> bytes:
    """The bytes of the name in the archive: `zipfile` decodes unmarked names as code page 437."""
    return member.orig_filename.encode("cp437", "replace")


def _from_extra(member: zipfile.ZipInfo) -> str:
    """The UTF-8 name that Info-ZIP stores beside the other one; "" where there is none."""
    extra, place = member.extra, 0
    while place + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, place)
        if kind == _UNICODE_PATH and size > 5 and place + 4 + size <= len(extra):
            check = struct.unpack_from("<I", extra, place + 5)[0]
            content = extra[place + 9 : place + 4 + size]
            try:
                if check == zlib.crc32(_bytes(member)):
                    return content.decode("utf-8")
            except UnicodeDecodeError:
                pass
        place += 4 + size
    return ""
