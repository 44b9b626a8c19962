"""The columns of a table that the user has chosen; others are found by their contents.

    file=image_id,class=species,split=none,attributes=Hat+Smiling

`none` switches off. Anything may be written as in web addresses ("%20"), and "+" and "%" have to be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from latentlab.errors import LabError

COLUMN_KEYS = ("file", "class", "split", "attributes")
_NONE = "none"
_PART = re.compile(r"(?:^|,)(?=(?:" + "|".join(COLUMN_KEYS) + r")=)")


@dataclass(frozen=True)
class Columns:
    """Column names, or their numbers from 1 on; None for automatic, "" for none.

    Attributes:
        file: the one with the pictures' file names.
        label: the class.
        split: the one that separates training from testing.
        attributes: those with attributes of a picture; () for none.
    """

    file: str | None = None
    label: str | None = None
    split: str | None = None
    attributes: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.file == "":
            raise LabError("one column must name the files", hint="Leave out file= to find it automatically")

    def __bool__(self) -> bool:
        """Whether any column was chosen."""
        return self != Columns()

    def __str__(self) -> str:
        """The text that `parse` reads as this, of letters, digits and ",=+%_.-~" only."""
        values = {"file": self.file, "class": self.label, "split": self.split}
        parts = [f"{key}={_encoded(value)}" for key, value in values.items() if value is not None]
        if self.attributes is not None:
            parts.append(f"attributes={'+'.join(map(_encoded, self.attributes)) or _NONE}")
        return ",".join(parts)

    @classmethod
    def parse(cls, text: str) -> Columns:
        """The columns in a text; what comes before the next "file=", "class=" ... belongs to a name.

        Raises:
            LabError: naming what is unknown or given twice.
        """
        values: dict[str, str] = {}
        for part in _PART.split(text) if text.strip() else []:
            key, equals, value = part.partition("=")
            if not part:
                continue
            if key not in COLUMN_KEYS or not equals:
                raise LabError(
                    f"{part[:60]!r} is not a column option", hint=f"Known: {', '.join(COLUMN_KEYS)}"
                )
            if key in values:
                raise LabError(f"the column {key} is given twice")
            values[key] = value
        attributes = values.get("attributes")
        return cls(
            _decoded(values.get("file")),
            _decoded(values.get("class")),
            _decoded(values.get("split")),
            None if attributes is None else tuple(filter(None, map(_decoded, attributes.split("+")))),
        )


# Automatic: found by their contents.
AS_FOUND = Columns()


def _encoded(name: str) -> str:
    """A name with special characters escaped; a column named "none" is not the switch."""
    text = quote(name, safe="", errors="surrogatepass")
    return f"%{ord(text[0]):02X}{text[1:]}" if text == _NONE else text or _NONE


def _decoded(text: str | None) -> str | None:
    if text is None:
        return None
    return "" if text.strip() == _NONE else unquote(text, errors="replace").strip()
