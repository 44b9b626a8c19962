"""Data specs: a data set and its reading options as one line of text.

    mnist
    /home/me/cats
    /home/me/cats::side=32,fit=crop,colour=rgb

A name of the catalog or a path, then, after the last "::", how its pictures are to be read. A folder that is
called like one of the catalog is ./mnist. A path may hold "::" itself: only what looks like options after the
last one is taken for options, and an empty "::" at the end says that there are none. Values are written as in
web addresses, so that they may hold anything:

    /home/me/cats::file=image%20name,class=breed
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from latentlab.data.columns import AS_FOUND, COLUMN_KEYS, Columns
from latentlab.data.limits import LARGEST_SIDE, SMALLEST_SIDE
from latentlab.data.shipped_sets import SHIPPED_SETS
from latentlab.errors import LabError

SQUARES = ("crop", "pad")
FITS = (*SQUARES, "pairs")
COLOURS = ("grey", "rgb")
DEALT = ("key", "count")
_MARK = "::"
_KEYS = ("side", "fit", "colour", "dealt", "white", *COLUMN_KEYS)
_VALUE = r"[a-z]+=[a-zA-Z0-9_.~%+-]*"
_OPTIONS = re.compile(f"({_VALUE}(,{_VALUE})*)?", re.ASCII)


@dataclass(frozen=True)
class ReadingOptions:
    """How pictures of any size become pictures of one size.

    Attributes:
        side: rows and columns of every picture, 8 to 64; None: chosen from the pictures' own sizes.
        fit: "crop" fills the square and cuts off what hangs over; "pad" shows all of the picture, on a ground
            of its border's mean colour; "pairs" that each picture is two side by side,
            each of which fills its square, or that the folders A and B hold one half each.
        colour: "grey" or "rgb"; None: grey if every picture is grey.
        dealt: how pictures are held out: "key", by the hash of each (see `latentlab.data.splits`), or
            "count", as LatentLab did before, for what was saved then.
        columns: which columns of the table beside the pictures are meant.
        white: the level that is white in pictures of more than 8 bits; None: found over all of them.
    """

    side: int | None = None
    fit: str = "crop"
    colour: str | None = None
    dealt: str = "key"
    columns: Columns = AS_FOUND
    white: float | None = None

    def __post_init__(self) -> None:
        if self.side is not None and not SMALLEST_SIDE <= self.side <= LARGEST_SIDE:
            raise LabError(f"side is {self.side}, expected {SMALLEST_SIDE} to {LARGEST_SIDE} pixels")
        if self.fit not in FITS:
            raise LabError(f"fit is {self.fit!r}", hint=f"Known: {', '.join(FITS)}")
        if self.colour is not None and self.colour not in COLOURS:
            raise LabError(f"colour is {self.colour!r}", hint=f"Known: {', '.join(COLOURS)}")
        if self.dealt not in DEALT:
            raise LabError(f"dealt is {self.dealt!r}", hint=f"Known: {', '.join(DEALT)}")
        if self.white is not None and not 0 < self.white < math.inf:
            raise LabError(f"white is {self.white:g}, expected a number over 0")

    def __str__(self) -> str:
        """The options that differ from the defaults, as in a spec: `side=32,colour=rgb`."""
        parts = []
        if self.side is not None:
            parts.append(f"side={self.side}")
        if self.fit != FITS[0]:
            parts.append(f"fit={self.fit}")
        if self.colour is not None:
            parts.append(f"colour={self.colour}")
        if self.dealt != DEALT[0]:
            parts.append(f"dealt={self.dealt}")
        if self.white is not None:
            short = f"{self.white:g}"
            parts.append(f"white={short if float(short) == self.white else self.white}")
        if self.columns:
            parts.append(str(self.columns))
        return ",".join(parts)

    @classmethod
    def parse(cls, text: str) -> ReadingOptions:
        """The options in `side=32,fit=pad`; the empty text gives the defaults.

        Raises:
            LabError: naming the option that is unknown, given twice or out of range.
        """
        values: dict[str, str] = {}
        for part in filter(None, text.split(",")):
            name, _, value = part.partition("=")
            if name not in _KEYS:
                raise LabError(f"no reading option is called {name!r}", hint=f"Known: {', '.join(_KEYS)}")
            if name in values:
                raise LabError(f"the reading option {name} is given twice")
            values[name] = value
        columns = ",".join(f"{key}={values[key]}" for key in COLUMN_KEYS if key in values)
        side = values.get("side")
        if side is not None and not re.fullmatch("[0-9]{1,6}", side):
            raise LabError(f"side is {side!r}, expected a whole number of pixels")
        return cls(
            side=None if side is None else int(side),
            fit=values.get("fit", FITS[0]),
            colour=values.get("colour"),
            dealt=values.get("dealt", DEALT[0]),
            columns=Columns.parse(columns),
            white=_number(values["white"]) if "white" in values else None,
        )


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise LabError(f"white is {text!r}, expected a number such as 4095 or 0.8") from None


@dataclass(frozen=True)
class Spec:
    """A parsed spec: `source` is a name of the catalog or a path."""

    source: str
    options: ReadingOptions = ReadingOptions()

    def __str__(self) -> str:
        """The shortest text that `parse` reads as this."""
        options = str(self.options)
        bare = not options and Spec.parse(self.source).source == self.source
        return self.source if bare else f"{self.source}{_MARK}{options}"

    @classmethod
    def parse(cls, text: str) -> Spec:
        """The spec in a text.

        Raises:
            LabError: if it names nothing, or its options are wrong.
        """
        source, mark, options = text.rpartition(_MARK)
        if not mark or not _OPTIONS.fullmatch(options):
            source, options = text, ""
        if not source or "\0" in source:
            raise LabError("no data set was given" if not source else f"{source!r} is not a path")
        return cls(source, ReadingOptions.parse(options))


def with_columns(spec: str, text: str) -> str:
    """The same data, with columns given as text (see `latentlab.data.columns`).

    Raises:
        LabError: naming the error in either.
    """
    wanted = Spec.parse(spec)
    return str(replace(wanted, options=replace(wanted.options, columns=Columns.parse(text))))


def dealt_by_count(spec: str) -> str:
    """The same data, split as LatentLab did before pictures had keys; those that ship are split as always."""
    wanted = Spec.parse(spec)
    if wanted.source in SHIPPED_SETS:
        return spec
    return str(replace(wanted, options=replace(wanted.options, dealt="count")))
