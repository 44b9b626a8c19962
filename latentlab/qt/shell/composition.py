"""What stands in the window: the one place where views are put together. A new view is one line here.

Imported only when the frame is on the screen, for numpy and the views come with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QToolBar, QVBoxLayout, QWidget

from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.clients.film_recorder import FilmRecorder
from latentlab.qt.clients.task_queue import TaskQueue
from latentlab.qt.clients.trainer_client import TrainerClient
from latentlab.qt.controllers.density_watcher import DensityWatcher
from latentlab.qt.controllers.file_opener import FileOpener
from latentlab.qt.controllers.sample_follower import SampleFollower
from latentlab.qt.controllers.session_controller import SessionController
from latentlab.qt.controllers.tape_controller import TapeController
from latentlab.qt.controllers.training_follower import TrainingFollower
from latentlab.qt.controllers.trajectory_tracer import Tracing
from latentlab.qt.export import exportables
from latentlab.qt.export.exporter import Exporter
from latentlab.qt.shell.docks import Column, Docks, beside
from latentlab.qt.shell.menus.actions import Actions, Entry
from latentlab.qt.shell.menus.command_palette import CommandPalette
from latentlab.qt.shell.menus.menus import TOOLBAR, entries
from latentlab.qt.shell.menus.tape_menu import SAVE_MENU
from latentlab.qt.shell.status_bar import Status
from latentlab.qt.views.analogy.view import AnalogyView
from latentlab.qt.views.attributes.view import AttributeBoard
from latentlab.qt.views.class_legend.view import ClassLegend, LegendRoom
from latentlab.qt.views.conditions.view import ConditionSelector
from latentlab.qt.views.diffusion.view import DiffusionView
from latentlab.qt.views.dimensions.view import Dimensions
from latentlab.qt.views.latent_plane.view import LatentPlane
from latentlab.qt.views.manifold_grid.view import ManifoldGrid
from latentlab.qt.views.neighbours.view import Neighbours
from latentlab.qt.views.own_picture.view import OwnPictureView
from latentlab.qt.views.probe.view import ProbePanel
from latentlab.qt.views.selection_card.view import SelectionCard
from latentlab.qt.views.training.view import TrainingPanel
from latentlab.qt.views.tray.view import Tray
from latentlab.qt.views.walk.view import WalkPlayer
from latentlab.qt.widgets.latin_keys import LatinKeys
from latentlab.qt.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from latentlab.qt.shell.main_window import LabWindow


def compose(window: LabWindow) -> None:
    """Views, docks, menus, toolbar and status bar into an empty window, each under its name there."""
    workspace = window.workspace
    window.background = TaskQueue(window)
    window.exporter = Exporter(workspace, window.background, window)
    window.messages = MessageBar()
    window.opener = FileOpener(workspace, window.background, window.messages, window.settings, window)
    window.controller = SessionController(window, workspace, window.exporter, window.opener, window.settings)
    _put_up_views(window)
    window.status = Status(window.statusBar(), workspace)
    window.palette_box = CommandPalette(window)
    window.actions_ = _made_actions(window)
    keys = LatinKeys(window)
    for dock in window.docks.all:
        keys.watch(dock)
    window.tapes.changed.connect(window.actions_.refresh)
    window.diffusion.reverse.offer_to_save(window.actions_[name] if name else None for name in SAVE_MENU)


def _put_up_views(window: LabWindow) -> None:
    workspace = window.workspace
    window.plane = LatentPlane(workspace)
    window.probe = ProbePanel(workspace)
    DensityWatcher(workspace, window)
    window.player = WalkPlayer(workspace)
    centre = QWidget()
    centre.setObjectName("centre")
    centre.setFocusProxy(window.plane)
    rows = QVBoxLayout(centre)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(0)
    rows.addWidget(window.messages)
    rows.addWidget(LegendRoom(ClassLegend(workspace)))
    rows.addWidget(window.plane, 1)
    window.hint.lie_over(window.plane)
    window.setCentralWidget(centre)
    column = Column(
        "probeColumn",
        (window.probe, ConditionSelector(workspace), SelectionCard(workspace), Neighbours(workspace)),
    )
    below = beside("trayAndWalk", Tray(workspace), window.player)
    window.trainer = TrainerClient(window.models, window)
    window.training = TrainingPanel(window.trainer)
    window.film = FilmRecorder(window.plane, window)
    window.exporter.exportables.watch(window.film)
    window.following = TrainingFollower(window.trainer, workspace, window.film, window.messages, window)
    window.denoiser_client = DenoiserClient(parent=window)
    window.live_samples = SampleFollower(
        window.trainer, window.denoiser_client, window.training.drawn, window.messages,
        window.open_denoiser, window,
    )  # fmt: skip
    attributes = window.attributes = AttributeBoard(workspace)
    attributes.shelf.yours.importing.connect(window.controller.directions.ask_to_import)
    attributes.shelf.yours.exporting.connect(window.controller.directions.ask_to_export)
    attributes.sheet_drawn.connect(window.exporter.exportables.offer_sheet)
    attributes.sheet_wanted.connect(partial(window.controller.ask_to_save, exportables.SHEET))
    attributes.key_frame_wanted.connect(window.controller.pin)
    attributes.conditions.save_wanted.connect(partial(window.controller.ask_to_save, exportables.SAMPLES))
    window.docks = Docks(
        window,
        Column("gridColumn", (ManifoldGrid(workspace),)),
        Dimensions(workspace),
        attributes,
        column,
        below,
        window.training,
        _own_picture(window),
        _analogy(window),
        _diffusion(window),
    )


def _own_picture(window: LabWindow) -> OwnPictureView:
    controller = window.controller.own_picture
    view = OwnPictureView(window.workspace, controller.pictures)
    view.wanted.connect(controller.ask_for_file)
    view.pasted.connect(controller.paste)
    view.dropped.connect(controller.take)
    view.attributes_wanted.connect(window.show_attributes)
    controller.pictures.taken.connect(window.show_own_picture)
    controller.overcome.connect(window.messages.take_back)
    window.exporter.exportables.name_source(lambda: controller.pictures.name_at_probe)
    return view


def _analogy(window: LabWindow) -> AnalogyView:
    view = AnalogyView(window.workspace, window.controller.own_picture.pictures)
    view.failed.connect(window.opener.failed)
    return view


def _diffusion(window: LabWindow) -> DiffusionView:
    view = window.diffusion = DiffusionView(
        window.denoiser_client, window.workspace, window.controller.own_picture.pictures
    )
    view.remember(window.settings.tape)
    view.failed.connect(window.opener.failed)
    view.file_wanted.connect(window.controller.ask_for_file)
    window.opener.denoiser_wanted.connect(window.open_denoiser)
    window.denoiser_client.refused.connect(window.show_refusal)
    tracing = Tracing(window.workspace, window.plane, view.frames, view.learnt, window)
    view.frame_shown.connect(tracing.show)
    view.tape_begun.connect(tracing.clear)
    tapes = window.tapes = TapeController(
        window, view, window.denoiser_client, window.background, window.messages, window.settings,
        window.show_diffusion, window.trainer.models,
    )  # fmt: skip
    tapes.saved.connect(window.exporter.saved)
    tapes.failed.connect(window.exporter.failed)
    tapes.told.connect(window.opener.told)
    window.opener.tape_found.connect(tapes.restore)
    return view


def _panels(window: LabWindow) -> Iterator[Entry]:
    """A switch for each panel: on while it is in front."""
    docks = window.docks
    for dock in docks.all:
        title = dock.windowTitle()
        yield Entry(
            dock.objectName() + "Action", "&View/P&anels", title, partial(docks.switch, dock),
            f"Bring the panel “{title}” to the front; if it is there, hide it.",
            checked=partial(docks.in_front, dock),
        )  # fmt: skip


def _made_actions(window: LabWindow) -> Actions:
    actions, stack = Actions(window), window.workspace.undo_stack
    undo, redo = stack.createUndoAction(window, "&Undo"), stack.createRedoAction(window, "&Redo")
    # The toolbar says only the verb: what is undone would make it jump at every step.
    undo.setIconText("Undo")
    redo.setIconText("Redo")
    actions.menu("&File")
    undo_tip = "Take back the last step. One drag is one step."
    actions.adopt("undoAction", "&Edit", undo, undo_tip, "Ctrl+Z")
    actions.adopt("redoAction", "&Edit", redo, "Make the step again that was taken back.", "Ctrl+Shift+Z")
    actions.add(entries(window))
    actions.add(_panels(window))
    bar = QToolBar("Toolbar")
    bar.setObjectName("toolbar")
    bar.setMovable(False)
    window.addToolBar(bar)
    actions.fill_toolbar(bar, TOOLBAR)
    actions.adopt("toolbarAction", "&View/P&anels", bar.toggleViewAction(), "Show or hide the toolbar.")
    window.palette_box.offer(actions)
    for dock in window.docks.all:
        dock.visibilityChanged.connect(actions.refresh_soon)
    return actions
