"""Which columns of a table are meant, where a person says so; else they are found by what they hold.

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
    """The names of columns, or their numbers from 1 on; None for as found, "" for none of them.

    Attributes:
        file: which names the pictures' files.
        label: which is the class.
        split: which tells training from testing.
        attributes: which say what is true of a picture; () for none of them.
    """

    file: str | None = None
    label: str | None = None
    split: str | None = None
    attributes: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.file == "":
            raise LabError("one column must name the files", hint="Leave out file= to find it automatically")

    def __bool__(self) -> bool:
        """Whether anything was chosen."""
        return self != Columns()

    def __str__(self) -> str:
        """What `parse` reads as this, of letters, digits and ",=+%_.-~" alone."""
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


# As they are found by what they hold.
AS_FOUND = Columns()


def _encoded(name: str) -> str:
    """A name such that nothing in it means anything; a column that is called "none" is no switch."""
    text = quote(name, safe="", errors="surrogatepass")
    return f"%{ord(text[0]):02X}{text[1:]}" if text == _NONE else text or _NONE


def _decoded(text: str | None) -> str | None:
    if text is None:
        return None
    return "" if text.strip() == _NONE else unquote(text, errors="replace").strip()
