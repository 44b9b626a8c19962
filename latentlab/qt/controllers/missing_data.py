"""Says of a model that is open without its own pictures what is missing, and offers to find them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QMainWindow

from latentlab.data.limits import LARGEST_SIDE, SMALLEST_SIDE
from latentlab.data.shipped_sets import SHIPPED_SETS
from latentlab.data.spec import COLOURS, Spec
from latentlab.engine.files.model_catalog import data_of
from latentlab.engine.rendering.requests.opening import UNKNOWN, LoadedReply
from latentlab.errors import LabError
from latentlab.models.capabilities import Capability
from latentlab.plain import short_name
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.data_controller import DataController
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.widgets.message_bar import MessageBar
from latentlab.session.known_data import title_of

_OFFER = "Find the data …"


class MissingData(QObject):
    """Listens to what is opened. `is_missing` says whether there is anything to find."""

    def __init__(
        self,
        window: QMainWindow,
        workspace: Workspace,
        bar: MessageBar,
        data: DataController,
        settings: Settings,
    ) -> None:
        super().__init__(window)
        self._window, self._workspace, self._bar = window, workspace, bar
        self._data, self._settings = data, settings
        self._shown: str | None = None

    def listen(self) -> None:
        """Connects: after the views, which are to know the model first."""
        self._workspace.loaded.connect(self._loaded)

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        first, other = self._shown is None, self._shown != model.path
        self._shown = model.path
        if model.missing:
            self._bar.say(in_words(model), _OFFER, self.ask)
        elif other and not first and not self._workspace.following and self._bar.isHidden():
            learnt = data_of(model.path)
            if learnt and learnt not in SHIPPED_SETS and title_of(model.data) != learnt:
                self._bar.say(_of_others(model, learnt), _OFFER, self.ask)

    def is_missing(self) -> bool:
        """Whether the open model is without its pictures."""
        return self._workspace.model is not None and bool(self._workspace.model.missing)

    def ask(self) -> None:
        """Shows a dialog for the folder of the pictures that the open model learnt from."""
        page = QFileDialog(self._window, "Find the pictures of this model", self._settings.folder)
        page.setObjectName("findDataDialog")
        page.setFileMode(QFileDialog.FileMode.Directory)
        page.fileSelected.connect(self.found)
        page.finished.connect(page.deleteLater)
        page.open()

    @Slot(str)
    def found(self, path: str) -> None:
        """Opens the import page on a folder, to be read as the model takes pictures."""
        self._settings.folder = str(Path(path).parent)
        spec = Spec(str(Path(path).absolute()))
        model = self._workspace.model
        if model is not None:
            _, channels, height, width = model.images.shape
            fits = height == width and SMALLEST_SIDE <= height <= LARGEST_SIDE
            options = replace(spec.options, side=height if fits else None, colour=COLOURS[channels >= 3])
            spec = Spec(spec.source, options)
        self._data.open_spec(str(spec))


def _of_others(model: LoadedReply, learnt: str) -> str:
    """The pictures suit a model, and are not those that it learnt from."""
    name, learnt = short_name(model.model), short_name(learnt)
    return (
        f"{name} learnt from {learnt}, which was not found: the points are those of {title_of(model.data)}."
    )


def in_words(model: LoadedReply) -> str:
    """What is missing of a model that is open without pictures, and what works all the same."""
    name, works = short_name(model.model), []
    if model.can(Capability.DECODES):
        works += ["the plane", "the grid"]
    if model.can(Capability.SAMPLES):
        works.append("new pictures")
    rest = (
        f"{', '.join(works[:-1])}{' and ' if works[1:] else ''}{works[-1] if works else 'what it makes'} work"
    )
    rest = f"{rest[:1].upper()}{rest[1:]}; points need the data."
    if model.missing == UNKNOWN:
        return f"{name} is open without pictures: its file does not say what it learnt from. {rest}"
    try:
        source = Spec.parse(model.missing).source
    except LabError:
        source = model.missing
    there = "" if Path(source).is_absolute() else ", its data,"
    return f"{name} is open without pictures: {source}{there} was not found. {rest}"
