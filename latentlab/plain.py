"""Makes text from outside, such as the name of a class, a file or a model, safe to display.

In a terminal an escape sequence can clear the screen, set the clipboard or make a link; a bidirectional
override (U+202E) shows a name backwards, in a window too. Such characters are shown as Python escapes, such
as `\\x1b`. Names keep their own value wherever they are compared, looked up or written to a file. Rich text
in a window (HTML, "&") is handled by `latentlab.qt.widgets.plain_text`.
"""

from __future__ import annotations

import re

# The most letters shown of a name, of a run of letters in a message (which may be a file's whole name), and
# of a message.
NAME, RUN, MESSAGE = 64, 300, 6000

# Control characters; invisible characters; bidirectional overrides; line separators; surrogates, as Python
# decodes undecodable bytes of a file name; noncharacters; tags.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u180e\u200b\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)
_BREAKS = re.compile("[\n\t]")
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
_RUN = re.compile(rf"[^\s/\\]{{{RUN + 1},}}")


def printable(text: str) -> str:
    """The text with all unsafe characters as escapes; line ends and tabs stay."""
    return _HARMFUL.sub(_escaped, text)


def one_line(text: str) -> str:
    """As `printable`, on one line: line ends and tabs are escapes too."""
    return _BREAKS.sub(_escaped, printable(text))


def shortened(text: str, most: int) -> str:
    """The text, or its beginning and its end with "…" between, `most` characters in all."""
    if len(text) <= most:
        return text
    end = (most - 1) // 2
    return f"{text[: most - 1 - end]}…{text[len(text) - end :]}"


def short_name(name: str, most: int = NAME) -> str:
    """A name for display: on one line, at most `most` characters long."""
    return shortened(one_line(name), most)


def spaced(name: str) -> str:
    """The name of an attribute or a column as words: Long_Hair as "Long Hair"."""
    return " ".join(name.replace("_", " ").split()) or name


def minus(text: str) -> str:
    """Numbers with the sign for minus that is as wide as that for plus, U+2212; nothing reads them back."""
    return text.replace("-", "\N{MINUS SIGN}")


def sentence(text: str) -> str:
    """A message for display: long names in it are shortened so that the rest remains visible."""
    return shortened(_RUN.sub(lambda run: shortened(run[0], RUN), printable(text)), MESSAGE)


def _escaped(found: re.Match[str]) -> str:
    letter = found[0]
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    number = ord(letter)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
