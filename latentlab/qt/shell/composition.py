"""Puts a window together: clients, controllers, the views of `latentlab.qt.shell.panels`, menus.

Imported only when the frame is on the screen, because it imports numpy and the views.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QMainWindow

from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.clients.film_recorder import FilmRecorder
from latentlab.qt.clients.judge_client import JudgeClient
from latentlab.qt.clients.mixture_client import MixtureClient
from latentlab.qt.clients.origin_client import OriginClient
from latentlab.qt.clients.ratio_client import RatioClient
from latentlab.qt.clients.stage_client import StageClient
from latentlab.qt.clients.task_queue import TaskQueue
from latentlab.qt.clients.trainer_client import TrainerClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.compare.page import SPEC as COMPARE
from latentlab.qt.controllers.density_watcher import DensityWatcher
from latentlab.qt.controllers.file_opener import FileOpener
from latentlab.qt.controllers.model_controller import ModelController
from latentlab.qt.controllers.project_controller import ProjectController
from latentlab.qt.controllers.project_copies import ProjectCopies
from latentlab.qt.controllers.project_dialogs import ProjectDialogs
from latentlab.qt.controllers.project_saver import ProjectSaver, projects_folder
from latentlab.qt.controllers.sample_follower import SampleFollower
from latentlab.qt.controllers.selection_controller import SelectionController
from latentlab.qt.controllers.session_controller import SessionController
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.controllers.tape_controller import TapeController
from latentlab.qt.controllers.training_follower import TrainingFollower
from latentlab.qt.export.exporter import Exporter
from latentlab.qt.shell.centre import Centre
from latentlab.qt.shell.crash_reporter import CrashReporter
from latentlab.qt.shell.docks import Docks
from latentlab.qt.shell.elsewhere import Elsewhere
from latentlab.qt.shell.focus_chain import FocusKeeper
from latentlab.qt.shell.gallery.gallery import Gallery
from latentlab.qt.shell.guide.making import make_guide
from latentlab.qt.shell.menus.actions import Actions
from latentlab.qt.shell.menus.command_palette import CommandPalette
from latentlab.qt.shell.menus.menus import fill_menus
from latentlab.qt.shell.panels import PANELS, Views
from latentlab.qt.shell.points_buttons import add_buttons
from latentlab.qt.shell.presentation import Presentation
from latentlab.qt.shell.project_views import WindowViews
from latentlab.qt.shell.status_bar import Status
from latentlab.qt.shell.theme import ThemeSwitcher
from latentlab.qt.shell.veils import Veils
from latentlab.qt.shell.welcome import Welcome
from latentlab.qt.shell.wiring import connect
from latentlab.qt.shell.workbench import Workbench
from latentlab.qt.shell.workspace_bar import WorkspaceBar
from latentlab.qt.shell.workspace_switcher import Workspaces
from latentlab.qt.shell.workspaces import WORKSPACES
from latentlab.qt.views.analogy.view import SPEC as ANALOGY
from latentlab.qt.views.attributes.view import SPEC as ATTRIBUTES
from latentlab.qt.views.data_browser.view import SPEC as DATA_BROWSER
from latentlab.qt.views.diffusion.view import SPEC as DIFFUSION
from latentlab.qt.views.latent_plane.view import SPEC as LATENT_PLANE
from latentlab.qt.views.own_picture.view import SPEC as OWN_PICTURE
from latentlab.qt.views.points.view import SPEC as POINTS
from latentlab.qt.views.probe.view import SPEC as PROBE
from latentlab.qt.views.samples.view import SPEC as SAMPLES
from latentlab.qt.views.spec import ViewContext
from latentlab.qt.views.training.view import SPEC as TRAINING
from latentlab.qt.views.walk.view import SPEC as WALK
from latentlab.qt.views.where_from.dialog import WhereFrom
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
        window: receives all that; used only through the interface of QMainWindow.
        hint: the overlay of the plane until there is something to see.
        models: the folder for the models that are trained here; None takes the user's own folder.
    """
    background = TaskQueue(window)
    exporter = Exporter(workspace, background, window)
    messages = MessageBar()
    opener = FileOpener(workspace, background, messages, settings, window)
    controller = SessionController(window, workspace, exporter, opener, settings)
    trainer, denoiser_client = TrainerClient(models, window), DenoiserClient(parent=window)
    judge, mixtures = JudgeClient(parent=window), MixtureClient(parent=window)
    ratios, stage = RatioClient(parent=window), StageClient(parent=window)
    pictures = controller.own_picture.pictures
    views = Views(ViewContext(workspace, trainer, denoiser_client, judge, pictures, mixtures, ratios, stage))
    plane, probe = views[LATENT_PLANE], views[PROBE]
    DensityWatcher(workspace, window)
    samples = views[SAMPLES]
    player, training, diffusion = views[WALK], views[TRAINING], views[DIFFUSION]
    # Before the widget that it covers now is deleted.
    centre = Centre((messages,))
    hint.lie_over(plane)
    window.setCentralWidget(centre)
    docks = Docks(window, PANELS, views, workspace)
    workspaces = Workspaces(window, WORKSPACES, docks, centre, workspace)
    Veils(views, workspace, window)
    Elsewhere(centre, workspaces, workspace)
    film = FilmRecorder(plane, window)
    following = TrainingFollower(trainer, workspace, film, messages, window)
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
    projects = ProjectController(
        workspace, settings, background, messages,
        WindowViews(workspaces, diffusion, denoiser_client, mixtures),
        lambda: [trainer.folder, Path(settings.folder or ".")],
        ProjectCopies(trainer.folder.parent / "projects"), window,
    )  # fmt: skip
    pages = ProjectDialogs(window, workspace, projects, opener, settings, background)
    gallery = Gallery(window, workspace, denoiser_client, trainer, opener, settings, controller)
    status, actions = Status(window.statusBar(), workspace), Actions(window)
    bench = Workbench(
        window=window,
        workspace=workspace,
        settings=settings,
        theming=theming,
        crashes=crashes,
        background=background,
        messages=messages,
        status=status,
        exporter=exporter,
        opener=opener,
        controller=controller,
        models=model_controller,
        plane=plane,
        probe=probe,
        player=player,
        samples=samples,
        training=training,
        diffusion=diffusion,
        attributes=views[ATTRIBUTES],
        own_picture=views[OWN_PICTURE],
        analogy=views[ANALOGY],
        compare=views[COMPARE],
        browser=views[DATA_BROWSER],
        selection=SelectionController(window, settings, views[DATA_BROWSER].offers),
        trainer=trainer,
        denoiser_client=denoiser_client,
        judge=judge,
        mixtures=mixtures,
        ratios=ratios,
        stage=stage,
        film=film,
        following=following,
        live_samples=live_samples,
        tapes=tapes,
        projects=projects,
        project_pages=pages,
        saver=ProjectSaver(workspace, projects, messages, projects_folder(models), pages.save_as, window),
        views=views,
        docks=docks,
        workspaces=workspaces,
        bar=WorkspaceBar(workspaces),
        presentation=Presentation(window, docks, workspaces),
        focus=FocusKeeper(docks, centre),
        gallery=gallery,
        where_from=WhereFrom(OriginClient(parent=window), workspace, window),
        palette=CommandPalette(window),
        actions=actions,
        guide=make_guide(window, views, docks, workspaces, actions, status, workspace),
    )
    add_buttons(views[POINTS], docks.show_data_browser, bench.selection.ask)
    connect(bench)
    # After those whose messages are more urgent.
    gallery.listen()
    fill_menus(bench)
    if settings.geometry.isEmpty():  # the very first start
        bench.guide.offer_first_steps()
    keys = LatinKeys(window)
    for dock in docks.all:
        keys.watch(dock)
    return bench
