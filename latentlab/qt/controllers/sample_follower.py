"""Shows samples of a diffusion model while it trains: pictures from always the same noise.

They are drawn beside the training, from the averaged weights of a snapshot: at most one sheet at a time, of
the newest snapshot, and seldom enough that the training hardly slows down. The plane keeps its model.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Slot

from latentlab.engine.diffusion.recipes import Recipe, SamplerSettings
from latentlab.engine.diffusion.requests import FollowDenoiserRequest, SamplesInTrainingReply
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.training.plan import is_drawn_from
from latentlab.engine.training.snapshot import Snapshot
from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.clients.trainer_client import Stage, TrainerClient
from latentlab.qt.widgets.message_bar import MessageBar

EVERY_STEPS, EVERY_S = 200, 10.0
_COUNT, _STEPS, _GUIDANCE = 16, 20, 2.0


def recipe_of(config: Mapping[str, Any]) -> Recipe:
    """The recipe for samples of a model of this config: each class in turn, or no attribute and then each
    alone.
    """
    names, steps = config.get("condition_names", ()), min(_STEPS, int(config.get("steps", _STEPS)))
    # As many as there are pictures for them: one-hot rows of very many classes take long to make.
    alone = [tuple(float(name == other) for other in names) for name in names[:_COUNT]]
    if names and not config.get("exclusive", True):
        alone = [(0.0,) * len(names), *alone]
    guidance = _GUIDANCE if names else 1.0
    return Recipe(_COUNT, SamplerSettings("ddim", steps, guidance=guidance, conditions=tuple(alone)))


def in_words(config: Mapping[str, Any]) -> str:
    """A text of the conditions of `recipe_of`."""
    names = config.get("condition_names", ())
    if not names:
        return "The model is unconditional."
    told = "Each class" if config.get("exclusive", True) else "No attribute, then each alone"
    shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    return f"{told} in turn ({shown}), guidance {_GUIDANCE:g}."


class SampleSheet(Protocol):
    """The view that shows the pictures."""

    def begin(self) -> None:
        """Another training begins: clears the view."""

    def show_pictures(self, pictures: NDArray[np.uint8], step: int, what: str) -> None:
        """Shows uint8 (B, C, H, W) pictures after so many steps; `what` describes their conditions."""

    def complain(self, message: str) -> None:
        """Shows why nothing could be drawn."""


class SampleFollower(QObject):
    """Requests samples from a trainer's snapshots, and offers the model when it is saved.

    Args:
        open_model: opens a saved model in its view.
    """

    def __init__(
        self,
        trainer: TrainerClient,
        workspace: DenoiserClient,
        drawn: SampleSheet,
        messages: MessageBar,
        open_model: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._drawn, self._messages, self._open = workspace, drawn, messages, open_model
        self._trainer = trainer
        self._under_way: Snapshot | None = None
        self._last: Snapshot | None = None
        self._drawn_step, self._drawn_at = 0, 0.0
        trainer.unfolded.connect(self._snapshot)
        trainer.staged.connect(self._staged)
        trainer.kept.connect(self._kept)
        workspace.on(FollowDenoiserRequest).connect(self._sampled)
        workspace.refused.connect(self._refused)

    @Slot(object)
    def _snapshot(self, snapshot: Snapshot) -> None:
        if not is_drawn_from(snapshot.kind):
            return
        self._last = snapshot
        # While the training is paused no newer snapshot comes, so this one is drawn.
        resting = self._trainer.stage in (Stage.PAUSED, Stage.ENDING)
        self._send(resting)

    def _send(self, resting: bool = False) -> None:
        last = self._last
        if last is None or self._under_way is not None or last.step == self._drawn_step:
            return
        soon = last.step - self._drawn_step < EVERY_STEPS or time.monotonic() - self._drawn_at < EVERY_S
        if soon and not resting:
            return
        self._under_way, self._drawn_step = last, last.step
        self._workspace.follow(last, recipe_of(last.config))

    @Slot(object)
    def _sampled(self, reply: SamplesInTrainingReply) -> None:
        snapshot, self._under_way = self._under_way, None
        # From when they arrived: the time they took must not shorten the pauses.
        self._drawn_at = time.monotonic()
        if snapshot is not None and snapshot.step == reply.step:
            self._drawn.show_pictures(reply.pictures, reply.step, in_words(snapshot.config))

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(FollowDenoiserRequest):
            self._under_way, self._drawn_at = None, time.monotonic()
            self._drawn.complain(refusal.message)

    @Slot(object)
    def _staged(self, stage: Stage) -> None:
        if stage is Stage.STARTING:
            self._last = self._under_way = None
            self._drawn_step, self._drawn_at = 0, 0.0
            self._drawn.begin()
        elif stage is Stage.PAUSED:
            self._send(resting=True)
        elif stage is Stage.IDLE:
            self._last = None

    @Slot(object)
    def _kept(self, path: Path) -> None:
        """A model without a plane does not replace the open one: opening it is left to the user."""
        if self._last is None:
            return
        self._send(resting=True)
        text = f"The training is finished: {path.name} is saved."
        self._messages.say(text, "Open it", partial(self._open, str(path)), good=True)
