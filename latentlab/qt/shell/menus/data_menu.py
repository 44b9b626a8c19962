"""The Data menu: chooses the pictures that the plane shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from latentlab.data.shipped_sets import SHIPPED_SETS
from latentlab.qt.shell.menus.actions import Entry
from latentlab.qt.shell.workbench import Workbench
from latentlab.qt.widgets.plain_text import WORDS, on_button
from latentlab.session.recent_data import MOST, RecentData


def data_entries(bench: Workbench) -> Iterator[Entry]:
    """The splits of the open data, the data sets that ship, and those opened recently."""
    yield from _splits(bench)
    yield from _shipped(bench)
    yield from _opened_last(bench)
    yield Entry(
        "findDataAction", "&Data", "&Find the data of this model …", bench.gallery.missing.ask,
        "Show where the pictures are that the open model learnt from, if they were not found.",
        enabled=bench.gallery.missing.is_missing, gap=True,
    )  # fmt: skip


def _splits(bench: Workbench) -> Iterator[Entry]:
    controller = bench.controller
    for split, text, tip in (
        ("test", "&Test pictures", "Show the pictures held out from training."),
        ("all", "&All pictures", "Show test and training pictures. Takes some seconds if there are many."),
    ):
        yield Entry(
            f"{split}DataAction", "&Data", text, partial(controller.show_split, split), tip,
            enabled=controller.is_open, checked=_has_split(bench, split), group="split",
            caption=_counted(bench, split, text),
        )  # fmt: skip


def _shipped(bench: Workbench) -> Iterator[Entry]:
    controller = bench.controller
    for number, (name, known) in enumerate(SHIPPED_SETS.items()):
        yield Entry(
            f"{name}DataAction", "&Data", f"{name}: {known.title}", partial(controller.data.choose, name),
            f"Show {name}, which comes with LatentLab, if the model fits such pictures.",
            enabled=controller.is_open, checked=_is_shown(bench, partial(str, name)), group="data",
            gap=number == 0,
        )  # fmt: skip


def _opened_last(bench: Workbench) -> Iterator[Entry]:
    for place in range(MOST):
        there = partial(_recent, bench, place)
        yield Entry(
            f"recentData{place + 1}Action", "&Data", "Data of your own", partial(_choose, bench, place),
            "Show these pictures of your own again, if they fit the model.",
            enabled=bench.controller.is_open, checked=_is_shown(bench, _spec_of(there)), group="data",
            gap=place == 0, caption=_titled(bench, place),
        )  # fmt: skip


def _recent(bench: Workbench, place: int) -> RecentData | None:
    recent = bench.controller.data.recent
    return recent[place] if place < len(recent) else None


def _choose(bench: Workbench, place: int) -> None:
    recent = _recent(bench, place)
    if recent is not None:
        bench.controller.data.choose(recent.spec)


def _spec_of(there: Callable[[], RecentData | None]) -> Callable[[], str | None]:
    def spec() -> str | None:
        recent = there()
        return None if recent is None else recent.spec

    return spec


def _titled(bench: Workbench, place: int) -> Callable[[], str]:
    def title() -> str:
        titles = bench.controller.data.recent_titles()
        return on_button(titles[place], WORDS) if place < len(titles) else ""

    return title


def _counted(bench: Workbench, split: str, text: str) -> Callable[[], str]:
    return lambda: text + on_button(bench.controller.data.count_in_words(split), WORDS)


def _has_split(bench: Workbench, split: str) -> Callable[[], bool]:
    return lambda: bench.workspace.state.split == split


def _is_shown(bench: Workbench, spec: Callable[[], str | None]) -> Callable[[], bool]:
    return lambda: bench.workspace.state.data == spec()
