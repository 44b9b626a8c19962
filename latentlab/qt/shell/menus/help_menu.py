"""The commands of the Help menu."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from latentlab.qt.shell.about_dialog import AboutDialog
from latentlab.qt.shell.menus.actions import Entry
from latentlab.qt.shell.shortcuts_dialog import ShortcutsDialog
from latentlab.qt.shell.workbench import Workbench


def help_entries(bench: Workbench) -> Iterator[Entry]:
    """Finding a command, the guide, keys, About."""
    guide = bench.guide
    yield Entry("commandPaletteAction", "&Help", "&Find a command …", bench.palette.open_at_top,
                "Search the commands by a few letters.", "Ctrl+K", tool="Commands")  # fmt: skip
    yield Entry("guideAction", "&Help", "&Guide", guide.open_here,
                "Open the guide at the chapter of the panel that has the focus.", "F1", gap=True)  # fmt: skip
    yield Entry("workspaceHelpAction", "&Help", "What does &this workspace show?", guide.explain_workspace,
                "Explain the large view of this workspace, and lead on to the guide.")  # fmt: skip
    yield Entry("whatAction", "&Help", "&What am I seeing?", guide.explain_here,
                "Explain in a few sentences the panel that has the focus.", "Shift+F1")  # fmt: skip
    yield Entry("glossaryAction", "&Help", "G&lossary", guide.open_glossary,
                "Look up the terms of the window, from AUC to z.")  # fmt: skip
    yield Entry("firstStepsAction", "&Help", "First &steps", guide.steps.begin,
                "Six marks on this window say where to begin.")  # fmt: skip
    yield Entry("shortcutsAction", "&Help", "&Keyboard shortcuts and mouse", partial(_show_shortcuts, bench),
                "List all keys, and what the mouse does in the plane.", "Ctrl+F1", gap=True)  # fmt: skip
    yield Entry("aboutAction", "&Help", "&About LatentLab", partial(_show_about, bench),
                "Versions, licence, the open model, and details to copy into a report.")  # fmt: skip


def _show_about(bench: Workbench) -> None:
    """Opens the About dialog."""
    paths = {"settings": bench.settings.path, "log": bench.crashes.log.path}
    AboutDialog(bench.workspace.model, paths, bench.background, bench.window).show()


def _show_shortcuts(bench: Workbench) -> None:
    """Opens the list of keys."""
    ShortcutsDialog(bench.actions, bench.window).show()
