"""Puts pictures in order: at once where there are few, else in the background, where the newest counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from latentlab.qt.clients.latest_task import Newest, Token
from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.session.picture_columns import Column, Names, Number, order_of

# Sorting so many numbers takes two milliseconds; texts take a hundred times as long.
_AT_ONCE, _TEXTS_AT_ONCE = 30_000, 2_000


class Sorter(QObject):
    """`then(order)` is called with the numbers of the pictures shown, in order."""

    def __init__(self, then: Callable[[NDArray[np.int32]], None], parent: QObject) -> None:
        super().__init__(parent)
        self._then = then
        self._newest = Newest(TaskQueue(self), then, self._failed)

    @property
    def busy(self) -> bool:
        """Whether an order is being made."""
        return self._newest.busy

    def sort(self, column: Column, keep: NDArray[np.bool_] | None, *, down: bool, count: int) -> None:
        """Sorts `count` pictures by a column; see `order_of`."""
        few = _TEXTS_AT_ONCE if isinstance(column, Names) else _AT_ONCE
        if count <= few or isinstance(column, Number):  # numbers are in order already
            self._newest.drop()
            self._then(order_of(column, keep, down=down))
        else:
            self._newest.run(partial(_sorted, column, keep, down))

    def _failed(self, failure: Failure) -> None:
        """The pictures stay in the order that they have."""


def _sorted(column: Column, keep: NDArray[np.bool_] | None, down: bool, token: Token) -> NDArray[np.int32]:
    return order_of(column, keep, down=down)
