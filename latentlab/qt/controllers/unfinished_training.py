"""Offers to resume a training that was stopped or cut off."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Slot

from latentlab.qt.clients.trainer_client import TrainerClient
from latentlab.qt.clients.training_orders import GoOn
from latentlab.qt.widgets.message_bar import MessageBar


class BeginsTrainings(Protocol):
    """Where a training is started and watched."""

    @property
    def idle(self) -> bool:
        """Whether one could be started now."""

    def begin(self, beginning: GoOn) -> None:
        """Starts it."""


class UnfinishedTraining(QObject):
    """Offers the newest of them. `show` brings the training panel to the front."""

    def __init__(
        self,
        trainer: TrainerClient,
        panel: BeginsTrainings,
        bar: MessageBar,
        show: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._trainer, self._panel, self._bar, self._show = trainer, panel, bar, show

    @Slot()
    def offer(self) -> None:
        """Shows the offer, if there is one."""
        waiting = self._trainer.unfinished()
        if waiting:
            text = f"The training of {_name_of(waiting[0])} was not finished. It can be continued."
            self._bar.say(text, "Go on", partial(self._go_on, waiting[0]), beside=True)

    def _go_on(self, path: Path) -> None:
        self._show()
        if not self._panel.idle:
            text = (
                f"Another training is running. When it has finished, that of {_name_of(path)} can be "
                "continued."
            )
            self._bar.say(text, "Go on", partial(self._go_on, path))
            return
        self._panel.begin(GoOn(path))


def _name_of(unfinished: Path) -> str:
    """The name of a training, from its state file."""
    return unfinished.name.removesuffix(".training").removesuffix(".safetensors")
