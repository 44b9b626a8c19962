"""The menu of models: those that ship, by name, and those trained here last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from latentlab.engine.files.model_catalog import makes_pictures
from latentlab.qt.shell.menus.actions import Entry
from latentlab.qt.widgets.plain_text import WORDS, on_button
from latentlab.shipped import model_files

if TYPE_CHECKING:
    from latentlab.qt.shell.main_window import LabWindow

_MENU, _OWN = "&File/&Models", 8


def model_entries(window: LabWindow) -> Iterator[Entry]:
    """A command for each model that can be opened without looking for a file."""
    for name, path in model_files().items():
        if not makes_pictures(path):
            continue
        yield Entry(
            f"model_{name}", _MENU, f"Open model {name}", partial(window.opener.open_model, name),
            f"Open {name}, which comes with LatentLab.", checked=partial(_is_open, window, name),
            group="model",
        )  # fmt: skip
    for place in range(_OWN):
        yield Entry(
            f"ownModel{place + 1}", _MENU, "A model trained here", partial(_open_own, window, place),
            "Open a model that was trained here, the newest first.", gap=place == 0,
            caption=_named(window, place),
        )  # fmt: skip


def _own(window: LabWindow, place: int) -> Path | None:
    found = window.trainer.models()
    return found[place] if place < len(found) else None


def _open_own(window: LabWindow, place: int) -> None:
    path = _own(window, place)
    if path is not None:
        window.opener.open_model(str(path))


def _named(window: LabWindow, place: int) -> Callable[[], str]:
    def name() -> str:
        path = _own(window, place)
        return "" if path is None else f"Open model {on_button(path.stem, WORDS)}"

    return name


def _is_open(window: LabWindow, name: str) -> bool:
    return window.workspace.state.model == name
