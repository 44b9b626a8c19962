"""What a view says of itself: what it is called, how it is made, what a model must be able to do for it.

A view is a folder here, with a `SPEC` in its `view.py`, and a line in `latentlab.qt.shell.panels`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtWidgets import QWidget

from latentlab.models.capabilities import Capability
from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.clients.trainer_client import TrainerClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.picture_store import OwnPictures

View = TypeVar("View", bound=QWidget, covariant=True)


@dataclass(frozen=True)
class ViewContext:
    """What a view may be made of.

    Attributes:
        workspace: session, undo and the client of the render thread.
        trainer, denoisers: the clients of the other two threads.
        pictures: the person's own pictures.
    """

    workspace: Workspace
    trainer: TrainerClient
    denoisers: DenoiserClient
    pictures: OwnPictures


@dataclass(frozen=True)
class ViewSpec(Generic[View]):
    """A view, before there is one.

    Attributes:
        name: its folder; its panel is called after it.
        title: what its panel's tab says.
        make: makes it.
        needs: what the open model must be able to do for it; empty for a view that asks nothing of it.
    """

    name: str
    title: str
    make: Callable[[ViewContext], View]
    needs: frozenset[Capability] = frozenset()

    def suits(self, capabilities: frozenset[Capability]) -> bool:
        """Whether a model of these capabilities can fill it."""
        return self.needs <= capabilities
