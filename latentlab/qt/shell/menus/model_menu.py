"""The menu of models: those that ship, by name, those trained here, and files opened recently."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from latentlab.engine.files.model_catalog import makes_pictures
from latentlab.qt.shell.menus.actions import Entry
from latentlab.qt.shell.workbench import Workbench
from latentlab.qt.widgets.plain_text import WORDS, on_button
from latentlab.shipped import model_files

_MENU, _OWN, _RECENT = "&File/&Models", 8, 5


def model_entries(bench: Workbench) -> Iterator[Entry]:
    """A command for each model that can be opened without a file dialog."""
    for name, path in model_files().items():
        if not makes_pictures(path):
            continue
        yield Entry(
            f"model_{name}", _MENU, f"Open model {name}", partial(bench.opener.open_model, name),
            f"Open {name}, which comes with LatentLab.", checked=partial(_is_open, bench, name),
            group="model",
        )  # fmt: skip
    for place in range(_OWN):
        yield Entry(
            f"ownModel{place + 1}", _MENU, "A model trained here", partial(_open_own, bench, place),
            "Open a model that was trained here, the newest first.", gap=place == 0,
            caption=_named(bench, place),
        )  # fmt: skip
    for place in range(_RECENT):
        yield Entry(
            f"recentModel{place + 1}Action", _MENU, "A model opened recently",
            partial(_open_recent, bench, place), "Open a model file again that was opened recently.",
            gap=place == 0, caption=_recently_named(bench, place),
        )  # fmt: skip


def _own(bench: Workbench, place: int) -> Path | None:
    found = bench.trainer.models()
    return found[place] if place < len(found) else None


def _open_own(bench: Workbench, place: int) -> None:
    path = _own(bench, place)
    if path is not None:
        bench.opener.open_model(str(path))


def _named(bench: Workbench, place: int) -> Callable[[], str]:
    def name() -> str:
        path = _own(bench, place)
        return "" if path is None else f"Open model {on_button(path.stem, WORDS)}"

    return name


def _recent(bench: Workbench, place: int) -> str | None:
    """A file opened recently that is not listed as trained here."""
    folder = str(bench.trainer.folder)
    found = [one for one in bench.settings.recent_models if str(Path(one).parent) != folder]
    return found[place] if place < len(found) else None


def _open_recent(bench: Workbench, place: int) -> None:
    path = _recent(bench, place)
    if path is not None:
        bench.opener.open_model(path)


def _recently_named(bench: Workbench, place: int) -> Callable[[], str]:
    def name() -> str:
        path = _recent(bench, place)
        return "" if path is None else f"Open file {on_button(path, WORDS)}"

    return name


def _is_open(bench: Workbench, name: str) -> bool:
    return bench.workspace.state.model == name
