"""The commands for the session and its files: each is an edit, a request, or a dialog."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QMainWindow

from latentlab.data.report import ReadingReport
from latentlab.engine.files.project_file import SUFFIX as PROJECT_SUFFIX
from latentlab.engine.rendering.requests.points import FilmRequest, WalkReply
from latentlab.errors import LabError
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.data_controller import DataController
from latentlab.qt.controllers.direction_controller import DirectionController
from latentlab.qt.controllers.file_opener import (
    MODEL_SUFFIX,
    PICTURE_SUFFIXES,
    TAPE_SUFFIX,
    FileOpener,
)
from latentlab.qt.controllers.picture_controller import PictureController
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.export import exportables
from latentlab.qt.export.dialog import ExportDialog, Wish
from latentlab.qt.export.exporter import Exporter
from latentlab.qt.export.film_dialog import FilmDialog, FilmWish
from latentlab.session.bounds import MAX_PINS, TRAY_FULL
from latentlab.session.edits import ChangeData, MoveProbe, SetLayers, SetPins


class SessionController(QObject):
    """The commands that concern the session and its files."""

    def __init__(
        self,
        window: QMainWindow,
        workspace: Workspace,
        exporter: Exporter,
        opener: FileOpener,
        settings: Settings,
    ) -> None:
        super().__init__(window)
        self._window, self._workspace, self._settings = window, workspace, settings
        self._exporter, self._opener = exporter, opener
        self._chance = random.Random()
        self._page: ExportDialog | None = None
        workspace.on(FilmRequest).connect(self._filmed)
        self.data = DataController(window, workspace, opener.background, opener.bar, settings)
        self.data.failed.connect(opener.failed)
        self.data.told.connect(opener.told)
        opener.data_wanted.connect(self.data.open_path)
        self.directions = DirectionController(window, workspace, opener.background, settings)
        self.directions.told.connect(opener.told)
        self.directions.failed.connect(opener.failed)
        self.own_picture = PictureController(window, workspace, opener, settings)
        self.own_picture.failed.connect(opener.failed)
        self.own_picture.told.connect(opener.told)

    def is_open(self) -> bool:
        """Whether a model is open."""
        return self._workspace.model is not None

    # Files

    def ask_for_file(self) -> None:
        """Shows a dialog for a model, a picture or a tape."""
        pictures = " ".join(f"*{suffix}" for suffix in PICTURE_SUFFIXES)
        filters = (
            f"All that can be opened (*{MODEL_SUFFIX} *{PROJECT_SUFFIX} {pictures} *{TAPE_SUFFIX});;"
            f"Models (*{MODEL_SUFFIX});;"
            f"Pictures ({pictures});;Arrays, as of a tape (*{TAPE_SUFFIX})"
        )
        page = QFileDialog(self._window, "Open", self._settings.folder, filters)
        page.setObjectName("openDialog")
        page.setFileMode(QFileDialog.FileMode.ExistingFile)
        page.fileSelected.connect(self.open_path)
        page.finished.connect(page.deleteLater)
        page.open()

    @Slot(str)
    def open_path(self, path: str) -> None:
        """Opens a file by its path."""
        self._settings.folder = str(Path(path).parent)
        self._opener.open_file(Path(path))

    def ask_to_save(self, what: str) -> None:
        """Opens the dialog that saves something; one at a time."""
        if self._page is not None:
            self._page.destroyed.disconnect(self._page_gone)
            self._page.close()
        found = self._exporter.exportables.encodings()
        words = ""
        if what == exportables.ENCODINGS and found is not None:
            count, axes = found.mean.shape
            words = f"{count:,} pictures: mean and sigma in {axes} dimensions, label and number."
        thing, folder = self._exporter.exportables.get(what), self._settings.folder
        scale = 1 if what == exportables.UNFOLDING else self._settings.scale
        if what in exportables.MOVING and thing is not None:
            more = self._ask_for_frames if what == exportables.WALK else None
            last = self._settings.films.get(what)
            page: ExportDialog = FilmDialog(what, thing, scale, folder, self._window, more, last)
        else:
            page = ExportDialog(what, thing, words, scale, folder, self._window)
        page.wished.connect(self._save)
        page.destroyed.connect(self._page_gone)
        self._page = page
        page.open()

    def _ask_for_frames(self, count: int) -> None:
        """Asks for a walk of about so many pictures, for a smooth film."""
        state = self._workspace.state
        legs = max(1, len(state.pins) - 1)
        steps = 1 + -(-(count - 1) // legs)
        self._workspace.ask(FilmRequest, state.pins, state.walk.path, steps, state.condition)

    @Slot(object)
    def _filmed(self, walk: WalkReply) -> None:
        if isinstance(self._page, FilmDialog) and len(walk.pictures) > 1:
            self._page.show_pictures(walk.pictures)

    @Slot()
    def _page_gone(self) -> None:
        self._page = None

    @Slot(object)
    def _save(self, wish: Wish) -> None:
        if wish.what != exportables.ENCODINGS:
            self._settings.scale = wish.scale
        self._settings.folder = str(wish.path.parent)
        if isinstance(wish, FilmWish) and wish.animated:
            self._settings.films[wish.what] = wish.plan
        plan, pictures = (wish.plan, wish.pictures) if isinstance(wish, FilmWish) else (None, ())
        self._exporter.save(wish.what, wish.path, wish.scale, wish.overwrite, wish.animated, plan, pictures)

    def pictures_opened(self, spec: str, title: str, report: ReadingReport) -> None:
        """The user's own pictures have been read: offers what can be done with them."""
        self.data.pictures_opened(spec, title, report)

    def copy_probe(self) -> None:
        """Copies the picture at the probe to the clipboard."""
        try:
            self._exporter.copy_probe()
        except LabError as error:
            self._opener.bar.say(str(error))
        else:
            self._opener.told.emit("The picture at the probe is on the clipboard")

    # The probe

    def random_probe(self) -> None:
        """Moves the probe to a draw of the prior; to the code of a random picture if the model has none."""
        model, found = self._workspace.model, self._workspace.encodings
        places = () if model is None else model.random_places
        if model is not None and not model.has_prior and found is not None and len(found.mean):
            z = tuple(map(float, self._chance.choice(found.mean)))
        elif places:
            z = self._chance.choice(places)
        else:
            z = tuple(self._chance.gauss(0.0, 1.0) for _ in self._workspace.state.probe)
        self._workspace.do(MoveProbe(z=z))

    def to_origin(self) -> None:
        """Moves the probe to the middle of the prior."""
        model = self._workspace.model
        middle = (0.0,) * len(self._workspace.state.probe) if model is None else model.middle
        self._workspace.do(MoveProbe(z=middle))

    def pin(self) -> None:
        """Pins the probe, unless it was pinned last."""
        pins, probe = self._workspace.state.pins, self._workspace.state.probe
        if pins[-1:] == (probe,):
            return
        if len(pins) >= MAX_PINS:
            self._opener.bar.say(TRAY_FULL)
        else:
            self._workspace.do(SetPins(pins=(*pins, probe)))

    # Settings of the session

    def switch_layer(self, name: str) -> None:
        """Shows or hides a layer of the plane."""
        layers = self._workspace.state.layers
        self._workspace.do(SetLayers(layers=replace(layers, **{name: not getattr(layers, name)})))

    def show_split(self, split: str) -> None:
        """Shows another split of the data set."""
        self._workspace.do(ChangeData(data=self._workspace.state.data, split=split))
