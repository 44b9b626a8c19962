"""The parts of a composed window, as a typed dataclass: what menus and tests may use.

Made complete by `latentlab.qt.shell.composition`; no field is ever missing.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QMainWindow

from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.clients.film_recorder import FilmRecorder
from latentlab.qt.clients.judge_client import JudgeClient
from latentlab.qt.clients.mixture_client import MixtureClient
from latentlab.qt.clients.ratio_client import RatioClient
from latentlab.qt.clients.stage_client import StageClient
from latentlab.qt.clients.task_queue import TaskQueue
from latentlab.qt.clients.trainer_client import TrainerClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.compare.page import ComparePage
from latentlab.qt.controllers.file_opener import FileOpener
from latentlab.qt.controllers.model_controller import ModelController
from latentlab.qt.controllers.project_controller import ProjectController
from latentlab.qt.controllers.project_dialogs import ProjectDialogs
from latentlab.qt.controllers.project_saver import ProjectSaver
from latentlab.qt.controllers.sample_follower import SampleFollower
from latentlab.qt.controllers.selection_controller import SelectionController
from latentlab.qt.controllers.session_controller import SessionController
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.controllers.tape_controller import TapeController
from latentlab.qt.controllers.training_follower import TrainingFollower
from latentlab.qt.export.exporter import Exporter
from latentlab.qt.shell.crash_reporter import CrashReporter
from latentlab.qt.shell.docks import Docks
from latentlab.qt.shell.focus_chain import FocusKeeper
from latentlab.qt.shell.gallery.gallery import Gallery
from latentlab.qt.shell.guide.guide import Guide
from latentlab.qt.shell.menus.actions import Actions
from latentlab.qt.shell.menus.command_palette import CommandPalette
from latentlab.qt.shell.panels import Views
from latentlab.qt.shell.presentation import Presentation
from latentlab.qt.shell.status_bar import Status
from latentlab.qt.shell.theme import ThemeSwitcher
from latentlab.qt.shell.workspace_bar import WorkspaceBar
from latentlab.qt.shell.workspace_switcher import Workspaces
from latentlab.qt.views.analogy.view import AnalogyView
from latentlab.qt.views.attributes.view import AttributeBoard
from latentlab.qt.views.data_browser.view import DataBrowser
from latentlab.qt.views.diffusion.view import DiffusionView
from latentlab.qt.views.latent_plane.view import LatentPlane
from latentlab.qt.views.own_picture.view import OwnPictureView
from latentlab.qt.views.probe.view import ProbePanel
from latentlab.qt.views.samples.view import SamplesView
from latentlab.qt.views.training.view import TrainingPanel
from latentlab.qt.views.walk.view import WalkPlayer
from latentlab.qt.views.where_from.dialog import WhereFrom
from latentlab.qt.widgets.message_bar import MessageBar


@dataclass(frozen=True)
class Workbench:
    """The parts of a window.

    Attributes:
        window: the parent of dialogs; used only through the interface of QMainWindow.
        workspace: session, undo and the client of the render thread.
        settings, theming, crashes: made by the frame.
        background: the queue of background work.
        messages, status: where messages are shown, to be answered or in passing.
        exporter, opener: save files and open them.
        controller: the commands that concern the session and its files.
        models: opens models.
        plane, samples, probe, player, training, diffusion, attributes, own_picture, analogy, compare,
            browser: views that commands speak to, or that ask for something.
        selection: saves a selection of pictures.
        trainer, denoiser_client, judge, mixtures, ratios, stage: the clients of the other threads.
        film, following, live_samples: what follows a training.
        tapes: the commands that concern tapes and files.
        projects, project_pages, saver: the project of the window, the dialogs that ask about it, and what
            saves it by one click.
        views: all views, also those that are made later.
        docks: the panels of the views.
        workspaces, bar: which arrangement of them is shown, and the bar that switches.
        presentation: the whole screen for what is shown.
        focus: where the keyboard focus may go.
        gallery: the chip that names the open model, and the page of all models.
        palette, actions: the same commands, for typing and in menus.
        guide: chapters, glossary, and what each panel shows.
    """

    window: QMainWindow
    workspace: Workspace
    settings: Settings
    theming: ThemeSwitcher
    crashes: CrashReporter
    background: TaskQueue
    messages: MessageBar
    status: Status
    exporter: Exporter
    opener: FileOpener
    controller: SessionController
    models: ModelController
    plane: LatentPlane
    samples: SamplesView
    probe: ProbePanel
    player: WalkPlayer
    training: TrainingPanel
    diffusion: DiffusionView
    attributes: AttributeBoard
    own_picture: OwnPictureView
    analogy: AnalogyView
    compare: ComparePage
    browser: DataBrowser
    selection: SelectionController
    trainer: TrainerClient
    denoiser_client: DenoiserClient
    judge: JudgeClient
    mixtures: MixtureClient
    ratios: RatioClient
    stage: StageClient
    film: FilmRecorder
    following: TrainingFollower
    live_samples: SampleFollower
    tapes: TapeController
    projects: ProjectController
    project_pages: ProjectDialogs
    saver: ProjectSaver
    views: Views
    docks: Docks
    workspaces: Workspaces
    bar: WorkspaceBar
    presentation: Presentation
    focus: FocusKeeper
    gallery: Gallery
    where_from: WhereFrom
    palette: CommandPalette
    actions: Actions
    guide: Guide

    def make_direction(self) -> None:
        """Makes a direction from the groups, with the attribute board in front."""
        self.docks.show_attributes()
        self.attributes.make_direction()

    def show_all(self) -> None:
        """Makes the planes in sight show all of their points."""
        if self.compare.isVisible() and self.compare.view is not None:
            self.compare.view.show_all()
        else:
            self.plane.show_all()

    def quit(self) -> None:
        """Closes the window, which ends the program."""
        self.window.close()
