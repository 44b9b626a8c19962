"""Puts pictures in order: at once where there are few, else in the background, where the newest counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from latentlab.core.columns import Texts
from latentlab.errors import LabError
from latentlab.qt.clients.latest_task import Newest, Token
from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.session.picture_columns import Fact, order_of

# Sorting so many numbers takes two milliseconds; texts take a hundred times as long.
_AT_ONCE, _TEXTS_AT_ONCE = 30_000, 2_000
# Returns which pictures are shown, None for all.
Keep = Callable[[], "NDArray[np.bool_] | None"]


class Sorter(QObject):
    """`then(order)` is called with the numbers of the pictures shown, in order; `failed(why)` if there is no
    such order.
    """

    def __init__(
        self, then: Callable[[NDArray[np.int32]], None], failed: Callable[[str], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._then, self._failed = then, failed
        self._newest = Newest(TaskQueue(self), then, self._broke)

    @property
    def busy(self) -> bool:
        """Whether an order is being made."""
        return self._newest.busy

    def sort(self, fact: Fact, keep: Keep, *, down: bool, count: int) -> None:
        """Sorts `count` pictures by a column; `keep` says which of them are shown."""
        few = _TEXTS_AT_ONCE if isinstance(fact.column, Texts) else _AT_ONCE
        if count > few:
            self._newest.run(partial(_sorted, fact, keep, down))
            return
        self._newest.drop()
        try:
            order = order_of(fact, keep(), down=down)
        except LabError as error:
            self._failed(str(error))
        else:
            self._then(order)

    def _broke(self, failure: Failure) -> None:
        self._failed(failure.message)


def _sorted(fact: Fact, keep: Keep, down: bool, token: Token) -> NDArray[np.int32]:
    return order_of(fact, keep(), down=down)
