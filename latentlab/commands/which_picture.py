"""Finds the picture of a data set that --index means: by number, or by the name of its file."""

from __future__ import annotations

from latentlab.data.folders.name_forms import clean
from latentlab.data.image_set import ImageSet
from latentlab.errors import LabError
from latentlab.plain import short_name

_LISTED = 3


def number_of(data: ImageSet, which: int | str) -> int:
    """The number of a picture, given by number or by its path below the data's root.

    The end of a path, from a "/" on, suffices where it is unique.

    Raises:
        LabError: if there is no such picture, or several.
    """
    whole = f"{data.name} ({data.split})"
    if isinstance(which, int):
        if which >= len(data):
            raise LabError(f"{whole} has {len(data):,} pictures, so no number {which:,}")
        return which
    names = data.keys.names
    # As shells complete it: "./" in front, another Unicode normal form, a backslash for each "/".
    meant = (which, clean(which))
    found = [number for number, name in enumerate(names) if name in meant]
    if not found:
        ends = tuple(f"/{name}" for name in meant)
        found = [number for number, name in enumerate(names) if name.endswith(ends)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise LabError(
            f"{whole} has no picture called {short_name(which)!r}",
            hint=f"A name is the path relative to the data set's folder, such as {short_name(names[0])}",
        )
    listed = ", ".join(short_name(names[number]) for number in found[:_LISTED])
    raise LabError(
        f"{whole} has {len(found):,} pictures called {short_name(which)!r}: {listed}",
        hint="Give more of the path",
    )
