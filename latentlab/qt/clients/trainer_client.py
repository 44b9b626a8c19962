"""The window's client of the training thread: at most one training, its stage, and its commands.

It owns the thread. Views connect to its signals and call its methods; nothing else talks to the thread.
"""

from __future__ import annotations

import enum
import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
from PySide6.QtCore import QObject, Signal, Slot

from latentlab.engine.files.atomic import beside, cut
from latentlab.engine.training.snapshot import Snapshot
from latentlab.qt.clients.joining import EndingThread, join
from latentlab.qt.clients.training_orders import (
    Begin,
    Ended,
    GoOn,
    Keep,
    Order,
    Pause,
    Paused,
    Resume,
    SetBeta,
    SetPlayers,
    StepPlayer,
)
from latentlab.qt.clients.training_thread import TrainingThread
from latentlab.shipped import model_files

if TYPE_CHECKING:
    from latentlab.engine.training.playing import PlayerSettings

UNFINISHED = ".training"
# A file name has at most 255 bytes; this leaves room for a number and all endings.
_LONGEST_STEM = 200


class Stage(enum.Enum):
    """The stage of a training."""

    IDLE = "idle"
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    ENDING = "ending"


class TrainerClient(QObject):
    """`staged` is emitted at every change of `stage`; `told` carries each event of the engine and of the
    thread, `unfolded` a `Snapshot`, `failed` a message and the details of a failure, `kept` a model's file,
    `renamed` a model's old and new file.
    """

    staged = Signal(object)
    told = Signal(object)
    unfolded = Signal(object)
    failed = Signal(str, str)
    kept = Signal(object)
    renamed = Signal(object, object)

    def __init__(self, folder: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder = folder or default_folder()
        self.stage = Stage.IDLE
        self._thread: TrainingThread | None = None
        # When the folder last changed, and its contents then.
        self._models: tuple[int, list[Path]] | None = None

    @property
    def beginning(self) -> Begin | GoOn | None:
        """How the training that runs was begun; None while none runs."""
        return None if self._thread is None else self._thread.beginning

    def makes(self, path: Path) -> bool:
        """Whether a training that runs will write this file at its end."""
        beginning = self.beginning
        return isinstance(beginning, Begin) and beginning.out == path

    # Orders

    def begin(self, beginning: Begin | GoOn) -> None:
        """Starts a training, unless one is running."""
        if self._thread is not None:
            return
        thread = TrainingThread(beginning, self)
        thread.told.connect(self._told)
        thread.unfolded.connect(self._unfolded)
        thread.failed.connect(self._failed)
        thread.finished.connect(self._finished)
        self._thread = thread
        self._become(Stage.STARTING)
        thread.start()

    def pause(self) -> None:
        """Pauses after the current step."""
        if self.stage is Stage.RUNNING:
            self._order(Pause())

    def resume(self) -> None:
        """Resumes after a pause."""
        if self.stage is Stage.PAUSED:
            self._become(Stage.RUNNING)
            self._order(Resume())

    def pause_or_resume(self) -> None:
        """Pauses, or resumes after a pause."""
        if self.stage is Stage.PAUSED:
            self.resume()
        else:
            self.pause()

    def keep(self) -> None:
        """Stops and saves the model as it is."""
        if self._thread is not None:
            self._become(Stage.ENDING)
            self._order(Keep())

    def set_beta(self, beta: float) -> None:
        """Weights the KL by `beta` from the next step on."""
        self._order(SetBeta(beta))

    def set_players(self, settings: tuple[PlayerSettings, ...]) -> None:
        """Gives players of the training other settings from the next step on."""
        self._order(SetPlayers(settings))

    def step_player(self, player: str) -> None:
        """Lets one player have one step alone; only during a pause."""
        if self.stage is Stage.PAUSED:
            self._order(StepPlayer(player))

    def give_way(self) -> None:
        """Something is being dragged: the training leaves it part of the computer."""
        if self._thread is not None:
            self._thread.give_way()

    def leave(self) -> None:
        """Stops, to be resumed another time, and waits for the thread for a limited time: the window is
        closing.
        """
        join(self.request_end())
        self._thread = None

    def request_end(self) -> list[EndingThread]:
        """Tells a training to stop, to be resumed another time; returns what is to be joined."""
        if self._thread is None:
            return []
        self._thread.request_end()
        return [self._thread]

    # Files

    def unfinished(self) -> list[Path]:
        """Trainings that stopped or were cut off before their end; newest first."""
        return self._newest_first(f"*{UNFINISHED}")

    def models(self) -> list[Path]:
        """The models in the folder, newest first; read again when the folder has changed."""
        # A menu asks for this at every step of a drag, once for each entry.
        try:
            changed = self.folder.stat().st_mtime_ns
        except OSError:
            return []
        if self._models is None or self._models[0] != changed:
            self._models = (changed, self._newest_first("*.safetensors"))
        return list(self._models[1])

    def _newest_first(self, pattern: str) -> list[Path]:
        try:
            return sorted(self.folder.glob(pattern), key=lambda path: path.stat().st_mtime, reverse=True)
        except OSError:
            return []

    def free_name(self, stem: str) -> Path:
        """A file name in the folder that no model and no unfinished training has taken.

        Nor a model that ships, to avoid confusion.

        Raises:
            OSError: if the folder cannot be made.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / f"{self.free_stem(stem)}.safetensors"

    def free_stem(self, stem: str) -> str:
        """The name of such a file without its ending: the stem itself, or with a number."""
        stem = cut(stem, _LONGEST_STEM)
        names = (stem if number == 1 else f"{stem}-{number}" for number in itertools.count(1))
        return next(name for name in names if not self._is_taken(name))

    def _is_taken(self, name: str) -> bool:
        path = self.folder / f"{name}.safetensors"
        return name in model_files() or path.exists() or beside(path, UNFINISHED).exists()

    def rename(self, path: Path, stem: str) -> Path:
        """Gives a model in the folder another name; a number follows it if it is taken.

        Raises:
            OSError: if the file cannot be renamed.
        """
        if stem == path.stem:
            return path
        new = path.with_name(f"{self.free_stem(stem)}.safetensors")
        path.rename(new)
        self._models = None
        self.renamed.emit(path, new)
        return new

    # What comes from the thread

    @Slot(object)
    def _told(self, events: tuple[object, ...]) -> None:
        for event in events:
            if self.stage is Stage.STARTING:
                self._become(Stage.RUNNING)
            # Ordered to pause and then to end, it emits the pause first.
            if isinstance(event, Paused) and self.stage is not Stage.ENDING:
                self._become(Stage.PAUSED)
            self.told.emit(event)
            if isinstance(event, Ended) and event.kept is not None:
                self.kept.emit(event.kept)

    @Slot(object)
    def _unfolded(self, snapshot: Snapshot) -> None:
        self.unfolded.emit(snapshot)

    @Slot(str, str)
    def _failed(self, message: str, details: str) -> None:
        self.failed.emit(message, details)

    @Slot()
    def _finished(self) -> None:
        if self._thread is not None:
            self._thread.deleteLater()
            self._thread = None
        self._become(Stage.IDLE)

    def _order(self, order: Order) -> None:
        if self._thread is not None:
            self._thread.order(order)

    def _become(self, stage: Stage) -> None:
        if stage is not self.stage:
            self.stage = stage
            self.staged.emit(stage)


def default_folder() -> Path:
    """Where this user's trained models are kept."""
    return Path(platformdirs.user_data_dir("LatentLab", appauthor=False)) / "models"
