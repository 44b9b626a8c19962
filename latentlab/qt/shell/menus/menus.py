"""The table of the window's commands: name, menu, text, shortcut. Controllers carry them out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolBar

from latentlab.qt.compare.window import show_compare
from latentlab.qt.controllers.place_controller import PlaceController
from latentlab.qt.controllers.undo_controller import UndoController
from latentlab.qt.export import exportables
from latentlab.qt.shell.menus.actions import Entry
from latentlab.qt.shell.menus.chart_menu import chart_entries
from latentlab.qt.shell.menus.data_menu import data_entries
from latentlab.qt.shell.menus.direction_menu import direction_entries
from latentlab.qt.shell.menus.help_menu import help_entries
from latentlab.qt.shell.menus.model_menu import model_entries
from latentlab.qt.shell.menus.points_menu import points_entries
from latentlab.qt.shell.menus.project_menu import project_entries
from latentlab.qt.shell.menus.tape_menu import SAVE_MENU, tape_entries
from latentlab.qt.shell.menus.training_menu import training_entries
from latentlab.qt.shell.menus.workspace_menu import panel_entries, workspace_entries
from latentlab.qt.shell.workbench import Workbench
from latentlab.qt.widgets.colours import Theme

# With their icons; "" is a separator.
TOOLBAR = (
    ("openAction", "open"), ("exportProbeAction", "save-picture"), ("", ""),
    ("randomProbeAction", "random"), ("originAction", "origin"), ("pinHereAction", "pin"), ("", ""),
    ("zoomInAction", "zoom-in"), ("zoomOutAction", "zoom-out"), ("showAllAction", "show-all"), ("", ""),
    ("pointsLayerAction", "points"), ("manifoldLayerAction", "manifold"),
    ("contoursLayerAction", "contours"), ("densityLayerAction", "density"),
)  # fmt: skip
# Actions of layers that are not called after them.
_LAYER_NAMES = {"posterior": "truePosterior"}
# At the right end of the bar of the workspaces.
EVERYWHERE = (
    ("commandPaletteAction", "search"), ("undoAction", "undo"), ("redoAction", "redo"),
    ("workspaceHelpAction", "help"),
)  # fmt: skip


def entries(bench: Workbench) -> Iterator[Entry]:
    """Every command, in the order of the menus; undo, redo and the docks' toggle actions come from Qt
    itself.
    """
    yield from _file(bench)
    yield from _edit(bench)
    yield from _view(bench)
    yield from data_entries(bench)
    yield from direction_entries(bench)
    yield from training_entries(bench)
    yield from help_entries(bench)


def fill_menus(bench: Workbench) -> None:
    """Fills the menus, the toolbar, the palette and the menu of the button that saves tapes."""
    window, actions = bench.window, bench.actions
    steps = UndoController(bench.workspace, bench.opener.open_model, window)
    undo, redo = steps.undo, steps.redo
    # Only the verb on the toolbar: naming the undo step would change the width each time.
    undo.setIconText("Undo")
    redo.setIconText("Redo")
    actions.menu("&File")
    undo_tip = "Undo the last step. One drag is one step; before the first is the model that was open."
    actions.adopt("undoAction", "&Edit", undo, undo_tip, "Ctrl+Z")
    actions.adopt("redoAction", "&Edit", redo, "Redo the step that was undone.", "Ctrl+Shift+Z")
    actions.add(entries(bench))
    actions.add(panel_entries(bench))
    bench.bar.put_left(bench.gallery.chip)
    bench.bar.put_save(actions["saveNowAction"])
    bench.bar.put_right([(actions[name], icon) for name, icon in EVERYWHERE])
    bench.bar.show_while_presenting(actions["presentationAction"])
    window.addToolBar(bench.bar)
    window.addToolBarBreak()
    bar = QToolBar("Toolbar")
    bar.setObjectName("toolbar")
    bar.setMovable(False)
    bar.setIconSize(QSize(16, 16))
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    window.addToolBar(bar)
    actions.fill_toolbar(bar, TOOLBAR)
    actions.adopt("toolbarAction", "&View/P&anels", bar.toggleViewAction(), "Show or hide the toolbar.")
    bench.palette.offer(actions, bench.guide.terms_like)
    bench.diffusion.reverse.offer_to_save(actions[name] if name else None for name in SAVE_MENU)


def _file(bench: Workbench) -> Iterator[Entry]:
    controller, found = bench.controller, bench.exporter.exportables
    yield Entry(
        "openAction", "&File", "&Open …", controller.ask_for_file,
        "Open a model or a picture. For a picture saved by LatentLab the probe moves to where it "
            "was made; a tape is drawn again.",
        "Ctrl+O", tool="Open",
    )  # fmt: skip
    yield Entry(
        "galleryAction", "&File", "Mode&l gallery …", bench.gallery.open,
        "See all models, those that come with LatentLab and your own, and open one.", "Ctrl+M",
    )  # fmt: skip
    yield from model_entries(bench)
    yield from project_entries(bench)
    yield Entry(
        "openDataAction", "&File", "Open &folder of pictures …", controller.data.ask_for_folder,
        "Open pictures of your own, to train a model on or to show in the plane.", "Ctrl+Shift+O", gap=True,
    )  # fmt: skip
    yield Entry(
        "openDataFileAction", "&File", "Open f&ile of pictures …", controller.data.ask_for_file,
        "Open a zip, .npz or IDX file of pictures, or a table of attributes.",
    )  # fmt: skip
    yield Entry(
        "openPictureAction", "&File", "Open &picture of your own …", controller.own_picture.ask_for_file,
        "Encode a picture of your own; the probe moves to its encoding, where attributes can be added.",
        "Ctrl+I",
    )  # fmt: skip
    for name, what, text, tip, key in (
        ("exportProbeAction", exportables.PROBE, "&Save picture at the probe …",
         "Save the decoded picture at the probe.", "Ctrl+S"),
        ("exportGridAction", exportables.GRID, "Save manifold &grid …",
         "Save the manifold grid as one picture.", "Ctrl+Shift+G"),
        ("exportSelectionAction", exportables.SELECTION, "Save s&elected picture …",
         "Save the selected picture, its reconstruction and its posterior samples.", ""),
        ("exportTrayAction", exportables.TRAY, "Save &tray …", "Save the pinned pictures side by side.", ""),
        ("exportWalkAction", exportables.WALK, "Save &walk …",
         "Save the walk as an animation or as a strip.", "Ctrl+Shift+W"),
        ("exportSamplesAction", exportables.SAMPLES, "Save new pi&ctures …",
         "Save the new pictures as one sheet.", ""),
        ("exportUnfoldingAction", exportables.UNFOLDING, "Save &unfolding …",
         "Save the film of the plane during the last training.", ""),
        ("exportEncodingsAction", exportables.ENCODINGS, "Save e&ncodings …",
         "Save the encodings of all pictures, as NumPy arrays or a table.", ""),
    ):  # fmt: skip
        yield Entry(
            name, "&File", text, partial(controller.ask_to_save, what), tip, key,
            partial(found.has, what), tool="Save picture" if what == exportables.PROBE else "",
            gap=what == exportables.PROBE,
        )  # fmt: skip
    yield Entry(
        "saveSelectionAction", "&File", "Sa&ve selection …", bench.selection.ask,
        "Save the selected pictures, a group or all of them: as a table of file names, or as copies of or "
            "links to the files.",
        "", partial(_has_pictures, bench),
    )  # fmt: skip
    yield from chart_entries(bench)
    yield from tape_entries(bench)
    yield Entry("quitAction", "&File", "&Quit", bench.quit, "Close LatentLab.", "Ctrl+Q", gap=True)


def _edit(bench: Workbench) -> Iterator[Entry]:
    controller, found = bench.controller, bench.exporter.exportables
    yield Entry(
        "copyProbeAction", "&Edit", "&Copy picture at the probe", controller.copy_probe,
        "Put the decoded picture on the clipboard.", "Ctrl+C", partial(found.has, exportables.PROBE),
        gap=True,
    )  # fmt: skip
    yield Entry(
        "pastePictureAction", "&Edit", "Pas&te picture", controller.own_picture.paste,
        "Open the picture or the file on the clipboard; a picture becomes your own picture.", "Ctrl+V",
    )  # fmt: skip
    yield Entry(
        "pinHereAction", "&Edit", "&Pin the probe", controller.pin,
        "Put the picture at the probe into the tray.", "P", controller.is_open, tool="Pin",
    )  # fmt: skip
    yield Entry(
        "randomProbeAction", "&Edit", "&Random point", controller.random_probe,
        "Move the probe to a random draw of the prior; without a prior, to a random picture's code.", "R",
        controller.is_open, tool="Random", gap=True,
    )  # fmt: skip
    yield Entry(
        "originAction", "&Edit", "Go to the &origin", controller.to_origin,
        "Move the probe to the origin, the mean of the prior.", "O", controller.is_open, tool="Origin",
    )  # fmt: skip
    places = PlaceController(bench.window, bench.workspace, bench.messages)
    yield Entry(
        "namePlaceAction", "&Edit", "&Name this place …", places.ask_for_name,
        "Give the point at the probe a name, to find it again.", "N", places.can_name, gap=True,
    )  # fmt: skip
    yield Entry(
        "placesAction", "&Edit", "P&laces …", places.show,
        "List the places that have a name, and go to one.", "Shift+N",
    )  # fmt: skip
    yield Entry(
        "playWalkAction", "&Edit", "Play or pause the &walk", bench.player.toggle,
        "Play the walk from pin to pin and back, or pause it.", "W",
        partial(found.has, exportables.WALK), gap=True,
    )  # fmt: skip


def _view(bench: Workbench) -> Iterator[Entry]:
    plane = bench.plane
    yield Entry("zoomInAction", "&View", "Zoom &in", partial(plane.zoom, 1.25),
                "Zoom in on the centre of the plane.", "Ctrl++", tool="Zoom in")  # fmt: skip
    yield Entry("zoomOutAction", "&View", "Zoom &out", partial(plane.zoom, 0.8),
                "Show more of the plane.", "Ctrl+-", tool="Zoom out")  # fmt: skip
    yield Entry("showAllAction", "&View", "Show &all", bench.show_all,
                "Show all points of the plane; where models are compared, of each.", "Ctrl+0",
                tool="Show all")  # fmt: skip
    for number, (name, text, tip) in enumerate((
        ("points", "&Points", "Show the encoded pictures as points."),
        ("manifold", "&Manifold", "Show what the model decodes, under the points."),
        ("contours", "&Contours", "Show the prior's contours at 1, 2 and 3 sigma."),
        ("density", "&Density", "Show where encoded pictures lie, and the holes between them."),
        ("posterior", "&True posterior", "Show p(z|x) of a picture beside the ellipse of its q(z|x)."),
        ("stretch", "St&retch", "Show where a small step changes the picture much."),
        ("critic", "Criti&c", "Show where the discriminator takes made pictures for real ones."),
    )):  # fmt: skip
        yield Entry(
            _LAYER_NAMES.get(name, f"{name}LayerAction"), "&View", text,
            partial(bench.controller.switch_layer, name), tip, f"Alt+{number + 1}",
            checked=_layer(bench, name), tool=text.replace("&", ""), gap=number == 0,
        )  # fmt: skip
    yield from points_entries(bench)
    yield Entry("browseAction", "&View", "&Browse pictures", bench.docks.show_data_browser,
                "Show all pictures of the data as a grid, to sort, to select and to save.", "Ctrl+B",
                gap=True)  # fmt: skip
    yield Entry("diffusionAction", "&View", "&Diffusion", bench.docks.show_diffusion,
                "Show the Diffusion panel: from noise to pictures, step by step.", "Ctrl+Shift+D",
                tool="Diffusion")  # fmt: skip
    yield Entry("compareAction", "&View", "&Compare models", bench.docks.show_compare,
                "Show two to four models side by side, with one common probe.", "Ctrl+Shift+M",
                bench.controller.is_open)  # fmt: skip
    yield Entry("compareWindowAction", "&View", "Compare in a &window of its own …", partial(_compare, bench),
                "Show two to four models side by side in another window, with a probe of its own.", "",
                bench.controller.is_open)  # fmt: skip
    for theme, text, tip in (
        (Theme.SYSTEM, "As the &system", "Light or dark, as the desktop."),
        (Theme.LIGHT, "&Light", "Dark on light."),
        (Theme.DARK, "&Dark", "Light on dark."),
    ):
        yield Entry(
            f"{theme.value}ThemeAction", "&View/&Theme", text, partial(bench.theming.choose, theme), tip,
            checked=_theme(bench, theme), group="theme",
        )  # fmt: skip
    yield from workspace_entries(bench)


def _has_pictures(bench: Workbench) -> bool:
    return bench.browser.rows is not None


def _compare(bench: Workbench) -> None:
    """Opens the window that compares models."""
    show_compare(
        bench.window, bench.workspace.rest(), bench.trainer.folder, bench.settings.folder, bench.crashes.note
    )


def _layer(bench: Workbench, name: str) -> Callable[[], bool]:
    return lambda: bool(getattr(bench.workspace.state.layers, name))


def _theme(bench: Workbench, theme: Theme) -> Callable[[], bool]:
    return lambda: bench.theming.theme is theme
