"""The Directions menu: hand-picked groups of pictures, and the directions made from them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from latentlab.qt.shell.menus.actions import Entry
from latentlab.qt.shell.workbench import Workbench
from latentlab.session.groups import GROUPS


def direction_entries(bench: Workbench) -> Iterator[Entry]:
    """The entries: gather, make, import, export."""
    controller = bench.controller.directions
    for group, text, key in zip(GROUPS, ("&Lasso", "La&sso"), ("L", "Shift+L"), strict=True):
        letter = group.upper()
        yield Entry(
            f"lasso{letter}Action", "Di&rections", f"{text} into group {letter}",
            partial(controller.gather, group),
            f"Draw around points of the plane, or click them, to put them into group {letter}.",
            key, bench.controller.is_open, partial(controller.gathers, group),
        )  # fmt: skip
    for group in GROUPS:
        letter = group.upper()
        yield Entry(
            f"addTo{letter}Action", "Di&rections", f"Selected picture into group &{letter}",
            partial(controller.add_selected, group),
            f"Add the selected picture to group {letter}, or remove it.",
            letter, controller.has_selected, gap=group == GROUPS[0],
        )  # fmt: skip
    yield Entry(
        "clearGroupsAction", "Di&rections", "&Clear both groups", controller.clear_groups,
        "Remove all pictures from both groups.", "", controller.has_groups,
    )  # fmt: skip
    yield Entry(
        "makeDirectionAction", "Di&rections", "&Make a direction …", bench.make_direction,
        "Make a direction from the groups: the mean of A minus the mean of B.", "Ctrl+D",
        controller.has_groups, gap=True,
    )  # fmt: skip
    yield Entry(
        "importDirectionsAction", "Di&rections", "&Import directions …", controller.ask_to_import,
        "Import directions of this model from a .safetensors or .npz file.", "", bench.controller.is_open,
    )  # fmt: skip
    yield Entry(
        "exportDirectionsAction", "Di&rections", "&Export your directions …", controller.ask_to_export,
        "Save your own directions of this model as .safetensors or .npz.", "", bench.controller.is_open,
    )  # fmt: skip
