"""A complete training from initial weights to model file, for the command line and the window alike.

    for event in TrainingRun(...).run(): ...

makes a model from a config and a seed, trains it, judges it and saves the averaged weights with their card.
Meanwhile it keeps a state file from which `TrainingRun.resume` continues; the finished model replaces it.
Stopping the iteration leaves that file, and an old model unchanged.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet, size_in_words
from latentlab.data.learnt import Learnt
from latentlab.engine.attributes.conditions import known_to, require_known
from latentlab.engine.files.checkpoint import ModelCard, save_model
from latentlab.engine.files.destination import check_destination
from latentlab.engine.files.kept_paths import found_data, kept_data, seen_from
from latentlab.engine.files.recorded_data import place_of
from latentlab.engine.inference.device import choose_device
from latentlab.engine.training.distributed import ALONE, Team
from latentlab.engine.training.events import (
    Checkpointed,
    CheckpointFailed,
    EpochEnded,
    Started,
    TrainingEvent,
)
from latentlab.engine.training.from_data import as_it_was, conditions_for, palette_for, pixel_for, shares
from latentlab.engine.training.going_on import begun_model
from latentlab.engine.training.partial import Partial, fill, without
from latentlab.engine.training.plan import TrainingPlan, check_plan
from latentlab.engine.training.presets import require_enough
from latentlab.engine.training.snapshot import Snapshot
from latentlab.engine.training.snapshots import weighed
from latentlab.engine.training.state import TrainingState, load_state, model_path, save_state, state_path
from latentlab.engine.training.trainer import Trainer
from latentlab.errors import LabError
from latentlab.models.registry import build

CHECKPOINT_EVERY_S = 30.0
# The first checkpoint comes at the first event after so many seconds, so even a short training can be
# resumed.
FIRST_CHECKPOINT_S = 2.0
_ANEW = "Start it again, or bring back the file and its pictures with their labels as they were"


@dataclass(frozen=True)
class Saved:
    """The last event: the model is in its file. `metrics` is what its card says, in nats per picture."""

    path: Path
    metrics: Mapping[str, float | int]


RunEvent = TrainingEvent | Saved
# From a device to the team that trains, and this process's own device: `distributed.join_team`.
Join = Callable[[torch.device], tuple[Team, torch.device | None]]


class TrainingRun:
    """One training and its file; invalid arguments are refused at construction.

    Args:
        kind: a name in `latentlab.models.registry.KINDS`.
        config: fields of that kind's config; `shape` is taken from the pictures, and what a conditional
            model's conditions from their classes or attributes unless the config names them.
        plan: how to train. Its seed also decides the initial weights, the same on every device.
        train: the pictures to learn from.
        test: held-out pictures, judged after each epoch.
        out: the file to be written.
        overwrite: whether an existing file may be replaced.
        command: the command line that does the same again, for the card.
        data: the data set's spec, needed to resume.
        every_s: seconds between two checkpoints.
        half: whether the file has 16 bits a weight.
        start: the file of a model of this kind, whose weights it begins with and whose config it has.
        team, device: the processes that train together, and this one's device.

    Raises:
        LabError: naming the field or the file.
    """

    def __init__(
        self,
        kind: str,
        config: Mapping[str, Any],
        plan: TrainingPlan,
        train: ImageSet,
        test: ImageSet,
        out: str | Path,
        *,
        overwrite: bool = False,
        command: str = "",
        data: str = "",
        every_s: float = CHECKPOINT_EVERY_S,
        half: bool = False,
        team: Team = ALONE,
        device: torch.device | None = None,
        start: str | Path | None = None,
    ) -> None:
        self.out = check_destination(out, overwrite=overwrite, suffixes=(".safetensors",))
        self.kind, self.overwrite, self.command = kind, overwrite, command
        self.train, self.test = train, test
        self.data, self.every_s, self.half = kept_data(data or train.name), every_s, half
        if test.shape != train.shape:
            raise LabError(
                f"the pictures of {train.name} are {size_in_words(train.shape)}, "
                f"those of {test.name} {size_in_words(test.shape)}"
            )
        require_enough(len(train), len(test), train.name)
        check_plan(plan)
        begun = None if start is None else begun_model(start, kind, train)
        fields = {
            # The model that is begun with has its own.
            **(conditions_for(kind, config, train) if begun is None else {}),
            **config,
            **palette_for(config, train),
            **pixel_for(kind, config, train),
            "shape": train.shape,
        }
        # torch's global generator is restored, so that other users of it are not affected.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(plan.seed)
            model = build(kind, fields) if begun is None else begun
        self.config = dataclasses.asdict(model.config)  # type: ignore[call-overload]
        # A conditional model or a classifier learns from the pictures with a known condition or target.
        self.learnt, judged = require_known(model, train), known_to(model, test)
        self.trainer = Trainer(
            model, self.learnt, plan, judged if len(judged) else None, team=team, device=device
        )
        self.metrics: Mapping[str, float | int] = {}
        self._shown = Partial(self.trainer.averaged, self.config)
        # Whether a file is being written: ending the process waits for that.
        self.writing = False

    @classmethod
    def resume(
        cls, path: str | Path, *, overwrite: bool = False, device: str = "", join: Join | None = None
    ) -> TrainingRun:
        """Resumes the unfinished training in a file; the model is written beside that file.

        Data that have been moved together with it are found again. `device` moves it to another device;
        `join` forms the team of processes that continue it, and gives this one's own device.

        Raises:
            LabError: if the file cannot be read, or its data are not what they were.
        """
        path = Path(path).absolute()
        state = load_state(path)
        found = found_data(state.data, path.parent, state.data_seen)
        data, train = as_it_was(found, state.fingerprint)
        if train is None:
            raise LabError(
                f"{data} holds other pictures than when this training started", path, "Start it again"
            )
        test = catalog.load(data, "test")
        plan = dataclasses.replace(state.plan, device=device or _available(state.plan.device))
        team, place = (ALONE, None) if join is None else join(choose_device(plan.device))
        try:
            run = cls(
                state.kind, state.config, plan, train, test, model_path(path) or state.out,
                overwrite=overwrite, command=state.command, data=data, half=state.half, team=team,
                device=place,
            )  # fmt: skip
            run.trainer.restore(state.tensors, state.values)
            run.metrics = state.metrics
        except LabError as error:
            # The labels may be gone, for example; a file that is named, the model's, stays named.
            raise LabError(error.what, error.path or path, error.hint or _ANEW) from None
        return run

    def run(self) -> Generator[RunEvent, None, None]:
        """Trains to the end and saves; `Saved` comes last. Called again, it continues where it stopped.

        Raises:
            LabError: if the next step cannot be taken, or the file cannot be written.
        """
        saved_at = time.monotonic()
        wait_s = self.every_s if self.trainer.step else min(self.every_s, FIRST_CHECKPOINT_S)
        for event in self.trainer.run():
            if isinstance(event, EpochEnded):
                self.metrics = _metrics(event)
            if isinstance(event, Started):
                yield dataclasses.replace(event, unknown=len(self.train) - len(self.learnt))
                saved_at = time.monotonic()
                continue
            yield event
            if time.monotonic() - saved_at > wait_s and self.trainer.team.leads:
                yield self.checkpoint()
                saved_at, wait_s = time.monotonic(), self.every_s
        if self.trainer.team.leads:
            yield self.keep()

    def shown(self, *, averaged: bool = True) -> Partial:
        """The averaged model as it can be shown and saved now, without what has not begun to be trained; or
        the one that is trained, as it is after the last step.
        """
        fields = self.trainer.without
        whole = self.trainer.averaged if averaged else self.trainer.model
        config = {**self.config, **fields}
        if config == self.config:
            return Partial(whole, self.config)
        if self._shown.config != config:
            self._shown = without(self.kind, self.config, fields, self.trainer.device)
        fill(self._shown.model, whole)
        return self._shown

    def snapshot(self, *, averaged: bool = True) -> Snapshot:
        """The same as it crosses threads."""
        shown, step = self.shown(averaged=averaged), self.trainer.step
        weights = weighed(shown.model)
        return Snapshot(
            self.out.stem,
            step,
            self.kind,
            shown.config,
            weights.theta,
            self.data,
            weights.buffers,
            shown.later,
        )

    def checkpoint(self) -> Checkpointed | CheckpointFailed:
        """Writes what is needed to resume from here; a full disk is reported, and the training goes on."""
        self.writing = True
        try:
            tensors, values = self.trainer.state()
            state = TrainingState(
                kind=self.kind,
                config=self.config,
                plan=self.trainer.plan,
                data=self.data,
                data_seen=seen_from(self.out.absolute().parent, self.data),
                fingerprint=self.train.fingerprint,
                out=str(self.out.absolute()),
                command=self.command,
                metrics=self.metrics,
                tensors=tensors,
                values=values,
                half=self.half,
            )
            path = save_state(state_path(self.out), state)
        except LabError as error:
            return CheckpointFailed(self.trainer.step, str(error))
        except MemoryError:
            return CheckpointFailed(
                self.trainer.step, "there is not enough memory for a copy of the training"
            )
        finally:
            self.writing = False
        return Checkpointed(self.trainer.step, path)

    def keep(self) -> Saved:
        """Saves the averaged weights as they are now, and deletes the state of the unfinished training.

        Raises:
            LabError: if the file cannot be written; the unfinished training stays.
        """
        self.trainer.wrap_up()
        shown = self.shown()
        card = ModelCard(
            kind=self.kind,
            config=shown.config,
            data={
                "name": self.train.name,
                "split": self.train.split,
                "images": len(self.learnt),
                "sha256": self.train.fingerprint,
                **shares(self.train),
                "learnt": Learnt.of(self.learnt.keys.hashes).as_text(),
                **place_of(self.data),
            },
            metrics=self.metrics,
            command=self.command,
        )
        self.writing = True
        try:
            path = save_model(self.out, shown.model, card, overwrite=self.overwrite, half=self.half)
        except LabError:
            self.checkpoint()  # so that saving can be tried again without training again
            raise
        finally:
            self.writing = False
        with contextlib.suppress(OSError):
            state_path(self.out).unlink(missing_ok=True)
        return Saved(path, self.metrics)


def _available(device: str) -> str:
    """The device if this computer has it now; else the best it has."""
    try:
        choose_device(device)
    except LabError:
        return "auto"
    return device


def _metrics(last: EpochEnded) -> dict[str, float | int]:
    """An epoch's figures on the held-out pictures."""
    if last.test is None:
        return {}
    known = {name: value for name, value in last.test.values.items() if not math.isnan(value)}
    return {**known, "epochs": last.epoch, "steps": last.step}
