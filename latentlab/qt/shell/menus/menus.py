"""The table of the window's commands: name, place in the menus, words, key. What they do is elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from latentlab.qt.compare.window import show_compare
from latentlab.qt.export import exportables
from latentlab.qt.shell.menus.actions import Entry
from latentlab.qt.shell.menus.data_menu import data_entries
from latentlab.qt.shell.menus.direction_menu import direction_entries
from latentlab.qt.shell.menus.model_menu import model_entries
from latentlab.qt.shell.menus.pages import show_about, show_shortcuts
from latentlab.qt.shell.menus.tape_menu import tape_entries
from latentlab.qt.shell.menus.training_menu import training_entries
from latentlab.qt.widgets.colours import Theme

if TYPE_CHECKING:
    from latentlab.qt.shell.main_window import LabWindow

TOOLBAR = (
    "openAction", "exportProbeAction", "",
    "undoAction", "redoAction", "",
    "randomProbeAction", "originAction", "pinHereAction", "",
    "trainAction", "diffusionAction", "",
    "zoomInAction", "zoomOutAction", "showAllAction", "",
    "pointsLayerAction", "manifoldLayerAction", "contoursLayerAction", "densityLayerAction", "",
    "commandPaletteAction",
)  # fmt: skip


def entries(window: LabWindow) -> Iterator[Entry]:
    """Every command, in the order of the menus; undo, redo and the docks' switches come from Qt itself."""
    yield from _file(window)
    yield from _edit(window)
    yield from _view(window)
    yield from data_entries(window)
    yield from direction_entries(window)
    yield from training_entries(window)
    yield from _help(window)


def _file(window: LabWindow) -> Iterator[Entry]:
    controller, found = window.controller, window.exporter.exportables
    yield Entry(
        "openAction", "&File", "&Open …", controller.ask_for_file,
        "Open a model, or a picture: where one saved by LatentLab was made, the probe goes; of a tape, it is "
        "drawn again.",
        "Ctrl+O", tool="Open",
    )  # fmt: skip
    yield from model_entries(window)
    yield Entry(
        "openDataAction", "&File", "Open &folder of pictures …", controller.data.ask_for_folder,
        "Open pictures of your own, to train a model on or to show in the plane.", "Ctrl+Shift+O",
    )  # fmt: skip
    yield Entry(
        "openDataFileAction", "&File", "Open f&ile of pictures …", controller.data.ask_for_file,
        "Open a zip, .npz or IDX file of pictures, or a table of attributes.",
    )  # fmt: skip
    yield Entry(
        "openPictureAction", "&File", "Open &picture of your own …", controller.own_picture.ask_for_file,
        "Encode a picture of your own: the probe goes to its place, and attributes can be added there.",
        "Ctrl+I",
    )  # fmt: skip
    for name, what, text, tip, key in (
        ("exportProbeAction", exportables.PROBE, "&Save picture at the probe …",
         "Save the decoded picture at the probe.", "Ctrl+S"),
        ("exportGridAction", exportables.GRID, "Save manifold &grid …",
         "Save the manifold grid as one picture.", "Ctrl+Shift+G"),
        ("exportSelectionAction", exportables.SELECTION, "Save s&elected picture …",
         "Save the selected picture, its reconstruction and its posterior draws.", ""),
        ("exportTrayAction", exportables.TRAY, "Save &tray …", "Save the pinned pictures side by side.", ""),
        ("exportWalkAction", exportables.WALK, "Save &walk …",
         "Save the walk as an animation or as a strip.", "Ctrl+Shift+W"),
        ("exportSamplesAction", exportables.SAMPLES, "Save new pi&ctures …",
         "Save the pictures that were drawn under the asked conditions as one sheet.", ""),
        ("exportUnfoldingAction", exportables.UNFOLDING, "Save &unfolding …",
         "Save the film of the plane during the last training.", ""),
        ("exportEncodingsAction", exportables.ENCODINGS, "Save e&ncodings …",
         "Save where every picture lies, as NumPy arrays or a table.", ""),
    ):  # fmt: skip
        yield Entry(
            name, "&File", text, partial(controller.ask_to_save, what), tip, key,
            partial(found.has, what), tool="Save" if what == exportables.PROBE else "",
            gap=what == exportables.PROBE,
        )  # fmt: skip
    yield from tape_entries(window)
    yield Entry("quitAction", "&File", "&Quit", window.quit, "Close LatentLab.", "Ctrl+Q", gap=True)


def _edit(window: LabWindow) -> Iterator[Entry]:
    controller, found = window.controller, window.exporter.exportables
    yield Entry(
        "copyProbeAction", "&Edit", "&Copy picture at the probe", window.copy_probe,
        "Put the decoded picture on the clipboard.", "Ctrl+C", partial(found.has, exportables.PROBE),
        gap=True,
    )  # fmt: skip
    yield Entry(
        "pastePictureAction", "&Edit", "Pas&te picture", controller.own_picture.paste,
        "Take the picture, or the file, on the clipboard: a picture becomes your own picture.", "Ctrl+V",
    )  # fmt: skip
    yield Entry(
        "pinHereAction", "&Edit", "&Pin the probe", controller.pin,
        "Put the picture at the probe into the tray.", "P", controller.is_open, tool="Pin",
    )  # fmt: skip
    yield Entry(
        "randomProbeAction", "&Edit", "&Random point", controller.random_probe,
        "Send the probe to a point drawn from the prior.", "R", controller.is_open, tool="Random", gap=True,
    )  # fmt: skip
    yield Entry(
        "originAction", "&Edit", "Go to the &origin", controller.to_origin,
        "Send the probe to the middle of the prior.", "O", controller.is_open, tool="Origin",
    )  # fmt: skip
    yield Entry(
        "playWalkAction", "&Edit", "Play or pause the &walk", window.player.toggle,
        "Play the walk from pin to pin and back, or pause it.", "W",
        partial(found.has, exportables.WALK), gap=True,
    )  # fmt: skip


def _view(window: LabWindow) -> Iterator[Entry]:
    plane = window.plane
    yield Entry("zoomInAction", "&View", "Zoom &in", partial(plane.zoom, 1.25),
                "Look closer at the middle of the plane.", "Ctrl++", tool="Zoom in")  # fmt: skip
    yield Entry("zoomOutAction", "&View", "Zoom &out", partial(plane.zoom, 0.8),
                "See more of the plane.", "Ctrl+-", tool="Zoom out")  # fmt: skip
    yield Entry("showAllAction", "&View", "Show &all", plane.show_all,
                "See all points of the plane.", "Ctrl+0", tool="Show all")  # fmt: skip
    for number, (name, text, tip) in enumerate((
        ("points", "&Points", "Show the encoded pictures as points."),
        ("manifold", "&Manifold", "Show what the model decodes, under the points."),
        ("contours", "&Contours", "Show the prior's contours at 1, 2 and 3 sigma."),
        ("density", "&Density", "Show where encoded pictures lie, and the holes between them."),
    )):  # fmt: skip
        yield Entry(
            f"{name}LayerAction", "&View", text, partial(window.controller.switch_layer, name), tip,
            f"Ctrl+{number + 1}", checked=_layer(window, name), tool=text.replace("&", ""), gap=number == 0,
        )  # fmt: skip
    yield Entry("diffusionAction", "&View", "&Diffusion", window.show_diffusion,
                "Step from noise to pictures: the diffusion panel comes to the front.", "Ctrl+Shift+D",
                tool="Diffusion", gap=True)  # fmt: skip
    yield Entry("compareAction", "&View", "&Compare models …", partial(show_compare, window),
                "Put two to four models side by side, under one cursor.", "Ctrl+Shift+M",
                window.controller.is_open)  # fmt: skip
    for theme, text, tip in (
        (Theme.SYSTEM, "As the &system", "Light or dark as the desktop is."),
        (Theme.LIGHT, "&Light", "Dark on light."),
        (Theme.DARK, "&Dark", "Light on dark."),
    ):
        yield Entry(
            f"{theme.value}ThemeAction", "&View/&Theme", text, partial(window.theming.choose, theme), tip,
            checked=_theme(window, theme), group="theme",
        )  # fmt: skip
    yield Entry("resetLayoutAction", "&View/P&anels", "&Reset layout", window.arrange,
                "Put all panels back in their places.")  # fmt: skip


def _help(window: LabWindow) -> Iterator[Entry]:
    yield Entry("commandPaletteAction", "&Help", "&Find a command …", window.palette_box.open_at_top,
                "Type a few letters of what you want to do.", "Ctrl+K", tool="Commands")  # fmt: skip
    yield Entry("shortcutsAction", "&Help", "&Keyboard shortcuts and mouse", partial(show_shortcuts, window),
                "List all keys, and what the mouse does in the plane.", "F1")  # fmt: skip
    yield Entry("aboutAction", "&Help", "&About LatentLab", partial(show_about, window),
                "Versions, licence, the open model, and details to copy into a report.",
                gap=True)  # fmt: skip


def _layer(window: LabWindow, name: str) -> Callable[[], bool]:
    return lambda: bool(getattr(window.workspace.state.layers, name))


def _theme(window: LabWindow, theme: Theme) -> Callable[[], bool]:
    return lambda: window.theming.theme is theme
