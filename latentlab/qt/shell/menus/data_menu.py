"""The Data menu: which pictures the plane shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from latentlab.data.shipped_sets import SHIPPED_SETS
from latentlab.qt.shell.menus.actions import Entry
from latentlab.qt.widgets.plain_text import WORDS, on_button
from latentlab.session.recent_data import MOST, RecentData

if TYPE_CHECKING:
    from latentlab.qt.shell.main_window import LabWindow


def data_entries(window: LabWindow) -> Iterator[Entry]:
    """The splits of the open data, then the data sets that ship, then those opened last."""
    yield from _splits(window)
    yield from _shipped(window)
    yield from _opened_last(window)


def _splits(window: LabWindow) -> Iterator[Entry]:
    controller = window.controller
    for split, text, tip in (
        ("test", "&Test pictures", "Show the pictures that are held out from training."),
        ("all", "&All pictures", "Show test and training pictures. Takes some seconds if there are many."),
    ):
        yield Entry(
            f"{split}DataAction", "&Data", text, partial(controller.show_split, split), tip,
            enabled=controller.is_open, checked=_has_split(window, split), group="split",
            caption=_counted(window, split, text),
        )  # fmt: skip


def _shipped(window: LabWindow) -> Iterator[Entry]:
    controller = window.controller
    for number, (name, known) in enumerate(SHIPPED_SETS.items()):
        yield Entry(
            f"{name}DataAction", "&Data", f"{name}: {known.title}", partial(controller.data.choose, name),
            f"Show {name}, which comes with LatentLab, if the model is made for such pictures.",
            enabled=controller.is_open, checked=_is_shown(window, partial(str, name)), group="data",
            gap=number == 0,
        )  # fmt: skip


def _opened_last(window: LabWindow) -> Iterator[Entry]:
    for place in range(MOST):
        there = partial(_recent, window, place)
        yield Entry(
            f"recentData{place + 1}Action", "&Data", "Data of your own", partial(_choose, window, place),
            "Show these pictures of your own again, if the model is made for such.",
            enabled=window.controller.is_open, checked=_is_shown(window, _spec_of(there)), group="data",
            gap=place == 0, caption=_titled(window, place),
        )  # fmt: skip


def _recent(window: LabWindow, place: int) -> RecentData | None:
    recent = window.controller.data.recent
    return recent[place] if place < len(recent) else None


def _choose(window: LabWindow, place: int) -> None:
    recent = _recent(window, place)
    if recent is not None:
        window.controller.data.choose(recent.spec)


def _spec_of(there: Callable[[], RecentData | None]) -> Callable[[], str | None]:
    def spec() -> str | None:
        recent = there()
        return None if recent is None else recent.spec

    return spec


def _titled(window: LabWindow, place: int) -> Callable[[], str]:
    def title() -> str:
        titles = window.controller.data.recent_titles()
        return on_button(titles[place], WORDS) if place < len(titles) else ""

    return title


def _counted(window: LabWindow, split: str, text: str) -> Callable[[], str]:
    return lambda: text + on_button(window.controller.data.count_in_words(split), WORDS)


def _has_split(window: LabWindow, split: str) -> Callable[[], bool]:
    return lambda: window.workspace.state.split == split


def _is_shown(window: LabWindow, spec: Callable[[], str | None]) -> Callable[[], bool]:
    return lambda: window.workspace.state.data == spec()
