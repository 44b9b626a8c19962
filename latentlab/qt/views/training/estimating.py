"""Estimates how long a training will take on this machine, before it begins: measured in the background."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.presets import Choice, fields_of
from latentlab.qt.clients.latest_task import Newest, Token
from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.qt.clients.thread_priority import step_back
from latentlab.qt.views.training.text import about
from latentlab.qt.widgets.sight import in_sight
from latentlab.session.known_data import Known

# After the last change of what would be trained; and how far the measurement steps back.
_REST_MS, _NICE = 700, 10
# Of pictures without a split of their own, so many are learnt from.
_LEARNT = 0.9


class Estimator(QObject):
    """`told` carries the estimate in words, "" if nothing is known. Measures only while the panel is seen."""

    told = Signal(str)

    def __init__(self, panel: QWidget) -> None:
        super().__init__(panel)
        self._panel = panel
        self._background = TaskQueue(self)
        self._newest = Newest(self._background, self._measured, self._broken)
        self._rates: dict[Hashable, float | None] = {}
        self._asked: tuple[Choice, TrainingPlan, Known] | None = None
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._measure)

    def ask(self, choice: Choice, plan: TrainingPlan, known: Known | None) -> None:
        """What would be trained now."""
        self._newest.drop()
        self._asked = None if known is None or not known.count else (choice, plan, known)
        self._say()
        self.go_on()

    @Slot()
    def go_on(self) -> None:
        """Measures what is not known yet, as when the panel is seen again."""
        if self._asked is not None and self._key() not in self._rates:
            self._rest.start()

    def stop(self) -> None:
        """A training has begun, which needs the machine."""
        self._newest.drop()
        self._rest.stop()

    def note(self, rate: float) -> None:
        """A training of what was asked last runs at so many images a second."""
        if self._asked is not None:
            self._rates[self._key()] = rate

    def _key(self) -> Hashable:
        assert self._asked is not None
        choice, plan, known = self._asked
        return choice.kind, tuple(sorted(map(str, choice.values.items()))), known.shape, plan.batch

    @Slot()
    def _measure(self) -> None:
        if self._asked is None or not in_sight(self._panel):
            return
        choice, plan, known = self._asked
        fields = fields_of(choice, known.shape)
        self._newest.run(partial(_rate, self._key(), choice.kind, fields, known.shape, plan))

    def _measured(self, found: tuple[Hashable, float | None]) -> None:
        self._rates[found[0]] = found[1]
        self._say()

    def _broken(self, failure: Failure) -> None:
        """What cannot be built says so when it is to be trained."""

    def _say(self) -> None:
        rate = None if self._asked is None else self._rates.get(self._key())
        if self._asked is None or rate is None:
            self.told.emit("")
            return
        from latentlab.engine.training.estimate import seconds_for

        _, plan, known = self._asked
        learning = round(_LEARNT * known.count)
        words = about(seconds_for(rate, plan, learning, known.count - learning))
        self.told.emit(f"{words[0].upper()}{words[1:]} on this machine.")


def _rate(
    key: Hashable,
    kind: str,
    fields: dict[str, Any],
    shape: tuple[int, int, int],
    plan: TrainingPlan,
    token: Token,
) -> tuple[Hashable, float | None]:
    step_back(_NICE)
    from latentlab.engine.training.estimate import images_per_second

    return key, images_per_second(kind, fields, shape, plan)
