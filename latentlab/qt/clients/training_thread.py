"""The thread that trains: it drives the engine's generator and follows orders between two of its events."""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
import time
import traceback
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from latentlab.data.stopping import StoppedError, stopping
from latentlab.engine.training.events import Checkpointed, CheckpointFailed, Progress
from latentlab.engine.training.presets import plan_for, with_fitting_warmup
from latentlab.errors import LabError
from latentlab.qt.clients.hand import Hand
from latentlab.qt.clients.joining import EndingThread
from latentlab.qt.clients.thread_priority import step_back
from latentlab.qt.clients.training_orders import (
    Begin,
    Ended,
    GoOn,
    Keep,
    Leave,
    Order,
    Pause,
    Paused,
    Players,
    Resume,
    SetBeta,
    SetPlayers,
    StepPlayer,
)

if TYPE_CHECKING:
    from latentlab.engine.training.plan import TrainingPlan
    from latentlab.engine.training.run import TrainingRun

# How far this thread, and those that torch starts for it, lower their priority on Linux.
_MY_NICE, _HELPERS_NICE = 10, 19
# The share of the time that is left to training during a drag.
_SHARE_BESIDE_HAND = 1 / 3
_TELL_EVERY_S = 0.05
_SNAPSHOT_EVERY_S = 0.22
# After the steps of single players so long nothing else is wanted before they are saved.
_SAVE_AFTER_S = 0.5


class TrainingThread(EndingThread):
    """Runs one training, from `Begin` or `GoOn` to its `Ended`.

    `told` carries a tuple of events, at most twenty times a second; `unfolded` a `Snapshot`, at most five
    times a second; `failed` a message for the person and the details for the log.
    """

    told = Signal(object)
    unfolded = Signal(object)
    failed = Signal(str, str)

    def __init__(self, beginning: Begin | GoOn, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainingThread")
        self.beginning = beginning
        self._orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
        self._events: list[object] = []
        self._told_at = self._snapshot_at = 0.0
        self._hand, self._rested_at = Hand(), 0.0
        self._keeps = self._steps_one = False
        self._players = Players()
        self._run: TrainingRun | None = None
        self._leaves = threading.Event()

    def order(self, order: Order) -> None:
        """Leaves an order; it is followed at the next event, some hundredths of a second later."""
        if isinstance(order, Leave):
            self._leaves.set()
        self._orders.put(order)

    def give_way(self) -> None:
        """Something has been dragged: for a moment this thread takes less of the computer."""
        self._hand.moved()

    @property
    def writing(self) -> bool:
        return self._run is not None and self._run.writing

    def request_end(self) -> None:
        """Stops the training, to be resumed another time."""
        self.order(Leave())

    def run(self) -> None:
        """The main loop. Every failure is reported; none ends the process."""
        step_back(_MY_NICE)
        try:
            with stopping(self._leaves.is_set):
                self._drive(self._make())
        except StoppedError:
            pass  # the window closes before the first step: nothing has begun
        except LabError as error:
            self._flush()
            self.failed.emit(str(error), "")
        except Exception as error:
            self._flush()
            self.failed.emit(f"The training failed ({type(error).__name__}: {error})", traceback.format_exc())

    def _make(self) -> TrainingRun:
        from latentlab.data import catalog
        from latentlab.engine.training.from_data import learns_from
        from latentlab.engine.training.run import TrainingRun

        beginning = self.beginning
        if isinstance(beginning, GoOn):
            return TrainingRun.resume(beginning.path, overwrite=True)
        train, test = catalog.load(beginning.data, "train"), catalog.load(beginning.data, "test")
        return TrainingRun(
            beginning.kind,
            beginning.fields,
            _fitting(beginning, len(learns_from(beginning.kind, train)), len(test)),
            train,
            test,
            beginning.out,
            data=beginning.data,
            start=beginning.start,
        )

    def _drive(self, run: TrainingRun) -> None:
        from latentlab.engine.training.run import Saved
        from latentlab.engine.training.trainer import TrainingError

        self._run, kept, going = run, None, True
        while going:
            try:
                for event in run.run():
                    self._tell(event)
                    self._tell_players(run)
                    if isinstance(event, Saved):
                        # Orders given while it was being written come too late.
                        kept = event.path
                        break
                    if not self._steps_one:  # what that one has learnt is seen when it is paused again
                        self._take_snapshot(run)
                    if not self._obey(run, event):
                        break
                    self._rest()
                going = False
            except TrainingError as error:
                going = self._wait(run, str(error))
        whole = kept is not None
        if self._keeps and kept is None:
            kept = run.keep().path
        self._take_snapshot(run, last=True)
        trained, later = run.trainer, run.shown().later
        self._tell(Ended(kept, run.kind, run.data, run.metrics, trained.step, trained.seconds, whole, later))
        self._flush()

    def _obey(self, run: TrainingRun, event: object) -> bool:
        """Follows the orders that have come; whether the training goes on."""
        if self._steps_one and not self._leaves.is_set():
            # Its step may be the first of an epoch: before it others come to an end, and are judged.
            return not isinstance(event, Progress) or self._wait(run, saved=False)
        while True:
            try:
                order = self._orders.get_nowait()
            except queue.Empty:
                return True
            if isinstance(order, Pause):
                going = self._wait(run)
                if self._steps_one or not going:
                    return going
            elif not self._follow(order, run):
                return False

    def _wait(self, run: TrainingRun, fault: str = "", *, saved: bool = True) -> bool:
        """Waits, with a checkpoint on disk, for the order to resume or to step; whether it came.

        Not `saved`, it is saved when no order has come for a moment: many steps follow one another.
        """
        self._steps_one, run.trainer.alone = False, ""
        if saved:
            self._tell(run.checkpoint())
        self._tell(Paused(run.trainer.step, fault))
        # A step of one player hardly moves the averages, and most steps do not move them at all.
        self._take_snapshot(run, last=True, averaged=bool(fault) or len(run.trainer.players) < 2)
        self._flush()
        while True:
            try:
                order = self._orders.get(timeout=None if saved else _SAVE_AFTER_S)
            except queue.Empty:
                saved = True
                self._tell(run.checkpoint())
                self._flush()
                continue
            if isinstance(order, Resume):
                return True
            if isinstance(order, StepPlayer):
                self._steps_one, run.trainer.alone = True, order.player
                return True
            if not isinstance(order, Pause) and not self._follow(order, run):
                return False

    def _follow(self, order: Order, run: TrainingRun) -> bool:
        """Follows one order other than to pause; whether the training goes on."""
        match order:
            case SetBeta(beta):
                run.trainer.beta = beta
            case SetPlayers(settings):
                run.trainer.set_players(settings)
                self._tell_players(run)
                self._flush()
            case Keep():
                self._keeps = True
                return False
            case Leave():
                self._tell(run.checkpoint())
                return False
        return True

    def _tell_players(self, run: TrainingRun) -> None:
        """Tells who is trained, and how, if that is news."""
        trainer, phase = run.trainer, run.trainer.phase
        ended = trainer.schedule.ended(phase)
        players = Players(
            trainer.players, trainer.plan.learning_rate, phase.who, ended, phase.first_step, phase.steps
        )
        if players != self._players:
            self._players = players
            self._tell(players)

    def _rest(self) -> None:
        """During a drag, sleeps longer than it worked."""
        if self._hand.moves:
            worked = min(time.monotonic() - self._rested_at, 0.1)
            time.sleep(worked * (1.0 / _SHARE_BESIDE_HAND - 1.0))
        self._rested_at = time.monotonic()

    def _tell(self, event: object) -> None:
        """Collects progress; everything else is emitted at once."""
        self._events.append(event)
        now = time.monotonic()
        late = now - self._told_at > _TELL_EVERY_S
        if late or not isinstance(event, Progress | Checkpointed | CheckpointFailed):
            self._flush()

    def _flush(self) -> None:
        if self._events:
            self.told.emit(tuple(self._events))
            self._events.clear()
            self._told_at = time.monotonic()

    def _take_snapshot(self, run: TrainingRun, *, last: bool = False, averaged: bool = True) -> None:
        now = time.monotonic()
        if not last and now - self._snapshot_at < _SNAPSHOT_EVERY_S:
            return
        self._snapshot_at = now
        _step_back_helpers()
        self.unfolded.emit(run.snapshot(averaged=averaged))


def _fitting(beginning: Begin, learning: int, held_out: int) -> TrainingPlan:
    """The plan for the actual number of pictures: adapts what the user has not chosen."""
    plan = beginning.plan
    if beginning.proposed:
        usual = plan_for(beginning.kind, learning + held_out, learning)
        # Whoever goes on from a model says for how long.
        epochs = usual.epochs if beginning.start is None else plan.epochs
        plan = replace(plan, epochs=epochs, batch=usual.batch)
    return with_fitting_warmup(plan, learning)


def _step_back_helpers() -> None:
    """Lets this thread go before the helpers that torch started for it.

    They busy-wait for work. Beside an equally busy window they would keep this thread from a core while it
    holds Python's lock, and so block the window.
    """
    if not sys.platform.startswith("linux"):
        return
    mine = threading.get_native_id()
    with contextlib.suppress(OSError):  # a system that does not list threads, or too many open files
        # They inherit the name of the thread that started them.
        name = Path(f"/proc/self/task/{mine}/comm").read_bytes()
        for task in Path("/proc/self/task").iterdir():
            with contextlib.suppress(OSError):
                if int(task.name) != mine and (task / "comm").read_bytes() == name:
                    os.setpriority(os.PRIO_PROCESS, int(task.name), _HELPERS_NICE)
