"""The gallery of one window: its page, what is read and drawn for it, and the commands of the cards."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtWidgets import QMainWindow, QWidget

from latentlab.engine.rendering.requests.drawn import DrawnReply
from latentlab.engine.training.events import Progress, Started
from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.clients.drawn_client import DrawnClient
from latentlab.qt.clients.joining import EndingThread
from latentlab.qt.clients.latest_task import Newest
from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.qt.clients.trainer_client import TrainerClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.file_opener import FileOpener
from latentlab.qt.controllers.missing_data import MissingData
from latentlab.qt.controllers.model_files import ModelFiles
from latentlab.qt.controllers.partner import PartnerProposer
from latentlab.qt.controllers.session_controller import SessionController
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.shell.gallery.open_models import OpenModels
from latentlab.qt.shell.gallery.reading import GalleryContents, read_contents
from latentlab.qt.widgets.message_bar import MessageBar
from latentlab.session.state import SessionState

if TYPE_CHECKING:
    from latentlab.qt.shell.gallery.card import Card
    from latentlab.qt.shell.gallery.page import GalleryPage
    from latentlab.qt.shell.gallery.picture_card import PictureCard
    from latentlab.qt.shell.gallery.running_card import RunningCard

# What is read when the window closes ends after the header of one file.
_LONGEST_READING_MS = 500


class _Commands(Protocol):
    """What can be done with the cards of one kind."""

    def open(self, card: Any) -> None:
        """Opens what a card shows."""

    def press(self, card: Any, key: int) -> None:
        """Does what a key means."""

    def open_menu(self, card: Any, parent: QWidget | None, place: QPoint) -> None:
        """Opens the menu of a card at a global place."""


class Gallery(QObject):
    """Owns the `chip`, which lies in the window's bar; the `page` is made when it is first opened.

    `training_wanted` asks to show the training that runs.
    """

    training_wanted = Signal()

    def __init__(
        self,
        window: QMainWindow,
        workspace: Workspace,
        denoisers: DenoiserClient,
        trainer: TrainerClient,
        opener: FileOpener,
        settings: Settings,
        controller: SessionController,
    ) -> None:
        super().__init__(window)
        self._window, self._workspace, self._denoisers = window, workspace, denoisers
        self._trainer, self._opener, self._settings, self._bar = trainer, opener, settings, opener.bar
        self._ask_for_file = controller.ask_for_file
        self.missing = MissingData(window, workspace, opener.bar, controller.data, settings)
        self._partner = PartnerProposer(workspace, denoisers, trainer, opener, settings, self)
        self.page: GalleryPage | None = None
        # By the kind of card; made with the page.
        self._commands: dict[type[PictureCard], _Commands] = {}
        self.drawn = DrawnClient(parent=self)
        # A queue of its own: the gallery does not wait for a film that is being saved.
        self._reading = TaskQueue(self)
        self._newest = Newest(self._reading, self._show, self._unread)
        self._open_models = OpenModels(workspace, denoisers, settings, self._reading, self.drawn.folder, self)
        self.chip = self._open_models.chip
        self._read = GalleryContents()
        # Of the training that runs: how many steps it has, and its card while that is shown.
        self._steps, self._so_far = 0, ""
        self._running: RunningCard | None = None
        self._models = ModelFiles(
            workspace, denoisers, trainer, opener.background, settings, self._bar_now, self
        )
        self._models.changed.connect(self.refresh)
        self.drawn.drawn.connect(self._came)
        self.drawn.given_up.connect(self._gave_up)
        self.chip.clicked.connect(lambda: self.leave() if self.is_open else self.open())
        self._open_models.changed.connect(self.refresh)
        self._open_models.unread.connect(self._unread)
        workspace.probed.connect(self._probed)
        trainer.kept.connect(self.refresh)
        trainer.staged.connect(self.refresh)
        trainer.told.connect(self._told)

    def listen(self) -> None:
        """Connects what has something to say of a model: after those whose messages are more urgent."""
        self.missing.listen()
        self._partner.listen()

    # The page

    @Slot()
    def open(self) -> None:
        """Opens the page; what has changed on the disk is read again behind it."""
        if self.page is None:
            # Imported when it is wanted: the window is to be on the screen first.
            from latentlab.qt.shell.gallery.card import Card
            from latentlab.qt.shell.gallery.model_commands import ModelCommands
            from latentlab.qt.shell.gallery.page import GalleryPage
            from latentlab.qt.shell.gallery.project_card import ProjectCard
            from latentlab.qt.shell.gallery.project_commands import ProjectCommands
            from latentlab.qt.shell.gallery.running_card import RunningCard, RunningCommands

            page = self.page = GalleryPage(self._window)
            files = self._models
            self._commands = {
                RunningCard: RunningCommands(self.training_wanted.emit),
                Card: ModelCommands(self._window, self._workspace, self._opener, files, self._say),
                ProjectCard: ProjectCommands(
                    self._opener, self._settings, files.show_in_folder, self.refresh
                ),
            }
            page.chosen.connect(self._chosen)
            page.menu_wanted.connect(self._open_menu)
            page.key_on.connect(self._key)
            page.file_wanted.connect(self._file_wanted)
            page.left.connect(self._left)
        self.page.open()
        self.refresh()

    @Slot()
    def leave(self) -> None:
        """Closes the page: something else is to be seen."""
        if self.page is not None:
            self.page.leave()

    @property
    def is_open(self) -> bool:
        """Whether the page covers the window."""
        return self.page is not None and not self.page.isHidden()

    @Slot()
    def refresh(self) -> None:
        """Reads the models again, if they are shown."""
        if self.is_open:
            own, elsewhere = self._trainer.models(), self._settings.recent_models
            projects, notes, drawn = self._settings.projects, self._models.notes, self.drawn.folder
            self._newest.run(partial(read_contents, own, elsewhere, projects, notes, drawn))

    def request_end(self) -> list[EndingThread]:
        """Tells the thread that draws to end; returns what is to be joined."""
        self._newest.drop()
        self._open_models.drop()
        self._reading.finish(_LONGEST_READING_MS)
        return self.drawn.request_end()

    @Slot()
    def _left(self) -> None:
        self._newest.drop()
        self.drawn.want(())

    def _show(self, read: GalleryContents) -> None:
        self._read = read
        if self.page is None:
            return
        open_ = frozenset(one.hash for one in read.models if self._models.is_open(one))
        self.page.card_list.fill(read, open_ | {self._settings.project}, self._running_card())
        if self.is_open:
            self.drawn.want([one.model for one in read.models if one.hash and one.hash not in read.drawn])

    def _running_card(self) -> RunningCard | None:
        from latentlab.qt.shell.gallery.running_card import RunningCard  # as for the page

        beginning = self._trainer.beginning
        self._running = None if beginning is None else RunningCard(beginning, self._so_far)
        return self._running

    @Slot(object)
    def _told(self, event: object) -> None:
        """The training has got further."""
        if isinstance(event, Started):
            self._steps, self._so_far = event.steps, ""
        elif isinstance(event, Progress):
            self._so_far = f"Step {event.step:,} of {self._steps:,}"
            if self._running is not None and self.is_open:
                self._running.show_progress(self._so_far)

    @Slot(object)
    def _unread(self, failure: Failure) -> None:
        self._say(f"The models could not be listed: {failure.message}")

    def _say(self, text: str) -> None:
        self._bar_now().say(text)

    def _bar_now(self) -> MessageBar:
        """Where a message can be seen."""
        return self.page.messages if self.page is not None and self.is_open else self._bar

    @Slot(object)
    def _came(self, reply: DrawnReply) -> None:
        self._read.drawn[reply.hash] = reply.png
        for card in self._cards():
            if card.facts.hash == reply.hash:
                card.show_pictures(reply.png)
        self._open_models.came(reply)

    @Slot(str)
    def _gave_up(self, model: str) -> None:
        for card in self._cards():
            if card.facts.model == model:
                card.show_failure()

    def _cards(self) -> list[Card]:
        return [] if self.page is None else self.page.card_list.all_models

    # The commands of a card

    @Slot(object)
    def _chosen(self, card: PictureCard) -> None:
        self._commands[type(card)].open(card)
        if self.page is not None:
            self.page.leave_soon()

    @Slot(object, int)
    def _key(self, card: PictureCard, key: int) -> None:
        self._commands[type(card)].press(card, key)

    @Slot(object, object)
    def _open_menu(self, card: PictureCard, place: QPoint) -> None:
        self._commands[type(card)].open_menu(card, self.page, place)

    @Slot()
    def _file_wanted(self) -> None:
        self.leave()
        self._ask_for_file()

    @Slot(object, object)
    def _probed(self, old: SessionState, new: SessionState) -> None:
        self.drawn.give_way()
