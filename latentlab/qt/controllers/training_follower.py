"""Shows a training in the plane: one snapshot at a time, the newest, and a film frame for each.

If the user opens another model meanwhile, that one is shown; the training goes on in the background and can
be shown again. Models without a latent space leave the plane as it is; `live_samples` shows those of
diffusion.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from latentlab.engine.rendering.requests.opening import FollowRequest, LoadedReply, UnfoldedReply
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.training.plan import has_plane, opens_at_the_end
from latentlab.engine.training.snapshot import Snapshot
from latentlab.qt.clients.film_recorder import FilmRecorder
from latentlab.qt.clients.trainer_client import Stage, TrainerClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.widgets.message_bar import MessageBar
from latentlab.session.state import SessionState
from latentlab.session.switching import for_model

_FRAME_MS = 400


class TrainingFollower(QObject):
    """Shows a trainer's snapshots in the workspace, and opens the model when it has been saved."""

    def __init__(
        self,
        trainer: TrainerClient,
        workspace: Workspace,
        film: FilmRecorder,
        messages: MessageBar,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._trainer, self._workspace, self._film, self._messages = trainer, workspace, film, messages
        self._under_way = False
        self._newest: Snapshot | None = None
        self._last: Snapshot | None = None
        self._away = self._held = False
        # What was saved while another model was being opened.
        self._instead: tuple[Path, str] | None = None
        # The old and the new name of a model that was renamed while another was being opened.
        self._new_name: tuple[str, str] | None = None
        # Whether the model in training cannot be shown in the plane; and which of these can be opened at the
        # end.
        self._apart = False
        self._unseen: Snapshot | None = None
        # Whether the film is still that of the previous training.
        self._old_film = False
        # Twice a second, after the plane has been painted anyhow: then a frame costs next to nothing.
        self._take_soon = QTimer(self, singleShot=True, interval=_FRAME_MS)
        self._take_soon.timeout.connect(film.take)
        trainer.unfolded.connect(self._snapshot)
        trainer.staged.connect(self._staged)
        trainer.kept.connect(self._kept)
        trainer.renamed.connect(self._renamed)
        workspace.unfolded.connect(self._unfolded)
        workspace.probed.connect(self._probed)
        workspace.busy.connect(self._opening)
        workspace.loaded.connect(self._loaded)
        workspace.refused.connect(self._refused)

    @Slot(object, object)
    def _probed(self, old: SessionState, new: SessionState) -> None:
        self._trainer.give_way()

    @Slot(object)
    def _snapshot(self, snapshot: Snapshot) -> None:
        self._apart = not has_plane(snapshot.kind)
        if self._apart:
            self._unseen = snapshot if opens_at_the_end(snapshot.kind) else None
            return
        if self._old_film:
            self._old_film = False
            self._film.clear()
        self._newest = self._last = snapshot
        self._send()

    @Slot()
    def show_again(self) -> None:
        """Shows the training again, after the user has looked at another model."""
        if self._away and self._last is not None:
            self._away, self._newest = False, self._last
            self._send()

    @Slot(str)
    def _opening(self, words: str) -> None:
        """The user opens a model or data: snapshots are ignored from now on."""
        self._under_way, self._held = False, True

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        """If it is not the model in training, following ends."""
        if self._workspace.following:
            return
        self._held, self._instead = False, None
        self._take_new_name()
        if self._last is not None and not self._away:
            self._away = True
            text = "The training continues in the background of the model shown."
            self._messages.say(text, "Show it again", self.show_again, good=True)

    def _send(self) -> None:
        if self._newest is not None and not (self._under_way or self._away or self._held):
            snapshot, self._newest = self._newest, None
            self._under_way = True
            self._workspace.follow(snapshot)

    @Slot(object)
    def _unfolded(self, reply: UnfoldedReply) -> None:
        self._under_way = False
        if not self._take_soon.isActive():
            self._take_soon.start()
        self._send()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(FollowRequest):
            # If a model could not be opened, the training stays shown.
            self._under_way = self._held = False
            self._newest = None
            self._take_new_name()
            instead, self._instead = self._instead, None
            if instead is not None:
                self._open(*instead, in_sight=True)

    @Slot(object)
    def _staged(self, stage: Stage) -> None:
        if stage is Stage.STARTING:
            self._under_way = self._away = self._held = self._apart = False
            self._newest, self._old_film, self._instead, self._unseen = None, True, None, None
        elif stage is Stage.IDLE:
            self._last = self._newest = None

    @Slot(object)
    def _kept(self, path: Path) -> None:
        """The followed model is saved, and is opened as any other."""
        if self._apart:
            if self._unseen is not None:
                self._offer(path, self._unseen.data)
            return
        data = self._last.data if self._last is not None else self._workspace.state.data
        self._newest = self._last = None
        if self._away or self._held:
            # The user looks at another model, or will in a moment: that was a request.
            self._instead = None if self._away else (path, data)
            self._offer(path, data)
        else:
            self._open(path, data, in_sight=True)

    @Slot(object, object)
    def _renamed(self, old: Path, new: Path) -> None:
        """The open model has another name now; while another is being opened, that one comes first."""
        self._new_name = str(old), str(new)
        if not self._held:
            self._take_new_name()

    def _take_new_name(self) -> None:
        state, names = self._workspace.state, self._new_name
        self._new_name = None
        if names is not None and state.model == names[0]:
            self._workspace.open(replace(state, model=names[1]), goes_on=True)

    @Slot(object, str)
    def open_kept(self, path: Path, data: str) -> None:
        """Opens a model that was trained here, on its own pictures."""
        self._open(path, data, in_sight=False)

    def _offer(self, path: Path, data: str) -> None:
        """Offers to open what was saved."""
        text = f"The training is finished: {path.name} is saved."
        self._messages.say(text, "Open it", partial(self._open, path, data, in_sight=False), good=True)

    def _open(self, path: Path, data: str, *, in_sight: bool) -> None:
        """Opens what was saved; `in_sight` says that it is the model in the plane, not a file yet."""
        state = self._workspace.state
        split = state.split if state.data == data else self._workspace.split_of(data)
        # The followed model has the same latent space, so the probe stays.
        fitting = state if in_sight else for_model(state, str(path))
        opened = replace(fitting, model=str(path), data=data, split=split)
        self._workspace.open(opened, goes_on=in_sight)
