"""The commands that save and open projects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from latentlab.qt.controllers.settings import MOST_PROJECTS
from latentlab.qt.shell.menus.actions import Entry
from latentlab.qt.shell.workbench import Workbench
from latentlab.qt.widgets.plain_text import WORDS, on_button

_RECENT, _PROJECT = "&File/&Recent projects", "&File/This pro&ject"


def project_entries(bench: Workbench) -> Iterator[Entry]:
    """The entries of the File menu."""
    pages = bench.project_pages
    yield Entry(
        "openProjectAction", "&File", "Open p&roject …", pages.open,
        "Open a project: models, pictures, pins, groups, tapes and panels, as they were saved.",
        gap=True,
    )  # fmt: skip
    for place in range(MOST_PROJECTS):
        yield Entry(
            f"recentProject{place + 1}", _RECENT, "A project", partial(_open_recent, bench, place),
            "Open a project again that was opened recently.", caption=_named(bench, place),
        )  # fmt: skip
    yield Entry(
        "sessionBeforeAction", _RECENT, "The session before a project was opened",
        bench.projects.open_before,
        "Go back to the session that was there, in no project, before a project was opened.",
        enabled=bench.projects.copies.before.exists, gap=True,
    )  # fmt: skip
    yield Entry(
        "saveProjectAction", "&File", "S&ave project", pages.save,
        "Save everything that is arranged here as a project file.", "Ctrl+Shift+S", bench.controller.is_open,
    )  # fmt: skip
    yield Entry(
        "saveNowAction", _PROJECT, "&Save at once", bench.saver.save,
        "Save everything that is arranged here as a project, without a question: under its name, or under a "
            "new one.",
        enabled=bench.controller.is_open,
    )  # fmt: skip
    yield Entry(
        "saveProjectAsAction", _PROJECT, "Save &as …", pages.save_as,
        "Save the project under another name.", enabled=bench.controller.is_open,
    )  # fmt: skip
    yield Entry(
        "packProjectAction", _PROJECT, "Save with everything &packed in …", partial(pages.save_as, True),
        "Save the project with its models and pictures in one file, to hand it to somebody.",
        enabled=bench.controller.is_open,
    )  # fmt: skip
    yield Entry(
        "projectNotesAction", _PROJECT, "&Notes …", pages.show_notes,
        "Write down what you want to remember; it is saved with the project.",
    )  # fmt: skip
    yield Entry(
        "closeProjectAction", _PROJECT, "&Close", bench.projects.close_project,
        "Go on without the project. What was not saved is kept, and offered when it is opened again.",
        enabled=lambda: bench.projects.path is not None, gap=True,
    )  # fmt: skip


def _open_recent(bench: Workbench, place: int) -> None:
    known = bench.settings.projects
    if place < len(known):
        bench.project_pages.open_path(known[place])


def _named(bench: Workbench, place: int) -> Callable[[], str]:
    def name() -> str:
        known = bench.settings.projects
        return on_button(f"Open {Path(known[place]).name}", WORDS) if place < len(known) else ""

    return name
