"""The main window: a frame that is on the screen at once, and is composed behind that.

Nothing that this module imports brings in numpy, a view or torch: all that comes with `compose()`.
"""

from __future__ import annotations

import importlib
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QMainWindow, QWidget

from latentlab.engine.files.model_catalog import data_of, encoder_of
from latentlab.engine.rendering.requests.directions import DirectionsRequest
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.rendering.serving import Refusal
from latentlab.errors import LabError
from latentlab.qt.clients.torch_preload import preload_torch
from latentlab.qt.clients.training_orders import GoOn
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.shell.crash_reporter import CrashReporter
from latentlab.qt.shell.theme import ThemeSwitcher
from latentlab.qt.shell.welcome import Welcome
from latentlab.qt.widgets.plain_text import title_text
from latentlab.session.fitting import on_data
from latentlab.session.session import Session
from latentlab.session.state import SessionState
from latentlab.session.switching import for_model

if TYPE_CHECKING:
    from latentlab.qt.clients.denoiser_client import DenoiserClient
    from latentlab.qt.clients.film_recorder import FilmRecorder
    from latentlab.qt.clients.task_queue import TaskQueue
    from latentlab.qt.clients.trainer_client import TrainerClient
    from latentlab.qt.controllers.file_opener import FileOpener
    from latentlab.qt.controllers.sample_follower import SampleFollower
    from latentlab.qt.controllers.session_controller import SessionController
    from latentlab.qt.controllers.tape_controller import TapeController
    from latentlab.qt.controllers.training_follower import TrainingFollower
    from latentlab.qt.export.exporter import Exporter
    from latentlab.qt.shell.docks import Docks
    from latentlab.qt.shell.menus.actions import Actions
    from latentlab.qt.shell.menus.command_palette import CommandPalette
    from latentlab.qt.shell.status_bar import Status
    from latentlab.qt.views.attributes.view import AttributeBoard
    from latentlab.qt.views.diffusion.view import DiffusionView
    from latentlab.qt.views.latent_plane.view import LatentPlane
    from latentlab.qt.views.probe.view import ProbePanel
    from latentlab.qt.views.training.view import TrainingPanel
    from latentlab.qt.views.walk.view import WalkPlayer
    from latentlab.qt.widgets.message_bar import MessageBar

_SAVE_MS = 3000
# Of the panels' layout, as Qt writes it down. The first knew no list of dimensions, the second no attributes,
# the third neither own picture nor analogy, the fourth no diffusion.
_LAYOUT, _OLDER_LAYOUTS = 5, (4, 3, 2, 1)

# What QWidget.saveGeometry() begins with.
_GEOMETRY_MAGIC = QByteArray(b"\x01\xd9\xd0\xcb")

# What takes longest to import, a turn of the event loop for each. Those with libraries of their own come
# first: the system loads one library at a time, and torch's are loaded while the last is imported.
_COMPOSITION = "latentlab.qt.shell.composition"
_HEAVY = ("numpy", "unicodedata", "latentlab.qt.export.exporter", _COMPOSITION)


class LabWindow(QMainWindow):
    """The window over one workspace. `start()` opens the session's model behind it.

    Args:
        workspace: what the views work at; the window ends it when it closes.
        settings: where the window finds itself again; None takes the user's own.
        models: the folder for the models that are trained here; None takes the user's own.
    """

    painted = Signal()

    # What `compose` puts in.
    background: TaskQueue
    exporter: Exporter
    messages: MessageBar
    opener: FileOpener
    controller: SessionController
    plane: LatentPlane
    probe: ProbePanel
    player: WalkPlayer
    trainer: TrainerClient
    training: TrainingPanel
    film: FilmRecorder
    following: TrainingFollower
    denoiser_client: DenoiserClient
    diffusion: DiffusionView
    tapes: TapeController
    live_samples: SampleFollower
    attributes: AttributeBoard
    docks: Docks
    status: Status
    palette_box: CommandPalette
    actions_: Actions

    def __init__(
        self, workspace: Workspace, settings: Settings | None = None, models: Path | None = None
    ) -> None:
        super().__init__()
        self.setObjectName("labWindow")
        self.setWindowTitle("LatentLab")
        self.workspace, self.settings, self.models = workspace, settings or Settings(), models
        self.theming = ThemeSwitcher(self.settings.theme, self)
        self.crashes = CrashReporter(self)
        self.composed = self.falling_back = self._settled = False
        self._painted = self._shown = self._closed = False
        # Whether what is open is the first model: all that its opening tells is worth reading.
        self._first = False
        self._save_later = QTimer(self, singleShot=True, interval=_SAVE_MS)
        self._save_later.timeout.connect(self.save_settings)
        self._heavy = iter(_HEAVY)
        self._put_up_hint()
        self._restore_place()

    @property
    def session(self) -> Session:
        """What the person is doing: `session.state.probe` is the point under the hand."""
        return self.workspace.session

    @property
    def closed(self) -> bool:
        """Whether it has been closed; it is not opened again."""
        return self._closed

    # How it comes about

    def _put_up_hint(self) -> None:
        empty = QWidget()
        empty.setObjectName("centre")
        self.setCentralWidget(empty)
        self.hint = Welcome(empty, self.workspace)

    @Slot()
    def start_gently(self) -> None:
        """As `start`, for a window that is on the screen: it never stops answering for long."""
        name = next(self._heavy, None)
        if self._closed:
            return
        if name is None:
            self.start()
        else:
            if name == _COMPOSITION:
                preload_torch()
            importlib.import_module(name)
            QTimer.singleShot(0, self.start_gently)

    def start(self) -> None:
        """Furnishes the window and opens the session's model; the window can be used meanwhile."""
        if not self._closed:
            self.compose()
            self.workspace.start()

    def compose(self) -> None:
        """Puts everything into the frame, unless it is there already."""
        if self.composed:
            return
        # Not above: the frame is to be on the screen before this is imported.
        from latentlab.qt.shell.composition import compose

        self.setUpdatesEnabled(False)
        try:
            compose(self)
            self.composed = True
            self._listen()
            self.setAcceptDrops(True)
        except BaseException:
            self.setUpdatesEnabled(True)
            raise
        if self.isVisible():
            # Before Qt has laid out what is new, it would share out the panels' room anew.
            QTimer.singleShot(0, self._settle)
        else:
            # While the panels still lay side by side they have made it grow.
            layout = self.layout()
            assert layout is not None
            layout.activate()
            self._restore_place()
            self._settle()

    @Slot()
    def _settle(self) -> None:
        """Panels go where they were; from now on where they are is worth saving."""
        if not self._closed:
            self._restore_layout()
            self._settled = True
        self.setUpdatesEnabled(True)

    def _listen(self) -> None:
        workspace = self.workspace
        workspace.loaded.connect(self._loaded)
        workspace.refused.connect(self._refused)
        workspace.noticed.connect(self._noticed)
        workspace.changed.connect(self._changed)
        workspace.probed.connect(self._changed)
        workspace.undo_stack.indexChanged.connect(self.actions_.refresh_soon)
        self.exporter.exportables.changed.connect(self.actions_.refresh)
        self.exporter.saved.connect(self._saved)
        self.exporter.failed.connect(self._failed)
        self.opener.told.connect(self.status.say)
        self.opener.failed.connect(self._failed)
        self.controller.data.changed.connect(self.actions_.refresh)
        self.controller.data.changed.connect(self.save_settings)
        self.trainer.failed.connect(self._failed)
        self.training.data_wanted.connect(self.controller.data.ask_for_folder)
        self.trainer.staged.connect(self.actions_.refresh_soon)
        self.theming.changed.connect(self.save_settings)
        self.theming.changed.connect(self.actions_.refresh)

    # Where it was

    def _restore_place(self) -> None:
        # Never larger than the screen, less what a title bar and borders take.
        room = self.screen().availableGeometry()
        self.resize(min(1320, room.width() - 8), min(840, room.height() - 40))
        if not self.settings.geometry.isEmpty():
            self.restoreGeometry(self.settings.geometry)

    def _restore_layout(self) -> None:
        settings = self.settings
        self.docks.fit()
        if not settings.geometry.isEmpty():
            # Qt also declines a sound geometry that was saved on a screen of another size.
            sound = settings.geometry.startsWith(_GEOMETRY_MAGIC)
            if not (sound and self.restoreState(settings.layout, _LAYOUT)):
                if not (sound and any(self.restoreState(settings.layout, old) for old in _OLDER_LAYOUTS)):
                    settings.reject("is damaged")
                self.docks.arrange()
        if settings.complaint:
            self.status.say(settings.complaint, 20)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.composed and not self._shown and self.settings.geometry.isEmpty():
            self.docks.fit()
        self._shown = True

    @Slot()
    def arrange(self) -> None:
        """All panels back in their places."""
        self.docks.arrange()

    @Slot()
    def save_settings(self) -> None:
        """Writes down what the next start shall find."""
        settings = self.settings
        settings.theme, settings.session = self.theming.theme, self.workspace.rest()
        if self.composed:
            settings.tape = self.diffusion.kept
        if self._settled:
            settings.geometry, settings.layout = self.saveGeometry(), self.saveState(_LAYOUT)
        if not settings.save() and self.composed:
            self.status.say(f"{settings.path}: the settings could not be saved")

    # What comes from the workspace

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        name = Path(model.data.partition("::")[0]).stem
        self.setWindowTitle(title_text(f"{model.model} · {name} ({model.split}) — LatentLab"))
        self._first = self.training.data.count() == 0
        if self._first:
            self.training.offer_data(self.controller.data.known(), model.data)
            self._offer_unfinished()
        self.actions_.refresh()
        self._save_later.start()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        known = (new.layers, new.split, new.data, new.gathering)
        if (old.layers, old.split, old.data, old.gathering) != known:
            self.actions_.refresh()
        # Started, not restarted: a long drag must not put it off for ever.
        if not self._save_later.isActive():
            self._save_later.start()

    @Slot(str)
    def _noticed(self, sentence: str) -> None:
        self.messages.say(sentence, beside=self._first)

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.details:
            self.crashes.log.write(f"{refusal.message}\n{refusal.details}")
        elif refusal.slot == DirectionsRequest.slot:
            return  # the attribute board asks for them while it is in sight, and says why there are none
        default, state, text = SessionState(), self.workspace.state, refusal.message
        usual = (state.model, state.data, state.split) == (default.model, default.data, default.split)
        first = refusal.slot == "load" and refusal.generation > 0 and self.workspace.model is None
        self.falling_back = first and not usual
        if self.falling_back:
            # What belonged to the model of last time stays in a copy of the settings.
            self.settings.keep_aside("before")
            text += f"\n{default.model}, which comes with LatentLab, is opened instead."
            # Nor are pictures picked among others: nobody is to be told that they are gone.
            state = replace(for_model(state, default.model), pictures=None)
            self.session.reset(on_data(state, default.data, default.split))
            self.workspace.open(self.workspace.state)
        self.messages.say(text)

    @Slot(str)
    def _saved(self, path: str) -> None:
        self.status.say(f"Saved {path}")

    @Slot(str, str)
    def _failed(self, message: str, details: str) -> None:
        if details:
            self.crashes.log.write(details)
        self.messages.say(message)

    def _offer_unfinished(self) -> None:
        """A training that was left or cut off can be gone on with."""
        waiting = self.trainer.unfinished()
        if waiting:
            text = f"The training of {_name_of(waiting[0])} was not finished. It can go on where it was."
            self.messages.say(text, "Go on", partial(self._go_on, waiting[0]), beside=True)

    def show_training(self) -> None:
        """Brings the training panel to the front."""
        self.docks.training.show()
        self.docks.training.raise_()
        self.training.model.setFocus()

    @Slot()
    def show_attributes(self) -> None:
        """Brings the attributes to the front."""
        self.docks.attributes.show()
        self.docks.attributes.raise_()

    def show_diffusion(self) -> None:
        """Brings the diffusion to the front."""
        self.docks.diffusion.show()
        self.docks.diffusion.raise_()
        self.diffusion.reverse.take_focus()

    @Slot(str)
    def open_denoiser(self, model: str) -> None:
        """Opens a diffusion model, a name or a path, with its panel in front; the plane keeps its model."""
        self.show_diffusion()
        self.diffusion.open_model(model)
        data = data_of(model)
        encoder = encoder_of(data)
        if encoder is not None and data_of(self.workspace.state.model) != data:
            text = f"The plane shows {self.workspace.state.model}, which learnt from other pictures."
            self.messages.say(text, f"Show {encoder}", partial(self.opener.open_model, encoder))

    @Slot(object)
    def show_refusal(self, refusal: Refusal) -> None:
        """Says why something was refused by another than the workspace."""
        self._failed(refusal.message, refusal.details)

    def make_direction(self) -> None:
        """Makes a direction of the groups, with the attribute board in front."""
        self.show_attributes()
        self.attributes.make_direction()

    @Slot(str)
    def show_own_picture(self, name: str) -> None:
        """Brings the person's own picture, which has just come in, to the front."""
        self.docks.own_picture.show()
        self.docks.own_picture.raise_()
        self.status.say(f"Took {name}; the probe goes to its place")

    def _go_on(self, path: Path) -> None:
        self.show_training()
        if not self.training.idle:
            text = f"Another training is under way. When it has ended, that of {_name_of(path)} can go on."
            self.messages.say(text, "Go on", partial(self._go_on, path))
            return
        self.training.begin(GoOn(path))

    # Commands that need the window

    def copy_probe(self) -> None:
        """The picture at the probe to the clipboard."""
        try:
            self.exporter.copy_probe()
        except LabError as error:
            self.messages.say(str(error))
        else:
            self.status.say("The picture at the probe is on the clipboard")

    def quit(self) -> None:
        """Closes the window, and so the program."""
        self.close()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.opener.open_dropped(event.mimeData())

    # First and last

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.composed:
            # As the plane will be, so that nothing flashes when it comes.
            QPainter(self).fillRect(self.rect(), self.palette().base())
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.accept()
        if self._closed:
            return
        self._closed = True
        self._save_later.stop()
        self.save_settings()
        for page in self.findChildren(QDialog):
            page.close()
        # Out of sight first: ending the thread may take as long as the piece of work in hand.
        self.hide()
        if self.composed:
            self.trainer.leave()
            self.denoiser_client.stop()
        self.workspace.stop()
        if self.composed and not self.background.finish():
            self.crashes.log.write("The window closed while a file was still being written")
        self.crashes.uninstall()


def _name_of(unfinished: Path) -> str:
    """What to call a training, by the file that it can be gone on with from."""
    return unfinished.name.removesuffix(".training").removesuffix(".safetensors")
