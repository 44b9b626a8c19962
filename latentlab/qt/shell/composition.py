"""What stands in the window: the one place where views are put together. A new view is one line here.

Imported only when the frame is on the screen, for numpy and the views come with it.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.clients.film_recorder import FilmRecorder
from latentlab.qt.clients.task_queue import TaskQueue
from latentlab.qt.clients.trainer_client import TrainerClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.density_watcher import DensityWatcher
from latentlab.qt.controllers.file_opener import FileOpener
from latentlab.qt.controllers.model_controller import ModelController
from latentlab.qt.controllers.sample_follower import SampleFollower
from latentlab.qt.controllers.session_controller import SessionController
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.controllers.tape_controller import TapeController
from latentlab.qt.controllers.training_follower import TrainingFollower
from latentlab.qt.export.exporter import Exporter
from latentlab.qt.shell.crash_reporter import CrashReporter
from latentlab.qt.shell.docks import Column, Docks, beside
from latentlab.qt.shell.menus.actions import Actions
from latentlab.qt.shell.menus.command_palette import CommandPalette
from latentlab.qt.shell.menus.menus import fill_menus
from latentlab.qt.shell.status_bar import Status
from latentlab.qt.shell.theme import ThemeSwitcher
from latentlab.qt.shell.welcome import Welcome
from latentlab.qt.shell.wiring import connect
from latentlab.qt.shell.workbench import Workbench
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


def compose(
    window: QMainWindow,
    workspace: Workspace,
    settings: Settings,
    theming: ThemeSwitcher,
    crashes: CrashReporter,
    hint: Welcome,
    models: Path | None,
) -> Workbench:
    """Puts views, docks, menus, toolbar and status bar into an empty window.

    Args:
        window: is given all that, and asked for nothing that any main window could not do.
        hint: is to lie over the plane until there is something to see.
        models: the folder for the models that are trained here; None takes the user's own.
    """
    background = TaskQueue(window)
    exporter = Exporter(workspace, background, window)
    messages = MessageBar()
    opener = FileOpener(workspace, background, messages, settings, window)
    controller = SessionController(window, workspace, exporter, opener, settings)
    pictures = controller.own_picture.pictures
    plane, probe = LatentPlane(workspace), ProbePanel(workspace)
    DensityWatcher(workspace, window)
    player = WalkPlayer(workspace)
    # Before the widget that it lies over now goes.
    centre = _centre(messages, ClassLegend(workspace), plane)
    hint.lie_over(plane)
    window.setCentralWidget(centre)
    # Each set of views as they lie together.
    column = Column(
        "probeColumn", (probe, ConditionSelector(workspace), SelectionCard(workspace), Neighbours(workspace))
    )
    below = beside("trayAndWalk", Tray(workspace), player)
    trainer = TrainerClient(models, window)
    training = TrainingPanel(trainer)
    film = FilmRecorder(plane, window)
    following = TrainingFollower(trainer, workspace, film, messages, window)
    denoiser_client = DenoiserClient(parent=window)
    attributes = AttributeBoard(workspace)
    own_picture, analogy = OwnPictureView(workspace, pictures), AnalogyView(workspace, pictures)
    diffusion = DiffusionView(denoiser_client, workspace, pictures)
    docks = Docks(
        window,
        Column("gridColumn", (ManifoldGrid(workspace),)),
        Dimensions(workspace),
        attributes,
        column,
        below,
        training,
        own_picture,
        analogy,
        diffusion,
    )
    model_controller = ModelController(
        workspace, settings, messages, crashes.note, opener, controller.data, diffusion,
        docks.show_diffusion, window,
    )  # fmt: skip
    live_samples = SampleFollower(
        trainer, denoiser_client, training.drawn, messages, model_controller.open_denoiser, window
    )
    tapes = TapeController(
        window, diffusion, denoiser_client, background, messages, settings, docks.show_diffusion,
        trainer.models,
    )  # fmt: skip
    bench = Workbench(
        window=window,
        workspace=workspace,
        settings=settings,
        theming=theming,
        crashes=crashes,
        background=background,
        messages=messages,
        status=Status(window.statusBar(), workspace),
        exporter=exporter,
        opener=opener,
        controller=controller,
        models=model_controller,
        plane=plane,
        probe=probe,
        player=player,
        training=training,
        diffusion=diffusion,
        attributes=attributes,
        own_picture=own_picture,
        analogy=analogy,
        trainer=trainer,
        denoiser_client=denoiser_client,
        film=film,
        following=following,
        live_samples=live_samples,
        tapes=tapes,
        docks=docks,
        palette=CommandPalette(window),
        actions=Actions(window),
    )
    connect(bench)
    fill_menus(bench)
    keys = LatinKeys(window)
    for dock in docks.all:
        keys.watch(dock)
    return bench


def _centre(messages: MessageBar, legend: ClassLegend, plane: LatentPlane) -> QWidget:
    """What the docks lie around."""
    centre = QWidget()
    centre.setObjectName("centre")
    centre.setFocusProxy(plane)
    rows = QVBoxLayout(centre)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(0)
    rows.addWidget(messages)
    rows.addWidget(LegendRoom(legend))
    rows.addWidget(plane, 1)
    return centre
