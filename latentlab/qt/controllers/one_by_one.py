"""Several files that came at once and of which one is shown at a time: each further one is offered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from latentlab.data.report import some_shown
from latentlab.qt.widgets.message_bar import MessageBar

_NAMED = 3


def open_one_by_one(
    bar: MessageBar, paths: Sequence[Path], open_one: Callable[[Path], None], place: int = 0
) -> None:
    """Opens one of the files, says which others there are, and offers the next."""
    path, rest = paths[place], [one.name for one in paths[place + 1 :]]
    open_one(path)
    if len(paths) < 2:
        return
    text = f"{place + 1:,} of {len(paths):,} files is opened: {some_shown([path.name], 1)}."
    if not rest:
        bar.say(f"{text} That was the last of them.", good=True)
        return
    following = partial(open_one_by_one, bar, paths, open_one, place + 1)
    text += f" One is shown at a time; still to come: {some_shown(rest, _NAMED)}."
    bar.say(text, f"Open {some_shown(rest[:1], 1)}", following, good=True)
