"""The declaration of a view: its name, title, factory, and the capabilities it needs.

A view is a folder here, with a `SPEC` in its `view.py`, and a line in `latentlab.qt.shell.panels`. A view
that the first minute does not need has its `SPEC` in a `spec.py` instead, made by `deferred`: it is imported
and made when it is first shown, and the window starts no slower for it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtWidgets import QWidget

from latentlab.models.capabilities import Capability
from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.clients.judge_client import JudgeClient
from latentlab.qt.clients.mixture_client import MixtureClient
from latentlab.qt.clients.ratio_client import RatioClient
from latentlab.qt.clients.stage_client import StageClient
from latentlab.qt.clients.trainer_client import TrainerClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.picture_store import OwnPictures

View = TypeVar("View", bound=QWidget, covariant=True)


@dataclass(frozen=True)
class ViewContext:
    """What a view may use.

    Attributes:
        workspace: session, undo and the client of the render thread.
        trainer, denoisers, judge: the clients of the other threads.
        pictures: the user's own pictures.
        mixtures: the client that looks into mixtures.
        ratios: the client that estimates density ratios.
        stage: the client that trains models of points.
    """

    workspace: Workspace
    trainer: TrainerClient
    denoisers: DenoiserClient
    judge: JudgeClient
    pictures: OwnPictures
    mixtures: MixtureClient
    ratios: RatioClient
    stage: StageClient


@dataclass(frozen=True)
class ViewSpec(Generic[View]):
    """A view's declaration.

    Attributes:
        name: its folder; its panel is named after it.
        title: its panel's title.
        make: its factory.
        needs: the capabilities that the open model must have; empty if it needs none.
        later: whether it is made when it is first shown; a model may be open long before.
    """

    name: str
    title: str
    make: Callable[[ViewContext], View]
    needs: frozenset[Capability] = frozenset()
    later: bool = False

    def suits(self, capabilities: frozenset[Capability]) -> bool:
        """Whether a model with these capabilities can fill it."""
        return self.needs <= capabilities


def deferred(
    name: str, title: str, where: str, needs: frozenset[Capability] = frozenset()
) -> ViewSpec[QWidget]:
    """The declaration of a view that is imported and made when it is first shown.

    Args:
        name, title, needs: see `ViewSpec`.
        where: "module:name" of a class or function; it is called with the `ViewContext`.
    """
    module, _, made = where.partition(":")

    def make(context: ViewContext) -> QWidget:
        view: QWidget = getattr(importlib.import_module(module), made)(context)
        return view

    return ViewSpec(name, title, make, needs, later=True)
