"""Lets the window follow a training: one snapshot at a time, the newest, and a frame of film for each.

Whoever opens another model meanwhile looks at that one; the training goes on behind it, and can be shown
again. Models without a latent space leave the plane as it is; of a diffusion model `live_samples` tells.
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
    """Shows a trainer's snapshots in the workspace, and opens the model when it has been kept."""

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
        # What was kept while another model was being opened.
        self._instead: tuple[Path, str] | None = None
        # Whether what learns has no place in the plane; and what of such can be opened at the end.
        self._apart = False
        self._unseen: Snapshot | None = None
        # Whether the film is still that of the training before.
        self._old_film = False
        # Twice a second, when the plane has been painted anyhow: then a frame costs next to nothing.
        self._take_soon = QTimer(self, singleShot=True, interval=_FRAME_MS)
        self._take_soon.timeout.connect(film.take)
        trainer.unfolded.connect(self._snapshot)
        trainer.staged.connect(self._staged)
        trainer.kept.connect(self._kept)
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
        """Goes on showing the training, after the person has looked at another model."""
        if self._away and self._last is not None:
            self._away, self._newest = False, self._last
            self._send()

    @Slot(str)
    def _opening(self, words: str) -> None:
        """The person opens a model or data: no snapshot is answered, nor may one go before it."""
        self._under_way, self._held = False, True

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        """If it is another model than the one that learns, that is what the person looks at now."""
        if self._workspace.following:
            return
        self._held, self._instead = False, None
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
            # A model that could not be opened leaves the training in sight.
            self._under_way = self._held = False
            self._newest = None
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
        """What was followed is a file now, and is opened as any other."""
        if self._apart:
            if self._unseen is not None:
                self._offer(path, self._unseen.data)
            return
        data = self._last.data if self._last is not None else self._workspace.state.data
        self._newest = self._last = None
        if self._away or self._held:
            # The person looks at another model, or will in a moment: that was asked for.
            self._instead = None if self._away else (path, data)
            self._offer(path, data)
        else:
            self._open(path, data, in_sight=True)

    def _offer(self, path: Path, data: str) -> None:
        """Leaves it to the person whether what was kept is opened."""
        text = f"The training is finished: {path.name} is saved."
        self._messages.say(text, "Open it", partial(self._open, path, data, in_sight=False), good=True)

    def _open(self, path: Path, data: str, *, in_sight: bool) -> None:
        """Opens what was kept; `in_sight` says that it is what the plane shows, not a file yet."""
        state = self._workspace.state
        split = state.split if state.data == data else "test"
        # What was followed has the same latent space, and the probe stays where it is.
        fitting = state if in_sight else for_model(state, str(path))
        opened = replace(fitting, model=str(path), data=data, split=split)
        self._workspace.open(opened, goes_on=in_sight)
